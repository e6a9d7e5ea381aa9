"""The first NaN or infinity: the error names the function that made it and the line that called it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import catenary
import catenary.functions as F
from catenary import Variable
from catenary.errors import NaNError
from catenary.function_hooks import AnomalyHook, detect_anomaly
from catenary.types import Array, ArrayModule

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of NumPy, about the very numbers


def variable(*values: float) -> Variable:
    return Variable(np.array(values, np.float32))


def log_of_nothing() -> Any:
    x = variable(1, 0)
    h = F.log(x)
    return F.sum(h * 2)


def overflow() -> Any:
    x = variable(1, 1000)
    return F.sum(F.tanh(F.exp(x)))


def nothing_by_nothing() -> Any:
    x = variable(0, 1)
    return F.sum(x / (x * 0))


@catenary.several_outputs
def exp_and_self(xp: ArrayModule, x: Array) -> tuple[Array, Array]:
    return xp.exp(x), x.copy()


exp_and_self.gradient(x=lambda gys: gys[0] + gys[1])


def several_results() -> Any:
    high, low = exp_and_self(variable(1000))
    return F.sum(low + high)


def gradient_without_a_number() -> Any:
    x = variable(0, 1)
    y = F.sqrt(x) * 0
    F.sum(y).backward()


def infinite_gradient() -> Any:
    x = variable(0, 1)
    y = F.sqrt(x * 1)
    F.sum(y).backward()


def data_without_numbers() -> Any:
    x = np.array([1, np.nan], np.float32)
    return F.exp(Variable(x))


ANOMALIES = [
    (log_of_nothing, "log: infinity in the result", "h = F.log(x)"),
    (overflow, "exp: infinity in the result", "return F.sum(F.tanh(F.exp(x)))"),
    (nothing_by_nothing, "div: NaN in the result", "return F.sum(x / (x * 0))"),
    (several_results, "exp_and_self: infinity in the result", "high, low = exp_and_self(variable(1000))"),
    (gradient_without_a_number, "gradient of sqrt: NaN", "y = F.sqrt(x) * 0"),
    (infinite_gradient, "infinity in the gradient", "y = F.sqrt(x * 1)"),
    (data_without_numbers, "exp: NaN in input 0", "return F.exp(Variable(x))"),
]


def line_of(function: Callable[[], Any], text: str) -> int:
    lines, first = inspect.getsourcelines(function)
    return first + next(i for i, line in enumerate(lines) if text in line)


@pytest.mark.parametrize(("function", "message", "line"), ANOMALIES, ids=lambda value: getattr(value, "__name__", None))
def test_the_function_and_the_line_are_named(function: Callable[[], Any], message: str, line: str) -> None:
    with pytest.raises(NaNError) as caught, detect_anomaly():
        function()
    text = "\n".join([str(caught.value), *caught.value.__notes__])
    assert message in text
    assert re.search(rf"called at .*test_anomaly\.py:{line_of(function, line)}: {re.escape(line)}", text), text
    assert not catenary.is_debug()
    assert not catenary.get_function_hooks()


def test_infinity_in_masks_is_let_pass() -> None:
    x = variable(1, 2, 3)
    mask = np.array([True, True, False])
    with detect_anomaly():
        y = F.softmax(F.where(mask, x, np.full(3, -np.inf, np.float32))[None])
        F.sum(y * y).backward()
    assert np.isfinite(x.grad).all()


def test_infinity_only_if_asked() -> None:
    with detect_anomaly(infinity=False):
        y = F.exp(F.log(variable(1, 0)) * 2)
    np.testing.assert_array_equal(y.array, [1, 0])


def test_sound_numbers_pass_and_the_results_are_the_same() -> None:
    x, other = variable(1, 2), variable(1, 2)
    with detect_anomaly() as hook:
        F.sum(F.exp(x) / 3).backward()
    F.sum(F.exp(other) / 3).backward()
    np.testing.assert_array_equal(x.grad, other.grad)
    assert isinstance(hook, AnomalyHook)


def test_no_graph_is_kept_alive() -> None:
    with detect_anomaly() as hook:
        y = F.exp(variable(1))
        assert len(hook._calls) == 1
        del y
        assert len(hook._calls) == 0


def test_tripwire_arrays() -> None:
    device = catenary.get_device("@tripwire")
    x = Variable(device.send(np.array([1, 0], np.float32)))
    with pytest.raises(NaNError, match="log: infinity in the result"), detect_anomaly():
        F.sum(F.log(x))


def test_other_errors_are_left_alone() -> None:
    with pytest.raises(KeyError) as caught, detect_anomaly():
        raise KeyError("other")
    assert not hasattr(caught.value, "__notes__")
