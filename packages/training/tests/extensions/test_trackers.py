"""Extensions that pass values on to other libraries, with the real libraries."""

from __future__ import annotations

import importlib.util
import struct

import numpy as np
import optuna
import pytest
from tensorboardX.proto.event_pb2 import Event

import catenary
from catenary.errors import ArgumentTypeError, MissingLibraryError, TrainingError
from catenary.training.extensions import ForwardMetrics, OptunaPruning, TensorBoard


def test_forward_metrics(tools):
    seen = []
    trainer = tools.trainer(stop=(4, "iteration"), values=[1.0, catenary.Variable(np.array(2.0)), 5.0, 6.0])
    trainer.extend(lambda t: t.observation.update(lr=np.float32(0.5)), name="lr", priority=300)
    trainer.extend(ForwardMetrics(lambda metrics, step: seen.append((metrics, step)), trigger=(2, "iteration")))
    trainer.extend(ForwardMetrics(lambda metrics, step: seen.append((metrics, step)), ["lr"], trigger=(4, "iteration")))
    trainer.run()
    assert seen == [({"main/loss": 1.5, "lr": 0.5}, 2), ({"main/loss": 5.5, "lr": 0.5}, 4), ({"lr": 0.5}, 4)]
    assert {type(value) for metrics, _ in seen for value in metrics.values()} == {float}


@pytest.mark.parametrize("at", [1, 2, 3])
def test_resumed_forward_metrics(tools, at):
    seen = []

    def make(stop):
        trainer = tools.trainer(stop=(stop, "iteration"), values=[1.0, 2.0, 5.0, 6.0])
        trainer.extend(ForwardMetrics(lambda metrics, step: seen.append((metrics, step)), trigger=(2, "iteration")))
        return trainer

    first, second = make(at), make(4)
    first.run()
    tools.copy_state(first, second)
    second.run()
    assert seen == [({"main/loss": 1.5}, 2), ({"main/loss": 5.5}, 4)]


def test_forward_metrics_to_nothing():
    with pytest.raises(ArgumentTypeError, match="ForwardMetrics: log must be a function of metrics and a step, got 3"):
        ForwardMetrics(3)


def events(folder):
    """Return the events of all files in a folder: each is a length, a checksum, the event and a checksum."""
    found = []
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        while content:
            (length,) = struct.unpack("<Q", content[:8])
            found.append(Event.FromString(content[12 : 12 + length]))
            content = content[16 + length :]
    return found


def model():
    link = catenary.Chain()
    with link.init_scope():
        link.W = catenary.Parameter(np.array([-1, 0, 0, 3], np.float32))
        link.b = catenary.Parameter(0.0)  # no shape yet
    return link


def test_tensorboard(tools, tmp_path):
    trainer = tools.trainer(stop=(4, "iteration"), values=[1.0, 2.0, 5.0, 6.0])
    trainer.extend(TensorBoard(trigger=(2, "iteration"), logdir="tb", histograms=model()))
    trainer.run()
    summaries = [(event.step, value) for event in events(tmp_path / "tb") for value in event.summary.value]
    scalars = [(step, value.tag, value.simple_value) for step, value in summaries if value.HasField("simple_value")]
    assert scalars == [(2, "main/loss", 1.5), (4, "main/loss", 5.5)]
    histograms = [(step, value.tag, value.histo) for step, value in summaries if value.HasField("histo")]
    assert [(step, tag) for step, tag, _ in histograms] == [(2, "Chain/W"), (4, "Chain/W")]
    for _, _, histogram in histograms:
        assert (histogram.num, histogram.min, histogram.max, histogram.sum) == (4, -1, 3, 2)


def test_resumed_tensorboard(tools, tmp_path):
    def make(stop):
        trainer = tools.trainer(stop=(stop, "iteration"), values=[1.0, 2.0, 3.0, 4.0])
        trainer.extend(TensorBoard(["main/loss"], trigger=(1, "iteration")))
        return trainer

    first, second = make(3), make(4)
    first.extend(lambda t: t.defer(lambda: tools.copy_state(t, second)), name="save", trigger=(2, "iteration"))
    first.run()
    second.run()
    found = events(tmp_path / "tensorboard")
    # What readers do: a start of a session at a step takes back what was written for later steps.
    shown = {}
    for event in found:
        if event.HasField("session_log"):
            shown = {step: value for step, value in shown.items() if step < event.step}
        shown.update((event.step, value.simple_value) for value in event.summary.value)
    assert [event.step for event in found if event.HasField("session_log")] == [3]
    assert shown == {1: 1.0, 2: 2.0, 3: 3.0, 4: 4.0}


def test_tensorboard_closes_after_an_error(tools, tmp_path):
    trainer = tools.trainer(stop=(4, "iteration"), values=[1.0])
    board = TensorBoard(trigger=(1, "iteration"))
    trainer.extend(board)

    def fail(trainer):
        raise OSError

    trainer.extend(fail)
    with pytest.raises(OSError):
        trainer.run(show_loop_exception_msg=False)
    assert [value.tag for event in events(tmp_path / "tensorboard") for value in event.summary.value] == ["main/loss"]
    TensorBoard().finalize()  # of a training that never began


def study_with(tools, values, stop, resume_at=None):
    """Return a study of Optuna with one trial, which is pruned at values above 3."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(pruner=optuna.pruners.ThresholdPruner(upper=3.0))

    def make(trial, stop):
        trainer = tools.trainer(stop=(stop, "iteration"), per_epoch=2, values=values)
        trainer.extend(OptunaPruning(trial, "main/loss"))
        return trainer

    def objective(trial):
        trainer = make(trial, stop)
        if resume_at is not None:
            first = make(trial, resume_at)
            first.run(show_loop_exception_msg=False)
            tools.copy_state(first, trainer)
        trainer.run(show_loop_exception_msg=False)
        return 1.0

    study.optimize(objective, n_trials=1)
    return study


def test_trial_that_is_good_goes_on(tools):
    (trial,) = study_with(tools, [0.25, 0.75, 0.0, 0.5], 4).trials
    assert trial.state == optuna.trial.TrialState.COMPLETE
    assert trial.intermediate_values == {1: 0.5, 2: 0.25}


@pytest.mark.parametrize("resume_at", [None, 2, 3])
def test_trial_that_is_bad_is_pruned(tools, resume_at):
    (trial,) = study_with(tools, [0.5, 0.5, 3.0, 4.0, 0.0, 0.0], 6, resume_at).trials
    assert trial.state == optuna.trial.TrialState.PRUNED
    assert trial.intermediate_values == {1: 0.5, 2: 3.5}


def test_missing_value_of_a_trial(tools):
    with pytest.raises(
        TrainingError, match=r"OptunaPruning: 'main/loss' was not reported .* iteration 2; .* now are \[\]"
    ):
        study_with(tools, [], 2)


@pytest.mark.parametrize(
    ("library", "extra", "make"),
    [
        ("tensorboardX", "tensorboard", TensorBoard),
        ("optuna", "optuna", lambda: OptunaPruning(None, "main/loss")),
    ],
)
def test_without_the_library(monkeypatch, library, extra, make):
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == library else real(name))
    with pytest.raises(MissingLibraryError, match=rf": {library} is not installed\..* 'catenary-training\[{extra}\]'"):
        make()


def test_wrong_histograms():
    with pytest.raises(ArgumentTypeError, match="TensorBoard: expected a Link or several, got int"):
        TensorBoard(histograms=3)
