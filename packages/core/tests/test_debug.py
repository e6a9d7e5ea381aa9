"""Debug mode: NaN is named where it appears, forward and backward; without it nothing is looked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import catenary
from catenary import Variable
from catenary.errors import GraphError, NaNError
from catenary.types import Array, Arrays


@pytest.fixture(autouse=True)
def debug() -> Iterator[None]:
    with catenary.using_config("debug", True), np.errstate(all="ignore"):
        yield


def leaf(*values: float) -> Variable:
    return Variable(np.array(values, np.float64))


@catenary.several_outputs
def parts(xp: Any, x: Array) -> Any:
    """Return the square root and the square."""
    return xp.sqrt(x), x * x


parts.gradient(x=lambda gys, x, ys: gys[0] / (2 * ys[0]) + gys[1] * 2 * x)


@catenary.function
def root(xp: Any, x: Array) -> Array:
    """Return square roots, with a gradient of its own kind at 0."""
    return xp.sqrt(x)


root.gradient(x=lambda gy, y: gy * (y - y) / (y * y))


@catenary.function
def joined(xp: Any, xs: Arrays) -> Array:
    """Join vectors."""
    return xp.concatenate(xs)


joined.gradient(xs=lambda gy, xs: [gy[: len(xs[0])], gy[len(xs[0]) :] * np.nan])


def test_forward() -> None:
    with pytest.raises(NaNError, match=r"^root: NaN in the result \(\(2,\) float64\)$"):
        root(leaf(4, -1))
    with pytest.raises(NaNError, match=r"^parts: NaN in result 0 \(\(2,\) float64\)$"):
        parts(leaf(4, -1))
    with pytest.raises(NaNError, match=r"^div: NaN in the result"):
        leaf(0) / leaf(0)


def test_backward() -> None:
    x = leaf(0)
    h = root(x)
    y = h * 3.0
    with pytest.raises(NaNError, match=r"^gradient of root: NaN in the result"):
        y.backward()
    assert (x.grad, h.grad, y.grad) == (None, None, None)
    a, b = leaf(1), leaf(2)
    with pytest.raises(NaNError, match=r"^gradient of joined: NaN in result 1"):
        joined([a, b]).sum().backward()


def test_backward_of_higher_order() -> None:
    x = leaf(0)
    with pytest.raises(NaNError, match="NaN in the result"):
        root(x).backward(enable_double_backprop=True)
    assert x.grad is None


def test_infinity_and_integers_are_no_nan() -> None:
    assert np.isinf((1 / leaf(0)).array)
    assert (Variable(np.array([1])) * 2).array == 2


def test_right_results_are_the_same() -> None:
    x = leaf(4)
    s, q = parts(x)
    (s * q).backward()  # x**2.5
    np.testing.assert_allclose(x.grad, [2.5 * 4**1.5])


def test_another_device() -> None:
    x = leaf(-1)
    x.to_device("@tripwire")
    with pytest.raises(NaNError, match="root"):
        root(x)


def test_without_debug_nothing_is_looked_for() -> None:
    with catenary.using_config("debug", False):
        x = leaf(-1)
        y = root(x)
        y.backward()
    assert np.isnan(y.array)
    assert np.isnan(x.grad)


def test_nan_is_a_graph_error() -> None:
    assert issubclass(NaNError, GraphError)
