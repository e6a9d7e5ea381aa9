from __future__ import annotations

from types import SimpleNamespace

import pytest

from catenary.errors import ArgumentError
from catenary.training.triggers import TimeTrigger


def ask(trigger, *times):
    return [trigger(SimpleNamespace(elapsed_time=time)) for time in times]


def test_fires_when_a_period_is_over():
    assert ask(TimeTrigger(10), 1, 9, 10.5, 12, 19.9, 21, 25) == [
        False,
        False,
        True,
        False,
        False,
        True,
        False,
    ]


def test_several_periods_at_once_fire_once():
    assert ask(TimeTrigger(10), 35, 36, 39, 40.1, 41) == [True, False, False, True, False]


def test_after_a_resume(tools):
    trigger, resumed = TimeTrigger(10), TimeTrigger(10)
    ask(trigger, 12)
    tools.copy_state(trigger, resumed)
    assert ask(resumed, 15, 19, 22) == [False, False, True]


@pytest.mark.parametrize("period", [0, -1, "1"])
def test_wrong_period(period):
    with pytest.raises(ArgumentError, match="TimeTrigger: period must be a number of seconds above 0"):
        TimeTrigger(period)
