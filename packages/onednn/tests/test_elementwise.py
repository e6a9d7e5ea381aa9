"""Elementwise functions: as exact as NumPy's, and NaN is passed on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

import catenary.functions as F
from catenary import Variable
from catenary.types import Array

Formula = Callable[[Array], Array]


def gate(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def gelu(x: Array) -> Array:
    return x * gate(2 * np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))


#: The function, its formula, its slope, and how far it may be off besides 1e-6 of the value: NumPy's are as far.
FORMULAS: dict[str, tuple[Callable[[Variable], Variable], Formula, Formula, float]] = {
    "sigmoid": (F.sigmoid, gate, lambda x: gate(x) * gate(-x), 0),
    "tanh": (F.tanh, np.tanh, lambda x: 1 / np.cosh(x) ** 2, 0),
    "silu": (F.silu, lambda x: x * gate(x), lambda x: gate(x) * (1 + x * gate(-x)), 0),
    "leaky_relu": (F.leaky_relu, lambda x: np.where(x > 0, x, x * 0.2), lambda x: np.where(x > 0, 1, 0.2), 0),
    "relu": (F.relu, lambda x: np.maximum(x, 0), lambda x: np.where(x > 0, 1, 0), 0),
    "hard_swish": (
        F.hard_swish,
        lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
        lambda x: np.where(abs(x) < 3, x / 3 + 0.5, x > 0),
        5e-7,
    ),
    "gelu": (
        lambda x: F.gelu(x, "tanh"),
        gelu,
        lambda x: (gelu(x + 1e-5) - gelu(x - 1e-5)) / 2e-5,
        1e-6,
    ),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_values_and_slopes_are_those_of_the_formula(name: str, calls: Counter[int]) -> None:
    function, formula, slope, more = FORMULAS[name]
    x = Variable(np.linspace(-10, 10, 100_001, dtype=np.float32)[1:])
    wide = x.array.astype(np.float64)
    y = function(x)
    y.grad = np.ones_like(y.array)
    y.backward()
    assert len(calls) == 2
    np.testing.assert_allclose(y.array, formula(wide), rtol=1e-6, atol=more)
    np.testing.assert_allclose(x.grad, slope(wide), rtol=1e-6, atol=2e-6)


@pytest.mark.parametrize("name", FORMULAS)
def test_nan_is_passed_on(name: str) -> None:
    x = np.array([1, np.nan, -2, 3], np.float32)
    np.testing.assert_array_equal(np.isnan(FORMULAS[name][0](Variable(x)).array), np.isnan(x))


@pytest.mark.parametrize("slope", [0, -0.5])
def test_slopes_that_hide_the_sign_are_left_to_numpy(slope: float, calls: Counter[int]) -> None:
    x = np.array([-1, 2], np.float32)
    np.testing.assert_array_equal(F.leaky_relu(x, slope).array, [-slope, 2])
    assert not calls


def test_gelu_by_the_error_function_is_left_to_numpy(calls: Counter[int]) -> None:
    x = np.array([-6], np.float32)
    np.testing.assert_allclose(F.gelu(x).array, -6 * 9.865876450376946e-10, rtol=1e-6)
    assert not calls
