"""Softmax and its kin."""

from __future__ import annotations

from catenary import function
from catenary.types import Array, ArrayModule, Axis
from catenary_functions.math.elementwise import exp

__all__ = ["log_softmax", "softmax"]


@function(widens_half=True)
def softmax(xp: ArrayModule, x: Array, axis: int = 1) -> Array:
    """Return exp(x) divided by its sum along an axis.

    Args:
        x: Input of any shape.
        axis: The axis of classes.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.softmax(np.zeros((1, 2))).array
        array([[0.5, 0.5]])
    """
    y = x - _maximum(x, axis)
    xp.exp(y, out=y)
    y /= y.sum(axis, keepdims=True)
    return y


softmax.gradient(x=lambda gy, y, axis: (gy - (gy * y).sum(axis, keepdims=True)) * y)


@function(widens_half=True)
def log_softmax(xp: ArrayModule, x: Array, axis: int = 1) -> Array:
    """Return the logarithm of softmax, without its loss of precision.

    Args:
        x: Input of any shape.
        axis: The axis of classes.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.log_softmax(np.zeros((1, 2))).array.round(3)
        array([[-0.693, -0.693]])
    """
    y = x - _maximum(x, axis)
    y -= xp.log(xp.exp(y).sum(axis, keepdims=True))
    return y


log_softmax.gradient(x=lambda gy, y, axis: gy - exp(y) * gy.sum(axis, keepdims=True))


def _maximum(x: Array, axis: Axis) -> Array:
    return x.max(axis, keepdims=True) if x.size else x.sum(axis, keepdims=True)
