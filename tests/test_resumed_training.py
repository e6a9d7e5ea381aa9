"""Training with the real optimizers and file formats: interrupted and resumed, it ends with the same bits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import catenary
from catenary import optimizer_hooks, optimizers, serializers
from catenary.iterators import SerialIterator
from catenary.training import StandardUpdater, Trainer, extensions, resume
from catenary.training.triggers import EarlyStoppingTrigger, MaxValueTrigger


class Model(catenary.Chain):
    """Two layers with noise between them; the first weight gets its shape from the data."""

    def __init__(self) -> None:
        super().__init__()
        random = np.random.default_rng(0)
        with self.init_scope():
            self.W = catenary.Parameter(lambda array: array.__setitem__(..., random.normal(size=array.shape)))
            self.V = catenary.Parameter(random.normal(size=(4, 1)).astype(np.float32))

    def forward(self, x: Any, t: Any) -> Any:
        if not self.W.is_initialized:
            self.W.initialize((x.shape[1], 4))
        h = x @ self.W
        if catenary.config.train:
            noise = catenary.get_device("@numpy").random.normal(1, 0.3, h.shape)
            h = h * noise.astype(np.float32)
        difference = h @ self.V - t
        loss = (difference * difference).sum() / len(x)
        catenary.report({"loss": loss}, self)
        return loss


OPTIMIZERS = {
    "SGD": {"lr": 0.01},
    "MomentumSGD": {"lr": 0.01},
    "AdaGrad": {"lr": 0.1},
    "AdaDelta": {},
    "RMSprop": {},
    "Adam": {"alpha": 0.01},
}


def build(name: str, iterations: int, out: Path, savefun: str = "npz", seed: int = 0) -> Trainer:
    catenary.seed(seed)
    x = np.random.default_rng(1).normal(size=(23, 3)).astype(np.float32)
    data = list(zip(x, x[:, :1] - 2 * x[:, 1:2]))
    model = Model()
    optimizer = optimizers.get(name, **OPTIMIZERS[name]).setup(model)
    optimizer.add_hook(optimizer_hooks.WeightDecay(1e-3))
    optimizer.add_hook(optimizer_hooks.GradientClipping(5.0))
    stop = EarlyStoppingTrigger(monitor="validation/main/loss", patience=50, max_trigger=(iterations, "iteration"))
    trainer = Trainer(StandardUpdater(SerialIterator(data[:18], 5), optimizer), stop, out)
    validation = SerialIterator(data[18:], 5, repeat=False, shuffle=False)
    trainer.extend(extensions.Evaluator(validation, model), trigger=(3, "iteration"))
    trainer.extend(extensions.LogReport(trigger=(1, "epoch")))
    trainer.extend(extensions.snapshot(savefun), trigger=(1, "iteration"))
    best = extensions.snapshot_object(model, "best.npz")
    trainer.extend(best, trigger=MaxValueTrigger("validation/main/loss", (3, "iteration")))
    return trainer


def result_of(trainer: Trainer) -> Any:
    optimizer: Any = trainer.updater.get_optimizer("main")
    state = {
        (path, name): np.asarray(value).tobytes()
        for path, param in optimizer.target.namedparams()
        for name, value in {**param.update_rule.state, "array": param.array}.items()
    }
    log = [{k: v for k, v in r.items() if k != "elapsed_time"} for r in trainer.get_extension("LogReport").log]
    return state, optimizer.t, optimizer.epoch, repr(log)


@pytest.mark.parametrize("savefun", ["npz", "hdf5"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_resumed_training_equals_the_uninterrupted(tmp_path: Path, name: str, savefun: str) -> None:
    whole = build(name, 14, tmp_path / "whole", savefun)
    whole.run()
    build(name, 5, tmp_path / "parts", savefun).run()
    resumed = build(name, 14, tmp_path / "parts", savefun, seed=99)
    assert resume(resumed) == tmp_path / "parts" / "snapshot_iter_5"
    resumed.run()
    assert resumed.updater.iteration == 14
    assert result_of(resumed) == result_of(whole)


def test_a_model_alone_is_read_from_a_snapshot(tmp_path: Path) -> None:
    trainer = build("Adam", 4, tmp_path)
    trainer.run()
    model, trained = Model(), trainer.updater.get_optimizer("main").target
    serializers.load_npz(tmp_path / "snapshot_iter_4", model, path="updater/model:main/")
    np.testing.assert_array_equal(model.W.array, trained.W.array)
    assert (tmp_path / "best.npz").exists()


def test_a_snapshot_that_does_not_fit_changes_nothing(tmp_path: Path) -> None:
    build("Adam", 4, tmp_path).run()
    other = build("MomentumSGD", 4, tmp_path)
    with pytest.raises(catenary.errors.LoadMismatchError, match="does not fit the Trainer, which stays as it was"):
        resume(other)
    assert (other.updater.iteration, other.updater.epoch, other.get_extension("LogReport").log) == (0, 0, [])
    assert not other.updater.get_optimizer("main").target.W.is_initialized
