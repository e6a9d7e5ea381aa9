"""Functions that rearrange arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from catenary import PER_CALL, Saved, Variable, as_array, function, several_outputs
from catenary.arithmetic import (
    broadcast_to as broadcast_to,
    cast as cast,
    get_item as get_item,
    reshape as reshape,
    sum_to as sum_to,
    transpose as transpose,
)
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array, ArrayModule, Arrays


@function
def concat(xp: ArrayModule, xs: Arrays, axis: int = 1, *, saved: Saved = PER_CALL) -> Array:
    """Join arrays along an axis.

    Args:
        xs: A list of inputs with equal shapes but for the axis.
        axis: The axis.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.concat([np.ones((2, 1)), np.ones((2, 3))]).shape
        (2, 4)
    """
    saved.ends = np.cumsum([x.shape[axis] for x in xs])[:-1].tolist()
    return xp.concatenate(xs, axis)


concat.gradient(xs=lambda gy, axis, saved: split_axis(gy, saved.ends, axis) if saved.ends else (gy,))


@several_outputs
def _split(xp: ArrayModule, x: Array, ends: tuple[int, ...], axis: int) -> Any:
    return tuple(xp.split(x, ends, axis))


_split.gradient(x=lambda gys, axis: concat(gys, axis))


def _check_axis(name: str, x: Any, axis: int) -> None:
    if not -x.ndim <= axis < x.ndim:
        raise ArgumentError(f"{name}: axis must be from {-x.ndim} to {x.ndim - 1}, got {axis} (x: {x.shape})")


def split_axis(x: Any, indices_or_sections: int | Sequence[int], axis: int, force_tuple: bool = True) -> Any:
    """Split an array along an axis.

    Args:
        x: Input of any shape.
        indices_or_sections: The number of equal parts, or where the parts but the first begin.
        axis: The axis.
        force_tuple: Whether a single part comes as a tuple, too.

    Returns:
        A tuple of Variables.

    Raises:
        ArgumentError: If the axis cannot be split into so many equal parts.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> [y.shape for y in F.split_axis(np.ones((2, 5)), [2, 3], 1)]
        [(2, 2), (2, 1), (2, 2)]
    """
    _check_axis("split_axis", x, axis)
    if isinstance(indices_or_sections, int | np.integer):
        n, parts = x.shape[axis], int(indices_or_sections)
        if parts < 1 or n % parts:
            raise ArgumentError(f"split_axis: cannot split an axis of length {n} into {parts} equal parts")
        indices_or_sections = [n // parts * i for i in range(1, parts)]
    ys = _split(x, tuple(int(i) for i in indices_or_sections), axis)
    return ys if force_tuple or len(ys) > 1 else ys[0]


@function
def stack(xp: ArrayModule, xs: Arrays, axis: int = 0) -> Array:
    """Join arrays of equal shape along a new axis.

    Args:
        xs: A list of inputs.
        axis: Where the new axis goes.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.stack([np.zeros(3), np.ones(3)]).shape
        (2, 3)
    """
    return xp.stack(xs, axis)


stack.gradient(xs=lambda gy, axis: [gy[(slice(None),) * (axis % gy.ndim) + (i,)] for i in range(gy.shape[axis])])


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


def expand_dims(x: Any, axis: int) -> Variable:
    """Insert an axis of length 1.

    Args:
        x: Input of any shape.
        axis: Where it goes.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.expand_dims(np.ones((2, 3)), 1).shape
        (2, 1, 3)
    """
    if not -x.ndim - 1 <= axis <= x.ndim:
        raise ArgumentError(f"expand_dims: axis must be from {-x.ndim - 1} to {x.ndim}, got {axis}")
    at = axis % (x.ndim + 1)
    return reshape(x, (*x.shape[:at], 1, *x.shape[at:]))


def squeeze(x: Any, axis: int | tuple[int, ...] | None = None) -> Variable:
    """Remove axes of length 1.

    Args:
        x: Input of any shape.
        axis: The axes, all of length 1 if None.

    Raises:
        ShapeError: If an axis is longer.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.squeeze(np.ones((1, 3, 1))).shape
        (3,)
    """
    if axis is None:
        return reshape(x, tuple(n for n in x.shape if n != 1))
    dropped = {a % x.ndim for a in (axis if isinstance(axis, tuple) else (axis,))}
    if any(x.shape[a] != 1 for a in dropped):
        raise ShapeError(f"squeeze: axis {axis} must have length 1, got shape {x.shape}")
    return reshape(x, tuple(n for i, n in enumerate(x.shape) if i not in dropped))


def flatten(x: Any) -> Variable:
    """Return all elements along one axis.

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.flatten(np.ones((2, 3))).shape
        (6,)
    """
    return reshape(x, (-1,))


def swapaxes(x: Any, axis1: int, axis2: int) -> Variable:
    """Swap two axes.

    Args:
        x: Input of any shape.
        axis1: One axis.
        axis2: The other.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.swapaxes(np.ones((2, 3, 4)), 0, 2).shape
        (4, 3, 2)
    """
    for axis in (axis1, axis2):
        _check_axis("swapaxes", x, axis)
    axes = list(range(x.ndim))
    axes[axis1], axes[axis2] = axes[axis2], axes[axis1]
    return transpose(x, tuple(axes))
