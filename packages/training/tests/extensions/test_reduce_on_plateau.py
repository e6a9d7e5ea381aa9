from __future__ import annotations

import math
from types import SimpleNamespace

import pytest

from catenary.errors import ArgumentError
from catenary.training import Trainer
from catenary.training.extensions import ReduceOnPlateau

EACH = {"trigger": (1, "iteration"), "factor": 0.5}


def run(tools, values, resume_at=None, key="main/loss", **kwargs):
    """Return the learning rate that each update saw, and that after the last."""
    seen = []

    def trainer(stop):
        optimizer = SimpleNamespace(lr=8.0)

        class Updater(tools.Counter):
            def get_optimizer(self, name):
                return optimizer

            def update(self):
                seen.append(optimizer.lr)
                super().update()

        made = Trainer(Updater(2, values, key), (stop, "iteration"))
        made.extend(ReduceOnPlateau(key, **kwargs))
        return made, optimizer

    last, optimizer = trainer(len(values))
    if resume_at is not None:
        first, _ = trainer(resume_at)
        first.run()
        tools.copy_state(first, last)
    last.run()
    return [*seen, optimizer.lr]


#: Arguments, values, and the learning rates, worked out by hand.
TABLE = [
    ({**EACH, "patience": 1}, [3, 2, 2, 3, 1, 1], [8, 8, 8, 4, 2, 2, 1]),
    ({**EACH, "patience": 2}, [3, 2, 2, 3, 4, 4, 1, 1], [8, 8, 8, 8, 4, 4, 2, 2, 2]),
    ({**EACH, "patience": 1, "threshold": 0.5}, [3, 2.6, 2.4, 2, 1.8], [8, 8, 4, 4, 2, 2]),
    ({**EACH, "patience": 1, "mode": "max"}, [3, 4, 4, 5], [8, 8, 8, 4, 4]),
    ({**EACH, "patience": 1, "key": "main/accuracy"}, [3, 4, 4, 5], [8, 8, 8, 4, 4]),
    ({**EACH, "patience": 1, "target": 3.0}, [1, 1, 1, 1], [8, 8, 4, 3, 3]),
    ({**EACH, "patience": 1}, [1, math.nan, math.inf, 0.5], [8, 8, 4, 2, 2]),
    ({"patience": 1}, [1, 3, 2, 1, 3, 2], [8, 8, 8, 8, 8, 8, 0.8]),  # means of epochs of two: 2, 1.5, 2.5
]


@pytest.mark.parametrize(("arguments", "values", "expected"), TABLE)
def test_table(tools, arguments, values, expected):
    assert run(tools, values, **arguments) == pytest.approx(expected)


@pytest.mark.parametrize(("arguments", "values", "expected"), TABLE)
def test_resumed_run_equals_the_uninterrupted(tools, arguments, values, expected):
    for resume_at in range(1, len(values)):
        assert run(tools, values, resume_at, **arguments) == pytest.approx(expected)


def test_value_that_is_missing(tools):
    with pytest.warns(UserWarning, match="ReduceOnPlateau: 'main/loss' was not reported during the interval"):
        assert run(tools, [1, None, None, 2], patience=1, **EACH) == [8, 8, 8, 8, 4]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"factor": 1}, "factor must be between 0 and 1, got 1"),
        ({"factor": -0.5}, "factor must be between 0 and 1, got -0.5"),
        ({"patience": 0}, "patience must be more than 0, got 0"),
        ({"mode": "least"}, "mode must be 'auto', 'min' or 'max', got 'least'"),
        ({"threshold": -1}, "threshold must not be negative, got -1"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ArgumentError, match=f"ReduceOnPlateau: {message}"):
        ReduceOnPlateau("main/loss", **arguments)


def test_attribute_that_does_not_exist(tools):
    with pytest.raises(ArgumentError, match=r"ReduceOnPlateau: attr must be an attribute of SimpleNamespace .* 'rate'"):
        run(tools, [1], attr="rate")
