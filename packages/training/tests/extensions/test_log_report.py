from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from catenary.training.extensions import LogReport, PlotReport


def run(tools, report, values, stop=(6, "iteration"), **kwargs):
    trainer = tools.trainer(stop=stop, per_epoch=3, values=values, **kwargs)
    trainer.extend(report)
    trainer.run()
    return trainer


def test_means_of_epochs(tools):
    report = LogReport()
    run(tools, report, [1.0, 2.0, 6.0, 5.0, None, 8.0])
    records = tools.read_log()
    assert [list(record) for record in records] == [["main/loss", "epoch", "iteration", "elapsed_time"]] * 2
    assert [(r["main/loss"], r["epoch"], r["iteration"]) for r in records] == [(3.0, 1, 3), (6.5, 2, 6)]
    assert 0 < records[0]["elapsed_time"] < records[1]["elapsed_time"] < 10
    assert report.log == records


def test_chosen_keys(tools):
    report = LogReport(["lr"], trigger=(2, "iteration"))
    trainer = tools.trainer(stop=(4, "iteration"), values=[1.0] * 4)
    trainer.extend(lambda trainer: trainer.observation.update(lr=0.5), name="lr", priority=300)
    trainer.extend(report)
    trainer.run()
    assert [set(record) for record in report.log] == [{"lr", "epoch", "iteration", "elapsed_time"}] * 2


def test_nan_and_infinity_are_null_in_the_file_and_floats_in_the_log(tools):
    report = LogReport(trigger=(1, "iteration"))
    run(tools, report, [math.nan, math.inf, -math.inf, np.float32(0.5)], stop=(4, "iteration"))
    assert [record["main/loss"] for record in tools.read_log()] == [None, None, None, 0.5]
    assert [str(record["main/loss"]) for record in report.log] == ["nan", "inf", "-inf", "0.5"]


def test_values_that_are_no_numbers_are_left_out(tools):
    report = LogReport(trigger=(1, "iteration"))
    trainer = tools.trainer(stop=(1, "iteration"), values=[np.zeros(3)])
    trainer.extend(report)
    trainer.run()
    assert set(tools.read_log()[0]) == {"epoch", "iteration", "elapsed_time"}


def test_postprocess_may_change_the_record(tools):
    def double(record):
        record["twice"] = 2 * record["main/loss"]
        record["nested"] = [math.nan, {"x": math.inf}]

    run(tools, LogReport(trigger=(1, "iteration"), postprocess=double), [4.0], stop=(1, "iteration"))
    assert tools.read_log()[0]["twice"] == 8.0
    assert tools.read_log()[0]["nested"] == [None, {"x": None}]


