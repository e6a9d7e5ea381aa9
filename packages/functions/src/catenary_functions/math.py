"""Mathematical functions."""

from __future__ import annotations

from typing import Any

from catenary import Variable, as_array, function
from catenary.arithmetic import (
    absolute as absolute,
    add as _add_two,
    broadcast_to,
    log as log,
    matmul as _matmul,
    sum as sum,
)
from catenary.errors import ArgumentError
from catenary.types import Array, ArrayModule, Axis


def add(*xs: Any) -> Variable:
    """Add two or more arrays elementwise, with broadcasting.

    Args:
        xs: Inputs of shapes that broadcast.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.add(np.ones(2), np.ones(2), np.ones(2)).array
        array([3., 3.])
    """
    total, *rest = xs
    for x in rest:
        total = _add_two(total, x)
    return total if rest else _add_two(total, 0)


@function
def exp(xp: ArrayModule, x: Array) -> Array:
    """Return e to the power x.

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.exp(np.zeros(2)).array
        array([1., 1.])
    """
    return xp.exp(x)


exp.gradient(x=lambda gy, y: gy * y)


@function
def sqrt(xp: ArrayModule, x: Array) -> Array:
    """Return square roots.

    Args:
        x: Input of any shape, not negative.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.sqrt(np.array([4.0])).array
        array([2.])
    """
    return xp.sqrt(x)


sqrt.gradient(x=lambda gy, y: gy / (2 * y))


@function
def square(_: ArrayModule, x: Array) -> Array:
    """Return x * x.

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.square(np.array([3.0])).array
        array([9.])
    """
    return x * x


square.gradient(x=lambda gy, x: gy * (2 * x))


@function
def sin(xp: ArrayModule, x: Array) -> Array:
    """Return sines.

    Args:
        x: Input of any shape, in radians.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.sin(np.zeros(1)).array
        array([0.])
    """
    return xp.sin(x)


@function
def cos(xp: ArrayModule, x: Array) -> Array:
    """Return cosines.

    Args:
        x: Input of any shape, in radians.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.cos(np.zeros(1)).array
        array([1.])
    """
    return xp.cos(x)


sin.gradient(x=lambda gy, x: gy * cos(x))
cos.gradient(x=lambda gy, x: -gy * sin(x))


@function(keeps_numbers=True)
def maximum(xp: ArrayModule, x1: Array, x2: Array) -> Array:
    """Return the larger elements, with broadcasting; where both are equal, `x1` gets the gradient.

    Args:
        x1: Input of any shape.
        x2: Input of a shape that broadcasts.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.maximum(np.array([1.0, 5.0]), np.array([3.0, 2.0])).array
        array([3., 5.])
    """
    return xp.maximum(x1, x2)


maximum.gradient(
    x1=lambda gy, x1, x2: gy * (as_array(x1) >= as_array(x2)),
    x2=lambda gy, x1, x2: gy * (as_array(x1) < as_array(x2)),
)


@function(keeps_numbers=True)
def minimum(xp: ArrayModule, x1: Array, x2: Array) -> Array:
    """Return the smaller elements, with broadcasting; where both are equal, `x1` gets the gradient.

    Args:
        x1: Input of any shape.
        x2: Input of a shape that broadcasts.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.minimum(np.array([1.0, 5.0]), np.array([3.0, 2.0])).array
        array([1., 2.])
    """
    return xp.minimum(x1, x2)


minimum.gradient(
    x1=lambda gy, x1, x2: gy * (as_array(x1) <= as_array(x2)),
    x2=lambda gy, x1, x2: gy * (as_array(x1) > as_array(x2)),
)


@function
def clip(xp: ArrayModule, x: Array, x_min: float, x_max: float) -> Array:
    """Limit elements to an interval; outside of it the gradient is zero.

    Args:
        x: Input of any shape.
        x_min: The lower bound.
        x_max: The upper bound.

    Raises:
        ArgumentError: If the lower bound is above the upper one.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.clip(np.array([-2.0, 0.5]), 0.0, 1.0).array
        array([0. , 0.5])
    """
    if x_min > x_max:
        raise ArgumentError(f"clip: x_min must not be above x_max, got {x_min} and {x_max}")
    return xp.clip(x, x_min, x_max)


clip.gradient(x=lambda gy, x, x_min, x_max: gy * ((as_array(x) >= x_min) & (as_array(x) <= x_max)))


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


def matmul(a: Any, b: Any, transa: bool = False, transb: bool = False) -> Variable:
    """Multiply matrices, or stacks of them.

    Args:
        a: The left one, shape (..., m, k).
        b: The right one, shape (..., k, n).
        transa: Whether the last two axes of `a` are swapped first.
        transb: Whether the last two axes of `b` are swapped first.

    Returns:
        Shape (..., m, n).

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.matmul(np.ones((2, 3)), np.ones((4, 3)), transb=True).shape
        (2, 4)
    """
    return _matmul(_swapped(a) if transa else a, _swapped(b) if transb else b)


def _swapped(x: Any) -> Any:
    return x.transpose((*range(x.ndim - 2), x.ndim - 1, x.ndim - 2)) if x.ndim > 1 else x
