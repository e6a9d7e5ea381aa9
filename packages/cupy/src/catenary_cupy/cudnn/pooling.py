"""Pooling by cuDNN."""

from __future__ import annotations

from typing import Any

from catenary import Implementation, disable_implementations, function, get_array_module
from catenary.config import settings
from catenary.functions import kernels
from catenary.functions.kernels import Grid
from catenary.types import Array, ArrayModule
from catenary_cupy.cudnn import descriptors, handle, windows
from catenary_cupy.cudnn.descriptors import scalar, scalars, tensor
from catenary_cupy.cudnn.layouts import address, dense, empty, has_channels_last, layout, ordered, serves
from catenary_cupy.cudnn.library import load
from catenary_cupy.cudnn.plain import PROVIDER, or_plain

MAXIMUM, MEAN_WITH_PADDING, MAXIMUM_IN_ORDER = 0, 1, 3


def _pool(xp: ArrayModule, mode: int, x: Array, grid: Grid, factor: float) -> Array:
    """Return what is taken of each window, times a factor; the grid has as many windows as cuDNN finds."""
    y = empty(xp, (*x.shape[:2], *grid.out), x.dtype, has_channels_last(x))
    of_x, of_y = layout(x), layout(y)
    by, what, zero = handle.current(), descriptors.pooling(grid, mode), scalars(of_x.dtype)[1]
    factor = scalar(factor, of_x.dtype)
    load().PoolingForward(by, what, factor, tensor(of_x), address(x), zero, tensor(of_y), address(y))
    return y


def _pool_back(mode: int, y: Array, gy: Array, x: Array, gx: Array, grid: Grid, factor: float) -> None:
    """Put into `gx` the gradients of the images, times a factor."""
    of_x, of_y = tensor(layout(gx)), tensor(layout(gy))
    dtype = layout(gy).dtype
    by, what, zero = handle.current(), descriptors.pooling(grid, mode), scalars(dtype)[1]
    given = of_y, address(y), of_y, address(gy), of_x, address(x)
    load().PoolingBackward(by, what, scalar(factor, dtype), *given, zero, of_x, address(gx))


@function
@or_plain(kernels.max_pooling)
def max_pooling(xp: ArrayModule, x: Array, grid: Grid) -> Array:
    """`max_pooling` by cuDNN."""
    x = dense(xp, windows.padded(xp, x, grid, -xp.inf))
    return _pool(xp, MAXIMUM, x, windows.fitting(grid), 1)


@max_pooling.joint_gradient
def _gradient_of_maximum(gy: Any, x: Any, y: Any, grid: Any) -> tuple[Any]:
    xp = get_array_module(gy)
    x = dense(xp, windows.padded(xp, x, grid, -xp.inf))
    gx = empty(xp, x.shape, x.dtype, has_channels_last(x))
    mode = MAXIMUM_IN_ORDER if settings.deterministic else MAXIMUM
    _pool_back(mode, y, ordered(xp, gy, has_channels_last(y)), x, gx, windows.fitting(grid), 1)
    return (windows.cut(gx, grid),)


@max_pooling.compose
def _composed(x: Any, grid: Grid) -> Any:
    with disable_implementations(PROVIDER):
        return kernels.max_pooling(x, grid)


@function
@or_plain(kernels.sum_pooling)
def sum_pooling(xp: ArrayModule, x: Array, grid: Grid) -> Array:
    """`sum_pooling` by cuDNN."""
    x = dense(xp, windows.padded(xp, x, grid))
    return _pool(xp, MEAN_WITH_PADDING, x, windows.fitting(grid), len(grid.taps))


@function
@or_plain(kernels.spread)
def spread(xp: ArrayModule, y: Array, grid: Grid) -> Array:
    """`spread` by cuDNN."""
    y, on = dense(xp, y), windows.fitting(grid)
    x = empty(xp, (*y.shape[:2], *on.size), y.dtype, has_channels_last(y))
    _pool_back(MEAN_WITH_PADDING, y, y, x, x, on, len(grid.taps))  # means ask neither for y nor for x
    return windows.cut(x, grid)


sum_pooling.gradient(x=lambda gy, grid: spread(gy, grid))
spread.gradient(y=lambda gy, grid: sum_pooling(gy, grid))


def _accepts(x: Array, grid: Grid) -> bool:
    is_narrow = all(pad < kernel for pad, kernel in zip(grid.pad, grid.kernel))  # no window is all padding
    return len(grid.size) <= 3 and max(grid.dilate) == 1 and is_narrow and serves(x)


MAX_POOLING = Implementation(max_pooling, _accepts)
SUM_POOLING = Implementation(sum_pooling, _accepts)
SPREAD = Implementation(spread, _accepts)
