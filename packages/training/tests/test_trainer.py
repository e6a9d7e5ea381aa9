from __future__ import annotations

import os
import time
from functools import partial

import numpy as np
import pytest

import catenary
from catenary.errors import (
    ArgumentError,
    ArgumentTypeError,
    LoadMismatchError,
    TrainingError,
    UnknownNameError,
)
from catenary.plugins import registry
from catenary.training import Extension, Trainer, make_extension
from catenary.training.extensions import LogReport
from catenary.training.triggers import EarlyStoppingTrigger


class Diary(Extension):
    """Writes down what the trainer does with it."""

    def __init__(self, name, diary, fail_in=(), **attributes):
        self.name = name
        self.diary = diary
        self.fail_in = fail_in
        self.__dict__.update(attributes)

    def note(self, what):
        self.diary.append(f"{self.name} {what}")
        if what in self.fail_in:
            raise OSError(f"{self.name} fails in {what}")

    def __call__(self, trainer):
        self.note(f"call {trainer.updater.iteration}")

    def restore(self, trainer):
        self.note("restore")

    def initialize(self, trainer):
        self.note("initialize")

    def finalize(self):
        self.note("finalize")

    def on_error(self, trainer, exc, tb):
        self.note(f"on_error {type(exc).__name__}")


def test_order_of_a_run(tools):
    diary = []
    trainer = tools.trainer(stop=(2, "iteration"))
    trainer.extend(Diary("low", diary, priority=1))
    trainer.extend(Diary("high", diary, priority=7))
    trainer.extend(Diary("even", diary), trigger=(2, "iteration"), priority=5)
    trainer.extend(Diary("before", diary, priority=3), call_before_training=True, trigger=None)
    trainer.run()
    assert diary == [
        "high restore",
        "even restore",
        "before restore",
        "low restore",
        "high initialize",
        "even initialize",
        "before initialize",
        "low initialize",
        "before call 0",
        "high call 1",
        "before call 1",
        "low call 1",
        "high call 2",
        "even call 2",
        "before call 2",
        "low call 2",
        "high finalize",
        "even finalize",
        "before finalize",
        "low finalize",
    ]
    assert trainer.updater.finalized == 1


def test_equal_priorities_keep_their_order(tools):
    diary = []
    trainer = tools.trainer(stop=(1, "iteration"))
    for name in "abc":
        trainer.extend(lambda trainer, name=name: diary.append(name), name=name)
    trainer.run()
    assert diary == ["a", "b", "c"]


def test_observation_is_new_in_each_iteration(tools):
    trainer = tools.trainer(values=[1.0, None, 3.0])
    seen = []
    trainer.extend(lambda trainer: seen.append(dict(trainer.observation)), name="see")
    trainer.extend(lambda trainer: catenary.report({"extra": 1}), name="write", priority=300)
    trainer.run()
    assert seen == [{"main/loss": 1.0, "extra": 1}, {"extra": 1}, {"main/loss": 3.0, "extra": 1}]


def test_stop_from_an_extension_ends_after_the_iteration(tools):
    diary = []
    trainer = tools.trainer(stop=None)

    @make_extension(trigger=(3, "iteration"), priority=300)
    def stop(trainer):
        trainer.stop()

    trainer.extend(stop)
    trainer.extend(Diary("late", diary), trigger=(1, "iteration"))
    trainer.run()
    assert trainer.updater.iteration == 3
    assert "late call 3" in diary


def test_error_in_the_loop_is_told_and_everything_is_finalized(tools, capsys):
    diary = []
    trainer = tools.trainer()
    trainer.extend(Diary("one", diary, fail_in=["call 2"]))
    trainer.extend(Diary("two", diary))
    with pytest.raises(OSError, match="one fails in call 2"):
        trainer.run()
    assert diary[-5:] == [
        "one call 2",
        "one on_error OSError",
        "two on_error OSError",
        "one finalize",
        "two finalize",
    ]
    assert trainer.updater.finalized == 1
    shown = capsys.readouterr().err
    assert "Exception in the training loop: OSError: one fails in call 2" in shown
    assert "in note" in shown


def test_error_is_shown_only_once_if_asked(tools, capsys):
    trainer = tools.trainer()
    trainer.extend(Diary("one", [], fail_in=["call 1"]))
    with pytest.raises(OSError, match="one fails"):
        trainer.run(show_loop_exception_msg=False)
    assert capsys.readouterr().err == ""


def test_interrupt_finalizes_without_on_error(tools):
    diary = []
    trainer = tools.trainer()

    def interrupt(trainer):
        raise KeyboardInterrupt

    trainer.extend(Diary("one", diary))
    trainer.extend(interrupt)
    with pytest.raises(KeyboardInterrupt):
        trainer.run()
    assert diary[-2:] == ["one call 1", "one finalize"]
    assert trainer.updater.finalized == 1


