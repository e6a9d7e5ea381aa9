"""Function hooks: when they run, in which order, and what they see."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

import catenary
from catenary import FunctionHook, Variable
from catenary.config import settings
from catenary.errors import ArgumentError, GraphError
from catenary.types import Array, Arrays


def leaf(*values: float) -> Variable:
    return Variable(np.array(values, np.float64))


@catenary.several_outputs
def both(_: Any, a: Array, b: Array) -> Any:
    """Return a + b and a * b."""
    return a + b, a * b


both.gradient(a=lambda gys, b: gys[0] + gys[1] * b, b=lambda gys, a: gys[0] + gys[1] * a)


@catenary.function
def total(_: Any, xs: Arrays) -> Array:
    """Sum the inputs."""
    return sum(xs)


total.gradient(xs=lambda gy, xs: [gy] * len(xs))


class Recorder(FunctionHook):
    """Writes down everything that it is told."""

    def __init__(self, log: list[str], name: str = "Recorder") -> None:
        self.log, self.name = log, name

    def added(self, function: Any) -> None:
        self.log.append(f"{self.name} added {function}")

    def deleted(self, function: Any) -> None:
        self.log.append(f"{self.name} deleted {function}")

    def forward_preprocess(self, function: Any, in_data: Any) -> None:
        self.log.append(f"{self.name} > {function.label}")

    def forward_postprocess(self, function: Any, in_data: Any) -> None:
        self.log.append(f"{self.name} < {function.label}")

    def backward_preprocess(self, function: Any, in_data: Any, out_grad: Any) -> None:
        self.log.append(f"{self.name} >> {function.label}")

    def backward_postprocess(self, function: Any, in_data: Any, out_grad: Any) -> None:
        self.log.append(f"{self.name} << {function.label}")


def test_order_and_names() -> None:
    log: list[str] = []
    with Recorder(log, "A"), Recorder(log, "B"):
        y = leaf(2) * 3.0
        y.backward()
    assert log == [
        "A added None",
        "B added None",
        *(f"{name} {mark} mul" for mark in (">", "<", ">>", "<<") for name in "AB"),
        "B deleted None",
        "A deleted None",
    ]


def test_active_hooks_by_name() -> None:
    hook = Recorder([], "mine")
    assert catenary.get_function_hooks() == {}
    with hook as entered:
        assert entered is hook
        assert catenary.get_function_hooks() == {"mine": hook}
    assert catenary.get_function_hooks() == {}


def test_nothing_runs_while_none_is_active() -> None:
    log: list[str] = []
    x = leaf(2)
    before = settings.mode
    with Recorder(log):
        y = x * x
    log.clear()
    y.backward()
    (x * x).backward()
    assert log == []
    assert settings.mode == before


def test_walks_of_any_order() -> None:
    log: list[str] = []
    x = leaf(2)
    y = -(x * x)
    with Recorder(log):
        y.backward(enable_double_backprop=True)
    assert [line for line in log if ">>" in line] == ["Recorder >> neg", "Recorder >> mul"]
    assert "Recorder > neg" in log  # the rules themselves call functions
    log.clear()
    with Recorder(log):
        catenary.grad([y], [x])
    assert log[1:-1] == ["Recorder >> neg", "Recorder << neg", "Recorder >> mul", "Recorder << mul"]


def test_one_call_of_several_outputs_is_seen_once() -> None:
    log: list[str] = []
    with Recorder(log):
        s, p = both(leaf(2), leaf(3))
        catenary.backward([s, p])
    assert log[1:-1] == ["Recorder > both", "Recorder < both", "Recorder >> both", "Recorder << both"]


class Seeing(FunctionHook):
    """Keeps what it was given."""

    name = "Seeing"

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def forward_preprocess(self, function: Any, in_data: Any) -> None:
        self.seen.append((function.label, function.rank, [h.rank for h in function.inputs], in_data))

    def backward_preprocess(self, function: Any, in_data: Any, out_grad: Any) -> None:
        self.seen.append((function.label, in_data, out_grad))


def test_what_hooks_see() -> None:
    x = leaf(2)
    h = x * 1.0
    with Seeing() as hook:
        y = h * 3.0
        z = total([h, x])
    label, rank, ranks, data = hook.seen[0]
    assert (label, rank, ranks, data[1]) == ("mul", 2, [1, 0], 3.0)
    assert data[0] is h.array
    assert hook.seen[1][:3] == ("total", 2, [1, 0])
    with Seeing() as hook:
        y.backward()
        z.backward()
    label, data, gradients = hook.seen[0]
    assert (label, data, gradients[0].item()) == ("mul", (None, 3.0), 1)  # only 3.0 is kept for the rule
    assert [label for label, *_ in hook.seen] == ["mul", "mul", "total", "mul"]


def test_gradients_of_several_outputs_come_as_they_are() -> None:
    _, p = both(leaf(2), leaf(3))
    with Seeing() as hook:
        p.backward()
    assert hook.seen[0][2][0] is None
    assert hook.seen[0][2][1] == 1


def test_hooks_change_no_result() -> None:
    results = []
    for hook in (None, FunctionHook()):
        x, w = leaf(2), leaf(3)
        if hook:
            hook.__enter__()
        y = total([x * w, both(x, w)[0], np.ones(1)])
        y.backward()
        if hook:
            hook.__exit__(None, None, None)
        results.append((y.array.item(), x.grad.item(), w.grad.item()))
    assert results == [(6 + 5 + 1, 4, 3)] * 2


def test_hooks_are_per_thread() -> None:
    log: list[str] = []

    def work() -> None:
        y = leaf(2) * 2.0
        y.backward()
        assert catenary.get_function_hooks() == {}

    with Recorder(log):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert len(log) == 2


def test_a_second_hook_of_the_same_name_is_refused() -> None:
    first = Recorder([], "same")
    with first, pytest.raises(GraphError, match="a hook named 'same' is active in this thread already"):
        Recorder([], "same").__enter__()
    assert catenary.get_function_hooks() == {}


def test_hooks_leave_after_an_error() -> None:
    with pytest.raises(ArgumentError), Recorder([]):
        leaf(1, 2) * leaf(1, 2, 3)
    assert (catenary.get_function_hooks(), settings.mode) == ({}, 0)

    class Refusing(FunctionHook):
        def added(self, function: Any) -> None:
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"), Refusing():
        pass
    assert (catenary.get_function_hooks(), settings.mode) == ({}, 0)


def test_a_failing_hook_is_an_error_of_the_call() -> None:
    class Failing(FunctionHook):
        def backward_postprocess(self, function: Any, in_data: Any, out_grad: Any) -> None:
            raise KeyError("mine")

    x = leaf(1)
    with Failing():
        y = x * 2.0
        with pytest.raises(KeyError, match="mine"):
            y.backward()
    assert x.grad is None
