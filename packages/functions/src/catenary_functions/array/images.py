"""Move elements of images between channels and places."""

from __future__ import annotations

from typing import Any

from catenary import Variable
from catenary.arithmetic import reshape, transpose
from catenary.errors import ShapeError
from catenary.types import Shape
from catenary_functions.checks import check_ndim

__all__ = ["depth2space", "pixel_shuffle", "pixel_unshuffle", "space2depth"]


def _spread(name: str, argument: str, x: Any, r: int, parts: Shape, axes: Shape) -> Variable:
    """Split channels into `parts`, and give the two of length `r` to height and width."""
    check_ndim(name, argument, x, 4, "(batch, channels, height, width)")
    n, c, h, w = x.shape
    if r < 1 or c % (r * r):
        raise ShapeError(f"{name}: {argument} must have a multiple of {r} * {r} channels, got shape {x.shape}")
    return reshape(transpose(reshape(x, (n, *parts, h, w)), axes), (n, c // (r * r), h * r, w * r))


def _gathered(name: str, argument: str, x: Any, r: int, axes: Shape) -> Variable:
    """Split height and width, and give the parts of length `r` to the channels."""
    check_ndim(name, argument, x, 4, "(batch, channels, height, width)")
    n, c, h, w = x.shape
    if r < 1 or h % r or w % r:
        raise ShapeError(f"{name}: {argument} must have a height and a width that {r} divides, got shape {x.shape}")
    return reshape(transpose(reshape(x, (n, c, h // r, r, w // r, r)), axes), (n, c * r * r, h // r, w // r))


def depth2space(X: Any, r: int) -> Variable:
    """Make images larger out of their channels; the channels of a new image lie next to each other.

    Args:
        X: Images, shape (batch, channels, height, width).
        r: The factor for height and width.

    Returns:
        Shape (batch, channels / r**2, height * r, width * r).

    Raises:
        ShapeError: If there are other numbers of channels.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.depth2space(np.arange(8.0).reshape(1, 8, 1, 1), 2).array[0, 0]
        array([[0., 2.],
               [4., 6.]])
    """
    return _spread("depth2space", "X", X, r, (r, r, -1), (0, 3, 4, 1, 5, 2))


def space2depth(X: Any, r: int) -> Variable:
    """Make channels out of images: what `depth2space` undoes.

    Args:
        X: Images, shape (batch, channels, height, width).
        r: The factor by which height and width get smaller.

    Returns:
        Shape (batch, channels * r**2, height / r, width / r).

    Raises:
        ShapeError: If `r` does not divide height and width.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.space2depth(np.arange(4.0).reshape(1, 1, 2, 2), 2).array.ravel()
        array([0., 1., 2., 3.])
    """
    return _gathered("space2depth", "X", X, r, (0, 3, 5, 1, 2, 4))


def pixel_shuffle(x: Any, r: int) -> Variable:
    """Make images larger out of their channels; the channels of one new pixel group lie next to each other.

    Source: Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional
    Neural Network" (2016).

    Args:
        x: Images, shape (batch, channels, height, width).
        r: The factor for height and width.

    Returns:
        Shape (batch, channels / r**2, height * r, width * r).

    Raises:
        ShapeError: If there are other numbers of channels.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.pixel_shuffle(np.arange(8.0).reshape(1, 8, 1, 1), 2).array[0, 0]
        array([[0., 1.],
               [2., 3.]])
    """
    return _spread("pixel_shuffle", "x", x, r, (-1, r, r), (0, 1, 4, 2, 5, 3))


def pixel_unshuffle(x: Any, r: int) -> Variable:
    """Make channels out of images: what `pixel_shuffle` undoes.

    Args:
        x: Images, shape (batch, channels, height, width).
        r: The factor by which height and width get smaller.

    Returns:
        Shape (batch, channels * r**2, height / r, width / r).

    Raises:
        ShapeError: If `r` does not divide height and width.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.pixel_unshuffle(np.arange(4.0).reshape(1, 1, 2, 2), 2).array.ravel()
        array([0., 1., 2., 3.])
    """
    return _gathered("pixel_unshuffle", "x", x, r, (0, 1, 3, 5, 2, 4))
