from __future__ import annotations

import math

import pytest

from catenary.errors import TrainingError
from catenary.training.triggers import BestValueTrigger, MaxValueTrigger, MinValueTrigger

VALUES = [3, 2, 4, 1, 1, 5, 0.5, 0.5, 9, 0.1, 0.2, 0]


def min_value(**kwargs):
    return lambda: MinValueTrigger("main/loss", **kwargs)


def max_value(**kwargs):
    return lambda: MaxValueTrigger("main/loss", **kwargs)


def clearly_smaller():
    return BestValueTrigger("main/loss", lambda best, new: new < best - 0.6, trigger=(1, "iteration"))


# Iterations at which the same triggers of Chainer 7.8.1 fire for VALUES with 4 iterations per epoch.
TABLE = {
    "min, each iteration": (min_value(trigger=(1, "iteration")), [1, 2, 4, 7, 10, 12]),
    "max, each iteration": (max_value(trigger=(1, "iteration")), [1, 3, 6, 9]),
    "min of means of 3": (min_value(trigger=(3, "iteration")), [3, 6, 12]),
    "max of means of 3": (max_value(trigger=(3, "iteration")), [3, 9]),
    "min of epochs": (min_value(), [4, 8]),
    "own comparison": (clearly_smaller, [1, 2, 4, 10]),
}


@pytest.mark.parametrize("case", TABLE)
def test_table(tools, case):
    make, expected = TABLE[case]
    assert tools.fires(make(), 12, 4, VALUES) == expected


@pytest.mark.parametrize("case", TABLE)
@pytest.mark.parametrize("resume_at", range(1, 12))
def test_resumed_trigger_fires_as_the_uninterrupted(tools, case, resume_at):
    make, expected = TABLE[case]
    assert tools.fires(make(), 12, 4, VALUES, resume_at=resume_at, make=make) == expected


def test_nan_is_never_the_best(tools):
    values = [math.nan, 3, math.nan, 2, 5, 1, math.nan, 0]
    assert tools.fires(min_value(trigger=(1, "iteration"))(), 8, 4, values) == [2, 4, 6, 8]
    assert tools.fires(max_value(trigger=(1, "iteration"))(), 8, 4, values) == [2, 5]


def test_value_that_is_reported_now_and_then(tools):
    values = [None, 3, None, None, 2, None, 1, None]
    assert tools.fires(min_value(trigger=(4, "iteration"))(), 8, 4, values) == [4, 8]


def test_value_that_is_not_reported(tools):
    with pytest.raises(TrainingError, match=r"MinValueTrigger: 'main/loss' was not .* at iteration 4; .* \['main/x'\]"):
        tools.fires(min_value()(), 4, 4, [1, 2, 3, 4], key="main/x")


def test_file_of_chainer_without_a_best_value_yet(tools):
    trigger = MinValueTrigger("main/loss", (1, "iteration"))
    entries = tools.copy_state(trigger, trigger)

    class ChainerLoader(tools.Loader):
        def __getitem__(self, key):
            return tools.Loader(self.entries, self.dry, f"{key}/")

        def __call__(self, key, value):
            return None

    trigger.serialize(ChainerLoader(entries, dry=False))
    assert tools.fires(trigger, 3, 4, [3, 5, 2]) == [1, 3]
