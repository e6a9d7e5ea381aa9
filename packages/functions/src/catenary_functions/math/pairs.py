"""Elementwise functions of pairs of arrays."""

from __future__ import annotations

from catenary import function
from catenary.types import Array, ArrayModule

__all__ = ["linear_interpolate", "squared_difference"]


@function(keeps_numbers=True, widens_half=True)
def squared_difference(_: ArrayModule, x1: Array, x2: Array) -> Array:
    """Return (x1 - x2) squared, with broadcasting.

    Args:
        x1: Input of any shape.
        x2: Input of a shape that broadcasts.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.squared_difference(np.array([1.0, 5.0]), np.array([3.0, 2.0])).array
        array([4., 9.])
    """
    d = x1 - x2
    return d * d


squared_difference.gradient(
    x1=lambda gy, x1, x2: gy * (2 * (x1 - x2)),
    x2=lambda gy, x1, x2: gy * (2 * (x2 - x1)),
)


@function(widens_half=True)
def linear_interpolate(_: ArrayModule, p: Array, x: Array, y: Array) -> Array:
    """Return p x + (1 - p) y, with broadcasting.

    Args:
        p: The shares of `x`, mostly from 0 to 1.
        x: Input of a shape that broadcasts.
        y: Input of a shape that broadcasts.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.linear_interpolate(np.array([0.0, 0.5, 1.0]), np.full(3, 10.0), np.zeros(3)).array
        array([ 0.,  5., 10.])
    """
    return p * x + (1 - p) * y


linear_interpolate.gradient(
    p=lambda gy, x, y: gy * (x - y),
    x=lambda gy, p: gy * p,
    y=lambda gy, p: gy * (1 - p),
)
