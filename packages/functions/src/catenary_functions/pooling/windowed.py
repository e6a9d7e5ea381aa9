"""Pooling over windows."""

from __future__ import annotations

from typing import Any

from catenary import PER_CALL, Saved, function
from catenary.errors import ShapeError
from catenary.types import Array, ArrayModule
from catenary_functions.windows import Grid, Pair, add_windows, make_grid, padded, view_windows

__all__ = ["average_pooling_2d", "max_pooling_2d"]


def _grid(name: str, x: Any, ksize: Pair, stride: Pair | None, pad: Pair, cover_all: bool) -> Grid:
    if x.ndim != 4:
        raise ShapeError(f"{name}: x must have 4 axes, got shape {x.shape}")
    return make_grid(name, tuple(x.shape[2:]), ksize, ksize if stride is None else stride, pad, 1, cover_all)


def _flat(parts: Any) -> Any:
    """Return windows with the elements of each along axis 2."""
    n, c, kh, kw, oh, ow = parts.shape
    return parts.reshape((n, c, kh * kw, oh, ow))


@function
def max_pooling_2d(
    xp: ArrayModule,
    x: Array,
    ksize: Pair,
    stride: Pair | None = None,
    pad: Pair = 0,
    cover_all: bool = True,
    *,
    saved: Saved = PER_CALL,
) -> Array:
    """Return the largest element of each window; the first one, if several are equal, gets the gradient.

    Args:
        x: Images, shape (batch, channels, height, width).
        ksize: The size of a window: a number or (height, width).
        stride: The step between windows; the size of a window if None.
        pad: The padding, which never wins.
        cover_all: Whether the last windows may reach past the end.

    Returns:
        Shape (batch, channels, output height, output width).

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.max_pooling_2d(np.arange(4.0).reshape(1, 1, 2, 2), 2).array
        array([[[[3.]]]])
    """
    saved.grid = grid = _grid("max_pooling_2d", x, ksize, stride, pad, cover_all)
    parts = _flat(view_windows(xp, padded(xp, x, grid, -xp.inf), grid))
    saved.winner = parts.argmax(2)[:, :, None] == xp.arange(parts.shape[2])[:, None, None]
    return parts.max(2)


def _max_gx(gy: Any, saved: Any) -> Any:
    n, c, oh, ow = gy.shape
    return add_windows((gy[:, :, None] * saved.winner).reshape((n, c, *saved.grid.kernel, oh, ow)), saved.grid)


max_pooling_2d.gradient(x=_max_gx)


@function
def average_pooling_2d(
    xp: ArrayModule, x: Array, ksize: Pair, stride: Pair | None = None, pad: Pair = 0, *, saved: Saved = PER_CALL
) -> Array:
    """Return the mean of each window, padding included.

    Args:
        x: Images, shape (batch, channels, height, width).
        ksize: The size of a window: a number or (height, width).
        stride: The step between windows; the size of a window if None.
        pad: The padding with zeros.

    Returns:
        Shape (batch, channels, output height, output width).

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.average_pooling_2d(np.arange(4.0).reshape(1, 1, 2, 2), 2).array
        array([[[[1.5]]]])
    """
    saved.grid = grid = _grid("average_pooling_2d", x, ksize, stride, pad, False)
    return _flat(view_windows(xp, padded(xp, x, grid), grid)).mean(2)


def _average_gx(gy: Any, saved: Any, xp: ArrayModule) -> Any:
    n, c, oh, ow = gy.shape
    kh, kw = saved.grid.kernel
    ones = xp.ones((kh, kw, 1, 1), gy.dtype) / (kh * kw)
    return add_windows(gy.reshape((n, c, 1, 1, oh, ow)) * ones, saved.grid)


average_pooling_2d.gradient(x=_average_gx)
