"""Convolution over images."""

from __future__ import annotations

from typing import Any

from catenary import Variable, function
from catenary.arithmetic import matmul
from catenary.errors import ShapeError
from catenary.types import Array, ArrayModule
from catenary_functions.windows import Grid, Pair, add_windows, make_grid, padded, take_windows, view_windows

__all__ = ["convolution_2d"]


def _grid(x: Any, W: Any, stride: Pair, pad: Pair, cover_all: bool, dilate: Pair, groups: int) -> Grid:
    if x.ndim != 4 or W.ndim != 4:
        raise ShapeError(f"convolution_2d: x and W must have 4 axes (x: {x.shape}, W: {W.shape})")
    if x.shape[1] != W.shape[1] * groups or W.shape[0] % groups:
        raise ShapeError(
            f"convolution_2d: x has {x.shape[1]} channels, W expects {W.shape[1]} in each of {groups} groups and gives "
            f"{W.shape[0]} (x: {x.shape}, W: {W.shape})"
        )
    return make_grid("convolution_2d", tuple(x.shape[2:]), tuple(W.shape[2:]), stride, pad, dilate, cover_all)


@function(widens_half=True)
def convolution_2d(
    xp: ArrayModule,
    x: Array,
    W: Array,
    b: Array | None = None,
    stride: Pair = 1,
    pad: Pair = 0,
    cover_all: bool = False,
    *,
    dilate: Pair = 1,
    groups: int = 1,
) -> Array:
    """Correlate images with a bank of filters.

    Args:
        x: Images, shape (batch, channels, height, width).
        W: Filters, shape (outputs, channels / groups, kernel height, kernel width).
        b: Bias, shape (outputs,).
        stride: The step between windows: a number or (height, width).
        pad: The padding with zeros.
        cover_all: Whether the last windows may reach past the end.
        dilate: The step inside a window.
        groups: The number of groups into which channels and outputs are divided.

    Returns:
        Shape (batch, outputs, output height, output width).

    Raises:
        ShapeError: If channels do not fit, or no window does.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.convolution_2d(np.ones((1, 3, 8, 8)), np.ones((5, 3, 3, 3)), pad=1).shape
        (1, 5, 8, 8)
    """
    grid = _grid(x, W, stride, pad, cover_all, dilate, groups)
    n, outputs = len(x), len(W)
    columns = _columns(view_windows(xp, padded(xp, x, grid), grid), groups)
    y = W.reshape(groups, outputs // groups, -1) @ columns
    y = y.reshape(n, outputs, *grid.out)
    if b is not None:
        if b.shape != (outputs,):
            raise ShapeError(f"convolution_2d: b must have shape ({outputs},), got {b.shape}")
        y += b[:, None, None]
    return y


def _columns(parts: Any, groups: int) -> Any:
    """Return windows as matrices: (batch, groups, channels * kernel, places)."""
    n, c, kh, kw, oh, ow = parts.shape
    return parts.reshape((n, groups, c // groups * kh * kw, oh * ow))


def _gx(gy: Any, x: Any, W: Any, stride: Pair, pad: Pair, cover_all: bool, dilate: Pair, groups: int) -> Any:
    grid = _grid(x, W, stride, pad, cover_all, dilate, groups)
    filters = W.reshape(groups, len(W) // groups, -1)
    parts = filters.transpose(0, 2, 1) @ gy.reshape(len(x), groups, len(W) // groups, -1)
    return add_windows(parts.reshape(*x.shape[:2], *grid.kernel, *grid.out), grid)


def _gW(gy: Any, x: Any, W: Any, stride: Pair, pad: Pair, cover_all: bool, dilate: Pair, groups: int) -> Any:
    grid = _grid(x, W, stride, pad, cover_all, dilate, groups)
    columns = _columns(take_windows(x, grid), groups)
    gy = gy.reshape(len(x), groups, len(W) // groups, -1)
    return (gy @ columns.transpose(0, 1, 3, 2)).sum(0).reshape(W.shape)


convolution_2d.gradient(x=_gx, W=_gW, b=lambda gy: gy.sum((0, 2, 3)))


@convolution_2d.compose
def _composed(x: Any, W: Any, b: Any, stride: Pair, pad: Pair, cover_all: bool, dilate: Pair, groups: int) -> Variable:
    grid = _grid(x, W, stride, pad, cover_all, dilate, groups)
    columns = _columns(take_windows(x, grid), groups)
    y = matmul(W.reshape((groups, len(W) // groups, -1)), columns).reshape((len(x), len(W), *grid.out))
    return y if b is None else y + b.reshape((1, -1, 1, 1))
