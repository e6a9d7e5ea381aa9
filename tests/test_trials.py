"""A trial does a little of everything and leaves nothing behind: the run after it ends with the same bits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import catenary
import catenary.functions as F
import catenary.links as L
from catenary import optimizer_hooks, optimizers
from catenary.errors import ArgumentError
from catenary.iterators import MultiprocessIterator, MultithreadIterator, SerialIterator
from catenary.training import Extension, StandardUpdater, Trainer, extensions, overfit, resume, trial
from catenary.training.triggers import EarlyStoppingTrigger, MinValueTrigger

ITERATORS: dict[str, Any] = {
    "serial": SerialIterator,
    "threads": MultithreadIterator,
    "processes": lambda data, size: MultiprocessIterator(data, size, n_processes=1),
}


class Model(catenary.Chain):
    """Layers with all that changes: a shape from the data, running statistics, random numbers."""

    def __init__(self) -> None:
        super().__init__()
        with self.init_scope():
            self.first = L.Linear(None, 8)
            self.norm = L.BatchNormalization(8)
            self.last = L.Linear(8, 3)

    def forward(self, x: Any) -> Any:
        return self.last(F.dropout(F.relu(self.norm(self.first(x))), 0.3))


def build(out: Path, iterator: str = "serial", iterations: int = 9) -> Trainer:
    catenary.seed(0)
    draw = np.random.default_rng(1)
    x = draw.normal(size=(40, 5)).astype(np.float32)
    data = list(zip(x, (x[:, 0] > 0).astype(np.int32) + (x[:, 1] > 0)))
    model = L.Classifier(Model())
    optimizer = optimizers.Adam(0.01).setup(model)
    optimizer.add_hook(optimizer_hooks.WeightDecay(1e-3))
    stop = EarlyStoppingTrigger(patience=50, max_trigger=(iterations, "iteration"))
    trainer = Trainer(StandardUpdater(ITERATORS[iterator](data[:30], 7), optimizer), stop, out)
    trainer.extend(extensions.Evaluator(SerialIterator(data[30:], 2, repeat=False, shuffle=False), model))
    trainer.extend(extensions.ExponentialShift("alpha", 0.9))
    trainer.extend(extensions.LogReport())
    trainer.extend(extensions.PrintReport(["epoch", "main/loss", "validation/main/loss"]))
    trainer.extend(extensions.dump_graph("main/loss"))
    trainer.extend(extensions.snapshot(), trigger=(1, "epoch"))
    best = MinValueTrigger("validation/main/loss")
    trainer.extend(extensions.snapshot_object(model, "best.npz"), trigger=best)
    return trainer


def result_of(trainer: Trainer) -> Any:
    optimizer: Any = trainer.updater.get_optimizer("main")
    state = {
        (path, name): np.asarray(value).tobytes()
        for path, param in optimizer.target.namedparams()
        for name, value in {**(param.update_rule.state or {}), "array": param.array}.items()
    }
    norm = optimizer.target.predictor.norm
    log = [{k: v for k, v in r.items() if k != "elapsed_time"} for r in trainer.get_extension("LogReport").log]
    return state, norm.avg_mean.tobytes(), optimizer.t, optimizer.epoch, optimizer.alpha, repr(log)


@pytest.mark.parametrize("iterator", ITERATORS)
@pytest.mark.parametrize("test", [trial, overfit])
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_the_run_after_it_is_as_without_it(tmp_path: Path, test: Any, iterator: str) -> None:
    whole = build(tmp_path / "whole", iterator)
    whole.run()
    trainer = build(tmp_path / "tried", iterator)
    first = trainer.updater.get_optimizer("main").target.predictor.first
    test(trainer)
    assert not (tmp_path / "tried").exists()
    assert not first.W.is_initialized
    trainer.run()
    assert result_of(trainer) == result_of(whole)
    assert sorted(p.name for p in (tmp_path / "tried").iterdir()) == sorted(
        p.name for p in (tmp_path / "whole").iterdir()
    )


def test_a_trial_of_a_run_that_was_resumed(tmp_path: Path) -> None:
    whole = build(tmp_path / "whole", iterations=14)
    whole.run()
    build(tmp_path / "parts", iterations=5).run()
    resumed = build(tmp_path / "parts", iterations=14)
    assert resume(resumed) == tmp_path / "parts" / "snapshot_iter_5"
    trial(resumed)
    resumed.run()
    assert result_of(resumed) == result_of(whole)


def test_everything_is_done_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calls: list[Any] = []

    class Diary(Extension):
        trigger = (100, "epoch")

        def initialize(self, trainer: Trainer) -> None:
            calls.append("initialize")

        def __call__(self, trainer: Trainer) -> None:
            calls.append(("call", trainer.updater.iteration, sorted(p.name for p in Path(trainer.out).iterdir())))

        def finalize(self) -> None:
            calls.append("finalize")

    trainer = build(tmp_path)
    seen = []
    validation = trainer.get_extension("validation")
    validation.eval_func = lambda x, t: seen.append(len(x))
    trainer.extend(Diary(), priority=-1000)
    observation = trial(trainer, 2)
    assert set(observation) >= {"main/loss", "main/accuracy"}
    assert calls == ["initialize", ("call", 2, ["cg.dot", "log"]), "finalize"]
    assert seen == [2, 2]
    assert "main/loss" in capsys.readouterr().out


@pytest.mark.parametrize("mistake", ["extension", "trigger", "stop", "snapshot", "end"])
def test_mistakes_are_found(tmp_path: Path, mistake: str) -> None:
    def wrong(*args: Any) -> Any:
        raise KeyError("mistake")

    class Wrong(Extension):
        def __call__(self, trainer: Trainer) -> None:
            pass

    trainer = build(tmp_path)
    extension: Any = Wrong()
    if mistake == "extension":
        trainer.extend(wrong, trigger=(50, "epoch"))
    elif mistake == "trigger":
        trainer.extend(extension, trigger=wrong)
    elif mistake == "stop":
        trainer.stop_trigger = wrong
    elif mistake == "snapshot":
        extension.serialize = wrong
        trainer.extend(extension)
    else:
        extension.finalize = wrong
        trainer.extend(extension)
    with pytest.raises(KeyError, match="mistake"):
        trial(trainer)
    assert trainer.updater.iteration == 0
    assert trainer.out == tmp_path


def test_overfitting_one_batch(tmp_path: Path) -> None:
    trainer = build(tmp_path)
    trainer.updater.get_optimizer("main").alpha = 0.1  # type: ignore[attr-defined]
    losses = overfit(trainer, 200)
    assert len(losses) == 200
    assert np.mean(losses[-20:]) < 0.1 * losses[0]
    assert trainer.updater.iteration == 0


def test_wrong_arguments(tmp_path: Path) -> None:
    trainer = build(tmp_path)
    for function in (trial, overfit):
        with pytest.raises(ArgumentError, match="iterations must be a positive integer, got 0"):
            function(trainer, 0)
    with pytest.raises(ArgumentError, match=r"overfit: no value 'loss' is observed, there are \['main/accuracy', 'ma"):
        overfit(trainer, key="loss")
