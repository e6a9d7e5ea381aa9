"""Sliding windows over images: what convolution and pooling stand on.

`take_windows` and `add_windows` are each other's transpose, so each is the gradient of the other.
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

from catenary import Variable, function
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array, ArrayModule

__all__ = ["im2col"]

Pair = int | tuple[int, int]


class Grid(NamedTuple):
    """Where windows lie on images; each field is a pair (height, width).

    Attributes:
        size: The size of the images.
        kernel: The size of a window.
        stride: The step between windows.
        pad: The padding at both ends.
        dilate: The step inside a window.
        out: The number of windows.
    """

    size: tuple[int, int]
    kernel: tuple[int, int]
    stride: tuple[int, int]
    pad: tuple[int, int]
    dilate: tuple[int, int]
    out: tuple[int, int]

    @property
    def reach(self) -> tuple[int, ...]:
        """The size of padded images that hold all windows."""
        return tuple(max(n + 2 * p, (o - 1) * s + (k - 1) * d + 1) for n, k, s, p, d, o in zip(*self, strict=True))


def pair(name: str, value: Pair) -> tuple[int, int]:
    """Return a number as a pair (height, width); a pair as it is."""
    if isinstance(value, int):
        return value, value
    if len(value) != 2:
        raise ArgumentError(f"{name}: expected a number or a pair (height, width), got {value}")
    return int(value[0]), int(value[1])


@functools.cache
def make_grid(
    name: str, size: tuple[int, int], kernel: Pair, stride: Pair, pad: Pair, dilate: Pair = 1, cover_all: bool = False
) -> Grid:
    """Return the grid of windows that fit images.

    Args:
        name: The function that asks, for messages.
        size: Height and width of the images.
        kernel: The size of a window.
        stride: The step between windows.
        pad: The padding at both ends.
        dilate: The step inside a window.
        cover_all: Whether the last window may reach past the end, so that every element is in one.

    Raises:
        ArgumentError: If a number makes no sense.
        ShapeError: If no window fits.
    """
    k, s, p, d = (pair(name, value) for value in (kernel, stride, pad, dilate))
    if min(*k, *s, *d) < 1 or min(p) < 0:
        raise ArgumentError(
            f"{name}: kernel size, stride and dilation must be positive and padding not negative; "
            f"got {k}, {s}, {d} and {p}"
        )
    room = [n + 2 * p_ - (k_ - 1) * d_ - 1 + (s_ - 1) * cover_all for n, k_, s_, p_, d_ in zip(size, k, s, p, d)]
    if min(room) < 0:
        raise ShapeError(f"{name}: a window of {k} (dilation {d}) does not fit into images of {size} with padding {p}")
    return Grid(size, k, s, p, d, (room[0] // s[0] + 1, room[1] // s[1] + 1))


def padded(xp: ArrayModule, x: Array, grid: Grid, fill: float = 0.0) -> Array:
    """Return images with the padding that a grid asks for."""
    if grid.reach == grid.size:
        return x
    widths = [(p, r - n - p) for p, r, n in zip(grid.pad, grid.reach, grid.size)]
    return xp.pad(x, ((0, 0), (0, 0), *widths), constant_values=fill)


def view_windows(xp: ArrayModule, x: Array, grid: Grid) -> Array:
    """Return all windows over padded images as a view, shape (batch, channels, *kernel, *out)."""
    sn, sc, sh, sw = x.strides
    (ah, aw), (dh, dw) = grid.stride, grid.dilate
    return xp.lib.stride_tricks.as_strided(
        x, (*x.shape[:2], *grid.kernel, *grid.out), (sn, sc, sh * dh, sw * dw, sh * ah, sw * aw)
    )


@function
def take_windows(xp: ArrayModule, x: Array, grid: Grid) -> Array:
    """Return the windows over images, shape (batch, channels, *kernel, *out)."""
    return view_windows(xp, padded(xp, x, grid), grid)


@function
def add_windows(xp: ArrayModule, parts: Array, grid: Grid) -> Array:
    """Add windows up into images, shape (batch, channels, *size)."""
    (h, w), (kh, kw), (sh, sw), (ph, pw), (dh, dw), (oh, ow) = grid
    x = xp.zeros((*parts.shape[:2], *grid.reach), parts.dtype)
    for i in range(kh):
        rows = slice(i * dh, i * dh + (oh - 1) * sh + 1, sh)
        for j in range(kw):
            x[:, :, rows, slice(j * dw, j * dw + (ow - 1) * sw + 1, sw)] += parts[:, :, i, j]
    return x[:, :, ph : ph + h, pw : pw + w]


take_windows.gradient(x=lambda gy, grid: add_windows(gy, grid))
add_windows.gradient(parts=lambda gy, grid: take_windows(gy, grid))


def im2col(x: Any, ksize: Pair, stride: Pair = 1, pad: Pair = 0, cover_all: bool = False, dilate: Pair = 1) -> Variable:
    """Lay the windows over images out as channels.

    Args:
        x: Images, shape (batch, channels, height, width).
        ksize: The size of a window: a number or (height, width).
        stride: The step between windows.
        pad: The padding with zeros.
        cover_all: Whether the last windows may reach past the end.
        dilate: The step inside a window.

    Returns:
        Shape (batch, channels * kernel height * kernel width, output height, output width).

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.im2col(np.ones((1, 2, 4, 4)), 3).shape
        (1, 18, 2, 2)
    """
    grid = make_grid("im2col", tuple(x.shape[2:]), ksize, stride, pad, dilate, cover_all)
    parts = take_windows(x, grid)
    return parts.reshape((x.shape[0], x.shape[1] * grid.kernel[0] * grid.kernel[1], *grid.out))