def test_names_of_files(tools, tmp_path):
    run(tools, LogReport(trigger=(1, "iteration"), filename=None), [1.0], stop=(1, "iteration"))
    assert list(tmp_path.iterdir()) == []
    run(
        tools,
        LogReport(trigger=(1, "iteration"), filename="log_{iteration}.json"),
        [1.0, 2.0],
        stop=(2, "iteration"),
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log_1.json", "log_2.json"]
    assert len(json.loads((tmp_path / "log_2.json").read_text())) == 2


def test_a_failed_write_leaves_the_old_file(tools, tmp_path):
    report = LogReport(trigger=(1, "iteration"), postprocess=lambda record: record.update(bad=object()))
    (tmp_path / "log").write_text("old")
    with pytest.raises(TypeError, match="not JSON serializable"):
        run(tools, report, [1.0], stop=(1, "iteration"))
    assert (tmp_path / "log").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["log"]


@pytest.mark.parametrize("make", [LogReport, lambda **kwargs: PlotReport("main/loss", filename="log", **kwargs)])
def test_a_write_that_is_cut_off_leaves_the_old_file(tools, tmp_path, monkeypatch, make):
    def cut_off(path, *args, **kwargs):
        with open(path, "w") as file:
            file.write("ha")
        raise OSError("disk full")

    (tmp_path / "log").write_text("old")
    monkeypatch.setattr(Path, "write_text", cut_off)
    monkeypatch.setattr("matplotlib.figure.Figure.savefig", lambda self, path, **kwargs: cut_off(path))
    with pytest.raises(OSError, match="disk full"):
        run(tools, make(trigger=(1, "iteration")), [1.0], stop=(1, "iteration"))
    assert (tmp_path / "log").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["log"]


@pytest.mark.parametrize("trigger", [(1, "epoch"), lambda trainer: trainer.updater.is_new_epoch])
@pytest.mark.parametrize("resume_at", range(1, 9))
def test_resumed_log_equals_the_uninterrupted(tools, resume_at, trigger):
    values = [np.float32(x) for x in (0.1, 0.7, math.nan, 0.4, 0.5, 0.6, 1.7, 0.8, 0.9)]

    def make():
        trainer = tools.trainer(stop=(9, "iteration"), per_epoch=2.5, values=values)
        trainer.extend(LogReport(trigger=trigger, filename=None))
        return trainer

    whole, first, second = make(), make(), make()
    first.extend(
        lambda trainer: trainer.defer(lambda: tools.copy_state(trainer, second)),
        name="save",
        trigger=lambda trainer: trainer.updater.iteration == resume_at,
    )
    for trainer in (whole, first, second):
        trainer.run()
    logs = [trainer.get_extension("LogReport").log for trainer in (whole, second)]
    for log in logs:
        assert len(log) == 3
        for record in log:
            del record["elapsed_time"]
    assert repr(logs[0]) == repr(logs[1])


def lines_of(path):
    """Return the records of a file of JSON lines, without the times."""
    records = [json.loads(line, parse_constant=pytest.fail) for line in path.read_text("utf-8").splitlines()]
    return [{key: value for key, value in record.items() if key != "elapsed_time"} for record in records]


def test_json_lines_are_appended(tools, tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_text("of an older run\n")
    sizes = []
    trainer = tools.trainer(stop=(3, "iteration"), values=[1.0, math.nan, -math.inf])
    trainer.extend(LogReport(trigger=(1, "iteration"), filename="log.jsonl"))
    trainer.extend(lambda trainer: sizes.append((path.stat().st_ino, path.read_text().count("\n"))), name="size")
    trainer.run()
    expected = [{"main/loss": value, "epoch": 0, "iteration": i} for i, value in enumerate([1.0, None, None], 1)]
    assert lines_of(path) == expected
    assert sizes == [(sizes[0][0], 1), (sizes[0][0], 2), (sizes[0][0], 3)]  # one and the same file


@pytest.mark.parametrize("resume_at", [1, 3, 5])
def test_resumed_json_lines_have_no_duplicates(tools, tmp_path, resume_at):
    values = [1.0, math.nan, 3.0, 4.0, 5.0, 6.0]

    def make(out):
        trainer = tools.trainer(stop=(6, "iteration"), values=values, out=out)
        trainer.extend(LogReport(trigger=(2, "iteration"), filename="log.jsonl"))
        return trainer

    whole, second = make(tmp_path / "whole"), make(tmp_path)
    first = make(tmp_path)  # goes on after the snapshot, so that the file has records the snapshot lacks
    first.extend(
        lambda trainer: trainer.defer(lambda: tools.copy_state(trainer, second)),
        name="save",
        trigger=lambda trainer: trainer.updater.iteration == resume_at,
    )
    for trainer in (whole, first, second):
        trainer.run()
    assert len(lines_of(tmp_path / "log.jsonl")) == 3
    assert lines_of(tmp_path / "log.jsonl") == lines_of(tmp_path / "whole" / "log.jsonl")


def test_the_file_is_that_of_chainer(tools, tmp_path):
    # What Chainer 7.8.1 wrote for these values with trigger=(2, "iteration"), the times and a line's end apart.
    expected = """[
    {
        "main/loss": 1.75,
        "epoch": 0,
        "iteration": 2,
        "elapsed_time": 3.0
    },
    {
        "main/loss": 1.55,
        "epoch": 1,
        "iteration": 4,
        "elapsed_time": 3.0
    }
]"""
    report = LogReport(trigger=(2, "iteration"), postprocess=lambda record: record.update(elapsed_time=3.0))
    run(tools, report, [1.0, 2.5, 3, 0.1], stop=(4, "iteration"))
    assert (tmp_path / "log").read_text() == expected + "\n"


def test_before_training(tools):
    trainer = tools.trainer(stop=(2, "iteration"), values=[1.0, 3.0])
    trainer.extend(
        lambda trainer: trainer.observation.update(x=7.0),
        name="x",
        priority=300,
        call_before_training=True,
        trigger=(9, "iteration"),
    )
    trainer.extend(LogReport(trigger=(2, "iteration")), call_before_training=True)
    trainer.run()
    records = [{key: value for key, value in record.items() if key != "elapsed_time"} for record in tools.read_log()]
    assert records == [{"x": 7.0, "epoch": 0, "iteration": 0}, {"main/loss": 2.0, "epoch": 0, "iteration": 2}]
