"""Choose elements."""

from __future__ import annotations

import functools
import math
from typing import Any

from catenary import PER_CALL, Saved, Variable, as_array, function, get_array_module, get_dtype
from catenary.arithmetic import get_item as get_item, put_item
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array, ArrayModule, DType, Shape
from catenary_functions.checks import can_look_at, check_arrays, check_axis, check_range, integers

__all__ = [
    "as_strided",
    "diagonal",
    "get_item",
    "one_hot",
    "permutate",
    "scatter_add",
    "select_item",
    "take_along_axis",
    "where",
]


@function
def where(xp: ArrayModule, condition: Array, x: Array, y: Array) -> Array:
    """Choose elements from `x` where the condition holds, from `y` elsewhere.

    Args:
        condition: Booleans, of a shape that broadcasts.
        x: Input of any shape.
        y: Input of a shape that broadcasts.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.where(np.array([True, False]), np.ones(2), np.zeros(2)).array
        array([1., 0.])
    """
    return xp.where(condition.astype(bool), x, y)


where.gradient(
    x=lambda gy, condition: gy * as_array(condition).astype(bool),
    y=lambda gy, condition: gy * ~as_array(condition).astype(bool),
)


@function
def select_item(xp: ArrayModule, x: Array, t: Array, *, saved: Saved = PER_CALL) -> Array:
    """Choose one element from each row.

    Args:
        x: Input, shape (batch, columns).
        t: The column for each row, integers of shape (batch,).

    Returns:
        Shape (batch,).

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentError: If a column is out of range.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.select_item(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1, 0])).array
        array([2., 3.])
    """
    if x.ndim != 2 or t.shape != x.shape[:1]:
        raise ShapeError(f"select_item: t must have shape {x.shape[:1]} for x of {x.shape}, got {t.shape}")
    integers("select_item", "t", t)
    check_range("select_item", "t", t, x.shape[1])
    saved.columns = x.shape[1]
    return x[xp.arange(len(x)), t]


select_item.gradient(x=lambda gy, t, saved, xp: gy[:, None] * (as_array(t)[:, None] == xp.arange(saved.columns)))


def take_along_axis(x: Any, indices: Any, axis: int) -> Variable:
    """Take elements along an axis, for each place along the other axes by indices of its own.

    Args:
        x: Input of any shape but 0-d.
        indices: Integers with as many axes as `x`; axes of length 1 are broadcast.
        axis: The axis that the indices count along.

    Returns:
        The shape of `indices`, broadcast against that of `x` but for the axis.

    Raises:
        ShapeError: If the numbers of axes differ.
        ArgumentError: If there is no such axis.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> x = np.array([[3.0, 1.0], [2.0, 4.0]])
        >>> F.take_along_axis(x, x.argsort(1), 1).array
        array([[1., 3.],
               [2., 4.]])
    """
    check_axis("take_along_axis", x, axis)
    places = integers("take_along_axis", "indices", indices)
    if places.ndim != x.ndim:
        raise ShapeError(f"take_along_axis: indices must have {x.ndim} axes as x, got shape {places.shape}")
    xp = get_array_module(places)
    grid = [xp.arange(n).reshape([-1 if i == j else 1 for j in range(x.ndim)]) for i, n in enumerate(x.shape)]
    grid[axis] = places
    return get_item(x, tuple(grid))


@function
def permutate(xp: ArrayModule, x: Array, indices: Array, axis: int = 0, inv: bool = False) -> Array:
    """Put the parts along an axis into another order.

    Args:
        x: Input of any shape but 0-d.
        indices: The parts in their new order, all integers from 0 to the length of the axis less 1.
        axis: The axis.
        inv: Whether to undo that order instead.

    Raises:
        ArgumentError: If `indices` is no order of the parts.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.permutate(np.array([1.0, 2.0, 3.0]), np.array([2, 0, 1])).array
        array([3., 1., 2.])
    """
    check_axis("permutate", x, axis)
    parts = xp.arange(x.shape[axis])
    if indices.shape != parts.shape or (can_look_at(indices) and bool((xp.sort(indices) != parts).any())):
        raise ArgumentError(f"permutate: indices must be the numbers from 0 to {len(parts) - 1} in some order")
    return x[(slice(None),) * (axis % x.ndim) + (xp.argsort(indices) if inv else indices,)]


permutate.gradient(x=lambda gy, indices, axis, inv: permutate(gy, indices, axis, not inv))


