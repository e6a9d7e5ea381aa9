"""Repeat arrays and their elements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from catenary import Variable
from catenary.arithmetic import broadcast_to, get_item
from catenary.errors import ArgumentError
from catenary_functions.checks import check_arrays, check_axis

__all__ = ["repeat", "tile"]


def repeat(x: Any, repeats: int | Sequence[int], axis: int | None = None) -> Variable:
    """Repeat each element along an axis.

    Args:
        x: Input of any shape.
        repeats: How often each is there then, or one number for each.
        axis: The axis; None for all elements in C order.

    Raises:
        ArgumentError: If there is no such axis, or the numbers do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.repeat(np.array([1.0, 2.0]), 2).array
        array([1., 1., 2., 2.])
    """
    check_arrays("repeat", x=x)
    if axis is None:
        x, axis = x.reshape((-1,)), 0
    check_axis("repeat", x, axis)
    counts = (repeats,) if isinstance(repeats, int) else tuple(repeats)
    if min(counts, default=-1) < 0 or len(counts) not in (1, x.shape[axis]):
        raise ArgumentError(
            f"repeat: repeats must be 1 or {x.shape[axis]} numbers that are not negative, got {repeats}"
        )
    head, n, tail = x.shape[: axis % x.ndim], x.shape[axis], x.shape[axis % x.ndim + 1 :]
    if len(counts) > 1:
        return get_item(x, (*[slice(None)] * len(head), np.repeat(np.arange(n), counts)))
    y = broadcast_to(x.reshape((*head, n, 1, *tail)), (*head, n, counts[0], *tail))
    return y.reshape((*head, n * counts[0], *tail))


def tile(x: Any, reps: int | Sequence[int]) -> Variable:
    """Lay an array side by side with itself, as `numpy.tile` does.

    Args:
        x: Input of any shape.
        reps: How often it is there then along each axis; fewer numbers belong to the last axes, more make new
            leading axes.

    Raises:
        ArgumentError: If a number is negative.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.tile(np.array([1.0, 2.0]), (2, 2)).array
        array([[1., 2., 1., 2.],
               [1., 2., 1., 2.]])
    """
    counts = (reps,) if isinstance(reps, int) else tuple(reps)
    check_arrays("tile", x=x)
    if min(counts, default=0) < 0:
        raise ArgumentError(f"tile: reps must not be negative, got {reps}")
    lengths = (1,) * (len(counts) - x.ndim) + tuple(x.shape)
    counts = (1,) * (len(lengths) - len(counts)) + counts
    pairs = list(zip(counts, lengths, strict=True))
    y = broadcast_to(x.reshape(tuple(m for n in lengths for m in (1, n))), tuple(m for pair in pairs for m in pair))
    return y.reshape(tuple(r * n for r, n in pairs))
