"""Join arrays, and split them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from catenary import PER_CALL, Saved, Variable, function, several_outputs
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array, ArrayModule, Arrays
from catenary_functions.checks import check_arrays, check_axis

__all__ = ["concat", "dstack", "hstack", "separate", "split_axis", "stack", "vstack"]


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


@several_outputs
def separate(_: ArrayModule, x: Array, axis: int = 0) -> Any:
    """Take an array apart along an axis, which is then gone.

    Args:
        x: Input of any shape but 0-d.
        axis: The axis.

    Returns:
        A tuple of Variables.

    Raises:
        ArgumentError: If there is no such axis.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> [y.shape for y in F.separate(np.ones((2, 3)))]
        [(3,), (3,)]
    """
    check_axis("separate", x, axis)
    before = (slice(None),) * (axis % x.ndim)
    return tuple(x[(*before, i)] for i in range(x.shape[axis]))


stack.gradient(xs=lambda gy, axis: separate(gy, axis))
separate.gradient(x=lambda gys, axis: stack(gys, axis))


def _joined(name: str, xs: Any, axis: int, shapes: Any) -> Variable:
    """Join arrays after bringing those with few axes to shapes, by their number of axes."""
    if not isinstance(xs, list | tuple) or not xs:
        raise ArgumentError(f"{name}: xs must be a list of arrays, and not empty")
    check_arrays(name, **{f"xs[{i}]": x for i, x in enumerate(xs)})
    same = [x.reshape(shapes[x.ndim](*x.shape)) if x.ndim < len(shapes) else x for x in xs]
    if any(x.shape[:axis] + x.shape[axis + 1 :] != same[0].shape[:axis] + same[0].shape[axis + 1 :] for x in same):
        raise ShapeError(f"{name}: xs must have the same shape but for axis {axis}, got {[x.shape for x in xs]}")
    return concat(same, axis)


def vstack(xs: Any) -> Variable:
    """Join arrays along the first axis; vectors are rows.

    Args:
        xs: A list of inputs with equal shapes but for the first axis.

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.vstack([np.zeros(3), np.ones(3)]).shape
        (2, 3)
    """
    return _joined("vstack", xs, 0, (lambda: (1, 1), lambda n: (1, n)))


def hstack(xs: Any) -> Variable:
    """Join arrays along the second axis; vectors along their only one.

    Args:
        xs: A list of inputs with equal shapes but for that axis.

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.hstack([np.zeros(3), np.ones(3)]).shape
        (6,)
    """
    return _joined("hstack", xs, int(bool(xs) and getattr(xs[0], "ndim", 0) > 1), (lambda: (1,),))


def dstack(xs: Any) -> Variable:
    """Join arrays along the third axis; vectors and matrices get the axes that they lack.

    Args:
        xs: A list of inputs with equal shapes but for that axis.

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.dstack([np.zeros((2, 3)), np.ones((2, 3))]).shape
        (2, 3, 2)
    """
    return _joined("dstack", xs, 2, (lambda: (1, 1, 1), lambda n: (1, n, 1), lambda n, m: (n, m, 1)))
