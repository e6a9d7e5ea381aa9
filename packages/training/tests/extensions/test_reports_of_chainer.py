"""MicroAverage and ParameterStatistics: the values and keys of Chainer 7.8.1, resumed, and what Chainer has not."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

import catenary
from catenary.errors import ArgumentTypeError
from catenary.training import extensions
from catenary.training.extensions import MicroAverage, ParameterStatistics

GOLDEN = Path(__file__).parent / "golden"
MAKE = runpy.run_path(str(GOLDEN / "make_reports.py"))
STORED = json.loads((GOLDEN / "reports.json").read_text("utf-8"))


@pytest.mark.parametrize("index", range(len(MAKE["CASES"])))
def test_parameter_statistics(index):
    found = MAKE["parameter_statistics"](catenary, extensions, *MAKE["CASES"][index])
    expected = STORED["parameter_statistics"][index]
    assert [set(row) for row in found] == [set(row) for row in expected]
    for ours, theirs in zip(found, expected):
        assert ours == pytest.approx(theirs, rel=1e-5, abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("period", [1, 3])
def test_micro_average(period):
    assert MAKE["micro_average"](catenary, extensions, period) == STORED["micro_average"][str(period)]


def reported(tools, make, values, at=None):
    """Return what an extension reports beside `main/n`, at which iteration; at `at` the trainer is saved and loaded."""
    seen = []

    def trainer():
        made = tools.trainer(stop=(len(values), "iteration"), values=values, key="main/n")
        made.extend(make())
        made.extend(
            lambda t: seen.append(
                (t.updater.iteration, {k: float(v) for k, v in t.observation.items() if k != "main/n"})
            ),
            name="look",
        )
        return made

    first, second = trainer(), trainer()
    if at is not None:
        first.extend(lambda t: t.defer(lambda: tools.copy_state(t, second)), name="save", trigger=(at, "iteration"))
        first.extend(lambda t: t.stop(), name="stop", trigger=(at, "iteration"))
    first.run()
    if at is not None:
        second.run()
    return seen


@pytest.mark.parametrize("at", range(1, 6))
def test_resumed_micro_average(tools, at):
    values = [catenary.Variable(np.array(n, np.float32)) for n in (1, 4, 2, 3, 5, 9)]
    make = lambda: MicroAverage("main/n", "main/n", "q", trigger=(3, "iteration"))  # noqa: E731
    expected = [(i, {"q": 1.0} if i % 3 == 0 else {}) for i in range(1, 7)]
    assert reported(tools, make, values, at) == expected


def test_micro_average_runs_before_logs(tools):
    trainer = tools.trainer(stop=(2, "iteration"), per_epoch=2, values=[1.0, 3.0])
    trainer.extend(extensions.LogReport())
    trainer.extend(lambda t: t.observation.update(right=2.0), name="right", priority=300)
    trainer.extend(MicroAverage("right", "main/loss", "ratio"))
    trainer.run()
    assert tools.read_log()[0]["ratio"] == 1.0


def test_micro_average_of_nothing(tools):
    assert reported(tools, lambda: MicroAverage("main/n", "main/n", "q", (2, "iteration")), [0.0, 0.0, None, 4.0]) == [
        (1, {}),
        (2, {}),
        (3, {}),
        (4, {"q": 1.0}),
    ]


@pytest.mark.parametrize("at", [1, 2, 3])
def test_resumed_parameter_statistics(tools, at):
    link = MAKE["model"](catenary, "m")

    def total(array):
        total.calls += 1
        return float(total.calls)

    def make():
        return ParameterStatistics(link.child, {"n": total}, report_grads=False, trigger=(2, "iteration"))

    total.calls = 0
    assert reported(tools, make, [1.0] * 4, at) == [
        (1, {}),
        (2, {"child/W/data/n": 2.0, "child/b/data/n": 3.0}),
        (3, {}),
        (4, {"child/W/data/n": 6.0, "child/b/data/n": 7.0}),
    ]


def test_parameters_without_a_value_are_left_out(tools):
    link = catenary.Chain()
    with link.init_scope():
        link.W = catenary.Parameter(0.0)  # no shape yet
        link.b = catenary.Parameter(1.0, (2,))  # no gradient yet
        link.empty = catenary.Parameter(1.0, (0,))
    make = lambda: ParameterStatistics(link, {"sum": lambda x: x.sum()}, trigger=(1, "iteration"))  # noqa: E731
    assert reported(tools, make, [1.0]) == [(1, {"None/b/data/sum": 2.0})]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((3,), "expected a Link or several, got int"),
        (([3],), "expected a Link or several, got int"),
        ((catenary.Chain(), "all"), "statistics must be a dict of functions, 'default' or None, got 'all'"),
        ((catenary.Chain(), {"x": 3}), "statistic 'x' must be a function, got 3"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ArgumentTypeError, match=f"ParameterStatistics: {message}"):
        ParameterStatistics(*arguments)
