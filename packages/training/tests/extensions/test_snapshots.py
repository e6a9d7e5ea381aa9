from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

import numpy as np
import pytest

from catenary.errors import ArgumentError, FileFormatError, UnknownNameError
from catenary.plugins import registry
from catenary.training import Extension, extensions
from catenary.training.triggers import MinValueTrigger


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def own(tools, **kwargs):
    return {"savefun": tools.save, "loadfun": tools.load, **kwargs}


def run(tools, extension, stop=(4, "iteration"), trigger=(1, "iteration"), **kwargs):
    trainer = tools.trainer(stop=stop, **kwargs)
    trainer.extend(extension, trigger=trigger)
    trainer.run()
    return trainer


def test_once_per_epoch_under_the_name_of_the_iteration(tools, tmp_path):
    run(tools, extensions.snapshot(**own(tools)), trigger=None, per_epoch=2)
    assert names(tmp_path) == ["snapshot_iter_2", "snapshot_iter_4"]


def test_own_names(tools, tmp_path):
    run(
        tools,
        extensions.snapshot(**own(tools), filename="{0.updater.iteration:03d}.npz"),
        stop=(1, "iteration"),
    )
    run(tools, extensions.snapshot(**own(tools), filename=lambda trainer: "always"))
    assert names(tmp_path) == ["001.npz", "always"]


def test_condition(tools, tmp_path):
    answers = iter([False, True, False, True])
    run(tools, extensions.snapshot(**own(tools), condition=lambda: next(answers)))
    assert names(tmp_path) == ["snapshot_iter_2", "snapshot_iter_4"]


def test_retention_keeps_the_newest_and_touches_nothing_else(tools, tmp_path):
    for other in ("snapshot_iter_best", "snapshot_iter_", "my_snapshot_iter_1", "log"):
        (tmp_path / other).write_text("")
    run(tools, extensions.snapshot(**own(tools), n_retains=2), stop=(12, "iteration"))
    assert set(names(tmp_path)) == {
        "snapshot_iter_11",
        "snapshot_iter_12",
        "snapshot_iter_best",
        "snapshot_iter_",
        "my_snapshot_iter_1",
        "log",
    }


def test_object_is_saved_alone(tools, tmp_path):
    trainer = tools.regression((2, "epoch"), tmp_path)
    model = trainer.updater.get_optimizer("main").target
    trainer.extend(extensions.snapshot_object(model, "model_{.updater.epoch}", **own(tools)))
    trainer.run()
    assert names(tmp_path) == ["model_1", "model_2"]
    other = tools.Model()
    tools.load(tmp_path / "model_2", other)
    np.testing.assert_array_equal(other.W.array, model.W.array)


def test_snapshot_is_taken_when_all_other_extensions_had_their_turn(tools, tmp_path):
    class Late(Extension):
        priority = -10000
        n = 0

        def __call__(self, trainer):
            self.n += 1

        def serialize(self, serializer):
            self.n = serializer("n", self.n)

    trainer = tools.trainer(stop=(3, "iteration"), values=[3.0, 2.0, 1.0])
    trainer.extend(extensions.snapshot(**own(tools)), trigger=(1, "iteration"), priority=1000)
    trainer.extend(Late())
    # A second snapshot, whose trigger comes after the first one: in the file it has been asked, too.
    best = extensions.snapshot_object(tools.Model(), "best", **own(tools))
    trainer.extend(best, trigger=MinValueTrigger("main/loss", (1, "iteration")))
    trainer.run()
    with np.load(tmp_path / "snapshot_iter_3") as file:
        assert file["extensions/Late/n"] == 3
        assert file["extension_triggers/_Snapshot_1/interval_trigger/previous_iteration"] == 3
        assert file["extension_triggers/_Snapshot_1/best_value"] == 1.0


def test_after_an_error(tools, tmp_path):
    for on_error in (True, False):
        trainer = tools.trainer(out=tmp_path / str(on_error))
        trainer.extend(extensions.snapshot(**own(tools), snapshot_on_error=on_error), trigger=(100, "iteration"))

        def fail(trainer):
            raise OSError("no")

        trainer.extend(fail, trigger=(2, "iteration"))
        with pytest.raises(OSError, match="no"):
            trainer.run(show_loop_exception_msg=False)
        assert names(tmp_path / str(on_error)) == ["snapshot_iter_2"] * on_error


def test_failed_save_leaves_the_last_one(tools, tmp_path):
    def half(path, obj):
        path.write_bytes(b"half a file")
        if obj.updater.iteration == 2:
            raise OSError("disk full")
        tools.save(path, obj)

    with pytest.raises(OSError, match="disk full"):
        run(tools, extensions.snapshot(half, "snapshot"))
    assert names(tmp_path) == ["snapshot"]
    other = tools.trainer()
    other.extend(extensions.snapshot(half, "snapshot"))
    tools.load(tmp_path / "snapshot", other)
    assert other.updater.iteration == 1


