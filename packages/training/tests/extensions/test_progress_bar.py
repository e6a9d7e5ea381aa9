from __future__ import annotations

import io
import os
import shutil
import sys
from types import SimpleNamespace

import pytest

from catenary.errors import ArgumentError
from catenary.training.extensions import LogReport, PrintReport, ProgressBar
from catenary.training.triggers import EarlyStoppingTrigger, TimeTrigger


class Terminal(io.StringIO):
    def isatty(self):
        return True


def run(tools, out, stop=(4, "iteration"), per_epoch=2, **kwargs):
    trainer = tools.trainer(stop=stop, per_epoch=per_epoch, values=[1.0] * 4)
    trainer.extend(ProgressBar(update_interval=1, out=out, **kwargs))
    trainer.run()
    return out.getvalue()


def test_nothing_is_shown_where_there_is_no_terminal(tools):
    assert run(tools, io.StringIO()) == ""


@pytest.mark.parametrize(
    ("stop", "expected"),
    [
        ((8, "iteration"), ["iteration 2/8, 05:40 left", "iteration 4/8, 03:20 left", "iteration 6/8, 01:40 left"]),
        ((4, "epoch"), ["epoch 1/4, 05:40 left", "epoch 2/4, 03:20 left", "epoch 3/4, 01:40 left"]),
        (lambda trainer: trainer.updater.iteration == 8, ["", "", ""]),
    ],
)
def test_without_a_terminal_there_is_a_line_each_minute(tools, monkeypatch, stop, expected):
    out = io.StringIO()
    trainer = tools.trainer(stop=stop, per_epoch=2)
    trainer.extend(ProgressBar(update_interval=1, out=out))
    clock = SimpleNamespace(monotonic=lambda: clock.now, now=0)
    times = dict(enumerate([0, 50, 340 / 3, 120, 200, 210, 300, 301, 302]))
    trainer.extend(lambda t: setattr(clock, "now", times[t.updater.iteration]), name="clock", priority=300)
    monkeypatch.setattr("catenary_training.extensions.progress_bar.time", clock)
    trainer.run()
    lines = [line.split("/s") for line in out.getvalue().splitlines()]
    assert [line[0].split(",")[0] for line in lines] == ["iteration 2", "iteration 4", "iteration 6"]
    assert [line[1].removeprefix(", ") for line in lines] == expected


def test_in_a_notebook_the_bar_is_a_widget(tools, monkeypatch):
    """Both modules are stand-ins: IPython in the kernel of a notebook, and tqdm's bar of widgets."""
    made = []

    class Widget:
        disable = False

        def __init__(self, **options):
            made.append((options, self))

        def set_postfix_str(self, text, refresh):
            self.postfix = text

        def refresh(self):
            self.shown = self.n

        def close(self):
            self.closed = True

    shell = SimpleNamespace(config={"IPKernelApp": {}})
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setitem(sys.modules, "tqdm.auto", SimpleNamespace(tqdm=Widget))
    trainer = tools.trainer(stop=(4, "iteration"))
    trainer.extend(ProgressBar(update_interval=1))
    trainer.run()
    ((options, bar),) = made
    assert (options["total"], options["initial"]) == (4, 0)
    assert options["bar_format"].startswith("{percentage:3.0f}% |{bar}| ")  # a width would make a bar of characters
    assert (bar.shown, bar.closed) == (4, True)
    assert bar.postfix.startswith("iteration 4, ")


def test_iterations(tools):
    shown = run(tools, Terminal())
    for part in ("  0% |", " 25% |", " 50% |", "100% |", "iteration 3/4", "iteration 4/4"):
        assert part in shown


def test_epochs(tools):
    shown = run(tools, Terminal(), stop=(2, "epoch"))
    for part in (" 25% |", "epoch 0.5/2", "epoch 1.5/2", "epoch 2/2", "iteration 3, "):
        assert part in shown


def test_length_is_that_of_early_stopping(tools):
    stop = EarlyStoppingTrigger(max_trigger=(3, "iteration"))
    assert "iteration 1/3" in run(tools, Terminal(), stop=stop)


def test_length_by_hand(tools):
    assert "iteration 4/8" in run(tools, Terminal(), training_length=(8, "iteration"))


@pytest.mark.parametrize(("columns", "width"), [(200, 30), (90, 20), (40, 10), (20, 10)])
def test_the_line_fits_the_terminal(tools, monkeypatch, columns, width):
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: os.terminal_size((columns, 20)))
    shown = run(tools, Terminal(), bar_length=30).split("\r")
    assert max(map(len, shown)) <= columns
    bars = {len(line.split("|")[1]) for line in shown if line.count("|") == 2}
    assert bars == {width}


@pytest.mark.parametrize("make", [lambda stop: stop, lambda stop: EarlyStoppingTrigger(max_trigger=stop)])
def test_unknown_length(tools, make):
    trainer = tools.trainer(stop=make(lambda trainer: trainer.updater.iteration == 2))
    out = Terminal()
    trainer.extend(ProgressBar(update_interval=1, out=out))
    trainer.extend(lambda trainer: None, name="x", trigger=TimeTrigger(1000))
    trainer.run()
    assert "2 iterations [" in out.getvalue()


def test_bar_is_taken_away_after_an_error(tools):
    out = Terminal()
    trainer = tools.trainer()
    trainer.extend(ProgressBar(update_interval=1, out=out))

    def fail(trainer):
        raise OSError

    trainer.extend(fail)
    with pytest.raises(OSError):
        trainer.run(show_loop_exception_msg=False)
    assert out.getvalue().endswith("\r")
    assert out.getvalue().split("\r")[-2].strip() == ""


def test_table_and_bar_do_not_mix(tools):
    out = Terminal()
    trainer = tools.trainer(stop=(2, "iteration"), per_epoch=1, values=[1.0, 2.0])
    trainer.extend(LogReport(filename=None))
    trainer.extend(PrintReport(["epoch", "main/loss"], out=out))
    trainer.extend(ProgressBar(update_interval=1, out=out))
    trainer.run()
    lines = [line.split("\r")[-1].rstrip() for line in out.getvalue().split("\n")]
    assert lines[:3] == ["epoch        main/loss", "1            1", "2            2"]


def test_wrong_unit():
    with pytest.raises(ArgumentError, match=r"the unit of training_length must be .* got 'step'"):
        ProgressBar((10, "step"))


@pytest.mark.parametrize("name", ["update_interval", "bar_length"])
def test_wrong_numbers(name):
    with pytest.raises(ArgumentError, match=f"ProgressBar: {name} must be 1 or more, got 0"):
        ProgressBar(**{name: 0})
