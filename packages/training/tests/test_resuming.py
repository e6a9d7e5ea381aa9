from __future__ import annotations

import pytest

from catenary.errors import ArgumentError, FileFormatError
from catenary.training import extensions, resume


def make(tools, stop=(4, "iteration"), out=None, **kwargs):
    trainer = tools.trainer(stop, **({} if out is None else {"out": out}))
    options = {"savefun": tools.save, "loadfun": tools.load, **kwargs}
    trainer.extend(extensions.snapshot(**options), trigger=(1, "iteration"))
    return trainer


@pytest.fixture
def result(tools, tmp_path):
    make(tools).run()
    return tmp_path


def test_folder(tools, result):
    trainer = make(tools)
    assert resume(trainer, result) == result / "snapshot_iter_4"
    assert trainer.updater.iteration == 4
    trainer.run()
    assert trainer.updater.iteration == 4


def test_folder_of_the_trainer(tools, result):
    trainer = make(tools, (6, "iteration"))
    assert resume(trainer) == result / "snapshot_iter_4"
    trainer.run()
    assert trainer.updater.iteration == 6


def test_file(tools, result):
    trainer = make(tools, out=result / "other")
    assert resume(trainer, str(result / "snapshot_iter_2")) == result / "snapshot_iter_2"
    assert trainer.updater.iteration == 2


def test_no_snapshot_yet(tools, tmp_path):
    assert resume(make(tools), tmp_path) is None
    assert resume(make(tools, out=tmp_path / "not made yet")) is None


def test_names_of_the_snapshot_extension_are_used(tools, tmp_path):
    make(tools, filename="s{.updater.iteration}").run()
    trainer = make(tools, filename="s{.updater.iteration}")
    assert resume(trainer) == tmp_path / "s4"
    assert resume(make(tools)) is None


def test_snapshots_of_other_objects_are_not_taken(tools, tmp_path):
    trainer = tools.trainer()
    trainer.extend(extensions.snapshot_object(tools.Model(), "snapshot_iter_{.updater.iteration}", tools.save))
    trainer.extend(
        extensions.snapshot(tools.save, "t{.updater.iteration}", loadfun=tools.load), trigger=(1, "iteration")
    )
    trainer.run()
    assert resume(trainer) == tmp_path / "t3"


def test_options_reach_the_function_that_loads(tools, result):
    seen = []

    def load(path, obj, strict=True):
        if obj is trainer:
            seen.append((path.name, strict))

    trainer = make(tools, loadfun=load)
    resume(trainer, strict=False)
    resume(trainer, result / "snapshot_iter_1")
    assert seen == [("snapshot_iter_4", False), ("snapshot_iter_1", True)]


def test_missing_file(tools, tmp_path):
    with pytest.raises((OSError, FileFormatError)):
        resume(make(tools), tmp_path / "snapshot_iter_9")


def test_names_by_a_function_cannot_be_searched(tools, result):
    with pytest.raises(ArgumentError, match="files that are named by a function cannot be found again"):
        resume(make(tools, filename=lambda trainer: "x"), result)
