"""Where NumPy is as quick, NumPy it is."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

import catenary.functions as F
from catenary_onednn import convolution, elementwise, normalization, pooling


@pytest.mark.parametrize(
    ("module", "function", "shape", "work"),
    [
        # Multiplications for each image; elements of an image.
        (convolution, lambda x: F.convolution_2d(x, np.ones((4, 2, 3, 3), np.float32)), (2, 6, 6), 2 * 4 * 9 * 16),
        (elementwise, F.relu, (100,), 100),
        (normalization, lambda x: F.batch_normalization(x, *np.ones((2, 5), np.float32)), (5, 10), 50),
        (pooling, lambda x: F.max_pooling_2d(x, 2), (3, 4, 4), 48),
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
