"""Average pooling over windows, and unpooling, which is its transpose."""

from __future__ import annotations

from typing import Any

from catenary import Variable, function, get_array_module, widens_half
from catenary.errors import ArgumentError
from catenary.types import Array, ArrayModule
from catenary_functions.checks import check_ndim
from catenary_functions.math.products import matmul
from catenary_functions.pooling.windows_of import grid_back, grid_of
from catenary_functions.windows import Grid, Sizes, add_up, per_axis, reduce_windows

__all__ = [
    "adaptive_average_pooling_2d",
    "average_pooling_1d",
    "average_pooling_2d",
    "average_pooling_3d",
    "average_pooling_nd",
    "unpooling_1d",
    "unpooling_2d",
    "unpooling_3d",
    "unpooling_nd",
]


@function(widens_half=True)
def sum_pooling(xp: ArrayModule, x: Array, grid: Grid) -> Array:
    return reduce_windows(xp, "sum", x, grid, 0.0)


@function(widens_half=True)
def spread(xp: ArrayModule, y: Array, grid: Grid) -> Array:
    lead, kernel = y.shape[:2], grid.kernel
    parts = y.reshape(*lead, *[1] * len(kernel), *grid.out)
    return add_up(xp, xp.broadcast_to(parts, (*lead, *kernel, *grid.out)), grid)


sum_pooling.gradient(x=lambda gy, grid: spread(gy, grid))
spread.gradient(y=lambda gy, grid: sum_pooling(gy, grid))


@widens_half
def _average_pooling(
    x: Any, name: str, axes: int, ksize: Sizes, stride: Any, pad: Sizes, pad_value: int | None = 0
) -> Variable:
    grid = grid_of(name, axes, x, ksize, stride, pad, False)
    if pad_value not in (0, None):
        raise ArgumentError(f"{name}: pad_value must be 0 or None, got {pad_value!r}")
    if pad_value == 0:
        return sum_pooling(x, grid) * (1 / len(grid.taps))
    xp = get_array_module(x)
    counts = reduce_windows(xp, "sum", xp.ones((1, 1, *grid.size), x.dtype), grid, 0.0)
    return sum_pooling(x, grid) / counts  # type: ignore[no-any-return]


def average_pooling_nd(
    x: Any, ksize: Sizes, stride: Sizes | None = None, pad: Sizes = 0, pad_value: int | None = 0
) -> Variable:
    """Return the mean of each window.

    Args:
        x: Images of any number of axes, shape (batch, channels, *size).
        ksize: The size of a window: a number, or one for each axis of an image.
        stride: The step between windows; the size of a window if None.
        pad: The padding with zeros.
        pad_value: 0 if the padding counts as zeros, None if it does not count.

    Raises:
        ShapeError: If no window fits.
        ArgumentError: If `pad_value` is neither.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.average_pooling_nd(np.arange(3.0).reshape(1, 1, 3), 2, 1, pad=1, pad_value=None).array
        array([[[0. , 0.5, 1.5, 2. ]]])
    """
    axes = getattr(x, "ndim", 3) - 2
    return _average_pooling(x, "average_pooling_nd", axes, ksize, stride, pad, pad_value)


def average_pooling_1d(
    x: Any, ksize: Sizes, stride: Sizes | None = None, pad: Sizes = 0, pad_value: int | None = 0
) -> Variable:
    """Return the mean of each window over sequences: `average_pooling_nd` for one axis.

    Args:
        x: Sequences, shape (batch, channels, length).
        ksize: The size of a window.
        stride: The step between windows; the size of a window if None.
        pad: The padding with zeros.
        pad_value: 0 if the padding counts as zeros, None if it does not count.

    Raises:
        ShapeError: If no window fits.
        ArgumentError: If `pad_value` is neither.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.average_pooling_1d(np.arange(4.0).reshape(1, 1, 4), 2).array
        array([[[0.5, 2.5]]])
    """
    return _average_pooling(x, "average_pooling_1d", 1, ksize, stride, pad, pad_value)


def average_pooling_2d(x: Any, ksize: Sizes, stride: Sizes | None = None, pad: Sizes = 0) -> Variable:
    """Return the mean of each window, padding included.

    Args:
        x: Images, shape (batch, channels, height, width).
        ksize: The size of a window: a number or (height, width).
        stride: The step between windows; the size of a window if None.
        pad: The padding with zeros.

    Raises:
        ShapeError: If no window fits.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.average_pooling_2d(np.arange(4.0).reshape(1, 1, 2, 2), 2).array
        array([[[[1.5]]]])
    """
    return _average_pooling(x, "average_pooling_2d", 2, ksize, stride, pad)


def average_pooling_3d(
    x: Any, ksize: Sizes, stride: Sizes | None = None, pad: Sizes = 0, pad_value: int | None = 0
) -> Variable:
    """Return the mean of each window over volumes: `average_pooling_nd` for three axes.

    Args:
        x: Volumes, shape (batch, channels, depth, height, width).
        ksize: The size of a window: a number or three.
        stride: The step between windows; the size of a window if None.
        pad: The padding with zeros.
        pad_value: 0 if the padding counts as zeros, None if it does not count.

    Raises:
        ShapeError: If no window fits.
        ArgumentError: If `pad_value` is neither.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.average_pooling_3d(np.arange(8.0).reshape(1, 1, 2, 2, 2), 2).array
        array([[[[[3.5]]]]])
    """
    return _average_pooling(x, "average_pooling_3d", 3, ksize, stride, pad, pad_value)


