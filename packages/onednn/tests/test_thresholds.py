"""Where NumPy is as quick, NumPy it is."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

import catenary.functions as F
from catenary_onednn import affine_maps, attention, convolution


@pytest.mark.parametrize(
    ("module", "function", "shape", "work"),
    [
        # Multiplications for each image; elements of an image.
        (convolution, lambda x: F.convolution_2d(x, np.ones((4, 2, 3, 3), np.float32)), (2, 6, 6), 2 * 4 * 9 * 16),
        (attention, lambda x: F.scaled_dot_product_attention(*[x[:, None]] * 3), (50,), 50),
        (affine_maps, lambda x: F.linear(x, np.ones((20, 50), np.float32)), (50,), 1000),
    ],
)
def test_small_calls_are_left_to_numpy(
    module: object,
    function: object,
    shape: tuple[int, ...],
    work: int,
    thresholds: dict[str, int],
    calls: Counter[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limit = thresholds[module.__name__.rpartition(".")[2]]
    monkeypatch.setattr(module, "WORTH_IT", limit)
    below = (limit - 1) // work
    function(np.ones((below, *shape), np.float32))
    assert not calls
    function(np.ones((below + 1, *shape), np.float32))
    assert calls


CALLS = {
    **{name: getattr(F, name) for name in ("relu", "leaky_relu", "sigmoid", "tanh", "silu", "hard_swish", "softmax")},
    "batch_normalization": lambda x: F.batch_normalization(x, *np.ones((2, x.shape[1]), np.float32)),
    "scale_and_shift": lambda x: F.fixed_batch_normalization(x, *np.ones((4, x.shape[1]), np.float32)),
    "max_pooling": lambda x: F.max_pooling_1d(x[:, :, None], 1),
}


@pytest.mark.parametrize(("name", "from_size"), [(name, name) for name in CALLS], indirect=["from_size"])
def test_small_calls_are_not_asked_about(name: str, from_size: int, calls: Counter[int]) -> None:
    CALLS[name](np.ones((1, from_size - 1), np.float32))
    assert not calls
    CALLS[name](np.ones((1, from_size), np.float32))
    assert calls


def test_large_filters_for_few_places_are_left_to_numpy(calls: Counter[int]) -> None:
    W = np.ones((512, 512, 2, 2), np.float32)
    F.convolution_2d(np.ones((1, 512, 5, 3), np.float32), W)
    F.deconvolution_2d(np.ones((1, 512, 4, 2), np.float32), W)
    assert not calls
    F.convolution_2d(np.ones((1, 512, 4, 4), np.float32), W)
    F.convolution_2d(np.ones((1, 512, 5, 3), np.float32), W[:-1])
    F.deconvolution_2d(np.ones((1, 512, 3, 3), np.float32), W)
    assert len(calls) == 3
