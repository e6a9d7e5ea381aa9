"""Maximum pooling over windows, and its way back by indices."""

from __future__ import annotations

from typing import Any

from catenary import Variable, as_array, function, get_array_module
from catenary.errors import ShapeError
from catenary.types import Array, ArrayModule
from catenary_functions.checks import integers
from catenary_functions.pooling.windows_of import grid_back, grid_of
from catenary_functions.windows import Grid, Sizes, padded, reduce_windows, view_windows

__all__ = ["max_pooling_1d", "max_pooling_2d", "max_pooling_3d", "max_pooling_nd", "upsampling_2d"]


@function
def max_pooling(xp: ArrayModule, x: Array, grid: Grid) -> Array:
    return reduce_windows(xp, "max", x, grid, -xp.inf)


def _winners(xp: ArrayModule, x: Array, y: Array, grid: Grid) -> Array:
    """Return where in its window the first of the largest elements stands."""
    windows, count = view_windows(xp, padded(xp, x, grid, -xp.inf), grid), len(grid.taps)
    left = xp.ones(y.shape, "uint8" if count < 256 else "int32")  # how many places remain, with that of the winner
    for i, tap in enumerate(grid.taps):
        has_won = (windows[(slice(None), slice(None), *tap)] == y).astype(left.dtype)
        has_won *= count - i
        xp.maximum(left, has_won, out=left)
    return (count - left).astype("int32")


@function(widens_half=True)
def _put(xp: ArrayModule, y: Array, winners: Any, grid: Grid) -> Array:
    """Return the images that have `y` where the winners of the windows stand, zeros elsewhere."""
    x = xp.zeros((*y.shape[:2], *grid.reach), y.dtype)
    for i, tap in enumerate(grid.taps):
        x[(..., *grid.tap(tap))] += y * (winners == i)
    return x[(..., *grid.inside)]


@function
def _take(xp: ArrayModule, x: Array, winners: Any, grid: Grid) -> Array:
    """Return what stands where the winners of the windows do."""
    windows = view_windows(xp, padded(xp, x, grid), grid)
    y = xp.zeros(winners.shape, x.dtype)
    for i, tap in enumerate(grid.taps):
        xp.copyto(y, windows[(slice(None), slice(None), *tap)], where=winners == i)
    return y


max_pooling.gradient(x=lambda gy, x, y, grid, xp: _put(gy, _winners(xp, as_array(x), as_array(y), grid), grid))
_put.gradient(y=lambda gy, winners, grid: _take(gy, winners, grid))
_take.gradient(x=lambda gy, winners, grid: _put(gy, winners, grid))


def _max_pooling(
    name: str, axes: int, x: Any, ksize: Sizes, stride: Any, pad: Sizes, cover_all: bool, return_indices: bool
) -> Any:
    grid = grid_of(name, axes, x, ksize, stride, pad, cover_all)
    y = max_pooling(x, grid)
    if not return_indices:
        return y
    return y, _winners(get_array_module(x), as_array(x), y.array, grid)


def max_pooling_nd(
    x: Any,
    ksize: Sizes,
    stride: Sizes | None = None,
    pad: Sizes = 0,
    cover_all: bool = True,
    return_indices: bool = False,
) -> Any:
    """Return the largest element of each window; the first one, if several are equal, gets the gradient.

    Args:
        x: Images of any number of axes, shape (batch, channels, *size).
        ksize: The size of a window: a number, or one for each axis of an image.
        stride: The step between windows; the size of a window if None.
        pad: The padding, which never wins.
        cover_all: Whether the last windows may reach past the end.
        return_indices: Whether to return, too, where in its window each element stood: an array of integers, which
            count the places of a window in C order.

    Returns:
        Shape (batch, channels, *number of windows); a tuple of it and the indices if `return_indices`.

    Raises:
        ShapeError: If no window fits.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.max_pooling_nd(np.arange(4.0).reshape(1, 1, 4), 2, return_indices=True)
        (variable([[[1., 3.]]]), array([[[1, 1]]], dtype=int32))
    """
    axes = getattr(x, "ndim", 3) - 2
    return _max_pooling("max_pooling_nd", axes, x, ksize, stride, pad, cover_all, return_indices)