@pytest.mark.parametrize("place", ["restore", "initialize", "finalize"])
def test_all_are_finalized_whatever_fails(tools, place):
    diary = []
    trainer = tools.trainer()
    trainer.extend(Diary("one", diary, fail_in=[place]))
    trainer.extend(Diary("two", diary))
    with pytest.raises(OSError, match=f"one fails in {place}"):
        trainer.run()
    assert diary[-2:] == ["one finalize", "two finalize"]
    assert trainer.updater.finalized == 1


def test_on_error_of_all_is_called_and_hides_nothing(tools, capsys):
    diary = []
    trainer = tools.trainer()
    trainer.extend(Diary("one", diary, fail_in=["on_error KeyError"]))
    trainer.extend(Diary("two", diary))

    def fail(trainer):
        raise KeyError("first")

    trainer.extend(fail)
    with pytest.raises(KeyError, match="first") as caught:
        trainer.run()
    assert diary[-4:] == ["one on_error KeyError", "two on_error KeyError", "one finalize", "two finalize"]
    assert caught.value.__notes__ == ["(then this failed, too: OSError: one fails in on_error KeyError)"]
    assert "KeyError: 'first'" in capsys.readouterr().err


@pytest.mark.parametrize("error", [KeyError("first"), KeyboardInterrupt("first")])
def test_what_fails_at_the_end_hides_nothing(tools, error):
    diary = []
    trainer = tools.trainer()
    trainer.extend(Diary("one", diary, fail_in=["finalize"]))
    trainer.extend(Diary("two", diary, fail_in=["finalize"]))

    def fail(trainer):
        raise error

    trainer.extend(fail)
    with pytest.raises(type(error), match="first") as caught:
        trainer.run(show_loop_exception_msg=False)
    assert diary[-2:] == ["one finalize", "two finalize"]
    assert caught.value.__notes__ == [
        f"(then this failed, too: OSError: {name} fails in finalize)" for name in ("one", "two")
    ]
    assert trainer.updater.finalized == 1


def test_interrupt_at_the_end_still_finalizes_the_others(tools):
    diary = []
    trainer = tools.trainer()

    class Slow(Extension):
        def __call__(self, trainer):
            pass

        def finalize(self):
            raise KeyboardInterrupt

    trainer.extend(Slow())
    trainer.extend(Diary("one", diary))
    with pytest.raises(KeyboardInterrupt):
        trainer.run()
    assert diary[-1] == "one finalize"
    assert trainer.updater.finalized == 1


def test_run_twice_is_an_error(tools):
    trainer = tools.trainer()
    trainer.run()
    with pytest.raises(TrainingError, match="this trainer has run already"):
        trainer.run()


