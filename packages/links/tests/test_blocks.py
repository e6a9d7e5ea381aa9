"""Blocks of convolutional networks and links around links, held to NumPy by the conformance kit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.signal
from scipy.special import expit

import catenary
import catenary.links as L
from catenary import using_config
from catenary.errors import ArgumentError, ArgumentTypeError, UninitializedParameterError
from catenary.testing import LinkCase, WrongCall, link_tests, wrong_call_tests

Array = np.ndarray[Any, Any]
Values = dict[str, Array]
IMAGES = (2, 3, 4, 5)


def convolved(v: Values, x: Array, path: str, stride: int = 1) -> Array:
    W = v[f"{path}/W"]
    pad = W.shape[2] // 2
    wide = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    y = np.stack(
        [
            np.stack([sum(scipy.signal.correlate2d(c, k, "valid") for c, k in zip(image, bank)) for bank in W])
            for image in wide
        ]
    )
    return y[:, :, ::stride, ::stride] + v.get(f"{path}/b", np.zeros(len(W)))[:, None, None]


def pooled(x: Array, kind: Any, stride: int = 1, padding: float = -np.inf) -> Array:
    wide = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=padding)
    windows = np.lib.stride_tricks.sliding_window_view(wide, (3, 3), (2, 3))
    return kind(windows, axis=(-2, -1))[:, :, ::stride, ::stride]


def relu(x: Array) -> Array:
    return np.maximum(x, 0)


def inception(v: Values, x: Array) -> Array:
    parts = [
        convolved(v, x, "conv1"),
        convolved(v, relu(convolved(v, x, "proj3")), "conv3"),
        convolved(v, relu(convolved(v, x, "proj5")), "conv5"),
        convolved(v, pooled(x, np.max), "projp"),
    ]
    return relu(np.concatenate(parts, 1))


def normalized(v: Values, x: Array, path: str, stride: int = 1) -> Array:
    y = convolved(v, x, path, stride)
    y = (y - y.mean((0, 2, 3), keepdims=True)) / np.sqrt(y.var((0, 2, 3), keepdims=True) + 2e-5)
    return relu(y * v[f"{path}n/gamma"][:, None, None] + v[f"{path}n/beta"][:, None, None])


def inception_bn(v: Values, x: Array) -> Array:
    parts = [
        normalized(v, x, "conv1"),
        normalized(v, normalized(v, x, "proj3"), "conv3"),
        normalized(v, normalized(v, normalized(v, x, "proj33"), "conv33a"), "conv33b"),
        normalized(v, pooled(x, np.max), "poolp"),
    ]
    return np.concatenate(parts, 1)


def inception_bn_with_stride(v: Values, x: Array) -> Array:
    parts = [
        normalized(v, normalized(v, x, "proj3"), "conv3", 2),
        normalized(v, normalized(v, normalized(v, x, "proj33"), "conv33a"), "conv33b", 2),
        pooled(x, np.mean, 2, padding=0.0),
    ]
    return np.concatenate(parts, 1)


def squeeze_excitation(v: Values, x: Array) -> Array:
    y = relu(x.mean((2, 3)) @ v["squeeze/W"].T + v["squeeze/b"])
    return x * expit(y @ v["excite/W"].T + v["excite/b"])[:, :, None, None]


def linear(v: Values, x: Array, prefix: str = "") -> Array:
    return x.reshape(len(x), -1) @ v[f"{prefix}W"].T + v.get(f"{prefix}b", 0.0)


def lora(v: Values, x: Array) -> Array:
    return linear(v, x, "base/") + 6 / 2 * x @ v["A"].T @ v["B"].T


def outside_of_training(link: Any, x: Any) -> Any:
    with using_config("train", False):
        return link(x)


CASES = [
    LinkCase(
        L.Inception,
        lambda: L.Inception(3, 1, 2, 3, 2, 1, 2),
        [IMAGES],
        inception,
        lazy=lambda: L.Inception(None, 1, 2, 3, 2, 1, 2),
    ),
    LinkCase(
        L.InceptionBN,
        lambda: L.InceptionBN(3, 1, 2, 3, 2, 1, "max", 2),
        [IMAGES],
        inception_bn,
        lazy=lambda: L.InceptionBN(None, 1, 2, 3, 2, 1, "max", 2),
    ),
    LinkCase(
        L.InceptionBN,
        lambda: L.InceptionBN(3, 0, 2, 3, 2, 1, "avg", stride=2),
        [IMAGES],
        inception_bn_with_stride,
        name="stride",
    ),
    LinkCase(
        L.MLPConvolution2D,
        lambda: L.MLPConvolution2D(3, (4, 2), 3, pad=1),
        [IMAGES],
        lambda v, x: convolved(v, relu(convolved(v, x, "0")), "1"),
        lazy=lambda: L.MLPConvolution2D(None, (4, 2), 3, pad=1),
    ),
    LinkCase(L.SqueezeExcitation, lambda: L.SqueezeExcitation(4, ratio=2), [(2, 4, 3, 2)], squeeze_excitation),
    LinkCase(
        L.StochasticDepth, lambda: L.StochasticDepth(L.Linear(3, 2), 0.0), [(4, 3)], lambda v, x: linear(v, x, "link/")
    ),
    LinkCase(
        L.StochasticDepth,
        lambda: L.StochasticDepth(L.Linear(3, 2)),
        [(4, 3)],
        lambda v, x: linear(v, x, "link/"),
        call=outside_of_training,
        name="test-time",
    ),
    LinkCase(
        L.LoRA,
        lambda: L.LoRA(L.Linear(3, 4), 2, alpha=6),
        [(5, 3)],
        lora,
        lazy=lambda: L.LoRA(L.Linear(None, 4), 2, alpha=6),
    ),
    LinkCase(L.LoRA, lambda: L.LoRA(L.Linear(3, 4, nobias=True), 2, 6), [(5, 3)], lora, name="nobias"),
]
test_links = link_tests(CASES)

WRONG = [
    WrongCall("Inception", lambda: L.Inception(3, 0, 2, 3, 2, 1, 2), ArgumentError, "out1 must be positive, got 0"),
    WrongCall(
        "InceptionBN",
        lambda: L.InceptionBN(3, 0, 2, 2, 2, 2, "sum"),
        ArgumentError,
        "pooltype must be 'max' or 'avg', got 'sum'",
    ),
    WrongCall(
        "InceptionBN",
        lambda: L.InceptionBN(3, 1, 2, 2, 2, 2, "max", stride=2),
        ArgumentError,
        "with out1, stride must be 1 and proj_pool be given, got 2 and None",
    ),
    WrongCall(
        "MLPConvolution2D",
        lambda: L.MLPConvolution2D(3, 4, 3),
        ArgumentTypeError,
        "out_channels must be a tuple of sizes, got 4",
    ),
    WrongCall(
        "SqueezeExcitation",
        lambda: L.SqueezeExcitation(None),
        ArgumentTypeError,
        "channels must be an integer, got None",
    ),
    WrongCall(
        "StochasticDepth", lambda: L.StochasticDepth(abs), ArgumentTypeError, "expected a link, got builtin_function"
    ),
    WrongCall(
        "StochasticDepth",
        lambda: L.StochasticDepth(L.Linear(2), 1.0),
        ArgumentError,
        "ratio must be at least 0 and below 1, got 1.0",
    ),
    WrongCall("LoRA", lambda: L.LoRA(L.EmbedID(2, 3), 1), ArgumentTypeError, "base must be a Linear, got EmbedID"),
    WrongCall("LoRA", lambda: L.LoRA(L.Linear(3, 2), 0), ArgumentError, "rank must be positive, got 0"),
]
test_wrong_calls = wrong_call_tests(WRONG)


def test_stochastic_depth_leaves_out_about_so_many_examples() -> None:
    catenary.seed(0)
    link = L.StochasticDepth(L.Linear(2, 3, initialW=1.0), 0.3)
    y = link(np.ones((5000, 2), np.float32)).array
    assert ((y == 0).all(1) | (y != 0).all(1)).all()
    assert abs(float((y[:, 0] == 0).mean()) - 0.3) < 0.03
    np.testing.assert_allclose(y[y != 0], 2 / 0.7, rtol=1e-6)


def test_an_adapted_layer_begins_as_it_was_and_only_the_small_matrices_learn() -> None:
    base, x = L.Linear(3, 4), np.random.default_rng(0).random((5, 3), np.float32)
    expected = base(x).array
    link = L.LoRA(base, 2)
    y = link(x)
    np.testing.assert_array_equal(y.array, expected)
    y.sum().backward()
    assert (base.W.grad, base.b.grad) == (None, None)
    assert np.abs(link.B.grad).min() > 0
    assert link.alpha == 2


def test_a_merged_layer_gives_the_same_and_learns_again() -> None:
    rng = np.random.default_rng(0)
    link, x = L.LoRA(L.Linear(3, 4), 2, alpha=3), rng.random((5, 7, 3), np.float32)
    link.B.array[...] = rng.random((4, 2))
    before = link.base.W.array.copy()
    merged = link.merge()
    np.testing.assert_allclose(merged(x, n_batch_axes=2).array, link(x, n_batch_axes=2).array, rtol=1e-5)
    np.testing.assert_array_equal(link.base.W.array, before)
    merged(x, n_batch_axes=2).sum().backward()
    assert merged.W.grad is not None
    with pytest.raises(UninitializedParameterError):
        L.LoRA(L.Linear(None, 4), 2).merge()
