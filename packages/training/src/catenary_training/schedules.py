"""Schedules: how a value such as the learning rate changes during training (``catenary.training.schedules``).

A schedule is a function of the time to a value; the time is the number of updates done, or of epochs, fractions among
them. In a plain loop::

    schedule = schedules.cosine(0.1, max_count=10_000, warmup_iter=500)
    for batch in batches:
        optimizer.lr = schedule(optimizer.t)
        optimizer.update(model, *batch)

The extensions `ExponentialShift`, `CosineShift` and so on do the same for a trainer.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from catenary.errors import ArgumentError, ArgumentTypeError

__all__ = [
    "ScheduleFunction",
    "cosine",
    "exponential",
    "inverse",
    "linear",
    "multistep",
    "one_cycle",
    "polynomial",
    "step",
    "warmup",
]

#: A function of the time to a value.
ScheduleFunction: TypeAlias = Callable[[float], float]


def exponential(init: float, rate: float, target: float | None = None) -> ScheduleFunction:
    """Multiply the value by a rate at each step: init rate^t.

    Args:
        init: The value at time 0.
        rate: The factor, not negative.
        target: Where the value stops; None for nowhere.

    Raises:
        ArgumentError: If `rate` is negative.

    Example:
        >>> from catenary.training import schedules
        >>> schedule = schedules.exponential(1.0, 0.5, target=0.2)
        >>> [schedule(t) for t in range(4)]
        [1.0, 0.5, 0.25, 0.2]
    """
    _check("exponential", at_least_0={"rate": rate})
    return _stopped(lambda t: init * rate**t, target, grows=rate > 1)


def inverse(init: float, gamma: float, power: float, target: float | None = None) -> ScheduleFunction:
    """Divide the value by a power of the time: init (1 + gamma t)^-power.

    Args:
        init: The value at time 0.
        gamma: The factor of the time, not negative.
        power: The exponent.
        target: Where the value stops; None for nowhere.

    Raises:
        ArgumentError: If `gamma` is negative.

    Example:
        >>> from catenary.training import schedules
        >>> schedule = schedules.inverse(1.0, gamma=1, power=2)
        >>> [schedule(t) for t in range(3)]
        [1.0, 0.25, 0.1111111111111111]
    """
    _check("inverse", at_least_0={"gamma": gamma})
    return _stopped(lambda t: init * (1 + gamma * t) ** -power, target, grows=power < 0)


def linear(value_range: Sequence[float], time_range: Sequence[float]) -> ScheduleFunction:
    """Draw a line from one value to another.

    Args:
        value_range: The first and the last value.
        time_range: When the change begins and ends.

    Raises:
        ArgumentError: If a range does not have two numbers, or time runs backwards.

    Example:
        >>> from catenary.training import schedules
        >>> schedule = schedules.linear((1.0, 2.0), (10, 12))
        >>> [schedule(t) for t in (0, 10, 11, 12, 13)]
        [1.0, 1.0, 1.5, 2.0, 2.0]
    """
    for name, given in (("value_range", value_range), ("time_range", time_range)):
        if len(given) != 2:
            raise ArgumentError(f"linear: {name} must have two numbers, got {given!r}")
    (v1, v2), (t1, t2) = value_range, time_range
    if t1 > t2:
        raise ArgumentError(f"linear: time_range must not run backwards, got {time_range!r}")

    def schedule(t: float) -> float:
        if t <= t1:
            return v1
        return v2 if t >= t2 else v1 + (t - t1) / (t2 - t1) * (v2 - v1)

    return schedule


def multistep(init: float, gamma: float, step_value: Sequence[float]) -> ScheduleFunction:
    """Multiply the value by a factor at given times.

    Args:
        init: The value at time 0.
        gamma: The factor, not negative.
        step_value: The times, in ascending order.

    Raises:
        ArgumentError: If `gamma` is negative or the times are not in order.

    Example:
        >>> from catenary.training import schedules
        >>> schedule = schedules.multistep(1.0, 0.5, [2, 3])
        >>> [schedule(t) for t in range(5)]
        [1.0, 1.0, 0.5, 0.25, 0.25]
    """
    _check("multistep", at_least_0={"gamma": gamma})
    if any(a >= b for a, b in pairwise(step_value)):
        raise ArgumentError(f"multistep: step_value must be in ascending order, got {step_value!r}")
    return lambda t: init * gamma ** bisect_right(step_value, t)


def polynomial(init: float, rate: float, max_count: float, target: float | None = None) -> ScheduleFunction:
    """Let the value fall to 0 as a power of the time that is left: init (1 - t / max_count)^rate.

    Args:
        init: The value at time 0.
        rate: The exponent, not negative.
        max_count: The time at which the value is 0.
        target: Where the value stops; None for 0.

    Raises:
        ArgumentError: If `rate` is negative or `max_count` is not positive.

    Example:
        >>> from catenary.training import schedules
        >>> schedule = schedules.polynomial(1.0, rate=2, max_count=4)
        >>> [schedule(t) for t in range(6)]
        [1.0, 0.5625, 0.25, 0.0625, 0.0, 0.0]
    """
    _check("polynomial", at_least_0={"rate": rate}, above_0={"max_count": max_count})
    return _stopped(lambda t: init * max(1 - t / max_count, 0.0) ** rate, target, grows=False)


def step(init: float, gamma: float, step: float, target: float | None = None) -> ScheduleFunction:
    """Multiply the value by a factor at regular intervals.

    Args:
        init: The value at time 0.
        gamma: The factor, not negative.
        step: The length of an interval.
        target: Where the value stops; None for nowhere.

    Raises:
        ArgumentError: If `gamma` is negative or `step` is not positive.

    Example:
        >>> from catenary.training import schedules
        >>> schedule = schedules.step(1.0, gamma=0.5, step=2)
        >>> [schedule(t) for t in range(5)]
        [1.0, 1.0, 0.5, 0.5, 0.25]
    """
    _check("step", at_least_0={"gamma": gamma}, above_0={"step": step})
    return _stopped(lambda t: init * gamma ** (t // step), target, grows=gamma > 1)


def warmup(init: float, warmup_start: float, warmup_iter: float) -> ScheduleFunction:
    """Begin with another value and come to the usual one on a line.

    Args:
        init: The value after the warm-up.
        warmup_start: The value at time 0.
        warmup_iter: How long the warm-up takes.

    Raises:
        ArgumentError: If `warmup_iter` is negative.

    Example:
        >>> from catenary.training import schedules
        >>> schedule = schedules.warmup(1.0, warmup_start=0.5, warmup_iter=2)
        >>> [schedule(t) for t in range(4)]
        [0.5, 0.75, 1.0, 1.0]
    """
    _check("warmup", at_least_0={"warmup_iter": warmup_iter})

    def schedule(t: float) -> float:
        if not warmup_iter:
            return init
        passed = min(t, warmup_iter)
        return (warmup_start * (warmup_iter - passed) + init * passed) / warmup_iter

    return schedule


def cosine(
    init: float, max_count: float, target: float = 0.0, warmup_iter: float = 0, warmup_start: float = 0.0
) -> ScheduleFunction:
    """Go from one value to another as half a cosine wave, after a warm-up.

    Source: Loshchilov, Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts" (2016), equation 5, without
    restarts.

    Args:
        init: The value after the warm-up.
        max_count: The time at which the value is `target`, and stays there.
        target: The last value.
        warmup_iter: How long the warm-up takes; less than `max_count`.
        warmup_start: The value at time 0 if there is a warm-up.

    Raises:
        ArgumentError: If `warmup_iter` is negative or not less than `max_count`.

    Example:
        >>> from catenary.training import schedules
        >>> schedule = schedules.cosine(1.0, max_count=4, warmup_iter=2)
        >>> [round(schedule(t), 3) for t in range(6)]
        [0.0, 0.5, 1.0, 0.5, 0.0, 0.0]
    """
    rise = warmup(init, warmup_start, warmup_iter)
    if not warmup_iter < max_count:
        raise ArgumentError(f"cosine: max_count must be more than warmup_iter, got {max_count!r} and {warmup_iter!r}")
    fall = _wave(init, target, warmup_iter, max_count)
    return lambda t: rise(t) if t < warmup_iter else fall(t)


def one_cycle(
    peak: float, max_count: float, init: float | None = None, target: float | None = None, rise: float = 0.3
) -> ScheduleFunction:
    """Rise to a large value and fall to a very small one, both as half a cosine wave.

    Source: Smith, "A disciplined approach to neural network hyper-parameters: Part 1" (2018), section 4.1, with waves
    in place of lines.

    Args:
        peak: The largest value.
        max_count: The time at which the value is `target`, and stays there.
        init: The value at time 0; None for a 25th of `peak`.
        target: The last value; None for a 10,000th of `init`.
        rise: The part of the time that the rise takes, between 0 and 1.

    Raises:
        ArgumentError: If `rise` is not between 0 and 1 or `max_count` is not positive.

    Example:
        >>> from catenary.training import schedules
        >>> schedule = schedules.one_cycle(1.0, max_count=10)
        >>> [round(schedule(t), 3) for t in (0, 3, 5, 10)]
        [0.04, 1.0, 0.812, 0.0]
    """
    _check("one_cycle", above_0={"max_count": max_count})
    if not 0 < rise < 1:
        raise ArgumentError(f"one_cycle: rise must be between 0 and 1, got {rise!r}")
    init = peak / 25 if init is None else init
    top = rise * max_count
    up, down = _wave(init, peak, 0, top), _wave(peak, init / 1e4 if target is None else target, top, max_count)
    return lambda t: up(t) if t < top else down(t)


def _wave(v1: float, v2: float, t1: float, t2: float) -> ScheduleFunction:
    """Return half a cosine wave from `v1` at `t1` to `v2` at `t2`, and `v2` after that."""

    def schedule(t: float) -> float:
        return v2 if t >= t2 else v2 + (v1 - v2) * (1 + math.cos(math.pi * (t - t1) / (t2 - t1))) / 2

    return schedule


def _stopped(schedule: ScheduleFunction, target: float | None, grows: bool) -> ScheduleFunction:
    """Return the schedule, held where its value (its absolute value) passes the target."""
    if target is None:
        return schedule
    nearer = min if grows else max
    return lambda t: nearer(schedule(t), target, key=abs)


def _check(function: str, at_least_0: dict[str, float] | None = None, above_0: dict[str, float] | None = None) -> None:
    for name, value in {**(at_least_0 or {}), **(above_0 or {})}.items():
        if not isinstance(value, int | float | np.number):
            raise ArgumentTypeError(f"{function}: {name} must be a number, got {type(value).__name__}")
    for name, value in (at_least_0 or {}).items():
        if not value >= 0:
            raise ArgumentError(f"{function}: {name} must not be negative, got {value!r}")
    for name, value in (above_0 or {}).items():
        if not value > 0:
            raise ArgumentError(f"{function}: {name} must be more than 0, got {value!r}")
