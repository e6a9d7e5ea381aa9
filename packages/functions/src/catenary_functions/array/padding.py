"""Padding of arrays, and of sequences to equal lengths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from catenary import PER_CALL, Saved, Variable, function, get_array_module, several_outputs
from catenary.arithmetic import get_item
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array, ArrayModule, Arrays
from catenary_functions.checks import check_arrays, check_word

__all__ = ["pad", "pad_sequence", "transpose_sequence"]

REPEATING = ("edge", "reflect", "symmetric", "wrap")


def pad(x: Any, pad_width: Any, mode: str, **keywords: Any) -> Variable:
    """Pad an array at its ends, as `numpy.pad` does.

    Args:
        x: Input of any shape.
        pad_width: How many elements come to both ends of all axes; or (before, after); or such a pair for each axis.
        mode: "constant", or how elements are repeated: "edge", "reflect", "symmetric" or "wrap".
        keywords: For "constant", `constant_values` in any form that `numpy.pad` takes; 0 without it.

    Raises:
        ArgumentError: If the mode or a keyword is unknown, or the widths do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.pad(np.array([1.0, 2.0]), (1, 2), "constant").array
        array([0., 1., 2., 0., 0.])
    """
    check_arrays("pad", x=x)
    check_word("pad", "mode", mode, ("constant", *REPEATING))
    known = {"constant_values"} if mode == "constant" else set()
    if not keywords.keys() <= known:
        raise ArgumentError(f"pad: keywords for mode {mode!r} must be {sorted(known)}, got {sorted(keywords)}")
    try:
        widths = np.broadcast_to(np.asarray(pad_width, np.intp), (x.ndim, 2)).tolist()
    except ValueError:
        widths = [(-1, -1)]
    if any(min(width) < 0 for width in widths):
        raise ArgumentError(f"pad: pad_width must be numbers or a pair for each of {x.ndim} axes, got {pad_width}")
    if mode == "constant":
        return _pad_with(x, tuple(map(tuple, widths)), keywords.get("constant_values", 0))
    if any(n == 0 < max(width) for n, width in zip(x.shape, widths, strict=True)):
        raise ArgumentError(f"pad: x must have elements to repeat, got shape {x.shape}")
    xp = get_array_module(x)
    places = xp.pad(xp.arange(x.size).reshape(x.shape), widths, mode)
    return get_item(x.reshape((-1,)), places.ravel()).reshape(places.shape)


@function
def _pad_with(
    xp: ArrayModule, x: Array, widths: tuple[tuple[int, int], ...], values: Any, *, saved: Saved = PER_CALL
) -> Array:
    saved.inside = tuple(slice(before, before + n) for n, (before, _) in zip(x.shape, widths, strict=True))
    if not isinstance(values, int | float):
        return xp.pad(x, widths, constant_values=values)
    y = xp.full(tuple(before + n + after for n, (before, after) in zip(x.shape, widths)), values, x.dtype)
    y[saved.inside] = x
    return y


_pad_with.gradient(x=lambda gy, saved: gy[saved.inside])


@function
def pad_sequence(
    xp: ArrayModule, xs: Arrays, length: int | None = None, padding: float = 0, *, saved: Saved = PER_CALL
) -> Array:
    """Join sequences of different lengths as the rows of one array, with padding at their ends.

    Args:
        xs: Sequences, shape (length, ...), with equal shapes but for the length.
        length: The length of the rows; that of the longest sequence if None.
        padding: What stands behind the ends.

    Returns:
        Shape (sequences, length, ...).

    Raises:
        ShapeError: If the shapes do not fit, or a sequence is longer.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.pad_sequence([np.ones(1), np.ones(3)]).array
        array([[1., 0., 0.],
               [1., 1., 1.]])
    """
    saved.lengths = lengths = _lengths("pad_sequence", xs)
    longest = max(lengths) if length is None else length
    if max(lengths) > longest:
        raise ShapeError(f"pad_sequence: length must be at least {max(lengths)}, got {length}")
    y = xp.full((len(xs), longest, *xs[0].shape[1:]), padding, xs[0].dtype)
    for row, x in zip(y, xs, strict=True):
        row[: len(x)] = x
    return y


pad_sequence.gradient(xs=lambda gy, saved: [gy[i, :n] for i, n in enumerate(saved.lengths)])


def _lengths(name: str, xs: Sequence[Any]) -> list[int]:
    """Return the lengths of sequences; raise if they have no length, or do not fit together."""
    if not xs:
        raise ArgumentError(f"{name}: xs must not be empty")
    if any(x.ndim == 0 or x.shape[1:] != xs[0].shape[1:] for x in xs):
        raise ShapeError(f"{name}: xs must have the same shape but for the length, got {[x.shape for x in xs]}")
    return [len(x) for x in xs]


@several_outputs
def transpose_sequence(xp: ArrayModule, xs: Arrays) -> Any:
    """Turn sequences into what they have at each step, and back.

    Args:
        xs: Sequences of falling length, shape (length, ...).

    Returns:
        A tuple of Variables, one for each step, shape (sequences that go on so long, ...).

    Raises:
        ShapeError: If a sequence is longer than the one before.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> [y.shape for y in F.transpose_sequence([np.ones((3, 2)), np.ones((1, 2))])]
        [(2, 2), (1, 2), (1, 2)]
    """
    lengths = _lengths("transpose_sequence", xs)
    if lengths != sorted(lengths, reverse=True):
        raise ShapeError(f"transpose_sequence: xs must not grow longer, got lengths {lengths}")
    counts = [int(n) for n in (np.asarray(lengths)[:, None] > np.arange(lengths[0])).sum(0)]
    steps = xp.empty((lengths[0], len(xs), *xs[0].shape[1:]), xs[0].dtype)
    for i, x in enumerate(xs):
        steps[: len(x), i] = x
    return tuple(step[:n] for step, n in zip(steps, counts, strict=True))


transpose_sequence.gradient(xs=lambda gys: transpose_sequence(gys))
