"""Join arrays, and split them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from catenary import PER_CALL, Saved, function, several_outputs
from catenary.arithmetic import (
    broadcast_to as broadcast_to,
    cast as cast,
    get_item as get_item,
    reshape as reshape,
    sum_to as sum_to,
    transpose as transpose,
)
from catenary.errors import ArgumentError
from catenary.types import Array, ArrayModule, Arrays
from catenary_functions.checks import check_axis

__all__ = ["concat", "split_axis", "stack"]


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
    check_axis("split_axis", x, axis)
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
