"""The transpose of convolution, over images of any number of axes."""

from __future__ import annotations

from typing import Any

from catenary import Variable
from catenary_functions.connection.convolution import check_filters
from catenary_functions.connection.correlation import deconvolution
from catenary_functions.windows import Sizes, make_grid_back

__all__ = ["deconvolution_1d", "deconvolution_2d", "deconvolution_3d", "deconvolution_nd"]


def _deconvolve(
    name: str, axes: int, x: Any, W: Any, b: Any, stride: Sizes, pad: Sizes, outsize: Any, dilate: Sizes, groups: int
) -> Variable:
    check_filters(name, x, W, b, axes, groups, transposed=True)
    out, kernel = tuple(x.shape[2:]), tuple(W.shape[2:])
    grid = make_grid_back(name, out, kernel, stride, pad, dilate, outsize=outsize)
    return deconvolution(x, W, b, grid, groups)


def deconvolution_nd(
    x: Any,
    W: Any,
    b: Any = None,
    stride: Sizes = 1,
    pad: Sizes = 0,
    outsize: Sizes | None = None,
    dilate: Sizes = 1,
    groups: int = 1,
) -> Variable:
    """Add up filters at each place of images, as often as the images say: the transpose of `convolution_nd`.

    Source: Zeiler, Krishnan, Taylor, Fergus, "Deconvolutional Networks" (2010).

    Args:
        x: Images, shape (batch, channels, *size).
        W: Filters, shape (channels, outputs / groups, *kernel).
        b: Bias, shape (outputs,).
        stride: The step between the places of the filters: a number, or one for each axis of an image.
        pad: What is cut off at both ends.
        outsize: The size of the results, where several are possible; the smallest one if None.
        dilate: The step inside a filter.
        groups: The number of groups into which channels and outputs are divided.

    Raises:
        ShapeError: If the channels do not fit, or `outsize` does not.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.deconvolution_nd(np.ones((1, 3, 4, 4)), np.ones((3, 5, 2, 2)), stride=2).shape
        (1, 5, 8, 8)
    """
    axes = getattr(x, "ndim", 3) - 2
    return _deconvolve("deconvolution_nd", axes, x, W, b, stride, pad, outsize, dilate, groups)


def deconvolution_1d(
    x: Any,
    W: Any,
    b: Any = None,
    stride: Sizes = 1,
    pad: Sizes = 0,
    outsize: Sizes | None = None,
    dilate: Sizes = 1,
    groups: int = 1,
) -> Variable:
    """Add up filters along sequences: `deconvolution_nd` for one axis.

    Args:
        x: Sequences, shape (batch, channels, length).
        W: Filters, shape (channels, outputs / groups, kernel length).
        b: Bias, shape (outputs,).
        stride: The step between the places of the filters.
        pad: What is cut off at both ends.
        outsize: The size of the results, where several are possible; the smallest one if None.
        dilate: The step inside a filter.
        groups: The number of groups into which channels and outputs are divided.

    Raises:
        ShapeError: If the channels do not fit, or `outsize` does not.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.deconvolution_1d(np.ones((1, 3, 4)), np.ones((3, 5, 2)), stride=2).shape
        (1, 5, 8)
    """
    return _deconvolve("deconvolution_1d", 1, x, W, b, stride, pad, outsize, dilate, groups)


def deconvolution_2d(
    x: Any,
    W: Any,
    b: Any = None,
    stride: Sizes = 1,
    pad: Sizes = 0,
    outsize: Sizes | None = None,
    *,
    dilate: Sizes = 1,
    groups: int = 1,
) -> Variable:
    """Add up filters over images: the transpose of `convolution_2d`.

    Args:
        x: Images, shape (batch, channels, height, width).
        W: Filters, shape (channels, outputs / groups, kernel height, kernel width).
        b: Bias, shape (outputs,).
        stride: The step between the places of the filters: a number or (height, width).
        pad: What is cut off at both ends.
        outsize: The size of the results, where several are possible; the smallest one if None.
        dilate: The step inside a filter.
        groups: The number of groups into which channels and outputs are divided.

    Raises:
        ShapeError: If the channels do not fit, or `outsize` does not.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.deconvolution_2d(np.ones((1, 3, 4, 4)), np.ones((3, 5, 4, 4)), stride=2, pad=1).shape
        (1, 5, 8, 8)
    """
    return _deconvolve("deconvolution_2d", 2, x, W, b, stride, pad, outsize, dilate, groups)


def deconvolution_3d(
    x: Any,
    W: Any,
    b: Any = None,
    stride: Sizes = 1,
    pad: Sizes = 0,
    outsize: Sizes | None = None,
    dilate: Sizes = 1,
    groups: int = 1,
) -> Variable:
    """Add up filters over volumes: `deconvolution_nd` for three axes.

    Args:
        x: Volumes, shape (batch, channels, depth, height, width).
        W: Filters, shape (channels, outputs / groups, kernel depth, kernel height, kernel width).
        b: Bias, shape (outputs,).
        stride: The step between the places of the filters: a number or three.
        pad: What is cut off at both ends.
        outsize: The size of the results, where several are possible; the smallest one if None.
        dilate: The step inside a filter.
        groups: The number of groups into which channels and outputs are divided.

    Raises:
        ShapeError: If the channels do not fit, or `outsize` does not.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.deconvolution_3d(np.ones((1, 3, 4, 4, 4)), np.ones((3, 5, 2, 2, 2)), stride=2).shape
        (1, 5, 8, 8, 8)
    """
    return _deconvolve("deconvolution_3d", 3, x, W, b, stride, pad, outsize, dilate, groups)
