"""Losses between numbers."""

from __future__ import annotations

from typing import Any

from catenary import PER_CALL, Saved, Variable, function
from catenary.arithmetic import absolute, sum
from catenary.types import Array, ArrayModule
from catenary_functions.checks import check_same_shape

__all__ = ["mean_absolute_error", "mean_squared_error"]


@function(widens_half=True)
def mean_squared_error(_: ArrayModule, x0: Array, x1: Array, *, saved: Saved = PER_CALL) -> Array:
    """Return the mean of the squared differences.

    Args:
        x0: Input of any shape.
        x1: Input of the same shape.

    Returns:
        A 0-d array.

    Raises:
        ShapeError: If the shapes differ.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.mean_squared_error(np.array([1.0, 3.0]), np.array([1.0, 1.0])).array
        array(2.)
    """
    check_same_shape("mean_squared_error", x0, x1)
    saved.difference = d = x0 - x1
    flat = d.ravel()
    return flat.dot(flat) / d.dtype.type(max(d.size, 1))


mean_squared_error.gradient(
    x0=lambda gy, saved: saved.difference * (gy * (2.0 / max(saved.difference.size, 1))),
    x1=lambda gy, saved: saved.difference * (gy * (-2.0 / max(saved.difference.size, 1))),
)


@mean_squared_error.compose
def _mean_squared_error(x0: Any, x1: Any) -> Variable:
    d: Variable = x0 - x1
    return sum(d * d) / max(d.size, 1)


def mean_absolute_error(x0: Any, x1: Any) -> Variable:
    """Return the mean of the absolute differences.

    Args:
        x0: Input of any shape.
        x1: Input of the same shape.

    Raises:
        ShapeError: If the shapes differ.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.mean_absolute_error(np.array([1.0, 3.0]), np.array([1.0, 1.0])).array
        array(1.)
    """
    check_same_shape("mean_absolute_error", x0, x1)
    d = absolute(x0 - x1)
    return sum(d) / max(d.size, 1)
