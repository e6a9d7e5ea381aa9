"""Softmax over axes that follow each other in memory, in whatever order the others are."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

import catenary.functions as F
from catenary import Variable
from catenary.errors import CatenaryError
from catenary.types import Array


def softmax(x: Array, axis: int) -> Array:
    y = np.exp(x - x.max(axis, keepdims=True))
    return y / y.sum(axis, keepdims=True)


@pytest.mark.parametrize(
    ("shape", "order", "axis"),
    [((4, 1000), (0, 1), 1), ((4, 5, 6, 30), (0, 3, 1, 2), 1), ((30, 7), (1, 0), 0), ((40,), (0,), -1)],
)
def test_values_and_gradients(shape: tuple[int, ...], order: tuple[int, ...], axis: int, calls: Counter[int]) -> None:
    rng = np.random.default_rng(0)
    x = Variable((rng.standard_normal(shape) * 5).astype(np.float32).transpose(order))
    gy = rng.standard_normal(x.shape).astype(np.float32)
    y = F.softmax(x, axis)
    y.grad = gy
    y.backward()
    assert len(calls) == 2
    expected = softmax(x.array.astype(np.float64), axis)
    np.testing.assert_allclose(y.array, expected, rtol=3e-6)
    slopes = (gy - (gy * expected).sum(axis, keepdims=True)) * expected
    np.testing.assert_allclose(x.grad, slopes, rtol=1e-5, atol=1e-6)


def test_other_axes_are_left_to_numpy(calls: Counter[int]) -> None:
    x = np.random.default_rng(0).standard_normal((3, 4, 5)).astype(np.float32)
    np.testing.assert_allclose(F.softmax(x).array, softmax(x, 1), rtol=1e-5)
    assert not calls


def test_an_axis_that_is_not_there_is_an_error() -> None:
    with pytest.raises(CatenaryError, match="axis 2 is out of bounds"):
        F.softmax(np.ones((3, 4), np.float32), 2)


def test_nan_and_infinity_do_not_vanish() -> None:
    x = np.array([[1, np.nan, 2], [np.inf, 1, 2], [1, 2, 3]], np.float32)
    np.testing.assert_array_equal(np.isnan(F.softmax(x).array).any(1), [True, True, False])
