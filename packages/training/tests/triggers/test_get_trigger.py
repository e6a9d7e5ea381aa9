from __future__ import annotations

import pytest

from catenary.errors import ArgumentError, ArgumentTypeError
from catenary.training import get_trigger
from catenary.training.triggers import OnceTrigger


def test_what_may_stand_for_a_trigger():
    once = OnceTrigger()
    assert get_trigger(once) is once
    assert get_trigger((2, "epoch")).get_training_length() == (2, "epoch")
    assert get_trigger(None)(None) is False


@pytest.mark.parametrize("wrong", [3, "epoch", (1, "epoch", 2)])
def test_anything_else_is_an_error(wrong):
    with pytest.raises(ArgumentTypeError, match="get_trigger: expected a trigger, a tuple such as"):
        get_trigger(wrong)


def test_wrong_unit():
    with pytest.raises(ArgumentError, match="got 'epocs'"):
        get_trigger((1, "epocs"))
