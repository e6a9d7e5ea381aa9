"""Pooling over regions of interest, which are divided into as many bins as asked for.

Means come from two products with matrices, one for each axis of the images. For the largest elements, the points of all
bins are gone through in turn; then the winners are read once more, so that there is a gradient.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from catenary import Variable, as_array, get_array_module, widens_half
from catenary.arithmetic import transpose
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array, ArrayModule
from catenary_functions.checks import check_arrays, check_ndim, integers
from catenary_functions.math.products import matmul
from catenary_functions.windows import Sizes, per_axis

__all__ = [
    "roi_average_align_2d",
    "roi_average_pooling_2d",
    "roi_max_align_2d",
    "roi_max_pooling_2d",
    "roi_pooling_2d",
]


def roi_pooling_2d(x: Any, rois: Any, outh: int, outw: int, spatial_scale: float) -> Variable:
    """Return the largest element of each bin of regions; their last pixels are part of them.

    Source: Girshick, "Fast R-CNN" (2015).

    Args:
        x: Images, shape (batch, channels, height, width).
        rois: Regions, shape (regions, 5): the index of the image, then left, top, right, bottom.
        outh: The number of bins from top to bottom.
        outw: The number of bins from left to right.
        spatial_scale: What the coordinates are multiplied by, before they are rounded.

    Returns:
        Shape (regions, channels, outh, outw); 0 where a bin has no pixel.

    Raises:
        ShapeError: If a shape does not fit.
        ArgumentError: If there is no such image, or `outh` or `outw` is not positive.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> x = np.arange(16.0).reshape(1, 1, 4, 4)
        >>> F.roi_pooling_2d(x, np.array([[0, 0, 0, 2, 2]]), 1, 1, 1.0).array
        array([[[[10.]]]])
    """
    name = "roi_pooling_2d"
    check_ndim(name, "rois", rois, 2, "(regions, 5)")
    if rois.shape[1] != 5:
        raise ShapeError(f"{name}: rois must have shape (regions, 5), got {rois.shape}")
    array = as_array(rois)
    images, corners = array[:, 0].astype("int32"), array[:, [2, 1, 4, 3]]
    images, axes = _regions(name, x, corners, images, (outh, outw), spatial_scale)
    return _largest(x, images, [_pixels(axis, 1) for axis in axes])


def roi_max_pooling_2d(x: Any, rois: Any, roi_indices: Any, outsize: Sizes, spatial_scale: float) -> Variable:
    """Return the largest element of each bin of regions, which end before their last pixels.

    Args:
        x: Images, shape (batch, channels, height, width).
        rois: Regions, shape (regions, 4): top, left, bottom, right.
        roi_indices: The index of the image of each region, integers of shape (regions,).
        outsize: The number of bins: a number or (height, width).
        spatial_scale: What the coordinates are multiplied by, before they are rounded.

    Returns:
        Shape (regions, channels, *outsize); 0 where a bin has no pixel.

    Raises:
        ShapeError: If a shape does not fit.
        ArgumentError: If there is no such image, or `outsize` is not positive.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> x = np.arange(16.0).reshape(1, 1, 4, 4)
        >>> F.roi_max_pooling_2d(x, np.array([[0, 0, 2, 2]]), np.array([0]), 1, 1.0).array
        array([[[[5.]]]])
    """
    images, axes = _regions("roi_max_pooling_2d", x, rois, roi_indices, outsize, spatial_scale)
    return _largest(x, images, [_pixels(axis) for axis in axes])


@widens_half
def roi_average_pooling_2d(x: Any, rois: Any, roi_indices: Any, outsize: Sizes, spatial_scale: float) -> Variable:
    """Return the mean of each bin of regions, which end before their last pixels.

    Args:
        x: Images, shape (batch, channels, height, width).
        rois: Regions, shape (regions, 4): top, left, bottom, right.
        roi_indices: The index of the image of each region, integers of shape (regions,).
        outsize: The number of bins: a number or (height, width).
        spatial_scale: What the coordinates are multiplied by, before they are rounded.

    Returns:
        Shape (regions, channels, *outsize); 0 where a bin has no pixel.

    Raises:
        ShapeError: If a shape does not fit.
        ArgumentError: If there is no such image, or `outsize` is not positive.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> x = np.arange(16.0).reshape(1, 1, 4, 4)
        >>> F.roi_average_pooling_2d(x, np.array([[0, 0, 2, 2]]), np.array([0]), 1, 1.0).array
        array([[[[2.5]]]])
    """
    images, axes = _regions("roi_average_pooling_2d", x, rois, roi_indices, outsize, spatial_scale)
    return _means(x, images, [_weights(*_pixels(axis), axis.size) for axis in axes])


def roi_max_align_2d(
    x: Any,
    rois: Any,
    roi_indices: Any,
    outsize: Sizes,
    spatial_scale: float,
    sampling_ratio: Sizes | None = None,
) -> Variable:
    """Return the largest of the values at evenly spaced points of each bin of regions, read between the pixels.

    Args:
        x: Images, shape (batch, channels, height, width).
        rois: Regions, shape (regions, 4): top, left, bottom, right.
        roi_indices: The index of the image of each region, integers of shape (regions,).
        outsize: The number of bins: a number or (height, width).
        spatial_scale: What the coordinates are multiplied by.
        sampling_ratio: The number of points in a bin along each axis: a number or (height, width); None for about one
            for each pixel.

    Returns:
        Shape (regions, channels, *outsize); 0 where no point of a bin is in the image.

    Raises:
        ShapeError: If a shape does not fit.
        ArgumentError: If there is no such image, or a number is not positive.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> x = np.arange(16.0).reshape(1, 1, 4, 4)
        >>> F.roi_max_align_2d(x, np.array([[0, 0, 2, 2]]), np.array([0]), 1, 1.0).array
        array([[[[7.5]]]])
    """
    images, axes = _regions("roi_max_align_2d", x, rois, roi_indices, outsize, spatial_scale)
    ratios = _ratios("roi_max_align_2d", sampling_ratio)
    return _largest(x, images, [_points(axis, ratio) for axis, ratio in zip(axes, ratios)])


@widens_half
def roi_average_align_2d(
    x: Any,
    rois: Any,
    roi_indices: Any,
    outsize: Sizes,
    spatial_scale: float,
    sampling_ratio: Sizes | None = None,
) -> Variable:
    """Return the mean of the values at evenly spaced points of each bin of regions, read between the pixels.

    Source: He, Gkioxari, Dollár, Girshick, "Mask R-CNN" (2017).

    Args:
        x: Images, shape (batch, channels, height, width).
        rois: Regions, shape (regions, 4): top, left, bottom, right.
        roi_indices: The index of the image of each region, integers of shape (regions,).
        outsize: The number of bins: a number or (height, width).
        spatial_scale: What the coordinates are multiplied by.
        sampling_ratio: The number of points in a bin along each axis: a number or (height, width); None for about one
            for each pixel.

    Returns:
        Shape (regions, channels, *outsize); points outside of the image count as 0.

    Raises:
        ShapeError: If a shape does not fit.
        ArgumentError: If there is no such image, or a number is not positive.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> x = np.arange(16.0).reshape(1, 1, 4, 4)
        >>> F.roi_average_align_2d(x, np.array([[0, 0, 2, 2]]), np.array([0]), 1, 1.0).array
        array([[[[5.]]]])
    """
    images, axes = _regions("roi_average_align_2d", x, rois, roi_indices, outsize, spatial_scale)
    ratios = _ratios("roi_average_align_2d", sampling_ratio)
    return _means(x, images, [_weights(*_points(axis, ratio), axis.size) for axis, ratio in zip(axes, ratios)])


class Axis(NamedTuple):
    """Where regions lie along one axis: their first and last coordinates; then the number of bins, and of pixels."""

    first: Array
    last: Array
    bins: int
    size: int


def _regions(name: str, x: Any, rois: Any, roi_indices: Any, outsize: Sizes, scale: float) -> tuple[Array, list[Axis]]:
    """Return the image of each region, and where it lies."""
    check_ndim(name, "x", x, 4, "(batch, channels, height, width)")
    check_arrays(name, rois=rois, roi_indices=roi_indices)
    images = integers(name, "roi_indices", roi_indices)
    if rois.ndim != 2 or rois.shape[1] != 4 or images.shape != rois.shape[:1]:
        raise ShapeError(
            f"{name}: rois and roi_indices must have shapes (regions, 4) and (regions,), got {rois.shape} and "
            f"{images.shape}"
        )
    if images.size and not (int(images.min()) >= 0 and int(images.max()) < len(x)):
        raise ArgumentError(
            f"{name}: indices of images must be from 0 to {len(x) - 1}, got {int(images.min())} to {int(images.max())}"
        )
    out = per_axis(name, outsize, 2)
    if min(out) < 1:
        raise ArgumentError(f"{name}: the number of bins must be positive, got {out}")
    corners = as_array(rois).astype("float32" if rois.dtype.itemsize <= 4 else "float64") * scale
    return images, [Axis(corners[:, i], corners[:, i + 2], out[i], x.shape[i + 2]) for i in (0, 1)]


def _ratios(name: str, sampling_ratio: Sizes | None) -> tuple[int | None, ...]:
    if sampling_ratio is None:
        return None, None
    ratios = per_axis(name, sampling_ratio, 2)
    if min(ratios) < 1:
        raise ArgumentError(f"{name}: sampling_ratio must be positive or None, got {sampling_ratio}")
    return ratios


def _pixels(axis: Axis, behind: int = 0) -> tuple[Array, Array]:
    """Return the pixels of all bins along an axis, shape (regions, bins, most pixels of a bin), and which count."""
    (first, last, bins, size), xp = axis, get_array_module(axis.first)
    start, stop = (xp.rint(a)[:, None].astype("int32") for a in (first, last))
    length, bound = xp.maximum(stop - start + behind, 1), xp.arange(bins + 1, dtype="int32")
    low = xp.clip(start + bound[:-1] * length // bins, 0, size)
    high = xp.clip(start - bound[1:] * -length // bins, 0, size)
    most = max(int((high - low).max()), 1) if low.size else 1
    places = low[:, :, None] + xp.arange(most, dtype="int32")
    return xp.minimum(places, size - 1), places < high[:, :, None]


def _points(axis: Axis, ratio: int | None) -> tuple[Array, Array, Array]:
    """Return the points of all bins along an axis, which are in the image, and how many a bin has."""
    (first, last, bins, size), xp = axis, get_array_module(axis.first)
    length = xp.maximum(last - first, 1)[:, None, None] / bins
    count = xp.ceil(length) if ratio is None else xp.full_like(length, ratio)
    most = int(count.max()) if count.size else 1
    step = xp.arange(most, dtype=length.dtype)
    places = first[:, None, None] + (xp.arange(bins, dtype=length.dtype)[:, None] + (step + 0.5) / count) * length
    inside = (places >= -1) & (places <= size) & (step < count)
    return xp.clip(places, 0, size - 1), inside, count[..., 0]


def _weights(places: Array, inside: Array, *rest: Any) -> Array:
    """Return how much each pixel along an axis takes part in the means of bins, shape (regions, bins, pixels)."""
    *counts, size = rest
    xp = get_array_module(places)
    near = xp.maximum(1 - abs(places[..., None] - xp.arange(size)), 0) * inside[..., None]
    count = counts[0] if counts else xp.maximum(inside.sum(2), 1)
    return near.sum(2) / count[..., None]


def _means(x: Any, images: Array, weights: list[Array]) -> Variable:
    """Return the means over bins, given the weights of all pixels along each axis."""
    xp, (n, c, h, w), (rows, columns) = get_array_module(x), x.shape, weights
    regions, height = rows.shape[:2]
    chosen = (images[:, None] == xp.arange(n))[:, None, :, None]
    rows = (rows[:, :, None] * chosen).reshape(regions * height, n * h).astype(x.dtype)
    y = matmul(rows, x.transpose((0, 2, 1, 3)).reshape((n * h, c * w))).reshape((regions, height * c, w))
    y = matmul(y, columns.astype(x.dtype).swapaxes(1, 2)).reshape((regions, height, c, columns.shape[1]))
    return y.transpose((0, 2, 1, 3))


def _largest(x: Any, images: Array, axes: list[tuple[Array, ...]]) -> Variable:
    """Return the largest values at the points of bins, given the points along each axis and which count."""
    xp, (n, c, h, w) = get_array_module(x), x.shape
    (rows, in_rows, *_), (columns, in_columns, *_) = axes
    pixels = transpose(x, (0, 2, 3, 1)).reshape((n * h * w, c))
    first = images[:, None, None] * (h * w)
    best = xp.full((*rows.shape[:2], columns.shape[1], c), -xp.inf, x.dtype)
    row, column = xp.zeros(best.shape, rows.dtype), xp.zeros(best.shape, columns.dtype)
    for k in range(rows.shape[2]):
        for m in range(columns.shape[2]):
            v, u = rows[:, :, None, k], columns[:, None, :, m]
            value = _read(xp, as_array(pixels), first, v, u, (h, w))
            better = (value > best) & (in_rows[:, :, None, k] & in_columns[:, None, :, m])[..., None]
            for winner, given in ((best, value), (row, v[..., None]), (column, u[..., None])):
                xp.copyto(winner, given, where=better)
    y = _read(xp, pixels, first[..., None], row, column, (h, w), xp.arange(c)) * (best > -xp.inf).astype(x.dtype)
    return y.transpose((0, 3, 1, 2))  # type: ignore[no-any-return]


def _read(
    xp: ArrayModule, pixels: Any, first: Array, v: Array, u: Array, size: tuple[int, int], channels: Any = None
) -> Any:
    """Return pixels at rows `v` and columns `u`; between them, if they are no integers."""

    def at(row: Array, column: Array) -> Any:
        place = first + row * size[1] + column
        return pixels[place] if channels is None else pixels[place, channels]

    if v.dtype.kind == "i":
        return at(v, u)
    total: Any = 0
    (top, down), (left, right) = (_split(xp, a, n) for a, n in zip((v, u), size))
    for row, a in ((top, 1 - down), (xp.minimum(top + 1, size[0] - 1), down)):
        for column, b in ((left, 1 - right), (xp.minimum(left + 1, size[1] - 1), right)):
            weight = (a * b).astype(pixels.dtype)
            total = total + at(row, column) * (weight[..., None] if channels is None else weight)
    return total


def _split(xp: ArrayModule, places: Array, size: int) -> tuple[Array, Array]:
    """Return the pixels before places, and how far behind them the places are."""
    before = xp.minimum(places.astype("int32"), max(size - 2, 0))
    return before, places - before
