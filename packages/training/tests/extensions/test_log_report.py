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


@pytest.mark.parametrize("resume_at", range(1, 9))
def test_resumed_log_equals_the_uninterrupted(tools, resume_at):
    values = [np.float32(x) for x in (0.1, 0.7, math.nan, 0.4, 0.5, 0.6, 1.7, 0.8, 0.9)]

    def make():
        trainer = tools.trainer(stop=(9, "iteration"), per_epoch=2.5, values=values)
        trainer.extend(LogReport(filename=None))
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
