"""Whole programs on a GPU: recorded steps of networks, memory, determinism, snapshots."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import catenary
import catenary.functions as F
import catenary.links as L
from catenary import Chain, Sequential, Variable, optimizer_hooks, optimizers, training
from catenary.errors import DeterminismError
from catenary.iterators import SerialIterator
from catenary.training import StandardUpdater, extensions
from catenary_cupy.capture import WARM_UP

Examples = list[tuple[Any, Any]]
STEPS, BATCH = 6, 8
RNG = np.random.default_rng(0)
LABELS = RNG.integers(0, 3, 3 * BATCH).astype(np.int32)
IMAGES: Examples = list(zip(RNG.standard_normal((3 * BATCH, 2, 8, 8)).astype("f4"), LABELS))
ROWS: Examples = list(zip(RNG.standard_normal((3 * BATCH, 6)).astype("f4"), LABELS))
SEQUENCES: Examples = list(zip(RNG.standard_normal((3 * BATCH, 5, 4)).astype("f4"), LABELS))
WORDS: Examples = list(zip(RNG.integers(-1, 7, (3 * BATCH, 5)).astype(np.int32), LABELS))


class Model(Chain):
    """A network and its loss, which is reported.

    Args:
        links: The layers by name.
        scores: Gets the model and a batch; returns scores of three classes.
    """

    def __init__(self, scores: Callable[[Any, Any], Any], **links: Any) -> None:
        super().__init__(**links)
        self.scores = scores

    def forward(self, x: Any, t: Any) -> Variable:
        y = self.scores(self, x)
        loss = F.softmax_cross_entropy(y, t, ignore_label=2)
        catenary.report({"loss": loss, "accuracy": F.accuracy(y, t, ignore_label=2)}, self)
        return loss


def cnn() -> Model:
    def scores(net: Any, x: Any) -> Any:
        h = F.max_pooling_2d(F.relu(net.norm(net.conv1(x))), 2)
        h = F.average_pooling_2d(F.relu(net.conv2(F.dropout(h, 0.2))), 2)
        return net.out(h)

    return Model(
        scores,
        conv1=L.Convolution2D(2, 4, 3, pad=1),
        norm=L.BatchNormalization(4),
        conv2=L.Convolution2D(None, 5, 3, pad=1),
        out=L.Linear(None, 3),
    )


def sequences() -> Model:
    def scores(net: Any, x: Any) -> Any:
        h, _, _ = net.rnn(None, None, list(x))
        return net.out(h[-1])

    return Model(scores, rnn=L.NStepLSTM(2, 4, 6, 0.2), out=L.Linear(6, 3))


def cells() -> Model:
    def scores(net: Any, x: Any) -> Any:
        net.cell.reset_state()
        for step in range(x.shape[1]):
            h = net.cell(x[:, step])
        return net.out(h)

    return Model(scores, cell=L.LSTM(4, 6), out=L.Linear(6, 3))


def streams() -> Model:
    def scores(net: Any, x: Any) -> Any:
        for step in range(x.shape[1]):
            h = net.cell(x[:, step])
        y = net.out(h)
        net.cell.set_state(net.cell.c.array, net.cell.h.array)  # gradients end here, the numbers go on
        return y

    return Model(scores, cell=L.LSTM(4, 6), out=L.Linear(6, 3))


def transformer() -> Model:
    def scores(net: Any, x: Any) -> Any:
        h = net.layer(net.up(x, n_batch_axes=2), is_causal=True)
        return net.out(F.mean(h, axis=1))

    return Model(scores, up=L.Linear(4, 8), layer=L.TransformerEncoderLayer(8, 2, dropout=0.0), out=L.Linear(8, 3))


def norms() -> Model:
    def scores(net: Any, x: Any) -> Any:
        return net.out(net.layer(F.relu(net.group(net.conv(x))).reshape((len(x), -1))))

    return Model(
        scores,
        conv=L.Convolution2D(2, 4, 3),
        group=L.GroupNormalization(2),
        layer=L.LayerNormalization(4 * 36),
        out=L.Linear(None, 3),
    )


def words() -> Model:
    return Model(
        lambda net, x: net.out(F.sum(net.embed(x), axis=1)), embed=L.EmbedID(7, 6, ignore_label=-1), out=L.Linear(6, 3)
    )


def perceptron() -> Model:
    return Model(
        lambda net, x: net.body(x),
        body=Sequential(L.Linear(6, 8), F.relu, lambda h: F.dropout(h, 0.2), L.Linear(8, 3)),
    )


def half_perceptron() -> Model:
    with catenary.using_config("dtype", "float16"):
        model = perceptron()
    model.scores = lambda net, x: net.body(F.cast(x, "float16"))
    return model


def classifier() -> L.Classifier:
    return L.Classifier(Sequential(L.Linear(6, 8), L.BatchNormalization(8), F.tanh, L.Linear(8, 3)))


def with_hooks(optimizer: Any) -> Any:
    optimizer.add_hook(optimizer_hooks.WeightDecay(0.01))
    optimizer.add_hook(optimizer_hooks.GradientClipping(0.5))
    return optimizer


def with_noise(optimizer: Any) -> Any:
    optimizer.add_hook(optimizer_hooks.GradientNoise(0.1))
    return optimizer


def in_float32(optimizer: Any) -> Any:
    optimizer.use_fp32_update()
    optimizer.set_loss_scale(128.0)
    return optimizer


#: Name: what makes the model, its examples, what makes the optimizer, and what is set after `setup`.
PROGRAMS: dict[str, tuple[Callable[[], Any], Examples, Callable[[], Any], Callable[[Any], Any]]] = {
    "cnn": (cnn, IMAGES, optimizers.MomentumSGD, lambda o: o),
    "NStepLSTM": (sequences, SEQUENCES, optimizers.Adam, lambda o: o),
    "cells": (cells, SEQUENCES, optimizers.Adam, lambda o: o),
    "streams": (streams, SEQUENCES, optimizers.Adam, lambda o: o),
    "transformer": (transformer, SEQUENCES, optimizers.Adam, lambda o: o),
    "norms": (norms, IMAGES, optimizers.MomentumSGD, lambda o: o),
    "words": (words, WORDS, optimizers.MomentumSGD, lambda o: o),
    "classifier": (classifier, ROWS, optimizers.AdamW, lambda o: o),
    "hooks": (perceptron, ROWS, optimizers.SGD, with_hooks),
    "noise": (perceptron, ROWS, optimizers.SGD, with_noise),
    "half": (half_perceptron, ROWS, optimizers.Adam, in_float32),
}
#: Programs that add at indices, in the order in which a GPU comes to it.
UNORDERED = {"words"}
#: Programs whose first step finds no state, and so is another one than those after it.
STATEFUL = {"cells", "streams"}


def make_updater(name: str, capture: bool, shuffle: bool = False) -> Any:
    make, examples, optimizer, prepare = PROGRAMS[name]
    catenary.seed(1)
    iterator = SerialIterator(examples, BATCH, shuffle=shuffle)
    return StandardUpdater(iterator, prepare(optimizer().setup(make())), device="@cupy:0", capture=capture)


def train(name: str, capture: bool) -> tuple[dict[str, Any], list[dict[str, float]], Any]:
    """Return parameters and persistent values, what was reported, and the updater, after some steps from one seed."""
    updater = make_updater(name, capture)
    model = updater.get_optimizer("main").target
    seen = []
    for _ in range(STEPS):
        reporter = catenary.Reporter()
        reporter.add_observer("main", model)
        with reporter:
            updater.update()
        seen.append({key: float(value.array) for key, value in reporter.observation.items()})
    return collected(model), seen, updater


def update(updater: Any, steps: int) -> None:
    for _ in range(steps):
        updater.update()


def collected(model: Any) -> dict[str, Any]:
    """Return parameters and persistent values on the host."""
    from catenary.serializers import collect

    return collect(model)


@pytest.mark.parametrize("name", PROGRAMS)
def test_recorded_steps_are_plain_steps(gpu: Any, name: str) -> None:
    with catenary.using_config("deterministic", name not in UNORDERED):
        plain, reported, _ = train(name, False)
        found, seen, updater = train(name, True)
    expected = STEPS - WARM_UP - 1 - (name in STATEFUL)
    assert (updater._captured.reason, updater._captured.replays) == ("", expected)
    assert found.keys() == plain.keys()
    tolerance = 1e-4 if name in UNORDERED else 0
    for key, value in plain.items():
        np.testing.assert_allclose(found[key], value, rtol=tolerance, atol=tolerance / 100, err_msg=key)
    for a, b in zip(seen, reported, strict=True):
        assert a == pytest.approx(b, rel=tolerance, abs=0)


def own_noise(xp: Any, shape: Any, dtype: Any, hook: Any, rule: Any) -> Any:
    return xp.ones(shape, dtype) / rule.t


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (optimizer_hooks.ExponentialMovingAverage, "ExponentialMovingAverage takes a number from the host"),
        (lambda model: optimizer_hooks.GradientNoise(0.1, own_noise), "noise_func may take numbers from the host"),
    ],
)
def test_hooks_with_numbers_of_the_host_are_refused(gpu: Any, make: Any, reason: str) -> None:
    updater = make_updater("hooks", True)
    optimizer = updater.get_optimizer("main")
    optimizer.add_hook(make(optimizer.target))
    update(updater, 2)
    with pytest.warns(RuntimeWarning, match=reason):
        update(updater, 1)


def test_a_step_of_an_optimizer_that_is_no_kernel_is_refused(gpu: Any) -> None:
    def center(xp: Any, a: Any) -> None:
        a -= a.mean()

    x = gpu.xp.arange(3.0)
    captured = gpu.captured(lambda x: gpu.run_elementwise(center, [[x]]))
    captured(x)
    captured(x)
    with pytest.warns(RuntimeWarning, match="a step of an optimizer is not one kernel"):
        captured(x)
    assert gpu.to_host(x).tolist() == [-1, 0, 1]


def test_masks_of_single_numbers_are_recorded(gpu: Any) -> None:
    def step(x: Any) -> None:
        F.dropout(x, 0.5)

    captured = gpu.captured(step)
    for _ in range(4):
        captured(gpu.xp.ones(()))
    assert (captured.reason, captured.replays) == ("", 1)


# --- what links and models keep ---


def lengths_and_resets(capture: bool) -> tuple[dict[str, Any], Any, Any]:
    """Train on streams in pieces of 5 and 3 steps, and begin anew in between; return what comes out of it."""
    updater = make_updater("streams", capture)
    updater.converter = lambda batch, device: device.send(pieces.pop())
    pieces = [tuple(np.stack(part) for part in zip(*SEQUENCES[:BATCH])) for _ in range(20)]
    pieces = [(x[:, :3], t) if i % 3 else (x, t) for i, (x, t) in enumerate(pieces)]
    model = updater.get_optimizer("main").target
    for step in range(18):
        if step in (3, 13):
            model.cell.reset_state()
        updater.update()
    return collected(model), gpu_array(model.cell.h), updater._captured


def gpu_array(variable: Any) -> Any:
    return variable.device.to_host(variable.array)


def test_states_go_on_from_graph_to_graph(gpu: Any) -> None:
    plain, h, _ = lengths_and_resets(False)
    found, kept, step = lengths_and_resets(True)
    assert (step.reason, len(step._graphs)) == ("", 2)
    assert step.replays > 3
    for key, value in plain.items():
        np.testing.assert_array_equal(found[key], value, err_msg=key)
    np.testing.assert_array_equal(kept, h)


def test_gradients_into_the_step_before_are_refused(gpu: Any) -> None:
    updater = make_updater("streams", True)
    target = updater.get_optimizer("main").target
    target.scores = lambda net, x: net.out(net.cell(x[:, 0]))
    with pytest.warns(RuntimeWarning, match="gradients go back through 'c' of LSTM into the step before"):
        update(updater, 5)
    assert target.cell.h.creator is not None


def test_what_steps_leave_in_attributes_is_there(gpu: Any) -> None:
    updaters = [make_updater("classifier", capture) for capture in (False, True)]
    for updater in updaters:
        update(updater, 6)
    assert updaters[1]._captured.replays == 3
    plain, found = (updater.get_optimizer("main").target for updater in updaters)
    for name in ("y", "loss", "accuracy"):
        np.testing.assert_array_equal(*(gpu.to_host(getattr(model, name).array) for model in (plain, found)))
    found(*gpu.send((np.zeros((2, 6), "f4"), np.zeros(2, "i4"))))
    update(updaters[1], 1)
    assert found.y.shape == (BATCH, 3)


def test_what_the_step_before_left_is_not_read(gpu: Any) -> None:
    def scores(net: Any, x: Any) -> Any:
        net.y = net.body(x) + (0 if net.y is None else net.y.array.mean())
        return net.y

    updater = make_updater("hooks", True)
    target = updater.get_optimizer("main").target
    target.scores, target.y = scores, None
    with pytest.warns(RuntimeWarning, match="it reads 'y' of Model, which the step before left there"):
        update(updater, 5)
    assert isinstance(target.y, Variable)


def test_a_step_that_cannot_be_recorded_leaves_no_trace(gpu: Any) -> None:
    def scores(net: Any, x: Any) -> Any:
        net.steps += 1
        return net.body(x)

    updater = make_updater("hooks", True)
    target = updater.get_optimizer("main").target
    target.scores, target.steps = scores, 0
    with pytest.warns(RuntimeWarning, match="each step changes /steps of the model"):
        update(updater, 5)
    assert target.steps == 5


@pytest.mark.parametrize("change", ["array", "state", "attribute"])
def test_what_is_exchanged_has_the_step_recorded_anew(gpu: Any, change: str) -> None:
    def exchange(target: Any) -> None:
        bias = target.out.b
        if change == "array":
            bias.array = gpu.xp.ones_like(bias.array)
        elif change == "state":
            bias.update_rule.state = {name: array * 0 for name, array in bias.update_rule.state.items()}
        else:
            target.scores = lambda net, x: net.out(2 * F.sum(net.embed(x), axis=1))

    def run(capture: bool) -> tuple[dict[str, Any], Any]:
        updater = make_updater("words", capture)
        target = updater.get_optimizer("main").target
        for step in range(10):
            if step == 5:
                exchange(target)
            updater.update()
        return collected(target), updater._captured

    plain, _ = run(False)
    found, step = run(True)
    assert (step.reason, step.replays) == ("", 4)
    for key, value in plain.items():
        np.testing.assert_allclose(found[key], value, rtol=1e-4, atol=1e-6, err_msg=key)


# --- memory ---


def memory_of(gpu: Any, updater: Any) -> tuple[int, int]:
    """Return the bytes of arrays and of the pool, after two steps more with nothing on its way before them."""
    for _ in range(2):
        gpu.synchronize()
        updater.update()
    gc.collect()
    return gpu.used_bytes(), gpu.xp.get_default_memory_pool().total_bytes()


@pytest.mark.parametrize("name", ["hooks", "cnn"])
@pytest.mark.parametrize(
    "capture", [pytest.param(False, id="plain", marks=pytest.mark.slow), pytest.param(True, id="recorded")]
)
def test_no_memory_grows_over_a_thousand_steps(gpu: Any, name: str, capture: bool) -> None:
    updater = make_updater(name, capture)
    update(updater, 50)
    used, kept = memory_of(gpu, updater)
    update(updater, 1000)
    used_later, kept_later = memory_of(gpu, updater)
    assert used_later <= used + 2**14
    assert kept_later <= kept + 2**21  # how far the host runs ahead is not the same each time


# --- the same again ---


@pytest.mark.parametrize("name", sorted(PROGRAMS.keys() - UNORDERED))
def test_one_seed_gives_one_result(gpu: Any, name: str) -> None:
    with catenary.using_config("deterministic", True):
        (one, reported, _), (other, seen, _) = train(name, False), train(name, False)
    assert seen == reported
    for key, value in one.items():
        np.testing.assert_array_equal(other[key], value, err_msg=key)


def test_what_would_depend_on_an_order_is_refused(gpu: Any) -> None:
    with catenary.using_config("deterministic", True), pytest.raises(DeterminismError, match="deterministic"):
        train("words", False)


def run_trainer(name: str, folder: Path, steps: int, capture: bool, resume: bool) -> tuple[dict[str, Any], Any]:
    """Train with a trainer; return parameters and persistent values, and the state of the random generators."""
    trainer = training.Trainer(make_updater(name, capture, shuffle=True), (steps, "iteration"), out=folder)
    trainer.extend(extensions.snapshot(), trigger=(5, "iteration"))
    if resume:
        catenary.seed(99)
        assert training.resume(trainer) == folder / "snapshot_iter_5"
    trainer.run()
    return collected(trainer.updater.get_optimizer("main").target), catenary.get_random_state()["@cupy:0"]


@pytest.mark.parametrize("name", ["cnn", "NStepLSTM", "hooks"])
@pytest.mark.parametrize("capture", [False, True], ids=["plain", "recorded"])
def test_a_run_goes_on_from_a_snapshot(gpu: Any, tmp_path: Path, name: str, capture: bool) -> None:
    with catenary.using_config("deterministic", True):
        whole, random = run_trainer(name, tmp_path / "whole", 9, capture, resume=False)
        run_trainer(name, tmp_path / "parts", 5, capture, resume=False)
        found, state = run_trainer(name, tmp_path / "parts", 9, capture, resume=True)
    assert state == random
    for key, value in whole.items():
        np.testing.assert_array_equal(found[key], value, err_msg=key)


def test_a_trial_of_a_recorded_run_leaves_no_trace(gpu: Any, tmp_path: Path) -> None:
    def run(trial: bool) -> dict[str, Any]:
        trainer = training.Trainer(make_updater("cnn", True), (8, "iteration"), out=tmp_path)
        if trial:
            training.trial(trainer, 5)
        trainer.run()
        assert trainer.updater._captured.replays == 5 + 2 * trial
        return collected(trainer.updater.get_optimizer("main").target)

    with catenary.using_config("deterministic", True):
        found, plain = run(True), run(False)
    for key, value in plain.items():
        np.testing.assert_array_equal(found[key], value, err_msg=key)
