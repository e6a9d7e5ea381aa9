from __future__ import annotations

import pytest

from catenary.errors import ArgumentError
from catenary.training.triggers import ManualScheduleTrigger

# Iterations at which the same trigger of Chainer 7.8.1 fires, with so many iterations per epoch.
TABLE = [
    ([2, 5, 7], "iteration", 10, 4, [2, 5, 7]),
    (4, "iteration", 10, 4, [4]),
    ([0.5, 2, 3], "epoch", 13, 3, [2, 6, 9]),
    ([1.3, 2.1], "epoch", 13, 2.5, [4, 6]),
]


@pytest.mark.parametrize(("points", "unit", "n", "per_epoch", "expected"), TABLE)
def test_table(tools, points, unit, n, per_epoch, expected):
    assert tools.fires(ManualScheduleTrigger(points, unit), n, per_epoch) == expected


@pytest.mark.parametrize(("points", "unit", "n", "per_epoch", "expected"), TABLE)
def test_resumed_trigger_fires_as_the_uninterrupted(tools, points, unit, n, per_epoch, expected):
    for resume_at in range(1, n):
        fired = tools.fires(
            ManualScheduleTrigger(points, unit),
            n,
            per_epoch,
            resume_at=resume_at,
            make=lambda: ManualScheduleTrigger(points, unit),
        )
        assert fired == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1], "step"), "unit must be 'epoch' or 'iteration', got 'step'"),
        (([1, 0], "epoch"), r"points must be numbers above 0, got \[1, 0\]"),
        (("12", "epoch"), "points must be numbers above 0, got '12'"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ArgumentError, match=f"ManualScheduleTrigger: {message}"):
        ManualScheduleTrigger(*arguments)
