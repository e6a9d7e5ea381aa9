"""Slides of 2017 on the trainer of Chainer 1.21: train_mnist.py, and the classes inside, as the slides print them.

Lines that the slides only speak of end with `# added`. Given to the programs: the network, the arguments of the command
line, what is imported from where, and digits of 8 x 8 pixels in place of MNIST.
"""

from __future__ import annotations

import argparse
import copy
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from chainer.functions.evaluation import accuracy
from chainer.functions.loss import softmax_cross_entropy
from chainer.training import extension, extensions

import chainer
import chainer.functions as F
import chainer.links as L
from chainer import Variable, link, reporter, training, variable

Array = np.ndarray


class MLP(chainer.Chain):  # type: ignore[misc]
    """The network of train_mnist.py."""

    def __init__(self, n_units: int, n_out: int) -> None:
        super().__init__(
            l1=L.Linear(None, n_units),
            l2=L.Linear(None, n_units),
            l3=L.Linear(None, n_out),
        )

    def __call__(self, x: Any) -> Any:
        h1 = F.relu(self.l1(x))
        h2 = F.relu(self.l2(h1))
        return self.l3(h2)


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What train_mnist.py takes for granted."""
    monkeypatch.setattr(chainer.datasets, "get_mnist", chainer.datasets.get_digits)
    args = argparse.Namespace(batchsize=100, epoch=6, unit=100, gpu=-1, out="result")
    return {"chainer": chainer, "L": L, "MLP": MLP, "args": args, "training": training, "extensions": extensions}


def as_arrays(data: Any) -> tuple[Array, Array]:
    x, t = chainer.dataset.concat_examples(data)
    return x.astype(np.float64), t


def by_numpy(model: Any, x: Array, t: Array) -> tuple[float, float]:
    """Return loss and accuracy of a classifier with the network above."""
    mlp = model.predictor
    h1 = np.maximum(x @ mlp.l1.W.data.T + mlp.l1.b.data, 0)
    h2 = np.maximum(h1 @ mlp.l2.W.data.T + mlp.l2.b.data, 0)
    y = h2 @ mlp.l3.W.data.T + mlp.l3.b.data
    log_p = y - np.log(np.exp(y).sum(1, keepdims=True))
    return -log_p[np.arange(len(t)), t].mean(), (y.argmax(1) == t).mean()


def parameters(model: Any) -> list[Array]:
    return [param.data.copy() for _, param in sorted(model.namedparams())]


# --- train_mnist.py ---


def test_train_mnist(notebook: Any, given: dict[str, Any], tmp_path: Path) -> None:
    printed = notebook.run("seed_004_train_mnist", **given)
    log = json.loads((tmp_path / "result" / "log").read_text())
    assert [entry["epoch"] for entry in log] == [1, 2, 3, 4, 5, 6]
    assert log[-1]["validation/main/accuracy"] > 0.9
    assert log[-1]["main/loss"] < 0.3 * log[0]["main/loss"]

    # The means are those of batches, and the last of four has 60 of the 360 images.
    x, t = as_arrays(notebook["test"])
    batches = [by_numpy(notebook["model"], x[i : i + 100], t[i : i + 100]) for i in range(0, 360, 100)]
    expected = np.mean(batches, axis=0)
    assert log[-1]["validation/main/loss"] == pytest.approx(expected[0], rel=1e-4)
    assert log[-1]["validation/main/accuracy"] == pytest.approx(expected[1], rel=1e-4)

    rows = [line.split() for line in printed.splitlines() if line.split() and line.split()[0] in list("123456")]
    assert [int(row[0]) for row in rows] == [1, 2, 3, 4, 5, 6]
    keys = ("main/loss", "validation/main/loss", "main/accuracy", "validation/main/accuracy")
    for row, entry in zip(rows, log):
        np.testing.assert_allclose([float(x) for x in row[1:]], [entry[key] for key in keys], rtol=1e-5)
    for iteration in range(10, 90, 10):
        assert f"epoch {iteration * 100 / 1437:.4g}/6 " in printed  # the bar

    updater, trainer = notebook["updater"], notebook["trainer"]
    assert updater.iteration == -(-6 * 1437 // 100)
    assert {path.name for path in (tmp_path / "result").iterdir()} == {"log", "cg.dot", "snapshot_iter_87"}
    assert (tmp_path / "result" / "cg.dot").read_text().startswith("digraph")
    with np.load(tmp_path / "result" / "snapshot_iter_87") as file:
        np.testing.assert_array_equal(file["updater/model:main/predictor/l1/W"], notebook["model"].predictor.l1.W.data)
    assert {"Evaluator", "LogReport", "PrintReport", "ProgressBar"} <= {
        type(trainer.get_extension(name)).__name__ for name in ("validation", "LogReport", "PrintReport", "ProgressBar")
    }


def test_the_trainer_calls_update_until_the_number_of_epochs(notebook: Any, given: dict[str, Any]) -> None:
    class Counted(training.StandardUpdater):  # type: ignore[misc]
        calls = 0

        def update(self) -> None:
            assert reporter.get_current_reporter() is trainer.reporter
            assert trainer.observation == {}
            self.calls += 1
            super().update()

    train, _ = chainer.datasets.get_mnist()
    optimizer = chainer.optimizers.Adam()
    optimizer.setup(L.Classifier(MLP(10, 10)))
    updater = Counted(chainer.iterators.SerialIterator(train, 479), optimizer, device=-1)
    trainer = training.Trainer(updater, (2, "epoch"))
    trainer.run()
    assert updater.calls == 6  # 1437 images are three batches
    assert set(trainer.observation) == {"main/loss", "main/accuracy"}


def test_the_iterator_gives_batches_and_counts() -> None:
    it = chainer.iterators.SerialIterator(list(range(10)), 4)
    seen: list[int] = []
    for _ in range(5):
        batch = it.__next__()
        assert len(batch) == 4
        seen += batch
        assert it.epoch_detail == it.epoch + it.current_position / len(it.dataset) == len(seen) / 10
    assert sorted(seen) == sorted([*range(10), *range(10)])
    once = chainer.iterators.SerialIterator(list(range(10)), 4, repeat=False, shuffle=False)
    assert list(once) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert once.epoch_detail == 1


# --- the classes inside ---


def trained(updater_class: Any, model: Any, train: Any, steps: int = 5) -> list[Array]:
    """Return the parameters after some steps."""
    np.random.seed(1)
    optimizer = chainer.optimizers.Adam()
    optimizer.setup(model)
    updater = updater_class(chainer.iterators.SerialIterator(train, 50), optimizer, device=-1)
    for _ in range(steps):
        updater.update()
    assert updater.iteration == optimizer.t == steps
    return parameters(model)


@pytest.fixture
def models(given: dict[str, Any]) -> tuple[Any, Any]:
    """Two equal classifiers, whose layers know their sizes."""
    model = L.Classifier(MLP(20, 10))
    x, t = chainer.dataset.concat_examples(chainer.datasets.get_mnist()[0][:3])
    model(x, t)
    return model, model.copy(mode="copy")


def test_updater(notebook: Any, models: tuple[Any, Any]) -> None:
    notebook.run("seed_004_updater", Updater=training.StandardUpdater, variable=variable)
    train, _ = chainer.datasets.get_mnist()
    before = parameters(models[0])
    after = trained(notebook["StandardUpdater"], models[0], train)
    for old, a, b in zip(before, after, trained(training.StandardUpdater, models[1], train)):
        assert not np.array_equal(old, a)
        np.testing.assert_array_equal(a, b)


def test_optimizer(notebook: Any, models: tuple[Any, Any]) -> None:
    """The lines of the slide stop after the backward pass."""
    notebook.run("seed_004_optimizer", Optimizer=chainer.optimizers.SGD)
    train, _ = chainer.datasets.get_mnist()
    x, t = chainer.dataset.concat_examples(train[:50])
    for model, kind in zip(models, (notebook["GradientMethod"], chainer.optimizers.SGD)):
        optimizer = kind(lr=0.5)
        optimizer.setup(model)
        optimizer.update(model, Variable(x), Variable(t))
    assert models[0].loss.data == pytest.approx(by_numpy(models[0], x.astype(np.float64), t)[0], rel=1e-5)
    for (_, a), (_, b) in zip(sorted(models[0].namedparams()), sorted(models[1].namedparams())):
        np.testing.assert_array_equal(a.grad, b.grad)
        np.testing.assert_allclose(a.data - 0.5 * a.grad, b.data, rtol=1e-6, atol=1e-7)


def test_classifier(notebook: Any, models: tuple[Any, Any]) -> None:
    modules = {"link": link, "softmax_cross_entropy": softmax_cross_entropy, "accuracy": accuracy, "reporter": reporter}
    notebook.run("seed_004_classifier", **modules)
    model = notebook["Classifier"](models[0].predictor)
    x, t = as_arrays(chainer.datasets.get_mnist()[1])
    expected = by_numpy(model, x, t)
    for classifier in (model, models[1]):
        watch = chainer.Reporter()
        watch.add_observer("main", classifier)
        seen: dict[str, Any] = {}
        with watch.scope(seen):
            loss = classifier(Variable(x.astype(np.float32)), Variable(t))
        assert loss is classifier.loss
        assert classifier.y.shape == (360, 10)
        assert (loss.data, classifier.accuracy.data) == pytest.approx(expected, rel=1e-5)
        assert seen["main/loss"].data == loss.data
        assert seen["main/accuracy"].data == classifier.accuracy.data


@pytest.mark.filterwarnings("ignore:.* is of an older Chainer; write :DeprecationWarning")
def test_evaluator(notebook: Any, models: tuple[Any, Any]) -> None:
    observations: list[dict[str, Any]] = []

    def report_scope(observation: dict[str, Any]) -> Any:
        observations.append(observation)
        return reporter.report_scope(observation)

    given = {"copy": copy, "variable": variable, "reporter_module": SimpleNamespace(report_scope=report_scope)}
    notebook.run("seed_004_evaluator", extension=SimpleNamespace(Extension=extensions.Evaluator), **given)
    assert issubclass(extensions.Evaluator, extension.Extension)
    _, test = chainer.datasets.get_mnist()
    iterator = chainer.iterators.SerialIterator(test, 90, repeat=False, shuffle=False)
    model = models[0]
    watch = chainer.Reporter()
    watch.add_observer("main", model)
    evaluator = notebook["Evaluator"](iterator, model, device=-1)
    with watch:
        assert evaluator.evaluate() is None  # what was found is in what was reported
    assert model.loss.creator is None
    x, t = as_arrays(test)
    expected = [by_numpy(model, x[i : i + 90], t[i : i + 90]) for i in range(0, 360, 90)]
    found = [(float(seen["main/loss"].data), float(seen["main/accuracy"].data)) for seen in observations]
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert iterator.current_position == 0  # a copy has been used up

    whole = extensions.Evaluator(iterator, model, device=-1)
    result = whole()
    assert (result["main/loss"], result["main/accuracy"]) == pytest.approx(tuple(np.mean(expected, axis=0)), rel=1e-5)
    whole.name = "test"
    assert list(whole()) == ["test/main/loss", "test/main/accuracy"]
