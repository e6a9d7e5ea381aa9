"""Change the shape of arrays, and the order of axes."""

from __future__ import annotations

from typing import Any

from catenary import Variable
from catenary.arithmetic import (
    broadcast_to as broadcast_to,
    cast as cast,
    get_item as get_item,
    reshape as reshape,
    sum_to as sum_to,
    transpose as transpose,
)
from catenary.errors import ArgumentError, ShapeError
from catenary_functions.checks import check_axis

__all__ = ["broadcast_to", "cast", "expand_dims", "flatten", "reshape", "squeeze", "sum_to", "swapaxes", "transpose"]


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
        check_axis("swapaxes", x, axis)
    axes = list(range(x.ndim))
    axes[axis1], axes[axis2] = axes[axis2], axes[axis1]
    return transpose(x, tuple(axes))