def unpooling_nd(
    x: Any,
    ksize: Sizes,
    stride: Sizes | None = None,
    pad: Sizes = 0,
    outsize: Sizes | None = None,
    cover_all: bool = True,
) -> Variable:
    """Put each element at all places of its window; where windows overlap, elements add up.

    Args:
        x: Images of any number of axes, shape (batch, channels, *size).
        ksize: The size of a window: a number, or one for each axis of an image.
        stride: The step between windows; the size of a window if None.
        pad: What is cut off at both ends.
        outsize: The size of the results, where several are possible.
        cover_all: Whether the last windows reach past the end, where `outsize` is None.

    Raises:
        ShapeError: If images of `outsize` have another number of windows.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.unpooling_nd(np.arange(2.0).reshape(1, 1, 2), 2, cover_all=False).array
        array([[[0., 0., 1., 1.]]])
    """
    axes = getattr(x, "ndim", 3) - 2
    return spread(x, grid_back("unpooling_nd", axes, x, ksize, stride, pad, cover_all, outsize))


def unpooling_1d(
    x: Any,
    ksize: Sizes,
    stride: Sizes | None = None,
    pad: Sizes = 0,
    outsize: Sizes | None = None,
    cover_all: bool = True,
) -> Variable:
    """Put each element at all places of its window over sequences: `unpooling_nd` for one axis.

    Args:
        x: Sequences, shape (batch, channels, length).
        ksize: The size of a window.
        stride: The step between windows; the size of a window if None.
        pad: What is cut off at both ends.
        outsize: The size of the results, where several are possible.
        cover_all: Whether the last windows reach past the end, where `outsize` is None.

    Raises:
        ShapeError: If images of `outsize` have another number of windows.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.unpooling_1d(np.arange(2.0).reshape(1, 1, 2), 2, outsize=3).array
        array([[[0., 0., 1.]]])
    """
    return spread(x, grid_back("unpooling_1d", 1, x, ksize, stride, pad, cover_all, outsize))


def unpooling_2d(
    x: Any,
    ksize: Sizes,
    stride: Sizes | None = None,
    pad: Sizes = 0,
    outsize: Sizes | None = None,
    cover_all: bool = True,
) -> Variable:
    """Put each element at all places of its window; where windows overlap, elements add up.

    Args:
        x: Images, shape (batch, channels, height, width).
        ksize: The size of a window: a number or (height, width).
        stride: The step between windows; the size of a window if None.
        pad: What is cut off at both ends.
        outsize: The size of the results, where several are possible.
        cover_all: Whether the last windows reach past the end, where `outsize` is None.

    Raises:
        ShapeError: If images of `outsize` have another number of windows.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.unpooling_2d(np.ones((1, 1, 1, 2)), 2, outsize=(2, 4)).array
        array([[[[1., 1., 1., 1.],
                 [1., 1., 1., 1.]]]])
    """
    return spread(x, grid_back("unpooling_2d", 2, x, ksize, stride, pad, cover_all, outsize))


def unpooling_3d(
    x: Any,
    ksize: Sizes,
    stride: Sizes | None = None,
    pad: Sizes = 0,
    outsize: Sizes | None = None,
    cover_all: bool = True,
) -> Variable:
    """Put each element at all places of its window over volumes: `unpooling_nd` for three axes.

    Args:
        x: Volumes, shape (batch, channels, depth, height, width).
        ksize: The size of a window: a number or three.
        stride: The step between windows; the size of a window if None.
        pad: What is cut off at both ends.
        outsize: The size of the results, where several are possible.
        cover_all: Whether the last windows reach past the end, where `outsize` is None.

    Raises:
        ShapeError: If images of `outsize` have another number of windows.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.unpooling_3d(np.ones((1, 1, 1, 1, 2)), 2, outsize=(2, 2, 4)).shape
        (1, 1, 2, 2, 4)
    """
    return spread(x, grid_back("unpooling_3d", 3, x, ksize, stride, pad, cover_all, outsize))


def adaptive_average_pooling_2d(x: Any, output_size: int | tuple[int | None, int | None]) -> Variable:
    """Return the means of windows of which there are as many as asked for.

    Window i of n over an axis of length m goes from floor(i m / n) to ceil((i + 1) m / n).

    Args:
        x: Images, shape (batch, channels, height, width).
        output_size: The number of windows: a number or (height, width); None for as many as elements.

    Returns:
        Shape (batch, channels, *output_size).

    Raises:
        ArgumentError: If a number is not positive.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.adaptive_average_pooling_2d(np.arange(6.0).reshape(1, 1, 2, 3), (1, 2)).array
        array([[[[2., 3.]]]])
    """
    name = "adaptive_average_pooling_2d"
    check_ndim(name, "x", x, 4, "(batch, channels, height, width)")
    given = output_size if isinstance(output_size, tuple | list) else (output_size, output_size)
    height, width = per_axis(name, tuple(m if n is None else n for n, m in zip(given, x.shape[2:])), 2)
    if min(height, width) < 1:
        raise ArgumentError(f"{name}: output_size must be positive, got {output_size}")
    rows, columns = _means(x, x.shape[2], height), _means(x, x.shape[3], width)
    return matmul(matmul(rows, x), columns, transb=True)


def _means(x: Any, size: int, windows: int) -> Array:
    """Return the matrix that takes means over an axis."""
    xp = get_array_module(x)
    start, stop = (xp.arange(i, windows + i)[:, None] * size for i in (0, 1))
    place = xp.arange(size)
    inside = (place >= start // windows) & (place < -(-stop // windows))
    return (inside / inside.sum(1, keepdims=True)).astype(x.dtype)
