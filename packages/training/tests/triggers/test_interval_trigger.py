from __future__ import annotations

import numpy as np
import pytest

from catenary.errors import ArgumentError
from catenary.training.triggers import IntervalTrigger

# Iterations at which IntervalTrigger(period, unit) of Chainer 7.8.1 fires, with so many iterations per epoch.
TABLE = [
    (3, "iteration", 10, 4, [3, 6, 9]),
    (2.5, "iteration", 11, 4, [3, 5, 8, 10]),
    (1, "epoch", 13, 4, [4, 8, 12]),
    (1, "epoch", 13, 2.5, [3, 5, 8, 10, 13]),
    (0.5, "epoch", 9, 4, [2, 4, 6, 8]),
    (2, "epoch", 13, 3, [6, 12]),
    (1, "epoch", 5, 0.4, [1, 2, 3, 4, 5]),
    (2, "epoch", 5, 0.4, [1, 2, 3, 4, 5]),
    (0.3, "epoch", 22, 7, [3, 5, 7, 9, 11, 13, 15, 17, 19, 21]),
]


@pytest.mark.parametrize(("period", "unit", "n", "per_epoch", "expected"), TABLE)
def test_table(tools, period, unit, n, per_epoch, expected):
    assert tools.fires(IntervalTrigger(period, unit), n, per_epoch) == expected


def test_fractions_of_an_epoch_are_not_lost_to_rounding(tools):
    # 0.3 / 0.1 is less than 3 in floats; Chainer 7.8.1 fires at 4 instead of 3 and 6 here.
    assert tools.fires(IntervalTrigger(0.1, "epoch"), 20, 10) == list(range(1, 21))


@pytest.mark.parametrize(("period", "unit", "n", "per_epoch", "expected"), TABLE)
def test_resumed_trigger_fires_as_the_uninterrupted(tools, period, unit, n, per_epoch, expected):
    for resume_at in range(1, n):
        fired = tools.fires(
            IntervalTrigger(period, unit),
            n,
            per_epoch,
            resume_at=resume_at,
            make=lambda: IntervalTrigger(period, unit),
        )
        assert fired == expected


def test_trigger_that_is_asked_seldom_sees_what_it_missed(tools):
    trainer, trigger = tools.trainer(per_epoch=4), IntervalTrigger(3, "iteration")
    answers = []
    for iteration in (2, 7, 8, 9, 30):
        trainer.updater.iteration = iteration
        answers.append(trigger(trainer))
    assert answers == [False, True, False, True, True]


def test_numbers_of_numpy(tools):
    assert tools.fires(IntervalTrigger(np.int64(2), "iteration"), 4, 4) == [2, 4]
    assert tools.fires(IntervalTrigger(np.float32(0.5), "epoch"), 4, 4) == [2, 4]


def test_training_length():
    assert IntervalTrigger(5, "epoch").get_training_length() == (5, "epoch")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1, "epochs"), "unit must be 'epoch' or 'iteration', got 'epochs'"),
        ((0, "epoch"), "period must be a number above 0, got 0"),
        ((-1, "epoch"), "period must be a number above 0, got -1"),
        ((float("nan"), "epoch"), "period must be a number above 0, got nan"),
        (("1", "epoch"), "period must be a number above 0, got '1'"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ArgumentError, match=f"IntervalTrigger: {message}"):
        IntervalTrigger(*arguments)