def test_times(tools, monkeypatch):
    trainer = tools.trainer(stop=(2, "iteration"))
    with pytest.raises(TrainingError, match="training has not begun"):
        trainer.elapsed_time  # noqa: B018
    now = [100.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    seen = []

    def wait(trainer):
        now[0] += 2.5
        seen.append((trainer.elapsed_time, trainer.is_before_training))

    trainer.extend(wait)
    assert trainer.is_before_training
    trainer.run()
    now[0] += 1000
    assert seen == [(2.5, False), (5.0, False)]
    assert trainer.elapsed_time == 5.0


def test_time_before_a_resume_counts(tools, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    first, second = tools.trainer(stop=(2, "iteration")), tools.trainer(stop=(3, "iteration"))
    first.extend(lambda trainer: now.__setitem__(0, now[0] + 1), name="wait")
    first.run()
    tools.copy_state(first, second)
    second.extend(lambda trainer: now.__setitem__(0, now[0] + 1), name="wait")
    now[0] = 500.0
    second.run()
    assert second.elapsed_time == 3.0


def test_saving_changes_no_time(tools, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    trainer = tools.trainer(stop=(4, "iteration"))

    def save(trainer):
        now[0] += 1
        trainer.serialize(tools.Saver({}))

    trainer.extend(save)
    trainer.run()
    assert trainer.elapsed_time == 4.0


def test_out_folder_is_made(tools, tmp_path):
    tools.trainer(out=tmp_path / "a" / "b").run()
    assert (tmp_path / "a" / "b").is_dir()


def test_out_that_is_a_file(tools, tmp_path):
    (tmp_path / "file").write_text("")
    diary = []
    trainer = tools.trainer(out=tmp_path / "file")
    trainer.extend(Diary("one", diary))
    with pytest.raises(TrainingError, match=r"Trainer\.run: no files can be written to the folder '.*file': "):
        trainer.run()
    assert diary == ["one finalize"]
    assert trainer.updater.iteration == 0


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions are those of POSIX")
def test_out_without_permission(tools, tmp_path):
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0o500)
    user = os.geteuid()
    trainer = tools.trainer(out=folder)
    if user == 0:  # root may write anywhere
        os.seteuid(65534)
    try:
        with pytest.raises(
            TrainingError, match=r"no files can be written to the folder '.*closed': .*Permission denied"
        ):
            trainer.run()
    finally:
        os.seteuid(user)
    assert trainer.updater.iteration == 0


# Names


def test_names_of_extensions(tools):
    trainer = tools.trainer()

    def function(trainer):
        pass

    named = Diary("diary", [])
    for extension in (function, function, named, LogReport(), LogReport(), LogReport()):
        trainer.extend(extension)
    trainer.extend(LogReport(), name="other")
    names = ["function", "function_1", "diary", "LogReport", "LogReport_1", "LogReport_2", "other"]
    assert list(trainer.get_all_extensions()) == names
    assert trainer.get_extension("diary") is named
    assert trainer.extension_name(named) == "diary"


def test_an_extension_keeps_its_name_in_the_next_trainer(tools):
    report = LogReport()
    first, second = tools.trainer(), tools.trainer()
    first.extend(LogReport())
    first.extend(report)
    second.extend(report)
    assert first.extension_name(report) == "LogReport_1"
    assert second.extension_name(report) == "LogReport"


def test_extensions_by_registered_name(tools):
    trainer = tools.trainer(stop=(2, "iteration"), values=[1.0, 3.0])
    trainer.extend("LogReport", trigger=(1, "iteration"), filename=None)
    trainer.extend("FailOnNonNumber", trigger=(2, "iteration"))
    assert isinstance(trainer.get_extension("LogReport"), LogReport)
    trainer.run()
    assert [record["main/loss"] for record in trainer.get_extension("LogReport").log] == [1.0, 3.0]


def test_third_party_extension_by_name(tools):
    called = []
    registry.register("extensions", "Shout", lambda word: lambda trainer: called.append(word))
    try:
        trainer = tools.trainer(stop=(1, "iteration"))
        trainer.extend("Shout", name="shout", word="hey")
        trainer.run()
    finally:
        registry.unregister("extensions", "Shout")
    assert called == ["hey"]


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        (["LogRepot"], {}, UnknownNameError, "LogReport"),
        ([3], {}, ArgumentTypeError, "expected an extension, a callable or a registered name, got 3"),
        (
            [print],
            {"keys": 1},
            ArgumentTypeError,
            r"the arguments \['keys'\] are for extensions given by name",
        ),
        ([print, "training"], {}, ArgumentError, "an extension cannot be named 'training'"),
        ([partial(print)], {}, ArgumentError, "give a name for the extension"),
        ([print], {"trigger": (1, "day")}, ArgumentError, "got 'day'"),
    ],
)
def test_wrong_extensions(tools, arguments, options, error, message):
    trainer = tools.trainer()
    with pytest.raises(error, match=message):
        trainer.extend(*arguments, **options)
    assert trainer.get_all_extensions() == {}


def test_unknown_extension_lists_the_known(tools):
    trainer = tools.trainer(extensions=[LogReport()])
    with pytest.raises(ArgumentError, match=r"there is no extension 'logreport'; it has \['LogReport'\]"):
        trainer.get_extension("logreport")
    with pytest.raises(ArgumentError, match="is not an extension of this trainer"):
        trainer.extension_name(print)


# Saving


class Count(Extension):
    """State that is saved."""

    def __init__(self):
        self.n = 0

    def __call__(self, trainer):
        self.n += 1

    def serialize(self, serializer):
        self.n = serializer("n", self.n)


def test_keys_are_those_of_chainer_and_ours(tools):
    trainer = tools.trainer(stop=(2, "iteration"))
    trainer.extend(Count())
    trainer.extend(Count(), trigger=lambda trainer: True)
    trainer.run()
    entries = {}
    trainer.serialize(tools.Saver(entries))
    chainer = {
        "updater/iteration",
        "stop_trigger/previous_iteration",
        "stop_trigger/previous_epoch_detail",
        "extensions/Count/n",
        "extensions/Count_1/n",
        "extension_triggers/Count/previous_iteration",
        "extension_triggers/Count/previous_epoch_detail",
        "_snapshot_elapsed_time",
    }
    assert set(entries) == chainer | {"manifest", "observation", "random_state"}


def test_deferred_actions_run_after_all_extensions(tools):
    diary = []
    trainer = tools.trainer(stop=(2, "iteration"))
    trainer.extend(lambda trainer: trainer.defer(lambda: diary.append("deferred")), name="defer", priority=500)
    trainer.extend(lambda trainer: diary.append("late"), name="late", priority=-1000)
    trainer.run()
    assert diary == ["late", "deferred"] * 2
    trainer.defer(lambda: diary.append("at once"))
    assert diary[-1] == "at once"


