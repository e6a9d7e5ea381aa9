"""Softmax and its kin."""

from __future__ import annotations

from catenary import function
from catenary.arithmetic import sum
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
    y = xp.exp(x - _maximum(x, axis))
    return y / y.sum(axis, keepdims=True)


softmax.gradient(x=lambda gy, y, axis: y * (gy - sum(gy * y, axis, True)))


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
    return y - xp.log(xp.exp(y).sum(axis, keepdims=True))


log_softmax.gradient(x=lambda gy, y, axis: gy - exp(y) * sum(gy, axis, True))


def _maximum(x: Array, axis: Axis) -> Array:
    return x.max(axis, keepdims=True) if x.size else x.sum(axis, keepdims=True)
