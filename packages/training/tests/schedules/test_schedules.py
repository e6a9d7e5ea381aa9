from __future__ import annotations

import math
from itertools import pairwise

import pytest

from catenary.errors import ArgumentError, ArgumentTypeError
from catenary.training import schedules

TIMES = [0, 0.5, 1, 2, 2.5, 3, 7, 9.5, 10, 11, 100]


def lines(t, *points):
    """Return the value at `t` of straight lines through points of time and value."""
    for (t1, v1), (t2, v2) in pairwise(points):
        if t1 <= t < t2:
            return v1 + (v2 - v1) * (t - t1) / (t2 - t1)
    return points[-1][1]


def half_wave(t, t1, t2):
    """Fall from 1 at t1 to 0 at t2."""
    return 0.5 + 0.5 * math.cos(math.pi * (min(t, t2) - t1) / (t2 - t1))


FORMULAS = [
    (schedules.exponential(3, 0.9), lambda t: 3 * math.exp(t * math.log(0.9))),
    (schedules.exponential(3, 0.9, target=1), lambda t: max(1, 3 * math.exp(t * math.log(0.9)))),
    (schedules.exponential(3, 1.1, target=5), lambda t: min(5, 3 * math.exp(t * math.log(1.1)))),
    (schedules.inverse(3, 0.2, 1.5), lambda t: 3 / math.sqrt(1 + t / 5) ** 3),
    (schedules.inverse(3, 0.2, 1.5, target=1), lambda t: max(1, 3 / math.sqrt(1 + t / 5) ** 3)),
    (schedules.inverse(3, 0.2, -1, target=5), lambda t: min(5, 3 * (1 + t / 5))),
    (schedules.linear((3, 1), (2, 10)), lambda t: lines(t, (0, 3), (2, 3), (10, 1))),
    (schedules.multistep(3, 0.5, [2, 2.5, 10]), lambda t: 3 / 2 ** ((t >= 2) + (t >= 2.5) + (t >= 10))),
    (schedules.multistep(3, 0.5, []), lambda t: 3),
    (schedules.polynomial(3, 2, 10), lambda t: 3 * (1 - t / 10) * (1 - t / 10) if t < 10 else 0),
    (schedules.polynomial(3, 2, 10, target=1), lambda t: max(1, 3 * (1 - t / 10) ** 2 if t < 10 else 0)),
    (schedules.step(3, 0.5, 2.5), lambda t: 3 / 2 ** math.floor(t / 2.5)),
    (schedules.step(3, 0.5, 2, target=1), lambda t: max(1, 3 / 2 ** math.floor(t / 2))),
    (schedules.warmup(3, 1, 2.5), lambda t: lines(t, (0, 1), (2.5, 3))),
    (schedules.warmup(3, 1, 0), lambda t: 3),
    (schedules.cosine(3, 10), lambda t: 3 * half_wave(t, 0, 10)),
    (schedules.cosine(3, 10, 1), lambda t: 1 + 2 * half_wave(t, 0, 10)),
    (
        schedules.cosine(3, 10, 1, warmup_iter=2, warmup_start=0.5),
        lambda t: lines(t, (0, 0.5), (2, 3)) if t < 2 else 1 + 2 * half_wave(t, 2, 10),
    ),
    (
        schedules.one_cycle(3, 10, 1, 0.5, rise=0.25),
        lambda t: 3 - 2 * half_wave(t, 0, 2.5) if t < 2.5 else 0.5 + 2.5 * half_wave(t, 2.5, 10),
    ),
    (
        schedules.one_cycle(3, 10),
        lambda t: 3 - 2.88 * half_wave(t, 0, 3) if t < 3 else 1.2e-5 + (3 - 1.2e-5) * half_wave(t, 3, 10),
    ),
]


@pytest.mark.parametrize(("schedule", "formula"), FORMULAS)
def test_formula(schedule, formula):
    assert [schedule(t) for t in TIMES] == pytest.approx([formula(t) for t in TIMES], rel=1e-12, abs=1e-12)


def test_a_target_holds_negative_values_too():
    schedule = schedules.step(-4.0, 0.5, 1, target=-1)
    assert [schedule(t) for t in range(4)] == [-4.0, -2.0, -1.0, -1]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: schedules.exponential(1, -0.1), ArgumentError, "exponential: rate must not be negative, got -0.1"),
        (lambda: schedules.exponential(1, "x"), ArgumentTypeError, "exponential: rate must be a number, got str"),
        (lambda: schedules.inverse(1, -1, 2), ArgumentError, "inverse: gamma must not be negative, got -1"),
        (lambda: schedules.linear((1, 2, 3), (1, 2)), ArgumentError, "linear: value_range must have two numbers, got"),
        (lambda: schedules.linear((1, 2), (1,)), ArgumentError, "linear: time_range must have two numbers, got"),
        (lambda: schedules.linear((1, 2), (5, 3)), ArgumentError, "linear: time_range must not run backwards, got"),
        (lambda: schedules.multistep(1, 0.1, [4, 2]), ArgumentError, "multistep: step_value must be in ascending"),
        (lambda: schedules.multistep(1, -0.1, [4]), ArgumentError, "multistep: gamma must not be negative, got -0.1"),
        (lambda: schedules.polynomial(1, -1, 4), ArgumentError, "polynomial: rate must not be negative, got -1"),
        (lambda: schedules.polynomial(1, 1, 0), ArgumentError, "polynomial: max_count must be more than 0, got 0"),
        (lambda: schedules.step(1, 0.1, 0), ArgumentError, "step: step must be more than 0, got 0"),
        (lambda: schedules.step(1, math.nan, 1), ArgumentError, "step: gamma must not be negative, got nan"),
        (lambda: schedules.warmup(1, 0.1, -1), ArgumentError, "warmup: warmup_iter must not be negative, got -1"),
        (lambda: schedules.cosine(1, 5, warmup_iter=5), ArgumentError, "cosine: max_count must be more than warmup_it"),
        (lambda: schedules.cosine(1, 0), ArgumentError, "cosine: max_count must be more than warmup_iter, got 0 and 0"),
        (lambda: schedules.one_cycle(1, 9, rise=1), ArgumentError, "one_cycle: rise must be between 0 and 1, got 1"),
        (lambda: schedules.one_cycle(1, 0), ArgumentError, "one_cycle: max_count must be more than 0, got 0"),
    ],
)
def test_wrong_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call()
