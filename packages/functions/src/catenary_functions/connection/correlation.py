"""The three functions behind every convolution: each is a gradient of the others.

For images x, filters W and results y, the sum over all elements of y * convolution(x, W) is linear in each of the
three. Its gradients are `convolution` (by y), `deconvolution` (by x) and `filter_gradient` (by W).

Windows are laid out as the columns of a matrix, so that the work is done by matrix products. Where the stride is 1, a
column reaches over the padding between the rows of an image, too: the windows are then slices of images that are
copied in long runs, and what was computed in between is left out at the end.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from catenary import function, get_device_from_array
from catenary.types import Array, ArrayModule
from catenary_functions.windows import Grid, padded, view_windows

__all__: list[str] = []

#: From so many places in an image on, one matrix product for each image is quicker than one for all.
LONG = 256


@function(widens_half=True)
def convolution(xp: ArrayModule, x: Array, W: Array, b: Array | None, grid: Grid, groups: int) -> Array:
    """Correlate images with filters: what `convolution_nd` calls after its checks.

    Args:
        x: Images, shape (batch, channels, *size).
        W: Filters, shape (outputs, channels / groups, *kernel).
        b: Bias, shape (outputs,), or None.
        grid: Where the windows lie.
        groups: The number of groups into which channels and outputs are divided.

    Returns:
        Shape (batch, outputs, *out).
    """
    return _convolve(xp, x, W, b, grid, groups)


@function(widens_half=True)
def deconvolution(xp: ArrayModule, y: Array, W: Array, b: Array | None, grid: Grid, groups: int) -> Array:
    """Add filters up to images, as many as `y` says at each place: the transpose of `convolution`.

    Args:
        y: The factors, shape (batch, outputs, *out).
        W: Filters, shape (outputs, channels / groups, *kernel).
        b: Bias, shape (channels,), or None.
        grid: Where the windows lie.
        groups: The number of groups into which channels and outputs are divided.

    Returns:
        Shape (batch, channels, *size).
    """
    channels = W.shape[1] * groups
    if _is_convolution(grid) and len(W) <= 2 * channels:  # then it is quicker as one
        return _convolve(xp, y, _flipped(W, groups), b, _flipped_grid(grid), groups)
    x = xp.empty((len(y), channels, *grid.size), np.result_type(y.dtype, W.dtype))
    filters = W.reshape(groups, len(W) // groups, -1).swapaxes(1, 2)
    for rows in _blocks(y, channels, grid):
        parts = filters @ _lay_out(xp, y[rows], grid, groups)
        _store(xp, _add_up(xp, parts, len(y[rows]), channels, grid), b, x[rows])
    return x


@function(widens_half=True)
def filter_gradient(xp: ArrayModule, x: Array, y: Array, grid: Grid, groups: int) -> Array:
    """Return the gradient of the filters of `convolution` for images `x` along `y`.

    Args:
        x: Images, shape (batch, channels, *size).
        y: The gradient of the results, shape (batch, outputs, *out).
        grid: Where the windows lie.
        groups: The number of groups into which channels and outputs are divided.

    Returns:
        Shape (outputs, channels / groups, *kernel).
    """
    shape = y.shape[1], x.shape[1] // groups, *grid.kernel
    found = xp.zeros((groups, shape[1] * len(grid.taps), shape[0] // groups), np.result_type(x.dtype, y.dtype))
    if _is_by_image(grid, x.shape[1], y.shape[1]):
        for rows, columns in _columns_by_image(xp, x, grid, groups):
            found += (columns @ _pixels(y[rows], groups).swapaxes(2, 3)).sum(0)
    else:
        for rows, columns in _columns(xp, x, grid, groups):
            found += _product(columns, _lay_out(xp, y[rows], grid, groups), len(y[rows]))
    return found.swapaxes(1, 2).reshape(shape)


def _sum_by_channel(gy: Any) -> Any:
    return gy.sum((0, *range(2, gy.ndim)))


convolution.gradient(
    x=lambda gy, W, grid, groups: deconvolution(gy, W, None, grid, groups),
    W=lambda gy, x, grid, groups: filter_gradient(x, gy, grid, groups),
    b=_sum_by_channel,
)
deconvolution.gradient(
    y=lambda gy, W, grid, groups: convolution(gy, W, None, grid, groups),
    W=lambda gy, y, grid, groups: filter_gradient(gy, y, grid, groups),
    b=_sum_by_channel,
)
filter_gradient.gradient(
    x=lambda gy, y, grid, groups: deconvolution(y, gy, None, grid, groups),
    y=lambda gy, x, grid, groups: convolution(x, gy, None, grid, groups),
)


def _convolve(xp: ArrayModule, x: Array, W: Array, b: Any, grid: Grid, groups: int) -> Array:
    y = xp.empty((len(x), len(W), *grid.out), np.result_type(x.dtype, W.dtype))
    filters = W.reshape(groups, len(W) // groups, -1)
    if _is_by_image(grid, x.shape[1], len(W)):
        for rows, columns in _columns_by_image(xp, x, grid, groups):
            xp.matmul(filters, columns, out=_pixels(y[rows], groups))
            if b is not None:
                _store(xp, y[rows], b, y[rows])
        return y
    for rows, columns in _columns(xp, x, grid, groups):
        _store(xp, _as_images(xp, filters @ columns, len(x[rows]), len(W), grid), b, y[rows])
    return y


def _store(xp: ArrayModule, found: Array, b: Any, out: Array) -> None:
    if b is None:
        out[...] = found
    else:
        xp.add(found, b.reshape(-1, *[1] * (out.ndim - 2)), out=out)


def _is_by_image(grid: Grid, channels: int, outputs: int) -> bool:
    """Return whether to do without the layout of many images in one matrix: it copies the results once more.

    The copy is worth it for small images, and where there are more columns to copy than results.
    """
    is_pointwise = grid.reach == grid.out == grid.size  # then the columns are the images themselves
    return math.prod(grid.out) >= LONG and (is_pointwise or channels * len(grid.taps) <= outputs)


def _pixels(x: Array, groups: int) -> Array:
    return x.reshape(len(x), groups, x.shape[1] // groups, -1)


def _is_convolution(grid: Grid) -> bool:
    """Return whether the transpose is a convolution itself."""
    return grid.run > 0 and all((k - 1) * d >= p for k, p, d in zip(grid.kernel, grid.pad, grid.dilate))


def _flipped_grid(grid: Grid) -> Grid:
    pad = tuple((k - 1) * d - p for k, p, d in zip(grid.kernel, grid.pad, grid.dilate))
    return Grid(grid.out, grid.kernel, grid.stride, pad, grid.dilate, grid.size)


def _flipped(W: Array, groups: int) -> Array:
    """Return filters turned around, with outputs and channels exchanged."""
    turned = W.reshape(groups, len(W) // groups, *W.shape[1:])[(..., *[slice(None, None, -1)] * (W.ndim - 2))]
    return turned.swapaxes(1, 2).reshape(W.shape[1] * groups, len(W) // groups, *W.shape[2:])


def _blocks(x: Array, channels: int, grid: Grid) -> Iterator[slice]:
    """Return which images to take at a time: so many that the columns stay in the outer cache."""
    size = max(len(x), 1)
    if (elements := get_device_from_array(x).cache_elements) is not None:
        size = max(4 * elements // (channels * len(grid.taps) * _places(grid)), 1)
    return (slice(i, i + size) for i in range(0, len(x), size))


def _places(grid: Grid) -> int:
    """Return how many columns there are for one image."""
    return grid.run or math.prod(grid.out)


def _columns(xp: ArrayModule, x: Array, grid: Grid, groups: int) -> Iterator[tuple[slice, Array]]:
    """Return blocks of images, and their windows as columns, shape (groups, channels * taps, images * places)."""
    channels, axes = x.shape[1], len(grid.size)
    x = padded(xp, x, grid)
    if grid.run:
        x = xp.ascontiguousarray(x)
        (image, channel, *_, one), taps = x.strides, [n * d * x.itemsize for n, d in zip(grid.steps, grid.dilate)]
        shape = (channels, *grid.kernel, len(x), grid.run)
        windows = xp.lib.stride_tricks.as_strided(x, shape, (channel, *taps, image, one))
    else:
        windows = view_windows(xp, x, grid).transpose(*range(1, axes + 2), 0, *range(axes + 2, 2 * axes + 2))
    for rows in _blocks(x, channels, grid):
        part = windows[(*[slice(None)] * (axes + 1), rows)]
        yield rows, part.reshape(groups, channels // groups * len(grid.taps), -1)


def _columns_by_image(xp: ArrayModule, x: Array, grid: Grid, groups: int) -> Iterator[tuple[slice, Array]]:
    """Return blocks of images, and their windows as columns, shape (images, groups, channels * taps, places)."""
    windows = view_windows(xp, padded(xp, x, grid), grid)
    for rows in _blocks(x, x.shape[1], grid):
        part = windows[rows]
        yield rows, part.reshape(len(part), groups, x.shape[1] // groups * len(grid.taps), -1)


def _as_images(xp: ArrayModule, matrix: Array, images: int, channels: int, grid: Grid) -> Array:
    """Return the view (images, channels, *out) of a matrix whose columns are places."""
    if not grid.run:
        return matrix.reshape(channels, images, *grid.out).swapaxes(0, 1)
    matrix = matrix.reshape(channels, images, grid.run)
    channel, image, one = matrix.strides
    shape, strides = (images, channels, *grid.out), (image, channel, *(n * one for n in grid.steps))
    return xp.lib.stride_tricks.as_strided(matrix, shape, strides)


def _lay_out(xp: ArrayModule, y: Array, grid: Grid, groups: int) -> Array:
    """Return images (images, channels, *out) as a matrix whose columns are places, zeros in between."""
    images, channels = y.shape[:2]
    if not grid.run:
        return y.swapaxes(0, 1).reshape(groups, channels // groups, -1)
    matrix = xp.zeros((channels, images, grid.run), y.dtype)
    _as_images(xp, matrix, images, channels, grid)[...] = y
    return matrix.reshape(groups, channels // groups, -1)


def _add_up(xp: ArrayModule, parts: Array, images: int, channels: int, grid: Grid) -> Array:
    """Return the images (images, channels, *size) to which columns of windows add up."""
    x = xp.zeros((channels, images, *grid.reach), parts.dtype)
    if grid.run:
        parts, flat = parts.reshape(channels, -1, images, grid.run), x.reshape(channels, images, -1)
        for i, tap in enumerate(grid.taps):
            start = sum(t * d * n for t, d, n in zip(tap, grid.dilate, grid.steps))
            flat[..., start : start + grid.run] += parts[:, i]
    else:
        parts = parts.reshape(channels, -1, images, *grid.out)
        for i, tap in enumerate(grid.taps):
            x[(..., *grid.tap(tap))] += parts[:, i]
    return x[(..., *grid.inside)].swapaxes(0, 1)


def _product(columns: Array, matrix: Array, images: int) -> Array:
    """Return columns @ matrix^T; for large images as a sum of one product for each, which BLAS does quicker."""
    if columns.shape[2] < LONG * images:
        return columns @ matrix.swapaxes(1, 2)
    first, second = (a.reshape(*a.shape[:2], images, -1) for a in (columns, matrix))
    return (first.swapaxes(1, 2) @ second.transpose(0, 2, 3, 1)).sum(1)
