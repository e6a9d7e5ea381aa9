"""Function hooks: what they see of a small network, forward and backward."""

from __future__ import annotations

import io
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

import catenary
import catenary.functions as F
from catenary import Device, Variable
from catenary.errors import ArgumentError
from catenary.function_hooks import MemoryProfileHook, PrintHook, ProfileHook, TimerHook
from catenary.types import Array, ArrayModule


@catenary.function
def slow(_: ArrayModule, x: Array) -> Array:
    time.sleep(0.02)
    return x.copy()


slow.gradient(x=lambda gy: gy * 1)


@pytest.fixture
def stopped_tracing() -> Iterator[None]:
    yield
    tracemalloc.stop()


def test_timer_counts_calls_and_seconds() -> None:
    x = Variable(np.ones(3, np.float32))
    with TimerHook() as hook:
        F.sum(F.exp(slow(slow(x)))).backward()
    table = hook.summary()
    assert {name: row["occurrence"] for name, row in table.items()} == {
        "slow": 2, "exp": 1, "sum": 1, "Backward slow": 2, "Backward exp": 1, "Backward sum": 1,
    }  # fmt: skip
    assert table["slow"]["elapsed_time"] >= 0.04 > table["exp"]["elapsed_time"]
    assert hook.total_time() == pytest.approx(sum(row["elapsed_time"] for row in table.values()))


def test_timer_report() -> None:
    hook = TimerHook()
    hook.call_history = [("exp", 0.25), ("exp", 0.5), ("log", 2e-6)]
    file = io.StringIO()
    hook.print_report(file=file)
    assert file.getvalue().splitlines() == [
        "function  elapsed_time  occurrence",
        "exp          750.00 ms           2",
        "log            2.00 us           1",
    ]
    hook.print_report("ms", file=(file := io.StringIO()))
    assert "0.00 ms" in file.getvalue()
    with pytest.raises(ArgumentError, match=r"TimerHook.print_report: unit must be 'auto' or one of .* got 'hours'"):
        hook.print_report("hours")


def test_timer_goes_on_after_an_error() -> None:
    with TimerHook() as hook:
        with pytest.raises(ArgumentError):
            F.reshape(np.ones(3), (2,))
        F.exp(np.ones(3))
    assert list(hook.summary()) == ["exp"]


def test_memory_is_that_of_outputs_and_gradients(stopped_tracing: None) -> None:
    x = Variable(np.ones(250_000, np.float32))
    with MemoryProfileHook() as hook:
        F.sum(F.exp(x)).backward()
    table = hook.summary()
    assert table["exp"]["used_bytes"] == pytest.approx(1_000_000, rel=0.05)
    assert abs(table["sum"]["used_bytes"]) < 50_000
    assert hook.total_used_bytes() == sum(int(row["used_bytes"]) for row in table.values())


def test_print_hook_shows_inputs_and_gradients() -> None:
    file = io.StringIO()
    x = Variable(np.array([1.0, 2.0], np.float32))
    with PrintHook(file=file):
        F.sum(F.log(x)).backward()
    assert file.getvalue().splitlines() == [
        "function log",
        "  input 0: (2,) float32, from 1 to 2",
        "function sum",
        "  input 0: (2,) float32, from 0 to 0.693147",
        "backward of function sum",
        "  gradient 0: () float32, from 1 to 1",
        "backward of function log",
        "  gradient 0: (2,) float32, from 1 to 1",
    ]


def test_profile_ranges_open_and_close_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    events = []

    @contextmanager
    def profile_range(device: Device, label: str) -> Iterator[None]:
        events.append(f"{device} {label}")
        yield
        events.append("end")

    monkeypatch.setattr(Device, "profile_range", profile_range)
    with ProfileHook():
        F.exp(Variable(np.ones(2))).sum().backward()
    assert events == [
        "@numpy exp", "end", "@numpy sum", "end", "@numpy Backward sum", "end", "@numpy Backward exp", "end",
    ]  # fmt: skip
