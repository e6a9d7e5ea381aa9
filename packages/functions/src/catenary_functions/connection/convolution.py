"""Convolution over images of any number of axes."""

from __future__ import annotations

from typing import Any

from catenary import Variable
from catenary.errors import ArgumentError, ShapeError
from catenary_functions.checks import check_arrays
from catenary_functions.connection.correlation import convolution
from catenary_functions.windows import Sizes, make_grid

__all__ = [
    "convolution_1d",
    "convolution_2d",
    "convolution_3d",
    "convolution_nd",
    "depthwise_convolution_2d",
    "dilated_convolution_2d",
]


def check_filters(name: str, x: Any, W: Any, b: Any, axes: int, groups: int, transposed: bool = False) -> None:
    """Raise unless filters fit images; for the transpose, whose channels are exchanged, too."""
    check_arrays(name, x=x, W=W, **({} if b is None else {"b": b}))
    shapes = f"(x: {x.shape}, W: {W.shape})"
    if x.ndim != axes + 2 or W.ndim != axes + 2 or axes < 1:
        raise ShapeError(f"{name}: x and W must have {max(axes + 2, 3)} axes {shapes}")
    if not isinstance(groups, int) or groups < 1:
        raise ArgumentError(f"{name}: groups must be a positive integer, got {groups!r}")
    gets, outputs = (len(W), W.shape[1] * groups) if transposed else (W.shape[1] * groups, len(W))
    if x.shape[1] != gets or len(W) % groups:
        raise ShapeError(
            f"{name}: x has {x.shape[1]} channels, W expects {gets // groups} in each of {groups} groups and gives "
            f"{outputs} {shapes}"
        )
    if b is not None and b.shape != (outputs,):
        raise ShapeError(f"{name}: b must have shape ({outputs},), got {b.shape}")


def _convolve(
    name: str, axes: int, x: Any, W: Any, b: Any, stride: Sizes, pad: Sizes, cover_all: bool, dilate: Sizes, groups: int
) -> Variable:
    check_filters(name, x, W, b, axes, groups)
    grid = make_grid(name, tuple(x.shape[2:]), tuple(W.shape[2:]), stride, pad, dilate, cover_all)
    return convolution(x, W, b, grid, groups)


def convolution_nd(
    x: Any,
    W: Any,
    b: Any = None,
    stride: Sizes = 1,
    pad: Sizes = 0,
    cover_all: bool = False,
    dilate: Sizes = 1,
    groups: int = 1,
) -> Variable:
    """Correlate images of any number of axes with a bank of filters.

    Args:
        x: Images, shape (batch, channels, *size).
        W: Filters, shape (outputs, channels / groups, *kernel).
        b: Bias, shape (outputs,).
        stride: The step between windows: a number, or one for each axis of an image.
        pad: The padding with zeros.
        cover_all: Whether the last windows may reach past the end.
        dilate: The step inside a window.
        groups: The number of groups into which channels and outputs are divided.

    Returns:
        Shape (batch, outputs, *number of windows).

    Raises:
        ShapeError: If channels do not fit, or no window does.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.convolution_nd(np.ones((1, 3, 8, 8, 8, 8)), np.ones((5, 3, 3, 3, 3, 3)), pad=1, stride=2).shape
        (1, 5, 4, 4, 4, 4)
    """
    axes = getattr(x, "ndim", 3) - 2
    return _convolve("convolution_nd", axes, x, W, b, stride, pad, cover_all, dilate, groups)


def convolution_1d(
    x: Any,
    W: Any,
    b: Any = None,
    stride: Sizes = 1,
    pad: Sizes = 0,
    cover_all: bool = False,
    dilate: Sizes = 1,
    groups: int = 1,
) -> Variable:
    """Correlate sequences with a bank of filters: `convolution_nd` for one axis.

    Args:
        x: Sequences, shape (batch, channels, length).
        W: Filters, shape (outputs, channels / groups, kernel length).
        b: Bias, shape (outputs,).
        stride: The step between windows.
        pad: The padding with zeros.
        cover_all: Whether the last window may reach past the end.
        dilate: The step inside a window.
        groups: The number of groups into which channels and outputs are divided.

    Raises:
        ShapeError: If channels do not fit, or no window does.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.convolution_1d(np.ones((1, 3, 8)), np.ones((5, 3, 3)), pad=1).shape
        (1, 5, 8)
    """
    return _convolve("convolution_1d", 1, x, W, b, stride, pad, cover_all, dilate, groups)


