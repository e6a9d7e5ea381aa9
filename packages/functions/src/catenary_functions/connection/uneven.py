"""Convolutions whose filters or windows differ from place to place."""

from __future__ import annotations

from typing import Any

from catenary import Variable, get_array_module, widens_half
from catenary.arithmetic import matmul
from catenary.errors import ShapeError
from catenary_functions.array.padding import pad as padded
from catenary_functions.array.sampling import spatial_transformer_sampler
from catenary_functions.checks import check_arrays, check_ndim
from catenary_functions.connection.convolution import check_filters, convolution_2d
from catenary_functions.windows import Sizes, make_grid, take_windows

__all__ = ["deformable_convolution_2d_sampler", "local_convolution_2d"]


@widens_half
def local_convolution_2d(x: Any, W: Any, b: Any = None, stride: Sizes = 1) -> Variable:
    """Correlate images with filters of which each place has its own.

    Args:
        x: Images, shape (batch, channels, height, width).
        W: Filters, shape (outputs, output height, output width, channels, kernel height, kernel width).
        b: Bias, shape (outputs, output height, output width).
        stride: The step between windows: a number or (height, width).

    Returns:
        Shape (batch, outputs, output height, output width).

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.local_convolution_2d(np.ones((1, 3, 4, 4)), np.ones((5, 2, 2, 3, 3, 3))).shape
        (1, 5, 2, 2)
    """
    name = "local_convolution_2d"
    check_ndim(name, "x", x, 4, "(batch, channels, height, width)")
    check_ndim(name, "W", W, 6, "(outputs, output height, output width, channels, kernel height, kernel width)")
    grid = make_grid(name, tuple(x.shape[2:]), tuple(W.shape[4:]), stride, 0)
    if W.shape[1:4] != (*grid.out, x.shape[1]):
        places = ", ".join(map(str, (*grid.out, x.shape[1])))
        raise ShapeError(f"{name}: W must have shape (outputs, {places}, ...), got {W.shape}")
    n, size = len(x), x.shape[1] * len(grid.taps)
    columns = take_windows(x, grid).transpose((4, 5, 0, 1, 2, 3)).reshape((*grid.out, n, size))
    y = matmul(columns, W.transpose((1, 2, 3, 4, 5, 0)).reshape((*grid.out, size, len(W)))).transpose((2, 3, 0, 1))
    return y if b is None else y + b


@widens_half
def deformable_convolution_2d_sampler(
    x: Any, offset: Any, W: Any, b: Any = None, stride: Sizes = 1, pad: Sizes = 0
) -> Variable:
    """Correlate images with filters whose elements are moved, each by an offset for each window.

    Source: Dai et al., "Deformable Convolutional Networks" (2017).

    Args:
        x: Images, shape (batch, channels, height, width).
        offset: How far each element is moved to the right, then how far down, in pixels; shape (batch,
            2 * kernel height * kernel width, output height, output width).
        W: Filters, shape (outputs, channels, kernel height, kernel width).
        b: Bias, shape (outputs,).
        stride: The step between windows: a number or (height, width).
        pad: The padding with zeros.

    Returns:
        Shape (batch, outputs, output height, output width).

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> x, W = np.ones((1, 3, 4, 4)), np.ones((5, 3, 3, 3))
        >>> F.deformable_convolution_2d_sampler(x, np.zeros((1, 18, 2, 2)), W).shape
        (1, 5, 2, 2)
    """
    name = "deformable_convolution_2d_sampler"
    check_filters(name, x, W, b, 2, 1)
    check_arrays(name, offset=offset)
    grid = make_grid(name, tuple(x.shape[2:]), tuple(W.shape[2:]), stride, pad)
    (kh, kw), (oh, ow), margin = grid.kernel, grid.out, [p + 1 for p in grid.pad]
    if offset.shape != (len(x), 2 * kh * kw, oh, ow):
        raise ShapeError(f"{name}: offset must have shape {(len(x), 2 * kh * kw, oh, ow)}, got {offset.shape}")
    xp = get_array_module(x)
    images = padded(x, [(0, 0), (0, 0), *((m, m) for m in margin)], "constant")  # outside, the sampler finds 0
    steps = [xp.arange(k)[:, None] + xp.arange(o) * s + 1 for k, o, s in zip(grid.kernel, grid.out, grid.stride)]
    down = xp.broadcast_to(steps[0][:, None, :, None], (kh, kw, oh, ow))
    right = xp.broadcast_to(steps[1][None, :, None, :], (kh, kw, oh, ow))
    places = xp.stack([right, down]).astype(x.dtype) + offset.reshape((len(x), 2, kh, kw, oh, ow))
    ends = xp.full((2, 1, 1, 1, 1, 1), images.shape[3] - 1, x.dtype)
    ends[1] = images.shape[2] - 1
    between = (places * (2 / ends[:, 0]) - 1).transpose((0, 1, 4, 2, 5, 3)).reshape((len(x), 2, oh * kh, ow * kw))
    return convolution_2d(spatial_transformer_sampler(images, between), W, b, grid.kernel)
