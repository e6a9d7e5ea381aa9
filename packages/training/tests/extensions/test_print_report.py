from __future__ import annotations

import io
import os
import shutil

import pytest

from catenary.errors import ArgumentError, ArgumentTypeError
from catenary.training.extensions import LogReport, PrintReport


class Terminal(io.StringIO):
    def isatty(self):
        return True


def run(tools, entries, out, values=(0.5, 1 / 3), n=2, **kwargs):
    trainer = tools.trainer(stop=(n, "iteration"), per_epoch=1, values=values)
    trainer.extend(LogReport(filename=None))
    trainer.extend(PrintReport(entries, out=out, **kwargs))
    trainer.run()
    return out.getvalue().splitlines()


def test_table(tools):
    lines = run(tools, ["epoch", "main/loss", "validation/main/accuracy", "iteration"], io.StringIO())
    assert lines == [
        "epoch        main/loss    validation/main/accuracy  iteration",
        "1            0.5                                    1",
        "2            0.333333                               2",
    ]


def test_standard_output_is_the_one_of_the_moment(tools, capsys):
    trainer = tools.trainer(stop=(1, "iteration"), per_epoch=1, values=[2.0])
    trainer.extend(LogReport(filename=None))
    trainer.extend(PrintReport(["main/loss"]))
    trainer.run()
    assert capsys.readouterr().out == "main/loss\n2\n"


@pytest.mark.parametrize("width", [24, 40, 65, 80, 200])
def test_table_fits_the_terminal(tools, monkeypatch, width):
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: os.terminal_size((width, 20)))
    entries = ["epoch", "main/loss", "validation/main/loss", "validation/main/accuracy", "elapsed_time"]
    lines = run(tools, entries, Terminal())
    assert max(map(len, lines)) <= width or lines[-3].startswith("(the terminal is too narrow for: ")
    table = [line for line in lines if not line.startswith("(")]
    assert max(map(len, table)) <= width
    assert [line.split()[0] for line in table[-2:]] == ["1", "2"]


def test_narrow_table(tools, monkeypatch):
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: os.terminal_size((40, 20)))
    entries = ["epoch", "validation/main/accuracy", "main/loss", "elapsed_time"]
    lines = run(tools, entries, Terminal())
    assert lines == [
        "epoch        validation/  main/loss",
        "             main/",
        "             accuracy",
        "(the terminal is too narrow for: elapsed_time)",
        "1                         0.5",
        "2                         0.333333",
    ]


def test_long_words_are_cut(tools, monkeypatch):
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: os.terminal_size((12, 20)))
    lines = run(tools, ["averylongnamewithoutslash"], Terminal(), n=1)
    assert lines[:3] == ["averylongna", "mewithoutsl", "ash"]


def test_log_report_of_its_own(tools):
    report = LogReport(trigger=(1, "iteration"), filename=None)
    trainer = tools.trainer(stop=(2, "iteration"), values=[1.0, 2.0])
    out = io.StringIO()
    trainer.extend(PrintReport(["main/loss"], log_report=report, out=out))
    trainer.run()
    assert out.getvalue().splitlines() == ["main/loss", "1", "2"]
    entries = {}
    trainer.serialize(tools.Saver(entries))
    assert "extensions/PrintReport/_log_report/_log" in entries


def test_after_a_resume_the_whole_log_is_printed(tools):
    def make(out):
        trainer = tools.trainer(stop=(2, "iteration"), per_epoch=1, values=[1.0, 2.0])
        trainer.extend(LogReport(filename=None))
        trainer.extend(PrintReport(["main/loss"], out=out))
        return trainer

    first, out = make(io.StringIO()), io.StringIO()
    second = make(out)
    first.extend(
        lambda trainer: trainer.defer(lambda: tools.copy_state(trainer, second)),
        name="save",
        trigger=lambda trainer: trainer.updater.iteration == 1,
    )
    first.run()
    second.run()
    assert out.getvalue().splitlines() == ["main/loss", "1", "2"]


def test_missing_log_report(tools):
    trainer = tools.trainer(stop=(1, "iteration"))
    trainer.extend(PrintReport(["epoch"], out=io.StringIO()))
    with pytest.raises(ArgumentError, match="there is no extension 'LogReport'"):
        trainer.run(show_loop_exception_msg=False)


def test_wrong_log_report(tools):
    trainer = tools.trainer(stop=(1, "iteration"))
    trainer.extend(PrintReport(["epoch"], log_report=len, out=io.StringIO()))
    trainer.extend(PrintReport(["epoch"], log_report="print", out=io.StringIO()), priority=200)
    trainer.extend(lambda trainer: None, name="print")
    with pytest.raises(ArgumentTypeError, match="log_report must be a LogReport or its name, got function"):
        trainer.run(show_loop_exception_msg=False)


def test_a_single_entry_is_no_list():
    with pytest.raises(ArgumentTypeError, match="PrintReport: entries must be a list of names, got 'epoch'"):
        PrintReport("epoch")