def test_deferred_actions_of_a_failed_iteration_are_dropped(tools):
    diary = []
    trainer = tools.trainer()
    trainer.extend(lambda trainer: trainer.defer(lambda: diary.append("deferred")), name="defer")
    trainer.extend(Diary("one", [], fail_in=["call 1"]))
    with pytest.raises(OSError, match="one fails"):
        trainer.run(show_loop_exception_msg=False)
    assert diary == []


VALUES = [np.float32(v) for v in (5, 4, 4.1, 3.9, 4.1, 3.3, 3.7, 3.9, 3.8, 4, 1, 1)]


def early_stopping(tools, tmp_path):
    stop = EarlyStoppingTrigger(check_trigger=(2, "iteration"), patience=2, max_trigger=(12, "iteration"))
    trainer = Trainer(tools.Counter(10, VALUES), stop, tmp_path)
    trainer.extend(LogReport(trigger=(2, "iteration"), filename=None))
    return trainer


@pytest.mark.parametrize("resume_at", range(1, 10))
def test_stop_trigger_sees_the_iteration_of_the_snapshot(tools, tmp_path, resume_at):
    whole = early_stopping(tools, tmp_path)
    whole.run()
    assert whole.updater.iteration == 10
    first, second = early_stopping(tools, tmp_path), early_stopping(tools, tmp_path)
    first.extend(
        lambda trainer: trainer.defer(lambda: tools.copy_state(trainer, second)),
        name="LogReport",
        trigger=lambda trainer: trainer.updater.iteration == resume_at,
    )
    second.extend(lambda trainer: None, name="LogReport", trigger=lambda trainer: False)
    first.run()
    second.run()
    assert second.updater.iteration == 10
    assert second.stop_trigger.best == whole.stop_trigger.best
    means = [[record["main/loss"] for record in t.get_extension("LogReport").log] for t in (whole, second)]
    assert means[0] == means[1]


def test_training_goes_on_with_a_later_end(tools):
    first, second, third = (
        tools.trainer((4, "iteration")),
        tools.trainer((4, "iteration")),
        tools.trainer((6, "iteration")),
    )
    first.extend(lambda trainer: trainer.defer(lambda: tools.copy_state(trainer, second)), name="x")
    for trainer in (second, third):
        trainer.extend(lambda trainer: None, name="x")
    first.run()
    tools.copy_state(second, third)
    second.run()
    third.run()
    assert (second.updater.iteration, third.updater.iteration) == (4, 6)


def test_snapshot_of_a_later_format_is_refused_and_nothing_is_changed(tools):
    trainer = tools.trainer()
    entries = {}
    trainer.serialize(tools.Saver(entries))
    entries["manifest"] = np.array('{"format": 99, "catenary-training": "7.0"}')
    entries["updater/iteration"] = np.array(5)
    with pytest.raises(LoadMismatchError, match=r"format 99 \(catenary-training 7.0\); .* pip install -U"):
        trainer.serialize(tools.Loader(entries, dry=False))
    assert trainer.updater.iteration == 0


def test_file_without_our_own_entries_loads(tools):
    trainer = tools.trainer()
    entries = {}
    trainer.serialize(tools.Saver(entries))
    for name in ("manifest", "observation", "random_state"):
        del entries[name]
    entries["updater/iteration"] = np.array(5)
    trainer.serialize(tools.Loader(entries, dry=False))
    assert trainer.updater.iteration == 5


def test_random_numbers_go_on(tools):
    first, second = tools.trainer(), tools.trainer()
    catenary.seed(4)
    random = catenary.get_device("@numpy").random
    random.random(3)
    entries = {}
    first.serialize(tools.Saver(entries))
    expected = random.random(4).tolist()
    catenary.seed(5)
    for dry in (True, False):
        second.serialize(tools.Loader(entries, dry))
    assert catenary.get_device("@numpy").random.random(4).tolist() == expected


def test_observed_numbers_keep_their_dtype(tools):
    first, second = tools.trainer(), tools.trainer()
    first.observation = {
        "a": np.float32(0.1),
        "b": np.array(2.5, np.float16),
        "c": 0.1,
        "d": float("nan"),
        "e": catenary.Variable(np.array(7, np.float32)),
        "f": 3,
        "g": np.zeros(2),
        "h": "text",
    }
    tools.copy_state(first, second)
    found = second.observation
    assert set(found) == set("abcdef")
    assert (found["a"].dtype, float(found["a"])) == (np.float32, float(np.float32(0.1)))
    assert (found["b"].dtype, float(found["b"])) == (np.float16, 2.5)
    assert found["c"] == 0.1
    assert np.isnan(found["d"])
    assert (found["e"].dtype, float(found["e"])) == (np.float32, 7.0)
    assert found["f"] == 3
