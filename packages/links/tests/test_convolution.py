"""Convolutional layers, held to SciPy by the conformance kit."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import scipy.signal

import catenary.links as L
from catenary.errors import ArgumentError, ArgumentTypeError
from catenary.testing import LinkCase as case, WrongCall, link_tests, wrong_call_tests

Array = np.ndarray[Any, Any]


def correlate(x: Array, W: Array, stride: int = 1, pad: int = 0, dilate: int = 1) -> Array:
    """Correlate images of any number of axes with filters of shape (outputs, channels, *size)."""
    axes = x.ndim - 2
    spread = np.zeros((*W.shape[:2], *((k - 1) * dilate + 1 for k in W.shape[2:])))
    spread[(..., *[slice(None, None, dilate)] * axes)] = W
    x = np.pad(x, [(0, 0), (0, 0), *[(pad, pad)] * axes])
    y = [
        [sum(scipy.signal.correlate(c, k, "valid") for c, k in zip(image, bank, strict=True)) for bank in spread]
        for image in x
    ]
    return np.array(y)[(..., *[slice(None, None, stride)] * axes)]


def biased(y: Array, v: dict[str, Array]) -> Array:
    return y + v["b"].reshape(-1, *[1] * (y.ndim - 2)) if "b" in v else y


def convolution(**options: int) -> Any:
    return lambda v, x: biased(correlate(x, v["W"], **options), v)


def deconvolution(stride: int = 1, pad: int = 0) -> Any:
    """Spread each element by the filters: the definition of the transpose."""

    def reference(v: dict[str, Array], x: Array) -> Array:
        W, axes = v["W"], x.ndim - 2
        size = [(n - 1) * stride + k for n, k in zip(x.shape[2:], W.shape[2:], strict=True)]
        y = np.zeros((len(x), W.shape[1], *size))
        for place in itertools.product(*map(range, x.shape[2:])):
            window = tuple(slice(p * stride, p * stride + k) for p, k in zip(place, W.shape[2:], strict=True))
            y[(slice(None), slice(None), *window)] += np.tensordot(x[(slice(None), slice(None), *place)], W, 1)
        return biased(y[(..., *[slice(pad, n - pad) for n in size[-axes:]])], v)

    return reference


def depthwise(v: dict[str, Array], x: Array) -> Array:
    """The outputs of channel c are c, c + channels, ... in the filters, and stand together in the result."""
    y = [correlate(x[:, c : c + 1], v["W"][:, c : c + 1]) for c in range(x.shape[1])]
    return np.concatenate(y, 1) + v["b"][:, None, None]


def separable(v: dict[str, Array], x: Array) -> Array:
    y = depthwise({"W": v["depthwise/W"], "b": np.zeros(1)}, x)
    return np.einsum("bchw,oc->bohw", y, v["pointwise/W"][:, :, 0, 0]) + v["pointwise/b"][:, None, None]


def local(v: dict[str, Array], x: Array) -> Array:
    W = v["W"]
    y = np.zeros((len(x), *W.shape[:3]))
    for i, j in np.ndindex(*W.shape[1:3]):
        window = x[:, :, i : i + W.shape[4], j : j + W.shape[5]]
        y[:, :, i, j] = np.einsum("bchw,ochw->bo", window, W[:, i, j])
    return y + v["b"]


IMAGES = (2, 2, 5, 4)
CASES = [
    case(
        L.Convolution1D,
        lambda: L.Convolution1D(2, 3, 3, pad=1),
        [(2, 2, 5)],
        convolution(pad=1),
        lazy=lambda: L.Convolution1D(None, 3, 3, pad=1),
    ),
    case(
        L.Convolution2D,
        lambda: L.Convolution2D(2, 3, 3, stride=2, pad=1),
        [IMAGES],
        convolution(stride=2, pad=1),
        lazy=lambda: L.Convolution2D(3, 3, stride=2, pad=1),
    ),
    case(L.Convolution3D, lambda: L.Convolution3D(2, 3, 2), [(2, 2, 3, 4, 2)], convolution()),
    case(
        L.ConvolutionND,
        lambda: L.ConvolutionND(2, 2, 3, 2, nobias=True, dilate=2),
        [IMAGES],
        convolution(dilate=2),
        lazy=lambda: L.ConvolutionND(2, None, 3, 2, nobias=True, dilate=2),
    ),
    case(L.Deconvolution1D, lambda: L.Deconvolution1D(2, 3, 3, 2, 1), [(2, 2, 5)], deconvolution(2, 1)),
    case(
        L.Deconvolution2D,
        lambda: L.Deconvolution2D(2, 3, 3, 2, 1),
        [IMAGES],
        deconvolution(2, 1),
        lazy=lambda: L.Deconvolution2D(3, 3, stride=2, pad=1),
    ),
    case(L.Deconvolution3D, lambda: L.Deconvolution3D(2, 3, 2), [(1, 2, 2, 3, 2)], deconvolution()),
    case(
        L.DeconvolutionND,
        lambda: L.DeconvolutionND(1, 2, 3, 2, nobias=True),
        [(2, 2, 5)],
        deconvolution(),
        lazy=lambda: L.DeconvolutionND(1, None, 3, 2, nobias=True),
    ),
    case(
        L.DepthwiseConvolution2D,
        lambda: L.DepthwiseConvolution2D(2, 3, 2),
        [IMAGES],
        depthwise,
        lazy=lambda: L.DepthwiseConvolution2D(None, 3, 2),
    ),
    case(L.DilatedConvolution2D, lambda: L.DilatedConvolution2D(2, 3, 2, dilate=2), [IMAGES], convolution(dilate=2)),
    case(
        L.LocalConvolution2D,
        lambda: L.LocalConvolution2D(2, 3, (5, 4), 3),
        [IMAGES],
        local,
        lazy=lambda: L.LocalConvolution2D(None, 3, None, 3),
    ),
    case(
        L.SeparableConvolution2D,
        lambda: L.SeparableConvolution2D(2, 4, 2, channel_multiplier=3),
        [IMAGES],
        separable,
        lazy=lambda: L.SeparableConvolution2D(None, 4, 2, channel_multiplier=3),
    ),
    case(
        L.DeformableConvolution2D,
        # Without offsets it is a convolution; the stored numbers of Chainer have some.
        lambda: L.DeformableConvolution2D(2, 3, 2, offset_initialW=0.0),
        [IMAGES],
        lambda v, x: correlate(x, v["deform_conv/W"]) + v["deform_conv/b"][:, None, None],
        call=lambda link, x: without_offsets(link)(x),
        differentiable=False,
    ),
]


def without_offsets(link: Any) -> Any:
    for param in link.offset_conv.params():
        param.array[...] = 0
    return link


test_links = link_tests(CASES)


def images(*shape: int) -> Array:
    return np.zeros(shape, np.float32)


@pytest.mark.parametrize("link", [L.Convolution2D(4, 6, 3, groups=2), L.Deconvolution2D(4, 6, 3, groups=2)])
def test_groups_divide_the_filters(link: Any) -> None:
    assert link.W.shape == ((6, 2, 3, 3) if isinstance(link, L.Convolution2D) else (4, 3, 3, 3))
    assert link(images(1, 4, 5, 5)).shape[1] == 6


def test_repr_shows_the_sizes() -> None:
    text = repr(L.Convolution2D(None, 6, 3, stride=2))
    assert "in_channels=None, out_channels=6, ksize=(3, 3), stride=2, pad=0, nobias=False" in text


WRONG = [
    WrongCall("Convolution1D", lambda: L.Convolution1D(2, 3, 0), ArgumentError, "ksize must be positive, got 0"),
    WrongCall(
        "Convolution2D",
        lambda: L.Convolution2D(2, 3, 3, groups=2),
        ArgumentError,
        "groups must divide out_channels, got 2 and 3",
    ),
    WrongCall(
        "Convolution2D",
        lambda: L.Convolution2D(3, 4, 3, groups=2),
        ArgumentError,
        "groups must divide in_channels, got 2 and 3",
    ),
    WrongCall(
        "Convolution3D",
        lambda: L.Convolution3D(2, 3, (2, 2)),
        ArgumentError,
        "ksize must be a number or 3 numbers, got (2, 2)",
    ),
    WrongCall(
        "ConvolutionND", lambda: L.ConvolutionND(2, 3, None, 3), ArgumentTypeError, "out_channels must be an integer"
    ),
    WrongCall("Deconvolution1D", lambda: L.Deconvolution1D(2, 0, 3), ArgumentError, "out_channels must be positive"),
    WrongCall("Deconvolution2D", lambda: L.Deconvolution2D(2, 3, "3"), ArgumentError, "ksize must be a number or 2"),
    WrongCall(
        "Deconvolution3D", lambda: L.Deconvolution3D(2.5, 3, 3), ArgumentTypeError, "in_channels must be an integer"
    ),
    WrongCall("DeconvolutionND", lambda: L.DeconvolutionND(0, 2, 3, 3), ArgumentError, "ndim must be positive, got 0"),
    WrongCall(
        "DepthwiseConvolution2D",
        lambda: L.DepthwiseConvolution2D(2, 0, 3),
        ArgumentError,
        "channel_multiplier must be positive, got 0",
    ),
    WrongCall(
        "DilatedConvolution2D",
        lambda: L.DilatedConvolution2D(None, None, 3),
        ArgumentTypeError,
        "out_channels must be an integer, got None",
    ),
    WrongCall(
        "SeparableConvolution2D",
        lambda: L.SeparableConvolution2D(2, 0, 3),
        ArgumentError,
        "out_channels must be positive, got 0",
    ),
    WrongCall(
        "LocalConvolution2D",
        lambda: L.LocalConvolution2D(2, 3, 2, 3),
        ArgumentError,
        "filters of (3, 3) do not fit into images of (2, 2)",
    ),
    WrongCall(
        "DeformableConvolution2D",
        lambda: L.DeformableConvolution2D(2, 3, (3, 3, 3)),
        ArgumentError,
        "ksize must be a number or 2 numbers, got (3, 3, 3)",
    ),
]
test_wrong_calls = wrong_call_tests(WRONG)
