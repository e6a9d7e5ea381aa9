"""Steps that are recorded as a CUDA graph and replayed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import catenary
import catenary.functions as F
from catenary import Variable
from catenary.functions import kernels
from catenary_cupy.cudnn import layers

pytestmark = pytest.mark.gpu
BATCHES = (3, 2, 2)


def drawn(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(np.float32)


def images(parameters: list[Any], x: Any) -> Any:
    W, b, gamma = (Variable(p) for p in parameters)
    h = F.batch_normalization(F.convolution_2d(x, W, b, pad=1), gamma, gamma)
    return F.softmax(F.average_pooling_2d(F.max_pooling_2d(h, 2), 2))


def sequences(parameters: list[Any], x: Any) -> Any:
    h, *others = (Variable(p) for p in parameters)
    forth = kernels.lstm_layer(x, h, h, *others, BATCHES, False)[-1]
    return kernels.lstm_layer(forth, h, h, *others, BATCHES, True)[-1]


STEPS = {
    "images": (images, [(4, 3, 3, 3), (4,), (4,)], (2, 3, 8, 8)),
    "sequences": (sequences, [(3, 2), (8, 2), (8, 2), (8,), (8,)], (7, 2)),
}


@pytest.mark.parametrize("name", STEPS)
def test_replayed_steps_compute_what_others_do(name: str, cupy: Any) -> None:
    function, shapes, size = STEPS[name]
    parameters = [drawn(*shape) for shape in shapes]
    there = [cupy.asarray(p) for p in parameters]
    gradient = cupy.zeros(size, "float32")

    def step(x: Any) -> None:
        leaf = Variable(x)
        y = function(there, leaf)
        F.sum(y * y).backward()
        gradient[...] = leaf.grad

    captured = catenary.get_device("@cupy:0").captured(step)
    for seed in range(6):
        if seed == 4:
            layers._there.cache_clear()  # what a recorded step reads stays
        x = np.random.default_rng(seed).standard_normal(size).astype(np.float32)
        captured(cupy.asarray(x))
        others = [cupy.zeros(n, "float32") for n in (3, 7, 9, 14, 64)]  # they take memory that was let go
        leaf = Variable(x)
        y = function(parameters, leaf)
        F.sum(y * y).backward()
        np.testing.assert_allclose(gradient.get(), leaf.grad, rtol=1e-3, atol=1e-5)
        del others
    assert captured.reason == ""
    assert captured.replays == 3