def convolution_2d(
    x: Any,
    W: Any,
    b: Any = None,
    stride: Sizes = 1,
    pad: Sizes = 0,
    cover_all: bool = False,
    *,
    dilate: Sizes = 1,
    groups: int = 1,
) -> Variable:
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
    return _convolve("convolution_2d", 2, x, W, b, stride, pad, cover_all, dilate, groups)


def convolution_3d(
    x: Any,
    W: Any,
    b: Any = None,
    stride: Sizes = 1,
    pad: Sizes = 0,
    cover_all: bool = False,
    dilate: Sizes = 1,
    groups: int = 1,
) -> Variable:
    """Correlate volumes with a bank of filters: `convolution_nd` for three axes.

    Args:
        x: Volumes, shape (batch, channels, depth, height, width).
        W: Filters, shape (outputs, channels / groups, kernel depth, kernel height, kernel width).
        b: Bias, shape (outputs,).
        stride: The step between windows: a number or three.
        pad: The padding with zeros.
        cover_all: Whether the last windows may reach past the end.
        dilate: The step inside a window.
        groups: The number of groups into which channels and outputs are divided.

    Raises:
        ShapeError: If channels do not fit, or no window does.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.convolution_3d(np.ones((1, 3, 8, 8, 8)), np.ones((5, 3, 3, 3, 3)), pad=1).shape
        (1, 5, 8, 8, 8)
    """
    return _convolve("convolution_3d", 3, x, W, b, stride, pad, cover_all, dilate, groups)


def dilated_convolution_2d(
    x: Any, W: Any, b: Any = None, stride: Sizes = 1, pad: Sizes = 0, dilate: Sizes = 1, cover_all: bool = False
) -> Variable:
    """Correlate images with filters whose elements are apart: `convolution_2d` with `dilate` before `cover_all`.

    Source: Yu, Koltun, "Multi-Scale Context Aggregation by Dilated Convolutions" (2016).

    Args:
        x: Images, shape (batch, channels, height, width).
        W: Filters, shape (outputs, channels, kernel height, kernel width).
        b: Bias, shape (outputs,).
        stride: The step between windows: a number or (height, width).
        pad: The padding with zeros.
        dilate: The step inside a window.
        cover_all: Whether the last windows may reach past the end.

    Raises:
        ShapeError: If channels do not fit, or no window does.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.dilated_convolution_2d(np.ones((1, 3, 8, 8)), np.ones((5, 3, 3, 3)), dilate=2).shape
        (1, 5, 4, 4)
    """
    return _convolve("dilated_convolution_2d", 2, x, W, b, stride, pad, cover_all, dilate, 1)


def depthwise_convolution_2d(x: Any, W: Any, b: Any = None, stride: Sizes = 1, pad: Sizes = 0) -> Variable:
    """Correlate each channel with filters of its own.

    Args:
        x: Images, shape (batch, channels, height, width).
        W: Filters, shape (multiplier, channels, kernel height, kernel width).
        b: Bias, shape (channels * multiplier,).
        stride: The step between windows: a number or (height, width).
        pad: The padding with zeros.

    Returns:
        Shape (batch, channels * multiplier, output height, output width), the results of a channel side by side.

    Raises:
        ShapeError: If channels do not fit, or no window does.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.depthwise_convolution_2d(np.ones((1, 3, 8, 8)), np.ones((2, 3, 3, 3))).shape
        (1, 6, 6, 6)
    """
    name = "depthwise_convolution_2d"
    check_arrays(name, x=x, W=W)
    if x.ndim != 4 or W.ndim != 4 or x.shape[1] != W.shape[1]:
        raise ShapeError(f"{name}: x and W must have 4 axes and the same channels (x: {x.shape}, W: {W.shape})")
    filters = W.transpose((1, 0, 2, 3)).reshape((W.shape[0] * W.shape[1], 1, *W.shape[2:]))
    return _convolve(name, 2, x, filters, b, stride, pad, False, 1, x.shape[1])
