"""The kit finds what is wrong with a function: each check fails on a function that breaks its rule."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import catenary
from catenary import PER_CALL, Saved, as_array
from catenary.arithmetic import mul
from catenary.testing import FunctionCase
from catenary.types import Array, ArrayModule
from catenary_testing import functions as kit


@catenary.function
def right(_: ArrayModule, x: Array) -> Array:
    return x * x * x


right.gradient(x=lambda gy, x: 3 * gy * x * x)


@catenary.function
def wrong_value(_: ArrayModule, x: Array) -> Array:
    return x * x + 1e-3


@catenary.function
def wide(_: ArrayModule, x: Array) -> Array:
    return x.astype("float64") * 2


@catenary.function
def wrong_rule(_: ArrayModule, x: Array) -> Array:
    return x * x * x


wrong_rule.gradient(x=lambda gy, x: 3 * gy * x)


@catenary.function
def wrong_second_order(_: ArrayModule, x: Array) -> Array:
    return x * x * x


wrong_second_order.gradient(x=lambda gy, x: 3 * gy * as_array(x * x))


@catenary.function
def wrong_composition(_: ArrayModule, x: Array, *, saved: Saved = PER_CALL) -> Array:
    saved.x = x
    return x * x * x


wrong_composition.gradient(x=lambda gy, saved: 3 * gy * saved.x * saved.x)


@wrong_composition.compose
def _composed(x: Any) -> Any:
    return mul(x, x)


@catenary.function
def changes_its_input(_: ArrayModule, x: Array) -> Array:
    x *= 1.5
    return x / 1.5


@catenary.function
def reads_memory_order(_: ArrayModule, x: Array) -> Array:
    return x * (1 if x.flags.c_contiguous else 2)


@catenary.function
def uses_the_host(_: ArrayModule, x: Array) -> Array:
    return np.tanh(x)


uses_the_host.gradient(x=lambda gy, y: gy * (1 - y * y))


def case(function: Any, reference: Any = lambda x: x**3, **options: Any) -> FunctionCase:
    return FunctionCase(function, [(2, 3)], reference, **options)


def test_a_right_function_passes() -> None:
    for check in kit.CHECKS:
        check(case(right, order=3))


@pytest.mark.parametrize(
    ("check", "broken"),
    [
        (kit.check_values, case(wrong_value, np.square)),
        (kit.check_values, case(wide, lambda x: 2 * x)),
        (kit.check_values, case(right, lambda x: x[None] ** 3)),
        (kit.check_gradients, case(wrong_rule)),
        (kit.check_gradients, case(wrong_second_order)),
        (kit.check_gradients, case(wrong_composition)),
        (kit.check_memory_order, case(changes_its_input, order=0)),
        (kit.check_memory_order, case(reads_memory_order, order=0)),
    ],
    ids=lambda value: value.__name__ if callable(value) else str(value),
)
def test_a_wrong_function_fails(check: Any, broken: FunctionCase) -> None:
    with pytest.raises(AssertionError):
        check(broken)


def test_a_function_that_uses_the_host_fails_on_the_tripwire() -> None:
    with pytest.raises(catenary.errors.CatenaryError, match="Tripwire"):
        kit.check_tripwire(case(uses_the_host, np.tanh))
