"""Sums, means and extremes along axes."""

from __future__ import annotations

from typing import Any

from catenary import Variable, as_array, function
from catenary.arithmetic import (
    absolute as absolute,
    broadcast_to,
    log as log,
    sum as sum,
)
from catenary.types import Array, ArrayModule, Axis

__all__ = ["average", "max", "mean", "min", "sum"]


@function
def max(_: ArrayModule, x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """Return the largest elements along axes; equal ones all get the gradient.

    Args:
        x: Input of any shape.
        axis: The axes, all if None.
        keepdims: Whether the axes stay with length 1.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.max(np.array([[1.0, 5.0]]), axis=1).array
        array([5.])
    """
    return x.max(axis, keepdims=keepdims)


@function
def min(_: ArrayModule, x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """Return the smallest elements along axes; equal ones all get the gradient.

    Args:
        x: Input of any shape.
        axis: The axes, all if None.
        keepdims: Whether the axes stay with length 1.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.min(np.array([[1.0, 5.0]]), axis=1).array
        array([1.])
    """
    return x.min(axis, keepdims=keepdims)


def _extreme_gx(gy: Any, x: Any, y: Any, axis: Axis) -> Any:
    kept = as_array(x).sum(axis, keepdims=True).shape  # the shape of y with all axes
    return gy.reshape(kept) * (as_array(x) == as_array(y).reshape(kept))


max.gradient(x=_extreme_gx)
min.gradient(x=_extreme_gx)


def average(x: Any, axis: Axis = None, weights: Any = None, keepdims: bool = False) -> Variable:
    """Average over axes, weighted where weights are given.

    Args:
        x: Input of any shape.
        axis: The axes, all if None.
        weights: Weights of the same shape, or of the shape of the axes averaged over.
        keepdims: Whether the axes stay with length 1.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.average(np.array([1.0, 3.0]), weights=np.array([3.0, 1.0])).array
        array(1.5)
    """
    if weights is None:
        total = sum(x, axis, keepdims)
        return total * (total.size / x.size) if x.size else total / 0.0
    axes = tuple(range(x.ndim)) if axis is None else (axis,) if isinstance(axis, int) else axis
    axes = tuple(a % x.ndim for a in axes)
    if weights.ndim != x.ndim:
        weights = weights.reshape(tuple(n if i in axes else 1 for i, n in enumerate(x.shape)))
    if weights.shape != x.shape:
        weights = broadcast_to(weights, x.shape)
    return sum(x * weights, axes, keepdims) / sum(weights, axes, keepdims)


def mean(x: Any, axis: Axis = None, weights: Any = None, keepdims: bool = False) -> Variable:
    """Average over axes: another name of `average`.

    Args:
        x: Input of any shape.
        axis: The axes, all if None.
        weights: Weights of the same shape, or of the shape of the axes averaged over.
        keepdims: Whether the axes stay with length 1.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.mean(np.array([1.0, 3.0])).array
        array(2.)
    """
    return average(x, axis, weights, keepdims)
