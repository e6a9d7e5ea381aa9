"""`forget`: the same results and gradients as the function itself, with less kept alive."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest

import catenary
import catenary.functions as F
from catenary import Parameter, Variable
from catenary.errors import ArgumentTypeError, GraphError
from catenary.testing import WrongCall, wrong_call_tests


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_the_same_gradients_of_inputs_and_parameters(rng: np.random.Generator) -> None:
    arrays = [rng.standard_normal(s) for s in [(4, 3), (2, 3), (2,)]]

    def gradients(call: Any) -> list[Any]:
        x, W, b = Variable(arrays[0]), Parameter(arrays[1].copy()), Parameter(arrays[2].copy())
        y = call(lambda x: F.tanh(F.linear(x, W, b)), x)
        F.sum(y * y + F.sum(W)).backward()  # W is used outside, too
        return [y.array, x.grad, W.grad, b.grad]

    plain, forgotten = gradients(lambda f, x: f(x)), gradients(F.forget)
    for a, b in zip(plain, forgotten, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_several_inputs_and_outputs(rng: np.random.Generator) -> None:
    x, y = (Variable(rng.standard_normal(3)) for _ in range(2))
    total, product = F.forget(lambda x, y: (x + y, x * y), x, y)
    F.sum(product).backward()
    np.testing.assert_array_equal(total.array, x.array + y.array)
    np.testing.assert_array_equal(x.grad, y.array)


def test_random_numbers_are_the_same_in_both_calls() -> None:
    catenary.seed(0)
    x = Variable(np.ones(1000))
    y = F.forget(lambda x: F.dropout(x, 0.5), x)
    after = catenary.get_device("@numpy").random.random()
    with catenary.using_config("train", False):
        F.sum(y).backward()
    np.testing.assert_array_equal(x.grad, y.array)
    assert 0.4 < (y.array == 0).mean() < 0.6
    catenary.seed(0)
    F.forget(lambda x: F.dropout(x, 0.5), x)
    assert catenary.get_device("@numpy").random.random() == after


def test_nothing_in_between_stays_alive() -> None:
    kept: list[Any] = []

    def work(x: Variable) -> Variable:
        between = F.exp(x)
        kept.append(weakref.ref(between.array))
        return F.exp(between)

    x = Variable(np.zeros(3))
    y = F.forget(work, x)
    gc.collect()
    assert kept[0]() is None
    F.sum(y).backward()
    np.testing.assert_allclose(x.grad, np.full(3, np.e))


def test_no_gradients_of_higher_order() -> None:
    x = Variable(np.ones(2))
    with pytest.raises(GraphError, match="forget: it has no gradients of higher order"):
        catenary.grad([F.sum(F.forget(F.exp, x))], [x], enable_double_backprop=True)


def test_on_another_device() -> None:
    device = catenary.get_device("@tripwire")
    x = Variable(device.send(np.zeros(3)))
    F.sum(F.forget(F.exp, x)).backward()
    assert device.is_array_supported(x.grad)


WRONG = [
    WrongCall("forget", lambda: F.forget(3, np.ones(2)), ArgumentTypeError, "func must be a function, got int"),
    WrongCall(
        "forget", lambda: F.forget(lambda x: x.array, np.ones(2)), ArgumentTypeError, "func must return Variables"
    ),
]
test_wrong_calls = wrong_call_tests(WRONG)
