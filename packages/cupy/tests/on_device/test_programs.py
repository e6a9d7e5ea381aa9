"""Whole programs on a GPU: recorded steps of networks, memory, determinism, snapshots."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import catenary
import catenary.functions as F
import catenary.links as L
from catenary import Chain, Sequential, Variable, optimizer_hooks, optimizers, training
from catenary.iterators import SerialIterator
from catenary.training import StandardUpdater, extensions
from catenary_cupy import capture

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
        h = net.layer(net.up(x, n_batch_axes=2))
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
PROGRAMS: dict[str, tuple[Callable[[], Model], Examples, Callable[[], Any], Callable[[Any], Any]]] = {
    "cnn": (cnn, IMAGES, optimizers.MomentumSGD, lambda o: o),
    "NStepLSTM": (sequences, SEQUENCES, optimizers.Adam, lambda o: o),
    "cells": (cells, SEQUENCES, optimizers.Adam, lambda o: o),
    "streams": (streams, SEQUENCES, optimizers.Adam, lambda o: o),
    "transformer": (transformer, SEQUENCES, optimizers.Adam, lambda o: o),
    "norms": (norms, IMAGES, optimizers.MomentumSGD, lambda o: o),
    "words": (words, WORDS, optimizers.Adam, lambda o: o),
    "hooks": (perceptron, ROWS, optimizers.SGD, with_hooks),
    "noise": (perceptron, ROWS, optimizers.SGD, with_noise),
    "half": (half_perceptron, ROWS, optimizers.Adam, in_float32),
}
#: Programs that add at indices, in the order in which a GPU comes to it.
UNORDERED = {"words"}


def make_updater(name: str, capture: bool) -> tuple[Model, Any]:
    make, examples, optimizer, prepare = PROGRAMS[name]
    catenary.seed(1)
    model = make()
    iterator = SerialIterator(examples, BATCH, shuffle=False)
    return model, StandardUpdater(iterator, prepare(optimizer().setup(model)), device="@cupy:0", capture=capture)


def train(name: str, capture: bool, steps: int = STEPS) -> tuple[dict[str, Any], list[dict[str, float]], Any]:
    """Return parameters and persistent values, what was reported, and the updater, after some steps from one seed."""
    model, updater = make_updater(name, capture)
    seen = []
    for _ in range(steps):
        reporter = catenary.Reporter()
        reporter.add_observer("main", model)
        with reporter:
            updater.update()
        seen.append({key: float(value.array) for key, value in reporter.observation.items()})
    return values_of(model), seen, updater


def values_of(model: Model) -> dict[str, Any]:
    target = catenary.serializers.DictionarySerializer()
    target.save(model)
    return {key: np.array(value) for key, value in target.target.items()}


@pytest.mark.parametrize("name", PROGRAMS)
def test_recorded_steps_are_plain_steps(gpu: Any, name: str) -> None:
    with catenary.using_config("deterministic", name not in UNORDERED):
        plain, reported, _ = train(name, False)
        found, seen, updater = train(name, True)
    assert (updater._captured.reason, updater._captured.replays) == ("", STEPS - capture.WARM_UP - 1)
    assert found.keys() == plain.keys()
    same = np.testing.assert_allclose if name in UNORDERED else np.testing.assert_array_equal
    for key, value in plain.items():
        same(found[key], value, err_msg=key)
    for a, b in zip(seen, reported, strict=True):
        assert a == (pytest.approx(b) if name in UNORDERED else b)
