"""Sliding windows over images of any number of axes: what convolution and pooling stand on.

`take_windows` and `add_windows` are each other's transpose, so each is the gradient of the other.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from catenary import Variable, function
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array, ArrayModule, Shape
from catenary_functions.checks import check_ndim

__all__ = ["im2col"]

#: A number for all axes, or one for each.
Sizes = int | Sequence[int]


@dataclass(frozen=True)
class Grid:
    """Where windows lie on images; each field has one number for each axis.

    Attributes:
        size: The size of the images.
        kernel: The size of a window.
        stride: The step between windows.
        pad: The padding at both ends.
        dilate: The step inside a window.
        out: The number of windows.
    """

    size: Shape
    kernel: Shape
    stride: Shape
    pad: Shape
    dilate: Shape
    out: Shape

    @functools.cached_property
    def reach(self) -> Shape:
        """The size of padded images that hold all windows."""
        fields = zip(self.size, self.kernel, self.stride, self.pad, self.dilate, self.out, strict=True)
        return tuple(max(n + 2 * p, (o - 1) * s + (k - 1) * d + 1) for n, k, s, p, d, o in fields)

    @functools.cached_property
    def inside(self) -> tuple[slice, ...]:
        """Where the images lie in padded ones."""
        return tuple(slice(p, p + n) for p, n in zip(self.pad, self.size))

    @functools.cached_property
    def taps(self) -> list[tuple[int, ...]]:
        """All places in a window."""
        return list(itertools.product(*map(range, self.kernel)))

    @functools.cached_property
    def steps(self) -> Shape:
        """How far apart neighbours along each axis lie in padded images whose axes are taken as one."""
        return tuple(math.prod(self.reach[i + 1 :]) for i in range(len(self.reach)))

    @functools.cached_property
    def run(self) -> int:
        """If the stride is 1: how many elements lie from the first window to the last one, axes taken as one."""
        return 1 + sum((o - 1) * step for o, step in zip(self.out, self.steps)) if max(self.stride) == 1 else 0

    def tap(self, at: Sequence[int]) -> tuple[slice, ...]:
        """Return where the elements at one place of all windows lie in padded images."""
        return _lattice(at, self.dilate, self.out, self.stride)

    def window(self, at: Sequence[int]) -> tuple[slice, ...]:
        """Return where the elements of one window lie in padded images."""
        return _lattice(at, self.stride, self.kernel, self.dilate)


def _lattice(at: Sequence[int], units: Shape, counts: Shape, steps: Shape) -> tuple[slice, ...]:
    return tuple(slice(i * u, i * u + (n - 1) * s + 1, s) for i, u, n, s in zip(at, units, counts, steps))


def per_axis(name: str, value: Sizes, axes: int) -> Shape:
    """Return a number as a tuple with one for each axis; a tuple as it is."""
    if isinstance(value, int | np.integer):
        return (int(value),) * axes
    if not isinstance(value, tuple | list) or len(value) != axes:
        meaning = "a pair (height, width)" if axes == 2 else f"{axes} numbers"
        raise ArgumentError(f"{name}: expected a number or {meaning}, got {value}")
    return tuple(map(int, value))


def make_grid(
    name: str, size: Shape, kernel: Sizes, stride: Sizes, pad: Sizes, dilate: Sizes = 1, cover_all: bool = False
) -> Grid:
    """Return the grid of windows that fit images.

    Args:
        name: The function that asks, for messages.
        size: The size of the images.
        kernel: The size of a window.
        stride: The step between windows.
        pad: The padding at both ends.
        dilate: The step inside a window.
        cover_all: Whether the last window may reach past the end, so that every element is in one.

    Raises:
        ArgumentError: If a number makes no sense.
        ShapeError: If no window fits.
    """
    k, s, p, d = (per_axis(name, value, len(size)) for value in (kernel, stride, pad, dilate))
    return _checked_grid(name, size, k, s, p, d, cover_all)


@functools.lru_cache(4096)
def _checked_grid(name: str, size: Shape, k: Shape, s: Shape, p: Shape, d: Shape, cover_all: bool) -> Grid:
    _check_numbers(name, k, s, p, d)
    room = [n + 2 * p_ - (k_ - 1) * d_ - 1 + (s_ - 1) * cover_all for n, k_, s_, p_, d_ in zip(size, k, s, p, d)]
    if min(room) < 0:
        raise ShapeError(f"{name}: a window of {k} (dilation {d}) does not fit into images of {size} with padding {p}")
    return Grid(size, k, s, p, d, tuple(r // s_ + 1 for r, s_ in zip(room, s)))


def _check_numbers(name: str, k: Shape, s: Shape, p: Shape, d: Shape) -> None:
    if min(*k, *s, *d) < 1 or min(p) < 0:
        raise ArgumentError(
            f"{name}: kernel size, stride and dilation must be positive and padding not negative; "
            f"got {k}, {s}, {d} and {p}"
        )


def make_grid_back(
    name: str,
    out: Shape,
    kernel: Sizes,
    stride: Sizes,
    pad: Sizes,
    dilate: Sizes = 1,
    cover_all: bool = False,
    outsize: Sizes | None = None,
) -> Grid:
    """Return the grid on images that have as many windows as `out` says.

    Args:
        name: The function that asks, for messages.
        out: The number of windows.
        kernel: The size of a window.
        stride: The step between windows.
        pad: The padding at both ends.
        dilate: The step inside a window.
        cover_all: Whether the last window reaches past the end, where the size is not given.
        outsize: The size of the images; the smallest possible one if None.

    Raises:
        ArgumentError: If a number makes no sense.
        ShapeError: If images of `outsize` have another number of windows.
    """
    k, s, p, d = (per_axis(name, value, len(out)) for value in (kernel, stride, pad, dilate))
    _check_numbers(name, k, s, p, d)
    least = [s_ * (o - 1) + (k_ - 1) * d_ + 1 - 2 * p_ for o, k_, s_, p_, d_ in zip(out, k, s, p, d)]
    size = tuple(n - (s_ - 1) * cover_all for n, s_ in zip(least, s))
    if outsize is not None:
        size = per_axis(name, outsize, len(out))
        if not all(n - s_ < m < n + s_ for m, n, s_ in zip(size, least, s)):
            raise ShapeError(f"{name}: images of outsize {size} do not have {out} windows of {k} with stride {s}")
    if min(size) < 1:
        raise ShapeError(f"{name}: the images would have the size {size} (windows: {out} of {k}, padding {p})")
    return Grid(size, k, s, p, d, out)


def padded(xp: ArrayModule, x: Array, grid: Grid, fill: float = 0.0) -> Array:
    """Return images with the padding that a grid asks for."""
    if grid.reach == grid.size:
        return x
    y = xp.full((*x.shape[:2], *grid.reach), fill, x.dtype)
    y[(..., *grid.inside)] = x
    return y


def view_windows(xp: ArrayModule, x: Array, grid: Grid) -> Array:
    """Return all windows over padded images as a view, shape (batch, channels, *kernel, *out)."""
    steps = x.strides[2:]
    inner, outer = ([s * n for s, n in zip(steps, by)] for by in (grid.dilate, grid.stride))
    return xp.lib.stride_tricks.as_strided(x, (*x.shape[:2], *grid.kernel, *grid.out), (*x.strides[:2], *inner, *outer))


def reduce_windows(xp: ArrayModule, name: str, x: Array, grid: Grid, fill: float) -> Array:
    """Return one number for each window over images, shape (batch, channels, *out): its "max" or its "sum"."""
    windows = view_windows(xp, padded(xp, x, grid, fill), grid)
    first, *others = grid.taps
    if len(grid.taps) > math.prod(grid.out):
        return getattr(xp, name)(windows, axis=tuple(range(2, 2 + len(grid.size))))
    y, ufunc = windows[(slice(None), slice(None), *first)].copy(), {"max": xp.maximum, "sum": xp.add}[name]
    for tap in others:
        ufunc(y, windows[(slice(None), slice(None), *tap)], out=y)
    return y


def add_up(xp: ArrayModule, parts: Array, grid: Grid) -> Array:
    """Return the images to which windows of shape (batch, channels, *kernel, *out) add up."""
    x = xp.zeros((*parts.shape[:2], *grid.reach), parts.dtype)
    if len(grid.taps) <= math.prod(grid.out):
        for tap in grid.taps:
            x[(..., *grid.tap(tap))] += parts[(slice(None), slice(None), *tap)]
    else:
        for place in itertools.product(*map(range, grid.out)):
            x[(..., *grid.window(place))] += parts[(..., *place)]
    return x[(..., *grid.inside)]


@function
def take_windows(xp: ArrayModule, x: Array, grid: Grid) -> Array:
    """Return the windows over images, shape (batch, channels, *kernel, *out)."""
    return view_windows(xp, padded(xp, x, grid), grid)


@function(widens_half=True)
def add_windows(xp: ArrayModule, parts: Array, grid: Grid) -> Array:
    """Add windows up into images, shape (batch, channels, *size)."""
    return add_up(xp, parts, grid)


take_windows.gradient(x=lambda gy, grid: add_windows(gy, grid))
add_windows.gradient(parts=lambda gy, grid: take_windows(gy, grid))


def im2col(
    x: Any, ksize: Sizes, stride: Sizes = 1, pad: Sizes = 0, cover_all: bool = False, dilate: Sizes = 1
) -> Variable:
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

    Raises:
        ShapeError: If `x` has not four axes, or no window fits.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.im2col(np.ones((1, 2, 4, 4)), 3).shape
        (1, 18, 2, 2)
    """
    check_ndim("im2col", "x", x, 4, "(batch, channels, height, width)")
    grid = make_grid("im2col", tuple(x.shape[2:]), ksize, stride, pad, dilate, cover_all)
    return take_windows(x, grid).reshape((x.shape[0], x.shape[1] * len(grid.taps), *grid.out))
