from __future__ import annotations

import math

import pytest

from catenary.errors import ArgumentError
from catenary.training import Trainer
from catenary.training.triggers import EarlyStoppingTrigger, TimeTrigger

VALUES = [5, 4, 4.5, 4.2, 4.1, 3, 3.5, 3.6, 3.7, 3.8, 3.9, 1]
EACH = {"check_trigger": (1, "iteration"), "max_trigger": (11, "iteration")}

# Iterations at which EarlyStoppingTrigger(**arguments) of Chainer 7.8.1 fires for VALUES, asked on and on.
TABLE = [
    ({**EACH, "patience": 1}, [3, 4, 5, 7, 8, 9, 10, 11]),
    ({**EACH, "patience": 2}, [4, 5, 8, 9, 10, 11]),
    ({**EACH, "patience": 3}, [5, 9, 10, 11]),
    ({**EACH, "patience": 4}, [10, 11]),
    (EACH, [5, 9, 10, 11]),
    ({**EACH, "patience": 2, "monitor": "main/accuracy"}, [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
    ({**EACH, "patience": 2, "mode": "max"}, [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
    ({"check_trigger": (2, "iteration"), "patience": 2, "max_trigger": (100, "iteration")}, [10]),
    ({"patience": 2, "max_trigger": (100, "iteration")}, []),
]


def fires(tools, arguments, values=VALUES, **kwargs):
    key = arguments.get("monitor", "main/loss")
    return tools.fires(EarlyStoppingTrigger(**arguments), len(values), 3, values, key, **kwargs)


@pytest.mark.parametrize(("arguments", "expected"), TABLE)
def test_table(tools, arguments, expected):
    assert fires(tools, arguments) == expected


@pytest.mark.parametrize(("arguments", "expected"), TABLE)
def test_resumed_trigger_fires_as_the_uninterrupted(tools, arguments, expected):
    for resume_at in range(1, 12):
        assert fires(tools, arguments, resume_at=resume_at, make=lambda: EarlyStoppingTrigger(**arguments)) == expected


def test_nan_is_no_improvement(tools):
    values = [3, math.nan, math.nan, 2, math.nan, math.nan, math.nan]
    assert fires(tools, {**EACH, "patience": 3}, values) == [7]


def test_equal_is_no_improvement(tools):
    assert fires(tools, {**EACH, "patience": 3}, [1.0] * 5) == [4, 5]


def test_value_that_is_missing_warns_once_and_does_not_count(tools):
    with pytest.warns(UserWarning, match="'main/loss' was not reported .* iteration 1; reported now are") as caught:
        assert fires(tools, {**EACH, "patience": 2}, [None, 3, None, 4, None, 5, 1]) == [6]
    assert len(caught) == 1


def test_as_a_stop_trigger(tools, tmp_path):
    stop = EarlyStoppingTrigger(check_trigger=(1, "iteration"), patience=2)
    trainer = Trainer(tools.Counter(10, VALUES), stop, tmp_path)
    trainer.run()
    assert trainer.updater.iteration == 4


def test_verbose_says_what_it_sees(tools, capsys):
    fires(tools, {**EACH, "verbose": True}, [2.0, 3.0])
    assert "main/loss has not improved for 1 of 3 intervals: 3, best 2" in capsys.readouterr().out


def test_training_length():
    assert EarlyStoppingTrigger(max_trigger=(7, "epoch")).get_training_length() == (7, "epoch")
    with pytest.raises(ArgumentError, match="does not know how long training lasts"):
        EarlyStoppingTrigger(max_trigger=TimeTrigger(5)).get_training_length()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mode": "least"}, "mode must be 'auto', 'min' or 'max', got 'least'"),
        ({"patience": 0}, "patience must be more than 0, got 0"),
        ({"max_trigger": (1, "day")}, "unit must be 'epoch' or 'iteration', got 'day'"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ArgumentError, match=message):
        EarlyStoppingTrigger(**arguments)
