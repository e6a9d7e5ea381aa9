"""Means of weights against NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from catenary import Link, Parameter, optimizer_hooks, optimizers
from catenary.errors import ArgumentError, ArgumentTypeError
from catenary_testing.memory import load, saved


def make_link(lazy: bool = False) -> Any:
    link = Link()
    with link.init_scope():
        link.W = Parameter(0.0) if lazy else Parameter(np.zeros(2, np.float32))
    link.add_persistent("count", np.zeros((), np.float32))
    return link


def train(link: Any, optimizer: Any, steps: range) -> list[Any]:
    weights = []
    for step in steps:
        link.W.grad = np.array([np.sin(step), step], np.float32)
        link.count += 1
        optimizer.update()
        weights.append(link.W.array.copy())
    return weights


def test_exponential_moving_average() -> None:
    link = make_link()
    optimizer = optimizers.SGD(lr=0.1).setup(link)
    average = optimizer_hooks.ExponentialMovingAverage(link, decay=0.6)
    optimizer.add_hook(average)
    mean = np.zeros(2)
    for t, w in enumerate(train(link, optimizer, range(30)), 1):
        decay = min(0.6, (1 + t) / (10 + t))
        mean = decay * mean + (1 - decay) * w
    np.testing.assert_allclose(average.model.W.array, mean, rtol=1e-5)
    assert average.model.count == link.count == 30
    assert average.model.W.update_rule is None


def test_stochastic_weight_averaging() -> None:
    link = make_link()
    optimizer = optimizers.SGD(lr=0.1).setup(link)
    average = optimizer_hooks.StochasticWeightAveraging(link, start=5, interval=3)
    optimizer.add_hook(average)
    weights = train(link, optimizer, range(12))  # taken after the updates 5, 8 and 11
    np.testing.assert_allclose(average.model.W.array, np.mean([weights[4], weights[7], weights[10]], 0), rtol=1e-5)


def test_a_parameter_that_gets_its_shape_later() -> None:
    link = make_link(lazy=True)
    optimizer = optimizers.SGD(lr=0.1).setup(link)
    average = optimizer_hooks.ExponentialMovingAverage(link)
    optimizer.add_hook(average)
    link.W.initialize((2,))
    (first,) = train(link, optimizer, range(1))
    np.testing.assert_array_equal(average.model.W.array, first)
    average.model.W.array[...] = 7
    np.testing.assert_array_equal(link.W.array, first)


def test_means_are_saved_with_the_optimizer() -> None:
    whole, half, rest = make_link(), make_link(), make_link()
    made = []
    for link in (whole, half, rest):
        optimizer = optimizers.MomentumSGD(lr=0.1).setup(link)
        average = optimizer_hooks.StochasticWeightAveraging(link, start=1)
        optimizer.add_hook(average)
        made.append((optimizer, average))
    train(whole, made[0][0], range(6))
    train(half, made[1][0], range(3))
    assert "hooks/StochasticWeightAveraging/model/W" in saved(made[1][0])
    load(saved(half), rest)
    load(saved(made[1][0]), made[2][0])
    train(rest, made[2][0], range(3, 6))
    np.testing.assert_array_equal(made[0][1].model.W.array, made[2][1].model.W.array)


def test_a_file_without_means_leaves_them() -> None:
    link = make_link()
    old = saved(optimizers.SGD().setup(make_link()))
    optimizer = optimizers.SGD().setup(link)
    average = optimizer_hooks.ExponentialMovingAverage(link)
    average.model.W.array[...] = 3
    optimizer.add_hook(average)
    load(old, optimizer)
    np.testing.assert_array_equal(average.model.W.array, [3, 3])


def test_wrong_arguments() -> None:
    with pytest.raises(ArgumentTypeError, match="model must be a Link, got float"):
        optimizer_hooks.ExponentialMovingAverage(0.9)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="decay must be from 0 to below 1, got 1"):
        optimizer_hooks.ExponentialMovingAverage(make_link(), decay=1)
    with pytest.raises(ArgumentError, match="start and interval must be positive, got 0 and 1"):
        optimizer_hooks.StochasticWeightAveraging(make_link(), start=0)
    other = Link()
    with other.init_scope():
        other.V = Parameter(np.zeros(1, np.float32))
    optimizer = optimizers.SGD().setup(other)
    optimizer.add_hook(optimizer_hooks.ExponentialMovingAverage(make_link()))
    with pytest.raises(ArgumentError, match="/V, /W"):
        optimizer.update()
