"""Pooling over a pyramid of grids."""

from __future__ import annotations

from typing import Any

from catenary import Variable
from catenary.errors import ArgumentError
from catenary_functions.array.joining import concat
from catenary_functions.checks import check_ndim, check_word
from catenary_functions.pooling.maxima import max_pooling_2d

__all__ = ["spatial_pyramid_pooling_2d"]


def spatial_pyramid_pooling_2d(x: Any, pyramid_height: int, pooling: str | None = None) -> Variable:
    """Return the largest elements of images divided into 1, 4, 16, ... parts: as many for images of any size.

    Source: He, Zhang, Ren, Sun, "Spatial Pyramid Pooling in Deep Convolutional Networks for Visual Recognition" (2014).

    Args:
        x: Images, shape (batch, channels, height, width).
        pyramid_height: The number of levels; level i has 2^i x 2^i parts.
        pooling: "max"; it has to be given.

    Returns:
        Shape (batch, channels * (4^pyramid_height - 1) / 3, 1, 1).

    Raises:
        ShapeError: If `x` has not four axes.
        ArgumentError: If `pyramid_height` is not positive, or `pooling` is another word.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.spatial_pyramid_pooling_2d(np.arange(4.0).reshape(1, 1, 2, 2), 2, "max").array.ravel()
        array([3., 0., 1., 2., 3.])
    """
    name = "spatial_pyramid_pooling_2d"
    check_ndim(name, "x", x, 4, "(batch, channels, height, width)")
    check_word(name, "pooling", pooling, ("max",))
    if not isinstance(pyramid_height, int) or pyramid_height < 1:
        raise ArgumentError(f"{name}: pyramid_height must be a positive integer, got {pyramid_height!r}")
    levels = []
    for parts in (2**level for level in range(pyramid_height)):
        kernel = tuple(-(-n // parts) for n in x.shape[2:])
        pad = tuple((k * parts - n) // 2 for k, n in zip(kernel, x.shape[2:]))
        y = max_pooling_2d(x, kernel, pad=pad)
        levels.append(y.reshape((len(x), x.shape[1] * parts * parts, 1, 1)))
    return concat(levels)
