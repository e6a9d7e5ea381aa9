"""The functions of the family noise, held to NumPy and SciPy by the conformance kit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.special
import scipy.stats

import catenary
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


def dropout(x: Array, ratio: float, rng: np.random.Generator) -> Array:
    return x * (rng.random(x.shape, "float32") >= ratio) / (1 - ratio)


def drop_path(x: Array, ratio: float, rng: np.random.Generator) -> Array:
    kept = rng.random((len(x), *[1] * (x.ndim - 1)), "float32") >= ratio
    return x * kept / (1 - ratio)


def zoneout(h: Array, x: Array, ratio: float, rng: np.random.Generator) -> Array:
    return np.where(rng.random(x.shape, "float32") < ratio, h, x)


def simplified_dropconnect(
    x: Array, W: Array, b: Any = 0.0, ratio: float = 0.5, batchwise: bool = True, *, rng: np.random.Generator
) -> Array:
    x = x.reshape(len(x), -1)
    kept = rng.random((len(x), *W.shape) if batchwise else W.shape, "float32") >= ratio
    weights = np.broadcast_to(W * kept / (1 - ratio), (len(x), *W.shape))
    return np.stack([w @ row for w, row in zip(weights, x, strict=True)]) + b


def masked_dropconnect(x: Array, W: Array, b: Array, mask: Array) -> Array:
    return np.stack([(W * m / 0.75) @ row for m, row in zip(mask, x, strict=True)]) + b


def gaussian(mean: Array, ln_var: Array, rng: np.random.Generator) -> Array:
    return mean + np.sqrt(np.exp(ln_var)) * rng.standard_normal(mean.shape, "float32")


def gumbel_softmax(log_pi: Array, rng: np.random.Generator, tau: float = 0.1, axis: int = 1) -> Array:
    noise = -np.log(rng.standard_exponential(log_pi.shape, "float32"))
    return np.asarray(scipy.special.softmax((log_pi + noise) / tau, axis))


MASK = np.arange(24).reshape(4, 2, 3) % 5 > 1
CASES = [
    *(case(F.dropout, [shape], dropout, {"ratio": 0.4}, random=True) for shape in [(4, 5), (), (0, 3)]),
    *(case(F.drop_path, [shape], drop_path, {"ratio": 0.4}, random=True) for shape in [(6,), (6, 2, 2), (0, 3)]),
    *(
        case(F.zoneout, [shape, shape], zoneout, {"ratio": ratio}, random=True)
        for shape, ratio in [((4, 5), 0.3), ((), 0.5), ((0, 2), 0.5), ((3, 2), 1.0)]
    ),
    case(F.simplified_dropconnect, [(4, 3), (2, 3), (2,)], simplified_dropconnect, {"ratio": 0.3}, random=True),
    case(F.simplified_dropconnect, [(2, 3, 2), (4, 6)], simplified_dropconnect, random=True, name="flattened"),
    case(
        F.simplified_dropconnect,
        [(4, 3), (2, 3), (2,)],
        lambda x, W, b, use_batchwise_mask, rng: simplified_dropconnect(x, W, b, 0.5, use_batchwise_mask, rng=rng),
        {"use_batchwise_mask": False},
        random=True,
        name="one_mask",
    ),
    case(F.simplified_dropconnect, [(4, 3), (2, 3)], lambda x, W, train: x @ W.T, {"train": False}, name="not_train"),
    case(
        F.simplified_dropconnect,
        [(4, 3), (2, 3), (2,), MASK],
        masked_dropconnect,
        name="given",
        route=lambda x, W, b, mask: F.simplified_dropconnect(x, W, b, 0.25, mask=catenary.as_array(mask)),
    ),
    *(case(F.gaussian, [shape, shape], gaussian, random=True) for shape in [(4, 5), (), (0, 3)]),
    *(
        case(F.gumbel_softmax, [shape], gumbel_softmax, options, random=True)
        for shape, options in [((4, 5), {"tau": 1.0}), ((2, 3, 2), {"tau": 0.5, "axis": -1}), ((0, 3), {})]
    ),
]
test_functions = function_tests(CASES)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda x: F.dropout(x), 1.0),
        (lambda x: F.drop_path(x, 0.5), 1.0),
        (lambda x: F.zoneout(x * 3, x), 1.0),
    ],
)
def test_outside_of_training_nothing_is_left_to_chance(call: Callable[[Any], Variable], expected: float) -> None:
    with catenary.using_config("train", False):
        np.testing.assert_array_equal(call(Variable(np.ones((20, 20)))).array, np.full((20, 20), expected))


def test_what_was_drawn_comes_back_and_can_be_given() -> None:
    x = np.ones((5, 6), np.float32)
    y, mask = F.dropout(x, return_mask=True)
    np.testing.assert_array_equal(F.dropout(x, mask=mask).array, y.array)
    y, eps = F.gaussian(x, x, return_eps=True)
    np.testing.assert_array_equal(F.gaussian(x, x, eps=eps).array, y.array)


def test_distributions_of_what_is_drawn() -> None:
    many = np.zeros(20000, np.float32)
    y = F.gaussian(many + 1, many + np.log(np.float32(4))).array
    assert scipy.stats.kstest(y, scipy.stats.norm(1, 2).cdf).pvalue > 1e-4
    p = np.array([0.2, 0.5, 0.3], np.float32)
    chosen = F.gumbel_softmax(np.tile(np.log(p), (20000, 1))).array.argmax(1)
    assert scipy.stats.chisquare(np.bincount(chosen), 20000 * p.astype(float) / p.sum(dtype=float)).pvalue > 1e-4


X = np.ones((4, 3))
WRONG: list[WrongCall] = [
    *(
        WrongCall(
            f.__name__, lambda f=f: f(X, ratio=1.0), ArgumentError, "ratio must be at least 0 and below 1, got 1.0"
        )
        for f in (F.dropout, F.drop_path)
    ),
    WrongCall("drop_path", lambda: F.drop_path(1.0, 0.5), ArgumentTypeError, "x must be an array, got float"),
    WrongCall("zoneout", lambda: F.zoneout(X, X[0]), ShapeError, "the inputs must have the same shape"),
    WrongCall("zoneout", lambda: F.zoneout(X, X, 1.5), ArgumentError, "ratio must be from 0 to 1, got 1.5"),
    WrongCall(
        "simplified_dropconnect",
        lambda: F.simplified_dropconnect(X, X, mask=X),
        ShapeError,
        "mask must have shape (4, 4, 3), got (4, 3)",
    ),
    WrongCall(
        "simplified_dropconnect",
        lambda: F.simplified_dropconnect(X, X[:, :2]),
        ShapeError,
        "x has 3 features, W expects 2",
    ),
    WrongCall("gaussian", lambda: F.gaussian(X, X[0]), ShapeError, "the inputs must have the same shape"),
    WrongCall(
        "gaussian", lambda: F.gaussian(X, X, eps=X[0]), ShapeError, "eps must have shape (4, 3) as mean has, got"
    ),
    WrongCall("gumbel_softmax", lambda: F.gumbel_softmax(X, tau=0), ArgumentError, "tau must be positive, got 0"),
    WrongCall("gumbel_softmax", lambda: F.gumbel_softmax(X[0]), ArgumentError, "axis must be from -1 to 0, got 1"),
]
test_wrong_calls = wrong_call_tests(WRONG)