def scatter_add(a: Any, slices: Any, b: Any) -> Variable:
    """Add to the part of an array that an index, a slice, or a tuple of them names; places named twice get both.

    Args:
        a: Input of any shape.
        slices: The part.
        b: What is added, of a shape that broadcasts to the part.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.scatter_add(np.zeros(3), [0, 0, 2], np.ones(3)).array
        array([2., 0., 1.])
    """
    check_arrays("scatter_add", a=a, b=b)
    total: Variable = a + put_item(b, slices, a.shape)
    return total


@function
def one_hot(xp: ArrayModule, indices: Array, num_classes: int, dtype: DType | None = None) -> Array:
    """Return 1 at the places that indices name along a new last axis, and 0 elsewhere; there is no gradient.

    Args:
        indices: Integers of any shape.
        num_classes: The length of the new axis.
        dtype: The dtype of the result; the setting `dtype` if None.

    Returns:
        Shape (*indices.shape, num_classes).

    Raises:
        ArgumentError: If an index is out of range.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.one_hot(np.array([1, 0]), 3).array
        array([[0., 1., 0.],
               [1., 0., 0.]], dtype=float32)
    """
    integers("one_hot", "indices", indices)
    check_range("one_hot", "indices", indices, num_classes)
    return (indices[..., None] == xp.arange(num_classes)).astype(get_dtype(dtype))


def _diagonal(xp: ArrayModule, x: Array, offset: int, axis1: int, axis2: int) -> tuple[Array, Any]:
    """Return an array with both axes last, and the index of the diagonal in it."""
    moved = xp.moveaxis(x, (axis1, axis2), (-2, -1))
    rows, columns = max(-offset, 0), max(offset, 0)
    places = xp.arange(max(min(moved.shape[-2] - rows, moved.shape[-1] - columns), 0))
    return moved, (..., places + rows, places + columns)


@function
def diagonal(
    xp: ArrayModule, x: Array, offset: int = 0, axis1: int = 0, axis2: int = 1, *, saved: Saved = PER_CALL
) -> Array:
    """Return the diagonals of matrices.

    Args:
        x: Input with at least 2 axes.
        offset: How far above the main diagonal; below it if negative.
        axis1: The axis of the rows.
        axis2: The axis of the columns.

    Returns:
        The shape without both axes, and the diagonal along a new last axis.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.diagonal(np.array([[1.0, 2.0], [3.0, 4.0]])).array
        array([1., 4.])
    """
    saved.shape = x.shape
    moved, places = _diagonal(xp, x, offset, axis1, axis2)
    return moved[places]


@function
def _put_diagonal(xp: ArrayModule, values: Array, shape: Shape, offset: int, axis1: int, axis2: int) -> Array:
    x = xp.zeros(shape, values.dtype)
    moved, places = _diagonal(xp, x, offset, axis1, axis2)
    moved[places] = values
    return x


diagonal.gradient(x=lambda gy, saved, offset, axis1, axis2: _put_diagonal(gy, saved.shape, offset, axis1, axis2))
_put_diagonal.gradient(values=lambda gy, offset, axis1, axis2: diagonal(gy, offset, axis1, axis2))


def as_strided(x: Any, shape: Shape, strides: Shape, storage_offset: int | None = None) -> Variable:
    """Return an array whose elements lie at regular steps among those of another.

    Args:
        x: Input of any shape; its elements are counted in C order, however they lie in memory.
        shape: The shape of the result.
        strides: The step along each axis of the result, in elements.
        storage_offset: Which element comes first; 0 if None.

    Raises:
        ArgumentError: If it would reach past the elements of `x`.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.as_strided(np.arange(4.0), (3, 2), (1, 1)).array
        array([[0., 1.],
               [1., 2.],
               [2., 3.]])
    """
    check_arrays("as_strided", x=x)
    if len(shape) != len(strides):
        raise ShapeError(f"as_strided: strides must have {len(shape)} numbers as shape has, got {tuple(strides)}")
    xp, first = get_array_module(x), storage_offset or 0
    steps = [
        xp.arange(n).reshape([-1 if i == j else 1 for j in range(len(shape))]) * s
        for i, (n, s) in enumerate(zip(shape, strides, strict=True))
    ]
    places = functools.reduce(lambda a, b: a + b, steps, xp.full((), first))
    check_range("as_strided", "places", places, math.prod(x.shape))
    return get_item(x.reshape((-1,)), places)