def test_what_a_killed_run_left_is_removed(tools, tmp_path):
    (tmp_path / ".unfinished").mkdir()
    (tmp_path / ".unfinished" / "snapshot_iter_9").write_bytes(b"half")
    trainer = run(tools, extensions.snapshot(**own(tools), autoload=True), stop=(1, "iteration"))
    assert trainer.updater.iteration == 1
    assert names(tmp_path) == ["snapshot_iter_1"]


# Going on


def autoload(tools, stop, **kwargs):
    return run(tools, extensions.snapshot(**own(tools, autoload=True, **kwargs)), stop)


def test_autoload_goes_on_from_the_newest(tools, tmp_path):
    assert autoload(tools, (12, "iteration")).updater.iteration == 12
    for path in tmp_path.iterdir():
        os.utime(path, (1, 1))  # as after a copy: the numbers decide, not the letters
    seen = []
    trainer = tools.trainer(stop=(13, "iteration"))
    trainer.extend(extensions.snapshot(**own(tools, autoload=True)), trigger=(1, "iteration"))
    trainer.updater.update = lambda update=trainer.updater.update: (
        seen.append(trainer.updater.iteration),
        update(),
    )
    trainer.run()
    assert seen == [12]


def test_newest_is_by_time_of_writing(tools, tmp_path):
    autoload(tools, (3, "iteration"))
    for i in (1, 2, 3):
        os.utime(tmp_path / f"snapshot_iter_{i}", (10 - i, 10 - i))
    trainer = tools.trainer(stop=(1, "iteration"))
    trainer.extend(extensions.snapshot(**own(tools, autoload=True)), trigger=(1, "iteration"))
    trainer.run()
    assert trainer.updater.iteration == 1


def test_damaged_file_is_passed_over(tools, tmp_path):
    autoload(tools, (3, "iteration"))
    (tmp_path / "snapshot_iter_3").write_bytes(b"damaged")
    with pytest.warns(UserWarning, match="snapshot_iter_3 is passed over for an older one"):
        assert autoload(tools, (2, "iteration")).updater.iteration == 2


def test_only_damaged_files_are_an_error(tools, tmp_path):
    (tmp_path / "snapshot_iter_3").write_bytes(b"damaged")
    with pytest.raises(FileFormatError, match="snapshot_iter_3 is damaged"):
        autoload(tools, (3, "iteration"))


def test_state_is_back_before_any_extension_is_initialized(tools):
    autoload(tools, (3, "iteration"))
    seen = []

    class First(Extension):
        priority = 10000

        def initialize(self, trainer):
            seen.append(trainer.updater.iteration)

    trainer = tools.trainer(stop=(3, "iteration"))
    trainer.extend(First(), trigger=lambda trainer: False)
    trainer.extend(extensions.snapshot(**own(tools, autoload=True)), trigger=(1, "iteration"))
    trainer.run()
    assert seen == [3]


def test_finished_training_does_nothing_more(tools):
    autoload(tools, (3, "iteration"))
    trainer = autoload(tools, (3, "iteration"))
    assert trainer.updater.iteration == 3


# Formats


class Format:
    """A registered format."""

    def __init__(self, save, load):
        self.save, self.load = save, load


@pytest.fixture
def registered(tools):
    registry.register("serializers", "mine", Format(tools.save, tools.load))
    yield
    registry.unregister("serializers", "mine")


def test_format_by_name(tools, tmp_path, registered):
    run(tools, extensions.snapshot("mine"), stop=(2, "iteration"))
    trainer = run(tools, extensions.snapshot("mine", autoload=True), stop=(3, "iteration"))
    assert trainer.updater.iteration == 3
    assert names(tmp_path) == ["snapshot_iter_1", "snapshot_iter_2", "snapshot_iter_3"]


def test_loading_is_found_by_the_function_that_saves(tools, registered):
    run(tools, extensions.snapshot(tools.save), stop=(2, "iteration"))
    assert run(tools, extensions.snapshot(tools.save, autoload=True), stop=(2, "iteration")).updater.iteration == 2


def test_unknown_format():
    with pytest.raises(UnknownNameError, match="no serializer named 'npy' is registered"):
        extensions.snapshot("npy")


def test_without_catenary_io_the_message_says_what_to_install():
    code = "from catenary.training import extensions; extensions.snapshot()"
    environment = {**os.environ, "CATENARY_DISABLE_PLUGINS": "catenary-io"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert "UnknownNameError: no serializer named 'npz' is registered" in done.stderr
    installed = importlib.util.find_spec("catenary_io") is not None
    assert ("CATENARY_DISABLE_PLUGINS" if installed else "pip install catenary-io") in done.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"autoload": True}, "nobody knows how to load what .* saves; give loadfun"),
        ({"n_retains": 3, "filename": str}, "files that are named by a function cannot be found again"),
        (
            {"autoload": True, "loadfun": print, "filename": str},
            "files .*; give a format string as filename, got <class 'str'>",
        ),
    ],
)
def test_wrong_arguments(options, message):
    with pytest.raises(ArgumentError, match=f"snapshot: {message}"):
        extensions.snapshot(print, **options)
