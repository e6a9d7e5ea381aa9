from __future__ import annotations

import threading

import numpy as np
import pytest

import catenary
from catenary import Reporter, Variable, report, report_scope
from catenary.errors import ArgumentTypeError, ReportError


def test_values_are_kept_under_the_name_of_their_observer():
    reporter, model = Reporter(), object()
    reporter.add_observer("main", model)
    with reporter:
        report({"loss": 1.0, "accuracy": 2}, model)
        report({"lr": 0.1})
    assert reporter.observation == {"main/loss": 1.0, "main/accuracy": 2, "lr": 0.1}


def test_links_are_named_by_their_paths():
    chain = catenary.Chain(a=catenary.Chain(b=catenary.Link()))
    reporter = Reporter()
    reporter.add_observer("main", chain)
    reporter.add_observers("main", chain.namedlinks(skipself=True))
    with reporter:
        report({"x": 1}, chain.a.b)
        report({"x": 2}, chain)
    assert reporter.observation == {"main/a/b/x": 1, "main/x": 2}


def test_an_observer_may_be_unhashable_and_two_equal_ones_are_two():
    reporter, one, two = Reporter(), [], []
    reporter.add_observer("one", one)
    reporter.add_observer("two", two)
    with reporter:
        report({"x": 1}, one)
        report({"x": 2}, two)
    assert reporter.observation == {"one/x": 1, "two/x": 2}


def test_an_unknown_observer_is_an_error_and_nothing_is_reported():
    reporter = Reporter()
    reporter.add_observer("main", object())
    with reporter, pytest.raises(ReportError, match=r"of type Link, has no name .*\(named observers: 'main'\)"):
        report({"x": 1}, catenary.Link())
    assert reporter.observation == {}


@pytest.mark.parametrize("values", [None, 3, [("x", 1)]])
def test_values_must_be_a_mapping(values):
    with Reporter(), pytest.raises(ArgumentTypeError, match="expected a dict of values"):
        report(values)


def test_a_report_without_reporter_does_nothing():
    report({"x": 1}, object())


@pytest.mark.parametrize("ask", [catenary.get_current_reporter, lambda: report_scope({}).__enter__()])
def test_asking_for_the_reporter_without_one_is_an_error(ask):
    with pytest.raises(ReportError, match="write 'with reporter:'"):
        ask()


def test_reporters_nest():
    outer, inner = Reporter(), Reporter()
    with outer:
        with inner:
            assert catenary.get_current_reporter() is inner
        assert catenary.get_current_reporter() is outer


def test_a_scope_takes_the_values_and_gives_the_place_back_after_an_error():
    reporter, seen = Reporter(), {}
    reporter.observation = before = {"kept": 0}
    with reporter:
        try:
            with report_scope(seen):
                report({"x": 1})
                raise RuntimeError
        except RuntimeError:
            report({"y": 2})
    assert seen == {"x": 1}
    assert reporter.observation is before
    assert before == {"kept": 0, "y": 2}


def test_scope_makes_the_reporter_the_current_one():
    reporter = Reporter()
    with reporter.scope({}) as seen:
        assert catenary.get_current_reporter() is reporter
        report({"x": 1})
    assert seen == {"x": 1}
    with pytest.raises(ReportError):
        catenary.get_current_reporter()


def test_every_thread_has_its_own_reporters():
    failed = []

    def ask() -> None:
        try:
            catenary.get_current_reporter()
        except ReportError:
            failed.append(True)

    with Reporter():
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert failed == [True]


def test_variables_are_kept_without_their_graph():
    x = Variable(np.array(3.0, np.float32), name="x")
    loss = x * x
    with Reporter() as reporter:
        report({"loss": loss, "x": x})
    kept = reporter.observation["loss"]
    assert isinstance(kept, Variable)
    assert kept.array is loss.array
    assert kept.creator is None
    assert loss.creator is not None
    assert reporter.observation["x"] is x


def test_nan_is_reported_as_any_other_value():
    with Reporter() as reporter:
        report({"loss": float("nan"), "array": np.array(np.nan)})
    assert np.isnan(reporter.observation["loss"])
    assert np.isnan(reporter.observation["array"])


def test_variables_are_kept_with_their_graph_if_asked_for():
    reporter = Reporter()
    reporter.keep_graph = True
    y = Variable(np.ones(2)) + 1
    with reporter:
        report({"y": y})
    assert reporter.observation["y"] is y
