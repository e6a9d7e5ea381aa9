from __future__ import annotations

import io

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


def test_unknown_length(tools):
    trainer = tools.trainer(stop=lambda trainer: trainer.updater.iteration == 2)
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
