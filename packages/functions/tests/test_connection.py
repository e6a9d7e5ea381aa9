"""The functions of the family connection, held to loops in NumPy by the conformance kit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import catenary
import catenary.functions as F
from catenary.errors import ArgumentError, ArgumentTypeError, ShapeError
from catenary.testing import (
    FunctionCase as case,
    WrongCall,
    check_backward,
    function_tests,
    wrong_call_tests,
)

Array = np.ndarray[Any, Any]
IMAGES = (2, 3, 5, 6)


def embed_id(x: Array, W: Array, ignore_label: int | None = None) -> Array:
    rows = [np.zeros(W.shape[1]) if i == ignore_label else W[i] for i in x.ravel()]
    return np.reshape(rows, (*x.shape, W.shape[1]))


def linear(x: Array, W: Array, b: Any = 0.0, n_batch_axes: int = 1) -> Array:
    flat = x.reshape(*x.shape[:n_batch_axes], W.shape[1])
    return np.einsum("...i,oi->...o", flat, W) + b


def bilinear(e1: Array, e2: Array, W: Array, V1: Any = None, V2: Any = None, b: Any = None) -> Array:
    e1, e2 = e1.reshape(len(e1), len(W)), e2.reshape(len(e2), W.shape[1])
    y = np.einsum("bi,bj,ijo->bo", e1, e2, W)
    return y if V1 is None else y + e1 @ V1 + e2 @ V2 + b


def numbers(value: Any, axes: int) -> list[int]:
    return np.broadcast_to(value, axes).tolist()


def windows(at: Any, stride: Any, kernel: Any, dilate: Any) -> tuple[slice, ...]:
    return tuple(slice(i * s, i * s + (k - 1) * d + 1, d) for i, s, k, d in zip(at, stride, kernel, dilate))


def convolution(
    x: Array,
    W: Array,
    b: Any = None,
    stride: Any = 1,
    pad: Any = 0,
    cover_all: bool = False,
    dilate: Any = 1,
    groups: int = 1,
) -> Array:
    axes, kernel = x.ndim - 2, W.shape[2:]
    stride, pad, dilate = (numbers(v, axes) for v in (stride, pad, dilate))
    room = [
        n + 2 * p - (k - 1) * d - 1 + (s - 1) * cover_all
        for n, p, k, d, s in zip(x.shape[2:], pad, kernel, dilate, stride)
    ]
    out = [r // s + 1 for r, s in zip(room, stride)]
    x = np.pad(x, [(0, 0), (0, 0), *((p, p + s) for p, s in zip(pad, stride))])
    y = np.zeros((len(x), len(W), *out))
    gives, takes = len(W) // groups, W.shape[1]
    for at in np.ndindex(*out):
        window = x[(..., *windows(at, stride, kernel, dilate))]
        for o in range(len(W)):
            part = window[:, o // gives * takes :][:, :takes]
            y[(slice(None), o, *at)] = (part * W[o]).sum(tuple(range(1, axes + 2)))
    return y if b is None else y + b.reshape(-1, *[1] * axes)


def deconvolution(
    x: Array,
    W: Array,
    b: Any = None,
    stride: Any = 1,
    pad: Any = 0,
    outsize: Any = None,
    dilate: Any = 1,
    groups: int = 1,
) -> Array:
    axes, kernel = x.ndim - 2, W.shape[2:]
    stride, pad, dilate = (numbers(v, axes) for v in (stride, pad, dilate))
    whole = [(n - 1) * s + (k - 1) * d + 1 for n, s, k, d in zip(x.shape[2:], stride, kernel, dilate)]
    size = [n - 2 * p for n, p in zip(whole, pad)] if outsize is None else numbers(outsize, axes)
    gives, takes = W.shape[1], len(W) // groups
    y = np.zeros((len(x), gives * groups, *(max(n, m + 2 * p) for n, m, p in zip(whole, size, pad))))
    for at in np.ndindex(*x.shape[2:]):
        for i in range(len(W)):
            group = slice(i // takes * gives, i // takes * gives + gives)
            factor = x[(slice(None), i, *at)].reshape(-1, *[1] * (axes + 1))
            y[(slice(None), group, *windows(at, stride, kernel, dilate))] += factor * W[i]
    y = y[(..., *(slice(p, p + n) for p, n in zip(pad, size)))]
    return y if b is None else y + b.reshape(-1, *[1] * axes)


def depthwise(x: Array, W: Array, b: Any = None, stride: Any = 1, pad: Any = 0) -> Array:
    each = [convolution(x[:, [c]], W[:, [c]], None, stride, pad) for c in range(x.shape[1])]
    y = np.concatenate(each, 1)
    return y if b is None else y + b[:, None, None]


def local(x: Array, W: Array, b: Any = None, stride: Any = 1) -> Array:
    y = np.zeros((len(x), *W.shape[:3]))
    for at in np.ndindex(*W.shape[1:3]):
        window = x[(..., *windows(at, numbers(stride, 2), W.shape[4:], (1, 1)))]
        y[(slice(None), slice(None), *at)] = np.einsum("bchw,ochw->bo", window, W[(slice(None), *at)])
    return y if b is None else y + b


def deformable(x: Array, offset: Array, W: Array, b: Any = None, stride: Any = 1, pad: Any = 0) -> Array:
    (sh, sw), (ph, pw), (kh, kw), (h, w) = numbers(stride, 2), numbers(pad, 2), W.shape[2:], x.shape[2:]
    y = np.zeros((len(x), len(W), *offset.shape[2:]))
    for n, i, j, k in np.ndindex(len(x), *offset.shape[2:], kh * kw):
        row = i * sh - ph + k // kw + offset[n, kh * kw + k, i, j]
        column = j * sw - pw + k % kw + offset[n, k, i, j]
        weights = np.outer(np.maximum(1 - abs(row - np.arange(h)), 0), np.maximum(1 - abs(column - np.arange(w)), 0))
        y[n, :, i, j] += W[:, :, k // kw, k % kw] @ (x[n] * weights).sum((1, 2))
    return y if b is None else y + b[:, None, None]


def shift(x: Array, ksize: Any = 3, dilate: Any = 1) -> Array:
    (kh, kw), (dh, dw) = numbers(ksize, 2), numbers(dilate, 2)
    order = list(range(kh * kw))
    order[kh * kw // 2], order[-1] = order[-1], kh * kw // 2
    y = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*x.shape):
        place = order[min(c // (x.shape[1] // (kh * kw)), kh * kw - 1)]
        to = i + (place // kw - kh // 2) * dh, j + (place % kw - kw // 2) * dw
        if 0 <= to[0] < x.shape[2] and 0 <= to[1] < x.shape[3]:
            y[n, c, to[0], to[1]] = x[n, c, i, j]
    return y


CASES = [
    case(F.affine, [(4, 3), (2, 3), (2,)], linear),
    *(
        case(F.linear, shapes, linear)
        for shapes in [[(4, 3), (2, 3), (2,)], [(0, 3), (2, 3)], [(2, 3, 2), (4, 6), (4,)]]
    ),
    case(F.linear, [(2, 3, 4), (5, 4)], linear, {"n_batch_axes": 2}),
    case(F.bilinear, [(4, 2), (4, 3), (2, 3, 2)], bilinear),
    case(F.bilinear, [(2, 2, 1), (2, 3), (2, 3, 2), (2, 2), (3, 2), (2,)], bilinear),
    case(F.bilinear, [(0, 2), (0, 3), (2, 3, 2)], bilinear),
    case(F.embed_id, [np.array([[1, 0], [2, 1]]), (3, 4)], embed_id, deterministic=False),
    case(F.embed_id, [np.array([1, -1, 2]), (3, 4)], embed_id, {"ignore_label": -1}, deterministic=False),
    case(F.convolution_2d, [IMAGES, (4, 3, 3, 2), (4,)], convolution),
    case(F.convolution_2d, [IMAGES, (4, 3, 3, 2)], convolution, {"stride": (2, 1), "pad": (1, 2)}, name="strided"),
    case(F.convolution_2d, [IMAGES, (2, 3, 2, 2)], convolution, {"stride": 3, "cover_all": True}, name="cover_all"),
    case(F.convolution_2d, [(1, 4, 5, 5), (6, 2, 2, 2)], convolution, {"dilate": 2, "groups": 2}, name="groups"),
    case(F.convolution_2d, [(1, 4, 4, 4), (2, 2, 1, 1), (2,)], convolution, {"groups": 2}, name="1x1"),
    case(F.convolution_2d, [(1, 4, 4, 4), (2, 4, 1, 1)], convolution, {"stride": 2}, name="1x1 strided"),
    case(F.convolution_2d, [(0, 3, 4, 4), (2, 3, 3, 3), (2,)], convolution, name="no images"),
    case(F.convolution_1d, [(2, 3, 6), (4, 3, 3), (4,)], convolution, {"pad": 1}),
    case(F.convolution_1d, [(2, 4, 7), (2, 2, 2)], convolution, {"stride": (2,), "dilate": 3, "groups": 2}),
    case(F.convolution_3d, [(1, 2, 3, 4, 3), (2, 2, 2, 3, 2), (2,)], convolution, {"pad": (1, 0, 2)}),
    case(F.convolution_3d, [(1, 2, 4, 3, 4), (3, 2, 2, 2, 2)], convolution, {"stride": (2, 1, 2), "cover_all": True}),
    case(F.convolution_nd, [(2, 2, 5), (3, 2, 2), (3,)], convolution, {"stride": 2, "cover_all": True}),
    case(F.convolution_nd, [(1, 2, 2, 3, 2, 2), (2, 2, 2, 2, 1, 2)], convolution, {"pad": (0, 0, 1, 1)}),
    case(F.deconvolution_2d, [(2, 3, 3, 4), (3, 2, 3, 2), (2,)], deconvolution),
    case(F.deconvolution_2d, [(2, 3, 3, 4), (3, 2, 3, 4)], deconvolution, {"stride": (2, 1), "pad": 1}, name="strided"),
    case(F.deconvolution_2d, [(1, 2, 2, 3), (2, 1, 2, 2)], deconvolution, {"stride": 3, "outsize": (7, 8)}),
    case(F.deconvolution_2d, [(1, 4, 3, 3), (4, 3, 2, 2)], deconvolution, {"dilate": 2, "groups": 2}, name="groups"),
    case(F.deconvolution_2d, [(1, 6, 4, 5), (6, 2, 2, 2)], deconvolution, {"pad": 2}, name="cut off"),
    case(F.deconvolution_2d, [(0, 3, 4, 4), (3, 2, 3, 3), (2,)], deconvolution, name="no images"),
    case(F.deconvolution_1d, [(2, 3, 4), (3, 2, 3), (2,)], deconvolution, {"pad": 1}),
    case(F.deconvolution_1d, [(2, 4, 3), (4, 1, 2)], deconvolution, {"stride": 2, "dilate": (2,), "groups": 2}),
    case(F.deconvolution_3d, [(1, 2, 2, 3, 2), (2, 1, 2, 1, 2), (1,)], deconvolution, {"stride": (2, 1, 1)}),
    case(F.deconvolution_nd, [(2, 2, 3), (2, 3, 3), (3,)], deconvolution, {"stride": 2, "outsize": 8}),
    case(F.deconvolution_nd, [(1, 2, 2, 1, 2, 2), (2, 1, 1, 2, 2, 2)], deconvolution, {"pad": (0, 0, 1, 1)}),
    case(F.dilated_convolution_2d, [IMAGES, (2, 3, 2, 3), (2,)], convolution, {"dilate": (2, 1), "pad": 1}),
    case(F.dilated_convolution_2d, [IMAGES, (2, 3, 2, 2)], convolution, {"dilate": 2, "stride": 2, "cover_all": True}),
    case(F.depthwise_convolution_2d, [IMAGES, (2, 3, 3, 2), (6,)], depthwise),
    case(F.depthwise_convolution_2d, [IMAGES, (1, 3, 2, 2)], depthwise, {"stride": 2, "pad": (1, 0)}),
    case(F.local_convolution_2d, [(2, 2, 4, 3), (3, 2, 2, 2, 3, 2), (3, 2, 2)], local),
    case(F.local_convolution_2d, [(2, 2, 4, 3), (1, 3, 1, 2, 2, 2)], local, {"stride": (1, 2)}),
    case(
        F.deformable_convolution_2d_sampler,
        [(1, 2, 4, 4), np.full((1, 8, 3, 3), 0.25), (2, 2, 2, 2), (2,)],
        deformable,
        deterministic=False,
    ),
    case(
        F.deformable_convolution_2d_sampler,
        [(1, 1, 3, 4), np.full((1, 8, 4, 2), -1.375), (2, 1, 2, 2)],
        deformable,
        {"stride": (1, 2), "pad": (1, 0)},
        deterministic=False,
    ),
    case(F.shift, [(1, 11, 3, 4)], shift),
    case(F.shift, [(2, 7, 3, 2)], shift, {"ksize": (1, 3), "dilate": (1, 2)}),
]
test_functions = function_tests(CASES)


def test_large_images_take_the_same_ways_as_small_ones() -> None:
    """From 256 places on, matrices are laid out in other ways, and images are taken in blocks."""
    rng = np.random.default_rng(0)
    for channels, outputs, kernel, stride, groups in [
        (2, 4, 1, 1, 2),
        (1, 10, 3, 1, 1),
        (2, 2, 3, 2, 1),
        (3, 1, 3, 1, 1),
    ]:
        x = rng.uniform(-1, 1, (2, channels, 40, 36))
        W = rng.uniform(-1, 1, (outputs, channels // groups, kernel, kernel))
        b = rng.uniform(-1, 1, outputs)
        options = {"stride": stride, "pad": kernel // 2, "groups": groups}
        found = F.convolution_2d(x, W, b, **options)
        np.testing.assert_allclose(found.array, convolution(x, W, b, **options), rtol=1e-9, atol=1e-12)
        check_backward(lambda *xs, o=options: F.convolution_2d(*xs, **o), [x, W, b], order=2)


def test_images_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    device = catenary.get_device("@numpy")
    monkeypatch.setattr(type(device), "cache_elements", 100)
    rng = np.random.default_rng(0)
    x, W, b = (rng.uniform(-1, 1, shape) for shape in ((5, 2, 6, 5), (3, 2, 3, 3), (3,)))
    for stride in (1, 2):
        found = F.convolution_2d(x, W, b, stride, 1)
        np.testing.assert_allclose(found.array, convolution(x, W, b, stride, 1))
        check_backward(lambda *xs, s=stride: F.convolution_2d(*xs, stride=s, pad=1), [x, W, b], order=2)


def zeros(*shape: int) -> Array:
    return np.zeros(shape)


X, W3 = zeros(1, 3, 8, 8), zeros(4, 3, 3, 3)
FITS = "x has 3 channels, W expects 2 in each of 1 groups"

WRONG: list[WrongCall] = [
    WrongCall("linear", lambda: F.linear(zeros(2, 3), zeros(4, 2)), ShapeError, "x has 3 features, W expects 2"),
    WrongCall("affine", lambda: F.affine("x", zeros(4, 3)), ArgumentTypeError, "x must be an array, got str"),
    WrongCall(
        "bilinear",
        lambda: F.bilinear(zeros(2, 3), zeros(2, 4), zeros(4, 3, 5)),
        ShapeError,
        "W must have shape (3, 4, outputs), got (4, 3, 5)",
    ),
    WrongCall(
        "bilinear",
        lambda: F.bilinear(zeros(2, 3), zeros(2, 4), zeros(3, 4, 5), b=zeros(5)),
        ArgumentError,
        "V1, V2 and b must be given together, or none of them",
    ),
    WrongCall("embed_id", lambda: F.embed_id(np.array([3]), zeros(3, 2)), ArgumentError, "indices must be from 0 to 2"),
    WrongCall("convolution_nd", lambda: F.convolution_nd(X, zeros(4, 2, 3, 3)), ShapeError, FITS),
    WrongCall("convolution_nd", lambda: F.convolution_nd([1], W3), ArgumentTypeError, "x must be an array, got list"),
    WrongCall("convolution_nd", lambda: F.convolution_nd(zeros(2, 3), zeros(2, 3)), ShapeError, "x and W must have 3"),
    WrongCall("convolution_1d", lambda: F.convolution_1d(X, W3), ShapeError, "x and W must have 3 axes"),
    WrongCall("convolution_2d", lambda: F.convolution_2d(X, zeros(4, 2, 3, 3)), ShapeError, FITS),
    WrongCall(
        "convolution_2d", lambda: F.convolution_2d(X, W3, zeros(3)), ShapeError, "b must have shape (4,), got (3,"
    ),
    WrongCall("convolution_2d", lambda: F.convolution_2d(X, W3, groups=0), ArgumentError, "groups must be a positive"),
    WrongCall("convolution_2d", lambda: F.convolution_2d(X, W3, stride=0), ArgumentError, "kernel size, stride and"),
    WrongCall(
        "convolution_2d", lambda: F.convolution_2d(X, W3, stride="2"), ArgumentError, "expected a number or a pair"
    ),
    WrongCall(
        "convolution_2d", lambda: F.convolution_2d(X, zeros(4, 3, 9, 9)), ShapeError, "a window of (9, 9) (dilation"
    ),
    WrongCall("convolution_3d", lambda: F.convolution_3d(X, W3), ShapeError, "x and W must have 5 axes"),
    WrongCall("deconvolution_nd", lambda: F.deconvolution_nd(X, W3), ShapeError, "x has 3 channels, W expects 4"),
    WrongCall("deconvolution_1d", lambda: F.deconvolution_1d(X, W3), ShapeError, "x and W must have 3 axes"),
    WrongCall(
        "deconvolution_2d",
        lambda: F.deconvolution_2d(zeros(1, 4, 3, 3), W3, stride=2, outsize=9),
        ShapeError,
        "images of outsize (9, 9) do not have (3, 3) windows of (3, 3) with stride (2, 2)",
    ),
    WrongCall(
        "deconvolution_2d",
        lambda: F.deconvolution_2d(zeros(1, 4, 1, 1), W3, pad=2),
        ShapeError,
        "the images would have the size (-1, -1)",
    ),
    WrongCall("deconvolution_3d", lambda: F.deconvolution_3d(X, W3), ShapeError, "x and W must have 5 axes"),
    WrongCall(
        "dilated_convolution_2d", lambda: F.dilated_convolution_2d(X, W3, dilate=0), ArgumentError, "kernel size,"
    ),
    WrongCall(
        "depthwise_convolution_2d",
        lambda: F.depthwise_convolution_2d(X, zeros(1, 4, 3, 3)),
        ShapeError,
        "x and W must have 4 axes and the same channels (x: (1, 3, 8, 8), W: (1, 4, 3, 3))",
    ),
    WrongCall(
        "local_convolution_2d",
        lambda: F.local_convolution_2d(X, zeros(4, 5, 6, 3, 3, 3)),
        ShapeError,
        "W must have shape (outputs, 6, 6, 3, ...), got (4, 5, 6, 3, 3, 3)",
    ),
    WrongCall(
        "deformable_convolution_2d_sampler",
        lambda: F.deformable_convolution_2d_sampler(X, zeros(1, 9, 6, 6), W3),
        ShapeError,
        "offset must have shape (1, 18, 6, 6), got (1, 9, 6, 6)",
    ),
    WrongCall("shift", lambda: F.shift(X), ShapeError, "x must have 9 channels or more for ksize=3, got (1, 3, 8, 8)"),
    WrongCall("shift", lambda: F.shift(X, 2), ArgumentError, "ksize must be odd and dilate positive, got 2 and 1"),
]
test_wrong_calls = wrong_call_tests(WRONG)
