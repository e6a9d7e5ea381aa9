"""Layer normalization: the formula, far from zero as well, and what is left to NumPy."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

import catenary.functions as F
from catenary import Variable
from catenary.errors import ShapeError


@pytest.mark.parametrize("shape", [(40, 100), (3, 5, 17), (2, 1)])
def test_values_and_gradients(shape: tuple[int, ...], calls: Counter[int]) -> None:
    rng = np.random.default_rng(0)
    leaves = [Variable(rng.standard_normal(s).astype(np.float32) * 3 + 100) for s in (shape, shape[-1:], shape[-1:])]
    y = F.layer_normalization(*leaves, 0.01)
    y.grad = rng.standard_normal(shape).astype(np.float32)
    y.backward()
    assert len(calls) == 2
    x, gamma, beta, gy = (a.astype(np.float64) for a in (*(leaf.array for leaf in leaves), y.grad_var.array))
    inverse = 1 / np.sqrt(x.var(-1, keepdims=True) + 0.01)
    x_hat = (x - x.mean(-1, keepdims=True)) * inverse
    g = gy * gamma
    gx = (g - g.mean(-1, keepdims=True) - x_hat * (g * x_hat).mean(-1, keepdims=True)) * inverse
    rows = tuple(range(len(shape) - 1))
    np.testing.assert_allclose(y.array, x_hat * gamma + beta, rtol=1e-5, atol=1e-3)
    np.testing.assert_allclose(leaves[0].grad, gx, rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(leaves[1].grad, (gy * x_hat).sum(rows), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(leaves[2].grad, gy.sum(rows), rtol=1e-4, atol=1e-4)


def test_what_does_not_fit_is_left_to_numpy(calls: Counter[int]) -> None:
    ones = np.ones(5, np.float32)
    for x in (np.ones((3, 4), np.float32), ones):
        with pytest.raises(ShapeError, match="layer_normalization: x must have at least 2 axes"):
            F.layer_normalization(x, ones, ones)
    assert F.layer_normalization(np.ones((0, 5), np.float32), ones, ones).shape == (0, 5)
    assert not calls
