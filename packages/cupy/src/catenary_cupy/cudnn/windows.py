"""Windows that reach past the end of an image: cuDNN knows padding that is the same at both ends, and no more windows
than fit. For any other grid images are padded before.
"""

from __future__ import annotations

from functools import lru_cache

from catenary.functions.kernels import Grid
from catenary.types import Array, ArrayModule
from catenary_cupy.cudnn.descriptors import KEPT
from catenary_cupy.cudnn.layouts import empty, has_channels_last


@lru_cache(KEPT)
def fits(grid: Grid) -> bool:
    """Return whether cuDNN finds as many windows as the grid has.

    Args:
        grid: Where the windows lie.
    """
    fields = zip(grid.size, grid.kernel, grid.stride, grid.pad, grid.dilate, grid.out)
    return all((n + 2 * p - (k - 1) * d - 1) // s + 1 == out for n, k, s, p, d, out in fields)


def fitting(grid: Grid) -> Grid:
    """Return the grid, or one without padding that has the same windows on padded images.

    Args:
        grid: Where the windows lie.
    """
    if fits(grid):
        return grid
    return Grid(grid.reach, grid.kernel, grid.stride, (0,) * len(grid.pad), grid.dilate, grid.out)


def padded(xp: ArrayModule, x: Array, grid: Grid, fill: float = 0.0) -> Array:
    """Return images on which `fitting(grid)` lies.

    Args:
        xp: CuPy.
        x: Images, shape (batch, channels, *size).
        grid: Where the windows lie.
        fill: What the padding holds.
    """
    if fits(grid):
        return x
    y = empty(xp, (*x.shape[:2], *grid.reach), x.dtype, has_channels_last(x))
    y.fill(fill)
    y[(..., *grid.inside)] = x
    return y


def cut(x: Array, grid: Grid) -> Array:
    """Return what lies inside of images on which `fitting(grid)` lies.

    Args:
        x: The images.
        grid: Where the windows lie.
    """
    return x if fits(grid) else x[(..., *grid.inside)]
