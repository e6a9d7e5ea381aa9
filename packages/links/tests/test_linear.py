"""Fully connected layers, look-up tables and layers with one number for each channel, held to NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.special import expit, log_softmax

import catenary
import catenary.functions as F
import catenary.links as L
from catenary import Sequential, using_config
from catenary.errors import ArgumentError, ArgumentTypeError, ShapeError
from catenary.testing import LinkCase, WrongCall, link_tests, wrong_call_tests

Array = np.ndarray[Any, Any]
Values = dict[str, Array]
LABELS = np.array([1, 0, 1, 1])
MASK = np.array([[[1, 0, 1], [0, 1, 1]]] * 4, np.float64)


def linear(v: Values, x: Array, prefix: str = "") -> Array:
    return x.reshape(len(x), -1) @ v[f"{prefix}W"].T + v.get(f"{prefix}b", 0.0)


def bilinear(v: Values, e1: Array, e2: Array) -> Array:
    y = np.einsum("ni,nj,ijk->nk", e1.reshape(len(e1), -1), e2.reshape(len(e2), -1), v["W"])
    return y + e1 @ v["V1"] + e2 @ v["V2"] + v["b"] if "b" in v else y


def highway(v: Values, x: Array) -> Array:
    t = expit(linear(v, x, "transform/"))
    return t * np.maximum(linear(v, x, "plain/"), 0) + (1 - t) * x


def maxout(v: Values, x: Array) -> Array:
    return linear(v, x, "linear/").reshape(len(x), 2, 4).max(2)


def dropconnect(v: Values, x: Array) -> Array:
    return np.einsum("nio,no->ni", MASK * v["W"], x) / 0.75 + v["b"]


def classifier(v: Values, x: Array, t: Array) -> Array:
    return -log_softmax(linear(v, x, "predictor/"), 1)[np.arange(len(t)), t].mean()


def in_two(y: Any) -> list[Any]:
    return [y[:1], y[1:]]


IMAGES = (2, 3, 4)
CASES = [
    LinkCase(L.Linear, lambda: L.Linear(3, 2), [(4, 3)], linear, lazy=lambda: L.Linear(None, 2)),
    LinkCase(
        L.Linear,
        lambda: L.Linear(6, 2, nobias=True),
        [(4, 3, 2)],
        linear,
        lazy=lambda: L.Linear(2, nobias=True),
        name="nobias",
    ),
    LinkCase(L.EmbedID, lambda: L.EmbedID(5, 3), [np.array([[1, 4], [0, 1]])], lambda v, x: v["W"][x]),
    LinkCase(L.Classifier, lambda: L.Classifier(L.Linear(3, 2)), [(4, 3), LABELS], classifier),
    LinkCase(
        L.ClassifierLike,
        lambda: L.ClassifierLike(Sequential(L.Linear(3, 2), in_two)),
        [(4, 3), LABELS],
        lambda v, x, t: classifier({key.replace("predictor/0/", "predictor/"): a for key, a in v.items()}, x, t),
        call=lambda link, x, t: link(x, [t[:1], t[1:]]),
    ),
    LinkCase(L.Bilinear, lambda: L.Bilinear(2, 3, 4), [(5, 2), (5, 3)], bilinear),
    LinkCase(L.Bilinear, lambda: L.Bilinear(6, 3, 4, nobias=True), [(5, 2, 3), (5, 3)], bilinear, name="nobias"),
    LinkCase(L.Highway, lambda: L.Highway(3), [(4, 3)], highway),
    LinkCase(L.Highway, lambda: L.Highway(3, nobias=True, activate=F.relu), [(4, 3)], highway, name="nobias"),
    LinkCase(L.Maxout, lambda: L.Maxout(3, 2, 4), [(5, 3)], maxout, lazy=lambda: L.Maxout(None, 2, 4)),
    LinkCase(L.Maxout, lambda: L.Maxout(6, 2, 4, initial_bias=None), [(5, 3, 2)], maxout, name="nobias"),
    LinkCase(
        L.SimplifiedDropconnect,
        lambda: L.SimplifiedDropconnect(3, 2, 0.25),
        [(4, 3)],
        dropconnect,
        call=lambda link, x: link(x, mask=link.device.send(MASK)),
        lazy=lambda: L.SimplifiedDropconnect(None, 2, 0.25),
    ),
    LinkCase(
        L.SimplifiedDropconnect,
        lambda: L.SimplifiedDropconnect(6, 2, nobias=True),
        [(4, 3, 2)],
        linear,
        call=lambda link, x: link(x, train=False),
        lazy=lambda: L.SimplifiedDropconnect(None, 2, nobias=True),
        name="test-time",
    ),
    LinkCase(L.Parameter, lambda: L.Parameter(np.ones((2, 3))), [], lambda v: v["W"]),
    LinkCase(L.Bias, lambda: L.Bias(1, (3,)), [IMAGES], lambda v, x: x + v["b"][:, None]),
    LinkCase(L.Bias, lambda: L.Bias(-2), [IMAGES, (3, 4)], lambda v, x, y: x + y, name="of-two"),
    LinkCase(L.Scale, lambda: L.Scale(1, (3, 4)), [IMAGES], lambda v, x: x * v["W"]),
    LinkCase(
        L.Scale,
        lambda: L.Scale(0, (2,), bias_term=True),
        [IMAGES],
        lambda v, x: x * v["W"][:, None, None] + v["bias/b"][:, None, None],
        name="bias",
    ),
    LinkCase(
        L.Scale,
        lambda: L.Scale(1, bias_term=True, bias_shape=(3,)),
        [IMAGES, (3,)],
        lambda v, x, y: x * y[:, None] + v["bias/b"][:, None],
        name="of-two",
    ),
    LinkCase(L.PReLU, L.PReLU, [IMAGES], lambda v, x: np.where(x > 0, x, v["W"] * x)),
    LinkCase(
        L.PReLU, lambda: L.PReLU((3,)), [IMAGES], lambda v, x: np.where(x > 0, x, v["W"][:, None] * x), name="channels"
    ),
    LinkCase(L.Swish, lambda: L.Swish((3,)), [IMAGES], lambda v, x: x * expit(v["beta"][:, None] * x)),
    LinkCase(
        L.Swish,
        lambda: L.Swish((3, 4)),
        [IMAGES],
        lambda v, x: x * expit(v["beta"] * x),
        lazy=lambda: L.Swish(None),
        name="all",
    ),
]
test_links = link_tests(CASES)

X = np.ones((2, 3), np.float32)
WRONG = [
    WrongCall("Linear", lambda: L.Linear(3, 0), ArgumentError, "out_size must be positive, got 0"),
    WrongCall("EmbedID", lambda: L.EmbedID(None, 2), ArgumentTypeError, "in_size must be an integer, got None"),
    WrongCall(
        "ClassifierLike",
        lambda: L.ClassifierLike(lambda x: [x, x])(np.ones((2, 3)), [LABELS]),
        ArgumentError,
        "the label must be a list of 2 arrays, got 1",
    ),
    WrongCall("Classifier", lambda: L.Classifier(3), ArgumentTypeError, "predictor must be a link, got int"),
    WrongCall("Classifier", lambda: L.Classifier(L.Linear(2), label_key=1.5), ArgumentTypeError, "label_key must be"),
    WrongCall("Bilinear", lambda: L.Bilinear(None, 2, 2), ArgumentTypeError, "left_size must be an integer, got None"),
    WrongCall(
        "Bilinear",
        lambda: L.Bilinear(2, 2, 2, initial_bias=3),
        ArgumentTypeError,
        "initial_bias must be a tuple of three, or None, got 3",
    ),
    WrongCall("Highway", lambda: L.Highway(None), ArgumentTypeError, "in_out_size must be an integer, got None"),
    WrongCall("Maxout", lambda: L.Maxout(3, 2, 0), ArgumentError, "pool_size must be positive, got 0"),
    WrongCall(
        "Maxout",
        lambda: L.Maxout(3, 2, 2, initialW=np.ones((4, 3))),
        ShapeError,
        "initialW must have shape (2, 2, inputs), got (4, 3)",
    ),
    WrongCall(
        "Maxout",
        lambda: L.Maxout(3, 2, 2, initial_bias=np.ones(4)),
        ShapeError,
        "initial_bias must have shape (2, 2), got (4,)",
    ),
    WrongCall(
        "SimplifiedDropconnect",
        lambda: L.SimplifiedDropconnect(0, 2),
        ArgumentError,
        "in_size must be positive, got 0",
    ),
    WrongCall(
        "SimplifiedDropconnect",
        lambda: L.SimplifiedDropconnect(3, 2, ratio=1.0),
        ArgumentError,
        "ratio must be at least 0 and below 1, got 1.0",
    ),
    WrongCall("Parameter", lambda: L.Parameter([1, 2]), ArgumentTypeError, "array must be an array, got list"),
    WrongCall("Bias", lambda: L.Bias(1, (3,))(X, X), ArgumentError, "xs must be 1 inputs, got 2"),
    WrongCall("Scale", lambda: L.Scale(1)(X), ArgumentError, "xs must be 2 inputs, got 1"),
    WrongCall(
        "Scale",
        lambda: L.Scale(bias_term=True),
        ArgumentError,
        "bias_shape must be given for a bias without W_shape, got None",
    ),
    WrongCall("PReLU", lambda: L.PReLU(-1), ArgumentError, "shape must be a tuple of sizes from 0, got -1"),
    WrongCall("Swish", lambda: L.Swish("all"), ArgumentError, "beta_shape must be a tuple of sizes from 0, got 'all'"),
]
test_wrong_calls = wrong_call_tests(WRONG)


def test_a_parameter_is_the_array_that_was_given() -> None:
    array = np.zeros(3)
    link = L.Parameter(array)
    assert link.W.array is array
    assert isinstance(link.W, catenary.Parameter)
    assert link() is link.W


def test_initial_values() -> None:
    assert L.Highway(3).transform.b.array.tolist() == [-1, -1, -1]
    assert L.PReLU((2,)).W.array.tolist() == [0.25, 0.25]
    assert L.Swish((2,), beta_init=3).beta.array.tolist() == [3, 3]
    bilinear = L.Bilinear(1, 1, 2, initialW=5, initial_bias=(np.full((1, 2), 3), 4, np.array([6, 7])))
    assert [bilinear.V1.array.tolist(), bilinear.V2.array.tolist(), bilinear.b.array.tolist()] == [
        [[3, 3]], [[4, 4]], [6, 7],
    ]  # fmt: skip
    with using_config("dtype", np.float64):
        assert {p.dtype for p in L.Bilinear(2, 2, 2).params()} == {np.dtype(np.float64)}


def test_arrays_for_maxout_have_an_axis_of_maps() -> None:
    W, b = np.arange(12.0).reshape(2, 2, 3), np.array([[0.0, 1.0], [2.0, 3.0]])
    x = np.array([[1.0, -2.0, 0.5]], np.float32)
    y = L.Maxout(3, 2, 2, W, b)(x).array
    np.testing.assert_allclose(y[0], (W @ x[0] + b).max(1), rtol=1e-6)


@pytest.mark.parametrize("batchwise", [True, False])
def test_dropconnect_drops_about_so_many_weights(batchwise: bool) -> None:
    catenary.seed(0)
    link = L.SimplifiedDropconnect(1, 5000, 0.3, nobias=True, initialW=1.0)
    y = link(np.ones((2, 1), np.float32), use_batchwise_mask=batchwise).array
    assert abs(float((y == 0).mean()) - 0.3) < 0.02
    np.testing.assert_allclose(y[y != 0], 1 / 0.7, rtol=1e-6)
    assert (y[0] == y[1]).all() == (not batchwise)