def max_pooling_1d(
    x: Any,
    ksize: Sizes,
    stride: Sizes | None = None,
    pad: Sizes = 0,
    cover_all: bool = True,
    return_indices: bool = False,
) -> Any:
    """Return the largest element of each window over sequences: `max_pooling_nd` for one axis.

    Args:
        x: Sequences, shape (batch, channels, length).
        ksize: The size of a window.
        stride: The step between windows; the size of a window if None.
        pad: The padding, which never wins.
        cover_all: Whether the last window may reach past the end.
        return_indices: Whether to return, too, where in its window each element stood.

    Raises:
        ShapeError: If no window fits.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.max_pooling_1d(np.arange(4.0).reshape(1, 1, 4), 2).array
        array([[[1., 3.]]])
    """
    return _max_pooling("max_pooling_1d", 1, x, ksize, stride, pad, cover_all, return_indices)


def max_pooling_2d(
    x: Any,
    ksize: Sizes,
    stride: Sizes | None = None,
    pad: Sizes = 0,
    cover_all: bool = True,
    return_indices: bool = False,
) -> Any:
    """Return the largest element of each window; the first one, if several are equal, gets the gradient.

    Args:
        x: Images, shape (batch, channels, height, width).
        ksize: The size of a window: a number or (height, width).
        stride: The step between windows; the size of a window if None.
        pad: The padding, which never wins.
        cover_all: Whether the last windows may reach past the end.
        return_indices: Whether to return, too, where in its window each element stood, row * kernel width + column.

    Returns:
        Shape (batch, channels, output height, output width); a tuple of it and the indices if `return_indices`.

    Raises:
        ShapeError: If no window fits.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.max_pooling_2d(np.arange(4.0).reshape(1, 1, 2, 2), 2).array
        array([[[[3.]]]])
    """
    return _max_pooling("max_pooling_2d", 2, x, ksize, stride, pad, cover_all, return_indices)


def max_pooling_3d(
    x: Any,
    ksize: Sizes,
    stride: Sizes | None = None,
    pad: Sizes = 0,
    cover_all: bool = True,
    return_indices: bool = False,
) -> Any:
    """Return the largest element of each window over volumes: `max_pooling_nd` for three axes.

    Args:
        x: Volumes, shape (batch, channels, depth, height, width).
        ksize: The size of a window: a number or three.
        stride: The step between windows; the size of a window if None.
        pad: The padding, which never wins.
        cover_all: Whether the last windows may reach past the end.
        return_indices: Whether to return, too, where in its window each element stood.

    Raises:
        ShapeError: If no window fits.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.max_pooling_3d(np.arange(8.0).reshape(1, 1, 2, 2, 2), 2).array
        array([[[[[7.]]]]])
    """
    return _max_pooling("max_pooling_3d", 3, x, ksize, stride, pad, cover_all, return_indices)


def upsampling_2d(
    x: Any,
    indexes: Any,
    ksize: Sizes,
    stride: Sizes | None = None,
    pad: Sizes = 0,
    outsize: Sizes | None = None,
    cover_all: bool = True,
) -> Variable:
    """Put elements where maximum pooling found the largest ones, zeros elsewhere.

    Source: Badrinarayanan, Kendall, Cipolla, "SegNet: A Deep Convolutional Encoder-Decoder Architecture for Image
    Segmentation" (2017).

    Args:
        x: Images, shape (batch, channels, height, width).
        indexes: The indices that `max_pooling_2d` returned, of the same shape.
        ksize: The size of a window: a number or (height, width).
        stride: The step between windows; the size of a window if None.
        pad: The padding of the pooling.
        outsize: The size of the results, where several are possible; the smallest one if None.
        cover_all: Whether the last windows reached past the end.

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentTypeError: If `indexes` holds no integers.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.upsampling_2d(np.ones((1, 1, 1, 1)), np.array([[[[2]]]]), 2, cover_all=False).array
        array([[[[0., 0.],
                 [1., 0.]]]])
    """
    grid = grid_back("upsampling_2d", 2, x, ksize, stride, pad, cover_all, outsize)
    winners = integers("upsampling_2d", "indexes", indexes)
    if winners.shape != x.shape:
        raise ShapeError(f"upsampling_2d: indexes must have the shape of x, got {winners.shape} and {x.shape}")
    return _put(x, winners, grid)
