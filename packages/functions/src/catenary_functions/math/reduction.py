"""Sums, means and extremes along axes."""

from __future__ import annotations

from typing import Any

from catenary import PER_CALL, Saved, Variable, as_array, function, widens_half
from catenary.arithmetic import broadcast_to, sum as sum
from catenary.errors import ShapeError
from catenary.types import Array, ArrayModule, Axis
from catenary_functions.math.elementwise import exp

__all__ = ["argmax", "argmin", "average", "batch_l2_norm_squared", "logsumexp", "max", "mean", "min", "sum"]


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


@function
def argmax(xp: ArrayModule, x: Array, axis: int | None = None) -> Array:
    """Return where the largest elements stand; there is no gradient.

    Args:
        x: Input of any shape.
        axis: The axis to look along; None for all elements in C order.

    Returns:
        Integers; the axis is gone.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.argmax(np.array([[1.0, 5.0], [3.0, 2.0]]), axis=1).array
        array([1, 0])
    """
    return xp.asarray(x.argmax(axis))


@function
def argmin(xp: ArrayModule, x: Array, axis: int | None = None) -> Array:
    """Return where the smallest elements stand; there is no gradient.

    Args:
        x: Input of any shape.
        axis: The axis to look along; None for all elements in C order.

    Returns:
        Integers; the axis is gone.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.argmin(np.array([[1.0, 5.0], [3.0, 2.0]]), axis=1).array
        array([0, 1])
    """
    return xp.asarray(x.argmin(axis))


@function(widens_half=True)
def logsumexp(xp: ArrayModule, x: Array, axis: Axis = None, *, saved: Saved = PER_CALL) -> Array:
    """Return the logarithm of the sum of exp(x) along axes, without overflow.

    Args:
        x: Input of any shape.
        axis: The axes, all if None.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.logsumexp(np.array([1000.0, 1000.0])).array.item()
        1000.6931471805599
    """
    top = x.max(axis, keepdims=True)
    saved.shape = top.shape
    total = xp.exp(x - top).sum(axis)
    return xp.log(total) + top.reshape(total.shape)


logsumexp.gradient(x=lambda gy, x, y, saved: gy.reshape(saved.shape) * exp(x - y.reshape(saved.shape)))


@widens_half
def batch_l2_norm_squared(x: Any) -> Variable:
    """Return the sum of squares of each example of a batch.

    Args:
        x: Input, shape (batch, ...).

    Returns:
        Shape (batch,).

    Raises:
        ShapeError: If there is no axis after the batch.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.batch_l2_norm_squared(np.array([[3.0, 4.0], [0.0, 1.0]])).array
        array([25.,  1.])
    """
    if x.ndim < 2:
        raise ShapeError(f"batch_l2_norm_squared: x must have at least 2 axes, got shape {x.shape}")
    return sum(x * x, tuple(range(1, x.ndim)))


def average(x: Any, axis: Axis = None, weights: Any = None, keepdims: bool = False) -> Variable:
    """Average over axes, weighted where weights are given.

    Args:
        x: Input of any shape.
        axis: The axes, all if None.
        weights: Weights of the same shape, or of the shape of the axes averaged over.
        keepdims: Whether the axes stay with length 1.

    Raises:
        ShapeError: If the weights have another shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.average(np.array([1.0, 3.0]), weights=np.array([3.0, 1.0])).array
        array(1.5)
    """
    return _average("average", x, axis, weights, keepdims)


def mean(x: Any, axis: Axis = None, weights: Any = None, keepdims: bool = False) -> Variable:
    """Average over axes: another name of `average`.

    Args:
        x: Input of any shape.
        axis: The axes, all if None.
        weights: Weights of the same shape, or of the shape of the axes averaged over.
        keepdims: Whether the axes stay with length 1.

    Raises:
        ShapeError: If the weights have another shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.mean(np.array([1.0, 3.0])).array
        array(2.)
    """
    return _average("mean", x, axis, weights, keepdims)


@widens_half
def _average(name: str, x: Any, axis: Axis, weights: Any, keepdims: bool) -> Variable:
    if weights is None:
        total = sum(x, axis, keepdims)
        return total * (total.size / x.size) if x.size else total / 0.0
    axes = tuple(range(x.ndim)) if axis is None else (axis,) if isinstance(axis, int) else axis
    axes = tuple(a % x.ndim for a in axes)
    averaged = tuple(n for i, n in enumerate(x.shape) if i in axes)
    if weights.shape not in (x.shape, averaged):
        raise ShapeError(f"{name}: weights must have shape {x.shape} or {averaged}, got {weights.shape}")
    if weights.shape != x.shape:
        weights = weights.reshape(tuple(n if i in axes else 1 for i, n in enumerate(x.shape)))
        weights = broadcast_to(weights, x.shape)
    return sum(x * weights, axes, keepdims) / sum(weights, axes, keepdims)
