"""The functions of the family pooling, held to loops in NumPy by the conformance kit."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import catenary.functions as F
from catenary import Variable
from catenary.errors import ArgumentError, ArgumentTypeError, ShapeError
from catenary.testing import (
    FunctionCase as case,
    WrongCall,
    function_tests,
    wrong_call_tests,
)

Array = np.ndarray[Any, Any]
IMAGES = (2, 3, 5, 6)


def numbers(value: Any, axes: int) -> list[int]:
    return np.broadcast_to(value, axes).tolist()


def largest(window: Array, inside: Array) -> Array:
    return np.where(inside, window, -np.inf).max(tuple(range(2, window.ndim)))


def mean(window: Array, inside: Array) -> Array:
    return window.mean(tuple(range(2, window.ndim)))


def mean_inside(window: Array, inside: Array) -> Array:
    return (window * inside).sum(tuple(range(2, window.ndim))) / inside.sum()


def winner(window: Array, inside: Array) -> Array:
    return np.where(inside, window, -np.inf).reshape(*window.shape[:2], -1).argmax(2).astype(np.int32)


def pooling(reduce: Callable[[Array, Array], Array], cover: bool = False) -> Callable[..., Array]:
    """Return a pooling that applies `reduce` to all windows."""

    def pool(x: Array, ksize: Any, stride: Any = None, pad: Any = 0, cover_all: bool = cover, **_: Any) -> Array:
        axes = x.ndim - 2
        kernel, pad = numbers(ksize, axes), numbers(pad, axes)
        stride = kernel if stride is None else numbers(stride, axes)
        fields = list(zip(x.shape[2:], kernel, stride, pad))
        size = [(n + 2 * p - k + (s - 1) * cover_all) // s + 1 for n, k, s, p in fields]
        widths = [(p, p + k) for _, k, _, p in fields]
        inside = np.pad(np.ones(x.shape[2:], bool), widths)
        x = np.pad(x, [(0, 0), (0, 0), *widths])
        ys = []
        for at in np.ndindex(*size):
            window = tuple(slice(i * s, i * s + k) for i, s, k in zip(at, stride, kernel))
            ys.append(reduce(x[(..., *window)], inside[window]))
        return np.stack(ys, -1).reshape(*x.shape[:2], *size)

    return pool


def sizes_back(x: Array, kernel: Any, stride: Any, pad: Any, outsize: Any, cover_all: bool) -> list[int]:
    if outsize is not None:
        return numbers(outsize, x.ndim - 2)
    fields = zip(x.shape[2:], kernel, stride, pad)
    return [s * (n - 1) + k - 2 * p - (s - 1) * cover_all for n, k, s, p in fields]


def unpooling(
    x: Array, ksize: Any, stride: Any = None, pad: Any = 0, outsize: Any = None, cover_all: bool = True
) -> Array:
    axes = x.ndim - 2
    kernel, pad = numbers(ksize, axes), numbers(pad, axes)
    stride = kernel if stride is None else numbers(stride, axes)
    size = sizes_back(x, kernel, stride, pad, outsize, cover_all)
    y = np.zeros((*x.shape[:2], *size))
    for at in np.ndindex(*x.shape[2:]):
        window = tuple(slice(max(i * s - p, 0), max(i * s - p + k, 0)) for i, s, p, k in zip(at, stride, pad, kernel))
        y[(..., *window)] += x[(..., *at)].reshape(*x.shape[:2], *[1] * axes)
    return y


INDICES = np.array([[[[0, 3], [1, 2]]], [[[2, 2], [0, 1]]]])


def upsampling(x: Array, indexes: Array, ksize: int, outsize: Any = None, cover_all: bool = True) -> Array:
    y = np.zeros((*x.shape[:2], *sizes_back(x, (ksize,) * 2, (ksize,) * 2, (0, 0), outsize, cover_all)))
    for n, c, i, j in np.ndindex(*x.shape):
        to = i * ksize + indexes[n, c, i, j] // ksize, j * ksize + indexes[n, c, i, j] % ksize
        if to[0] < y.shape[2] and to[1] < y.shape[3]:
            y[n, c, to[0], to[1]] = x[n, c, i, j]
    return y


def adaptive(x: Array, output_size: Any) -> Array:
    given = output_size if isinstance(output_size, tuple) else (output_size,) * 2
    out = [m if n is None else n for n, m in zip(given, x.shape[2:])]
    y = np.zeros((*x.shape[:2], *out))
    for at in np.ndindex(*out):
        window = [slice(i * m // n, math.ceil((i + 1) * m / n)) for i, m, n in zip(at, x.shape[2:], out)]
        y[(..., *at)] = x[(..., *window)].mean((2, 3))
    return y


def pyramid(x: Array, pyramid_height: int, pooling: str) -> Array:
    levels = []
    for parts in (2**i for i in range(pyramid_height)):
        kernel = [math.ceil(n / parts) for n in x.shape[2:]]
        before = [(k * parts - n) // 2 for k, n in zip(kernel, x.shape[2:])]
        y = np.full((*x.shape[:2], parts, parts), -np.inf)
        for n, c, i, j in np.ndindex(*x.shape):
            part = n, c, (i + before[0]) // kernel[0], (j + before[1]) // kernel[1]
            y[part] = max(y[part], x[n, c, i, j])
        levels.append(y.reshape(len(x), -1, 1, 1))
    return np.concatenate(levels, 1)


def regions(reduce: Any, behind: int = 0) -> Callable[..., Array]:
    """Return a pooling that applies `reduce` to the pixels of each bin of regions."""

    def pool(x: Array, rois: Array, roi_indices: Array, outsize: Any, spatial_scale: float) -> Array:
        y = np.zeros((len(rois), x.shape[1], *numbers(outsize, 2)))
        for r, a, b in np.ndindex(len(y), *y.shape[2:]):
            top, left, bottom, right = (round(v * spatial_scale) for v in rois[r].tolist())
            window = []
            for i, n, first, last, size in zip((a, b), y.shape[2:], (top, left), (bottom, right), x.shape[2:]):
                length = max(last - first + behind, 1)
                ends = first + i * length // n, first + math.ceil((i + 1) * length / n)
                window.append(slice(*np.clip(ends, 0, size)))
            pixels = x[(roi_indices[r], slice(None), *window)]
            y[r, :, a, b] = reduce(pixels, axis=(1, 2)) if pixels.size else 0
        return y

    return pool


def roi_pooling(x: Array, rois: Array, outh: int, outw: int, spatial_scale: float) -> Array:
    return regions(np.max, 1)(x, rois[:, [2, 1, 4, 3]], rois[:, 0], (outh, outw), spatial_scale)


def point(x: Array, row: float, column: float) -> Array | None:
    """Read a value between the pixels; None outside of the image."""
    if not (-1 <= row <= x.shape[1] and -1 <= column <= x.shape[2]):
        return None
    weights = [np.maximum(1 - abs(np.clip(v, 0, n - 1) - np.arange(n)), 0) for v, n in zip((row, column), x.shape[1:])]
    return np.einsum("chw,h,w->c", x, *weights)


def aligned(reduce: Any, outside: Any) -> Callable[..., Array]:
    """Return a pooling that applies `reduce` to points in each bin; those outside of the image count as `outside`."""

    def pool(
        x: Array, rois: Array, roi_indices: Array, outsize: Any, spatial_scale: float, sampling_ratio: Any = None
    ) -> Array:
        y = np.zeros((len(rois), x.shape[1], *numbers(outsize, 2)))
        for r, a, b in np.ndindex(len(y), *y.shape[2:]):
            top, left, bottom, right = rois[r] * spatial_scale
            bins = max(bottom - top, 1) / y.shape[2], max(right - left, 1) / y.shape[3]
            counts = [math.ceil(n) for n in bins] if sampling_ratio is None else numbers(sampling_ratio, 2)
            values = [
                point(
                    x[roi_indices[r]],
                    top + (a + (k + 0.5) / counts[0]) * bins[0],
                    left + (b + (m + 0.5) / counts[1]) * bins[1],
                )
                for k, m in np.ndindex(*counts)
            ]
            known = [np.full(x.shape[1], outside) if v is None else v for v in values]
            found = reduce(known, axis=0)
            y[r, :, a, b] = np.where(np.isinf(found), 0, found)
        return y

    return pool


#: Top, left, bottom and right; the last ones are narrow, reach past the images, or lie outside.
REGIONS = np.array([[1, 2, 9, 11], [0, 0, 5, 3], [4, 4, 4, 4], [-3, 5, 7, 20], [30, 30, 40, 40]])
OF_IMAGES = np.array([0, 1, 0, 1, 0])
WITH_IMAGES = np.concatenate([OF_IMAGES[:, None], REGIONS[:, [1, 0, 3, 2]]], 1)
HALF = {"outsize": (2, 3), "spatial_scale": 0.5}

CASES = [
    *(
        case(
            F.max_pooling_2d,
            [IMAGES],
            pooling(largest),
            {"ksize": 3, "stride": s, "pad": 1, "cover_all": all_},
        )
        for s, all_ in [(2, True), (None, False)]
    ),
    case(
        F.max_pooling_2d,
        [IMAGES],
        pooling(largest),
        {"ksize": (2, 3), "stride": (2, 1), "pad": (0, 1), "cover_all": True},
    ),
    case(F.max_pooling_2d, [(2, 2, 7, 6)], pooling(largest), {"ksize": (7, 5), "stride": 1, "cover_all": False}),
    case(F.max_pooling_2d, [(0, 2, 4, 4)], pooling(largest, cover=True), {"ksize": 2}),
    case(F.max_pooling_1d, [(2, 2, 7)], pooling(largest, cover=True), {"ksize": 2}),
    case(F.max_pooling_3d, [(1, 2, 3, 4, 3)], pooling(largest, cover=True), {"ksize": 2, "stride": (1, 2, 2)}),
    case(F.max_pooling_nd, [(1, 2, 5)], pooling(largest), {"ksize": 3, "stride": 1, "pad": 1, "cover_all": False}),
    case(F.max_pooling_nd, [(1, 1, 2, 3, 2, 3)], pooling(largest, cover=True), {"ksize": (2, 2, 1, 2)}),
    case(F.average_pooling_2d, [IMAGES], pooling(mean), {"ksize": 3, "stride": 2, "pad": 1}),
    case(F.average_pooling_2d, [IMAGES], pooling(mean), {"ksize": (5, 6)}),
    case(F.average_pooling_2d, [(0, 2, 4, 4)], pooling(mean), {"ksize": 2}),
    case(F.average_pooling_1d, [(2, 2, 7)], pooling(mean_inside), {"ksize": 3, "pad": 2, "pad_value": None}),
    case(F.average_pooling_1d, [(2, 2, 7)], pooling(mean), {"ksize": (3,), "pad": 1}),
    case(F.average_pooling_3d, [(1, 2, 3, 4, 3)], pooling(mean), {"ksize": 2, "stride": 1, "pad": (0, 1, 0)}),
    case(F.average_pooling_nd, [(2, 2, 5)], pooling(mean), {"ksize": 2, "stride": 3}),
    case(F.average_pooling_nd, [(1, 2, 3, 3)], pooling(mean_inside), {"ksize": 2, "pad": 1, "pad_value": None}),
    case(F.unpooling_2d, [(2, 2, 2, 3)], unpooling, {"ksize": 2}),
    case(F.unpooling_2d, [(2, 2, 2, 3)], unpooling, {"ksize": 3, "stride": (2, 1), "pad": 1, "cover_all": False}),
    case(F.unpooling_2d, [(1, 1, 2, 2)], unpooling, {"ksize": 2, "stride": 3, "outsize": (5, 6)}),
    case(F.unpooling_2d, [(1, 1, 1, 2)], unpooling, {"ksize": 4, "cover_all": False}),
    case(F.unpooling_1d, [(2, 2, 3)], unpooling, {"ksize": 3, "stride": 2}),
    case(F.unpooling_3d, [(1, 2, 2, 1, 2)], unpooling, {"ksize": 2, "cover_all": False}),
    case(F.unpooling_nd, [(1, 2, 3)], unpooling, {"ksize": 2, "outsize": 5}),
    case(F.unpooling_nd, [(1, 1, 2, 1, 2, 2)], unpooling, {"ksize": (1, 2, 2, 2)}),
    case(F.upsampling_2d, [(2, 1, 2, 2), INDICES], upsampling, {"ksize": 2}),
    case(F.upsampling_2d, [(2, 1, 2, 2), INDICES], upsampling, {"ksize": 2, "cover_all": False}),
    case(F.upsampling_2d, [(2, 1, 2, 2), INDICES], upsampling, {"ksize": 2, "outsize": (3, 4)}),
    case(F.adaptive_average_pooling_2d, [IMAGES], adaptive, {"output_size": (2, 4)}),
    case(F.adaptive_average_pooling_2d, [IMAGES], adaptive, {"output_size": 1}),
    case(F.adaptive_average_pooling_2d, [IMAGES], adaptive, {"output_size": (None, 9)}),
    case(F.spatial_pyramid_pooling_2d, [(2, 2, 5, 4)], pyramid, {"pyramid_height": 2, "pooling": "max"}),
    case(F.spatial_pyramid_pooling_2d, [(1, 2, 9, 7)], pyramid, {"pyramid_height": 3, "pooling": "max"}),
    # The windows of each region depend on its corners.
    *(
        dataclasses.replace(one, reads_values=True)
        for one in [
            case(
                F.roi_pooling_2d,
                [IMAGES, WITH_IMAGES],
                roi_pooling,
                {"outh": 2, "outw": 3, "spatial_scale": 0.5},
                deterministic=False,
            ),
            case(F.roi_max_pooling_2d, [IMAGES, REGIONS, OF_IMAGES], regions(np.max), HALF, deterministic=False),
            case(F.roi_average_pooling_2d, [IMAGES, REGIONS, OF_IMAGES], regions(np.mean), HALF),
            case(F.roi_average_pooling_2d, [IMAGES, REGIONS[:0], OF_IMAGES[:0]], regions(np.mean), HALF),
            *(
                case(
                    F.roi_max_align_2d,
                    [IMAGES, REGIONS, OF_IMAGES],
                    aligned(np.max, -np.inf),
                    options,
                    deterministic=False,
                )
                for options in (HALF, {**HALF, "sampling_ratio": (1, 2)})
            ),
            case(F.roi_average_align_2d, [IMAGES, REGIONS, OF_IMAGES], aligned(np.mean, 0.0), HALF),
            case(
                F.roi_average_align_2d,
                [IMAGES, REGIONS, OF_IMAGES],
                aligned(np.mean, 0.0),
                {**HALF, "sampling_ratio": 2},
            ),
            case(
                F.roi_average_align_2d,
                [(1, 2, 1, 4), REGIONS[1:2], OF_IMAGES[:1]],
                aligned(np.mean, 0.0),
                {"outsize": 1, "spatial_scale": 0.25},
            ),
        ]
    ),
]
test_functions = function_tests(CASES)


@pytest.mark.parametrize(
    ("name", "shape", "options"),
    [
        ("max_pooling_1d", (2, 2, 7), {"ksize": 2}),
        ("max_pooling_2d", IMAGES, {"ksize": (2, 3), "stride": (2, 1), "pad": (0, 1), "cover_all": False}),
        ("max_pooling_3d", (1, 2, 3, 4, 3), {"ksize": 2, "stride": (1, 2, 2)}),
        ("max_pooling_nd", (1, 2, 5), {"ksize": 3, "stride": 1, "pad": 1}),
    ],
)
def test_indices_are_places_in_windows(name: str, shape: tuple[int, ...], options: dict[str, Any]) -> None:
    x = np.random.default_rng(0).standard_normal(shape)
    y, indices = getattr(F, name)(x, **options, return_indices=True)
    np.testing.assert_array_equal(y.array, pooling(largest, cover=True)(x, **options))
    np.testing.assert_array_equal(indices, pooling(winner, cover=True)(x, **options))


def test_the_first_of_equal_elements_gets_the_gradient() -> None:
    x = Variable(np.ones((1, 1, 2, 4)))
    y, indices = F.max_pooling_2d(x, 2, return_indices=True)
    F.sum(y).backward()
    np.testing.assert_array_equal(x.grad, [[[[1, 0, 1, 0], [0, 0, 0, 0]]]])
    np.testing.assert_array_equal(indices, [[[[0, 0]]]])


def test_regions_without_any_point_give_no_gradient() -> None:
    x = Variable(np.ones((1, 1, 3, 3)))
    F.sum(F.roi_max_pooling_2d(x, np.array([[9, 9, 12, 12]]), np.array([0]), 2, 1.0)).backward()
    np.testing.assert_array_equal(x.grad, 0 * x.array)


def zeros(*shape: int) -> Array:
    return np.zeros(shape)


X, ONE, FIRST = zeros(1, 1, 4, 4), zeros(1, 4), np.array([0])
WINDOW = "a window of (5, 5) (dilation (1, 1)) does not fit"
SIZES = "images of outsize (20, 20) do not have (4, 4) windows of (2, 2) with stride (2, 2)"

WRONG: list[WrongCall] = [
    WrongCall("max_pooling_nd", lambda: F.max_pooling_nd(X, 5, cover_all=False), ShapeError, WINDOW),
    WrongCall("max_pooling_nd", lambda: F.max_pooling_nd([1], 2), ArgumentTypeError, "x must be an array, got list"),
    WrongCall("max_pooling_1d", lambda: F.max_pooling_1d(X, 2), ShapeError, "x must have 3 axes, got shape (1, 1, 4"),
    WrongCall(
        "max_pooling_2d", lambda: F.max_pooling_2d(zeros(3, 8), 2), ShapeError, "x must have 4 axes, got shape (3,"
    ),
    WrongCall(
        "max_pooling_2d", lambda: F.max_pooling_2d(X, 2, 0), ArgumentError, "kernel size, stride and dilation must"
    ),
    WrongCall("max_pooling_3d", lambda: F.max_pooling_3d(X, 2), ShapeError, "x must have 5 axes, got shape (1, 1, 4"),
    WrongCall("average_pooling_nd", lambda: F.average_pooling_nd(X, 5), ShapeError, WINDOW),
    WrongCall(
        "average_pooling_nd",
        lambda: F.average_pooling_nd(X, 2, pad_value=1),
        ArgumentError,
        "pad_value must be 0 or None, got 1",
    ),
    WrongCall(
        "average_pooling_1d", lambda: F.average_pooling_1d(X, 2), ShapeError, "x must have 3 axes, got shape (1, 1,"
    ),
    WrongCall("average_pooling_2d", lambda: F.average_pooling_2d(X, 5), ShapeError, WINDOW),
    WrongCall(
        "average_pooling_3d", lambda: F.average_pooling_3d(X, 2), ShapeError, "x must have 5 axes, got shape (1, 1,"
    ),
    WrongCall("unpooling_nd", lambda: F.unpooling_nd(X, 2, outsize=20), ShapeError, SIZES),
    WrongCall("unpooling_1d", lambda: F.unpooling_1d(X, 2), ShapeError, "x must have 3 axes, got shape (1, 1, 4, 4)"),
    WrongCall("unpooling_2d", lambda: F.unpooling_2d(X, 2, outsize=20), ShapeError, SIZES),
    WrongCall("unpooling_3d", lambda: F.unpooling_3d(X, 2), ShapeError, "x must have 5 axes, got shape (1, 1, 4, 4)"),
    WrongCall(
        "upsampling_2d", lambda: F.upsampling_2d(X, X, 2), ArgumentTypeError, "indexes must hold integers, got float"
    ),
    WrongCall(
        "upsampling_2d",
        lambda: F.upsampling_2d(X, np.array([0]), 2),
        ShapeError,
        "indexes must have the shape of x, got (1,) and (1, 1, 4, 4)",
    ),
    WrongCall(
        "adaptive_average_pooling_2d",
        lambda: F.adaptive_average_pooling_2d(X, 0),
        ArgumentError,
        "output_size must be positive, got 0",
    ),
    WrongCall(
        "spatial_pyramid_pooling_2d",
        lambda: F.spatial_pyramid_pooling_2d(X, 2),
        ArgumentError,
        "pooling must be 'max', got None",
    ),
    WrongCall(
        "roi_pooling_2d",
        lambda: F.roi_pooling_2d(X, ONE, 2, 2, 1.0),
        ShapeError,
        "rois must have shape (regions, 5), got",
    ),
    WrongCall(
        "roi_pooling_2d",
        lambda: F.roi_pooling_2d(X, np.array([[1, 0, 0, 2, 2]]), 2, 2, 1.0),
        ArgumentError,
        "indices of images must be from 0 to 0, got 1 to 1",
    ),
    *(
        WrongCall(
            name,
            lambda name=name: getattr(F, name)(X, ONE, np.array([0, 0]), 2, 1.0),  # type: ignore[misc]
            ShapeError,
            "rois and roi_indices must have shapes (regions, 4) and (regions,), got (1, 4) and (2,)",
        )
        for name in ("roi_max_pooling_2d", "roi_average_pooling_2d", "roi_max_align_2d", "roi_average_align_2d")
    ),
    WrongCall(
        "roi_max_pooling_2d",
        lambda: F.roi_max_pooling_2d(X, ONE, FIRST, 0, 1.0),
        ArgumentError,
        "the number of bins must be positive, got (0, 0)",
    ),
    WrongCall(
        "roi_average_align_2d",
        lambda: F.roi_average_align_2d(X, ONE, FIRST, 2, 1.0, 0),
        ArgumentError,
        "sampling_ratio must be positive or None, got 0",
    ),
]
test_wrong_calls = wrong_call_tests(WRONG)
