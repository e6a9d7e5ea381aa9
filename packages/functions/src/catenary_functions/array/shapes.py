"""Change the shape of arrays, and the order of axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from catenary import Variable
from catenary.arithmetic import (
    broadcast_to as broadcast_to,
    cast as cast,
    reshape as reshape,
    sum_to as sum_to,
    transpose as transpose,
)
from catenary.errors import ArgumentError, ShapeError
from catenary_functions.checks import check_arrays, check_axis

__all__ = [
    "broadcast",
    "broadcast_to",
    "cast",
    "expand_dims",
    "flatten",
    "moveaxis",
    "reshape",
    "rollaxis",
    "squeeze",
    "sum_to",
    "swapaxes",
    "transpose",
]


def broadcast(*args: Any) -> Any:
    """Repeat arrays along axes of length 1 and along new leading axes, until all have the same shape.

    Args:
        args: Inputs of shapes that broadcast.

    Returns:
        A tuple of Variables; a Variable for a single input.

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> [y.shape for y in F.broadcast(np.ones((2, 1)), np.ones(3))]
        [(2, 3), (2, 3)]
    """
    check_arrays("broadcast", **{f"args[{i}]": x for i, x in enumerate(args)})
    try:
        shape = np.broadcast_shapes(*(x.shape for x in args))
    except ValueError:
        raise ShapeError(f"broadcast: args must have shapes that broadcast, got {[x.shape for x in args]}") from None
    ys = tuple(broadcast_to(x, shape) for x in args)
    return ys if len(ys) != 1 else ys[0]


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
    check_arrays("expand_dims", x=x)
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
    check_arrays("squeeze", x=x)
    if axis is None:
        return reshape(x, tuple(n for n in x.shape if n != 1))
    axes = axis if isinstance(axis, tuple) else (axis,)
    for one in axes:
        check_axis("squeeze", x, one)
    dropped = {a % x.ndim for a in axes}
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
    check_arrays("flatten", x=x)
    return reshape(x, (x.size,))


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


def moveaxis(x: Any, source: int | tuple[int, ...], destination: int | tuple[int, ...]) -> Variable:
    """Move axes to other places; the others stay in order.

    Args:
        x: Input of any shape.
        source: The axes to move.
        destination: Where they go, as many.

    Raises:
        ArgumentError: If there is no such axis, or the numbers differ.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.moveaxis(np.ones((2, 3, 4)), 0, -1).shape
        (3, 4, 2)
    """
    sources, places = ((a,) if isinstance(a, int) else tuple(a) for a in (source, destination))
    for axis in (*sources, *places):
        check_axis("moveaxis", x, axis)
    sources, places = (tuple(a % x.ndim for a in axes) for axes in (sources, places))
    if not len(sources) == len(places) == len(set(sources)) == len(set(places)):
        raise ArgumentError(
            f"moveaxis: source and destination must have as many different axes, got {source} and {destination}"
        )
    axes = [a for a in range(x.ndim) if a not in sources]
    for place, axis in sorted(zip(places, sources, strict=True)):
        axes.insert(place, axis)
    return transpose(x, tuple(axes))


def rollaxis(x: Any, axis: int, start: int = 0) -> Variable:
    """Move one axis before another.

    Args:
        x: Input of any shape.
        axis: The axis to move.
        start: The axis that it goes before; the number of axes for the end.

    Raises:
        ArgumentError: If there is no such axis.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.rollaxis(np.ones((2, 3, 4)), 2, 1).shape
        (2, 4, 3)
    """
    check_axis("rollaxis", x, axis)
    if not -x.ndim <= start <= x.ndim:
        raise ArgumentError(f"rollaxis: start must be from {-x.ndim} to {x.ndim}, got {start}")
    axis, start = axis % x.ndim, start + x.ndim * (start < 0)
    return moveaxis(x, axis, start - (axis < start))
