"""The functions of the family activation, held to NumPy and SciPy by the conformance kit."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import scipy.special

import catenary
import catenary.functions as F
from catenary.errors import ArgumentError, ArgumentTypeError, ShapeError
from catenary.testing import (
    FunctionCase as case,
    WrongCall,
    elementwise,
    function_tests,
    property_tests,
    wrong_call_tests,
)

Array = np.ndarray[Any, Any]
AWAY = (0.2, 3.0)  # where a function has no kink and no pole


def selu(x: Array, alpha: float = 1.6732632423543772, scale: float = 1.0507009873554805) -> Array:
    return scale * np.where(x > 0, x, alpha * (np.exp(x) - 1))


def celu(x: Array, alpha: float = 1.0) -> Array:
    return np.maximum(x, 0) + np.minimum(alpha * (np.exp(x / alpha) - 1), 0)


def maxout(x: Array, pool_size: int, axis: int = 1) -> Array:
    return np.maximum.reduceat(x, range(0, x.shape[axis], pool_size), axis)


def gelu(x: Array, approximate: str) -> Array:
    if approximate == "none":
        return x * scipy.special.ndtr(x)
    return x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def rrelu(x: Array, rng: Any, l: float = 1 / 8, u: float = 1 / 3) -> Array:  # noqa: E741
    return np.where(x > 0, x, x * (rng.random(x.shape, "float32") * (u - l) + l))


CASES = [
    *elementwise(F.relu, lambda x: np.where(x > 0, x, 0)),
    *elementwise(F.leaky_relu, lambda x: np.where(x > 0, x, 0.2 * x)),
    case(F.leaky_relu, [(3, 4)], lambda x, slope: np.where(x > 0, x, slope * x), {"slope": -1.5}),
    *elementwise(F.elu, lambda x: np.where(x > 0, x, np.exp(x) - 1)),
    case(F.elu, [(3, 4)], lambda x, alpha: np.where(x > 0, x, alpha * (np.exp(x) - 1)), {"alpha": 2.0}),
    *elementwise(F.sigmoid, scipy.special.expit),
    case(F.sigmoid, [np.array([-1000.0, 1000.0])], scipy.special.expit, order=0),
    *elementwise(F.tanh, np.tanh),
    *elementwise(F.softplus, lambda x: np.log1p(np.exp(x))),
    case(F.softplus, [(3,)], lambda x, beta: np.log1p(np.exp(beta * x)) / beta, {"beta": 2.0}),
    *(case(F.softmax, [s], scipy.special.softmax, {"axis": a}) for s, a in [((2, 3), 1), ((2, 3, 2), -1), ((0, 3), 1)]),
    *(case(F.log_softmax, [s], scipy.special.log_softmax, {"axis": a}) for s, a in [((2, 3), 1), ((2, 3, 2), 0)]),
    *elementwise(F.selu, selu),
    case(F.selu, [(3, 4)], selu, {"alpha": 0.5, "scale": 2.0}),
    *elementwise(F.celu, celu),
    case(F.celu, [(3, 4)], celu, {"alpha": 0.5}),
    *elementwise(F.clipped_relu, lambda x, z: np.clip(x, 0, z), attributes={"z": 0.7}),
    case(F.clipped_relu, [np.array([-1.0, 5.0, 19.0, 21.0])], lambda x: np.clip(x, 0, 20)),
    *elementwise(F.relu6, lambda x: np.clip(x, 0, 6), domain=(-2, 8)),
    *elementwise(F.hard_sigmoid, lambda x: np.clip(0.2 * x + 0.5, 0, 1), domain=(-4, 4)),
    *elementwise(F.hard_swish, lambda x: x * np.clip(x + 3, 0, 6) / 6, domain=(-4, 4)),
    *elementwise(F.log_sigmoid, scipy.special.log_expit),
    case(F.log_sigmoid, [np.array([-1000.0, 1000.0])], scipy.special.log_expit, order=0),
    *elementwise(F.softsign, lambda x: x / (1 + np.abs(x)), domain=AWAY),
    *elementwise(F.softsign, lambda x: x / (1 + np.abs(x)), domain=(-3, -0.2)),
    *elementwise(F.silu, lambda x: x * scipy.special.expit(x)),
    *elementwise(F.mish, lambda x: x * np.tanh(np.log1p(np.exp(x)))),
    *elementwise(F.gelu, gelu, attributes={"approximate": "none"}),
    *elementwise(F.gelu, gelu, attributes={"approximate": "tanh"}),
    *(
        case(F.swish, [x, beta], lambda x, beta: x * scipy.special.expit(x * beta.reshape(beta.shape + (1,) * 2)))
        for x, beta in [((2, 3, 4, 5), (3,)), ((0, 3, 1, 1), (3,))]
    ),
    *(case(F.swish, [(2, 3, 4), beta], lambda x, beta: x * scipy.special.expit(x * beta)) for beta in [(), (3, 4)]),
    *(
        case(F.prelu, [x, W], lambda x, W: np.where(x > 0, x, x * W.reshape(W.shape + (1,) * 2)))
        for x, W in [((2, 3, 4, 5), (3,)), ((0, 3, 1, 1), (3,))]
    ),
    *(case(F.prelu, [(2, 3, 4), W], lambda x, W: np.where(x > 0, x, x * W)) for W in [(), (3, 4)]),
    # A drawn float32 slope is rounded in half precision.
    *(
        case(F.rrelu, [(3, 4)], rrelu, options, random=True, dtypes=["float32", "float64"])
        for options in [{}, {"l": 0.5, "u": 0.6}]
    ),
    case(F.crelu, [(2, 3)], lambda x: np.maximum(np.concatenate([x, -x], 1), 0)),
    case(F.crelu, [(2, 3, 2)], lambda x, axis: np.maximum(np.concatenate([x, -x], axis), 0), {"axis": -1}),
    case(F.maxout, [(2, 6)], maxout, {"pool_size": 3}),
    case(F.maxout, [(2, 3, 4)], maxout, {"pool_size": 2, "axis": -1}),
    case(F.glu, [(2, 6)], lambda x: x[:, :3] * scipy.special.expit(x[:, 3:])),
    case(F.glu, [(4, 3, 2)], lambda x, axis: x[:2] * scipy.special.expit(x[2:]), {"axis": 0}),
]
test_functions = function_tests(CASES)
test_any_shapes = property_tests(CASES)

X = np.ones((2, 3))
ONE_INPUT = (
    "celu clipped_relu elu gelu hard_sigmoid hard_swish leaky_relu log_sigmoid mish relu relu6 selu sigmoid silu "
    "softplus softsign tanh"
)
WRONG: list[WrongCall] = [
    *(
        WrongCall(name, functools.partial(getattr(F, name), "x"), ArgumentTypeError, "x must be an array, got str")
        for name in ONE_INPUT.split()
    ),
    WrongCall("softmax", lambda: F.softmax(X, 2), ArgumentError, "axis 2 is out of bounds for array of dimension 2"),
    WrongCall("log_softmax", lambda: F.log_softmax(X, 2), ArgumentError, "axis 2 is out of bounds for array of dim"),
    WrongCall("gelu", lambda: F.gelu(X, "erf"), ArgumentError, "approximate must be 'none' or 'tanh', got 'erf'"),
    WrongCall("swish", lambda: F.swish(X, np.ones(2)), ShapeError, "beta must have the lengths of the axes of x from"),
    WrongCall("prelu", lambda: F.prelu(X, np.ones(1)), ShapeError, "W must have the lengths of the axes of x from 1"),
    WrongCall("rrelu", lambda: F.rrelu(X, 0.5, 0.4), ArgumentError, "l must not be above u, got 0.5 and 0.4"),
    WrongCall("rrelu", lambda: F.rrelu(X, r=np.ones(3)), ShapeError, "r must have the shape of x, (2, 3), got (3,)"),
    WrongCall("crelu", lambda: F.crelu(X, 2), ArgumentError, "axis must be from -2 to 1, got 2"),
    WrongCall("maxout", lambda: F.maxout(X, 2, 2), ArgumentError, "axis must be from -2 to 1, got 2"),
    WrongCall("maxout", lambda: F.maxout(X, 2), ShapeError, "axis 1 of length 3 must be divisible by pool_size, got 2"),
    WrongCall("glu", lambda: F.glu(X), ShapeError, "the length of axis -1 must be even, got 3"),
]
test_wrong_calls = wrong_call_tests(WRONG)


def test_rrelu_outside_of_training_has_the_mean_slope() -> None:
    x = np.array([-1.0, 2.0], np.float32)
    with catenary.using_config("train", False):
        y, r = F.rrelu(x, 0.2, 0.4, return_r=True)
    np.testing.assert_allclose(y.array, [-0.3, 2])
    np.testing.assert_allclose(r, [0.3, 0.3])
    assert y.dtype == r.dtype == np.float32


def test_rrelu_takes_and_gives_slopes() -> None:
    x = np.linspace(-2, 1, 12)
    y, r = F.rrelu(x, return_r=True)
    assert ((r >= 1 / 8) & (r <= 1 / 3)).all()
    assert len(np.unique(r)) == 12
    np.testing.assert_allclose(y.array, np.where(x > 0, x, r * x))
    np.testing.assert_array_equal(F.rrelu(x, r=r).array, y.array)


def test_gates_do_not_overflow() -> None:
    x = np.array([-1e4, 1e4], np.float32)
    for f in (F.silu, F.mish, F.gelu, F.log_sigmoid, functools.partial(F.gelu, approximate="tanh")):
        v = catenary.Variable(x)
        y = f(v)
        y.grad = np.ones_like(x)
        y.backward()
        assert np.isfinite(y.array).all()
        assert np.isfinite(v.grad).all()
