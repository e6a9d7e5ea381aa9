"""A snapshot that does not fit says what differs, and what does not differ can be taken over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import catenary
import catenary.links as L
from catenary import optimizers, serializers
from catenary.errors import LoadMismatchError
from catenary.iterators import SerialIterator
from catenary.training import StandardUpdater, Trainer, extensions, resume


def build(
    out: Path,
    examples: int = 18,
    optimizer: str = "Adam",
    sizes: tuple[int, ...] = (4, 1),
    shuffle: bool = True,
    frozen: bool = False,
) -> Trainer:
    catenary.seed(0)
    x = np.random.default_rng(1).normal(size=(examples, 3)).astype(np.float32)
    data = list(zip(x, x[:, :1]))
    layers = catenary.Sequential(*(L.Linear(n_in, n_out) for n_in, n_out in zip((3, *sizes), sizes)))
    model = L.Classifier(layers, lossfun=catenary.functions.mean_squared_error)
    model.compute_accuracy = False
    rule = optimizers.get(optimizer).setup(model)
    if frozen:
        layers[0].disable_update()
    updater = StandardUpdater(SerialIterator(data, 5, shuffle=shuffle), rule)
    trainer = Trainer(updater, (4, "iteration"), out)
    trainer.extend(extensions.LogReport(trigger=(1, "iteration")))
    trainer.extend(extensions.snapshot(), trigger=(1, "iteration"))
    return trainer


def model_of(trainer: Trainer) -> Any:
    return trainer.updater.get_optimizer("main").target


def weights(trainer: Trainer) -> dict[str, Any]:
    return {path: param.array.copy() for path, param in model_of(trainer).namedparams()}


@pytest.fixture
def result(tmp_path: Path) -> Path:
    build(tmp_path).run()
    return tmp_path


DIFFERENT = {
    "data": ({"examples": 20}, ["updater/iterator:main: 18 examples in the file, 20 examples here"]),
    "data in order": (
        {"examples": 20, "shuffle": False},
        ["updater/iterator:main: 18 examples in the file, 20 examples here"],
    ),
    "optimizer": ({"optimizer": "MomentumSGD"}, ["updater/optimizer:main: Adam in the file, MomentumSGD here"]),
    "wider": (
        {"sizes": (6, 1)},
        [
            "updater/model:main/predictor/0/W: shape (4, 3) in the file, shape (6, 3) here",
            "updater/model:main/predictor/1/W: shape (1, 4) in the file, shape (1, 6) here",
        ],
    ),
    "deeper": (
        {"sizes": (4, 1, 1)},
        ["updater/model:main/predictor/2/b: nothing in the file, shape (1,) here"],
    ),
    "shallower": (
        {"sizes": (1,)},
        [
            "updater/model:main/predictor/0/W: shape (4, 3) in the file, shape (1, 3) here",
            "updater/model:main/predictor/1/b: shape (1,) in the file, nothing here",
        ],
    ),
}


@pytest.mark.parametrize("case", DIFFERENT)
def test_the_message_says_what_differs_and_nothing_is_changed(result: Path, case: str) -> None:
    options, lines = DIFFERENT[case]
    other = build(result, **options)
    before = weights(other)
    with pytest.raises(LoadMismatchError, match="snapshot_iter_4' does not fit the Trainer, which stays") as caught:
        resume(other)
    for line in lines:
        assert f"\n  {line}\n" in str(caught.value)
    assert "resume(trainer, strict=False) takes over all the rest" in str(caught.value)
    assert other.updater.iteration == 0
    for path, array in weights(other).items():
        np.testing.assert_array_equal(array, before[path])


@pytest.mark.parametrize("case", DIFFERENT)
def test_the_rest_is_taken_over_if_asked(result: Path, case: str) -> None:
    saved = build(result)
    resume(saved)
    other = build(result, **DIFFERENT[case][0])
    before = weights(other)
    assert resume(other, strict=False) == result / "snapshot_iter_4"
    assert other.updater.iteration == 4
    equal = {path: array for path, array in weights(saved).items() if path in before}
    for path, array in weights(other).items():
        same = path in equal and equal[path].shape == array.shape
        np.testing.assert_array_equal(array, equal[path] if same else before[path])
    optimizer: Any = other.updater.get_optimizer("main")
    assert optimizer.t == (0 if case == "optimizer" else 4)
    assert other.updater.epoch == (0 if "data" in case else 1)
    other.stop_trigger = lambda trainer: trainer.updater.iteration >= 7
    other.run()
    assert len(other.get_extension("LogReport").log) == 7


def test_autoload_says_the_same(result: Path) -> None:
    other = build(result, optimizer="SGD")
    other.extend(extensions.snapshot(autoload=True))
    with pytest.raises(LoadMismatchError, match="optimizer:main: Adam in the file, SGD here"):
        other.run()


@pytest.mark.parametrize("frozen", [False, True])
def test_frozen_layers_fit(tmp_path: Path, frozen: bool) -> None:
    build(tmp_path, frozen=frozen).run()
    other = build(tmp_path, frozen=not frozen)
    resume(other)
    first = model_of(other).predictor[0].W
    before = first.array.copy()
    other.stop_trigger = lambda trainer: trainer.updater.iteration >= 7
    other.run()
    assert np.array_equal(first.array, before) == (not frozen)


def test_a_model_is_no_snapshot(result: Path) -> None:
    trainer = build(result)
    serializers.save_npz(result / "model.npz", model_of(trainer))
    for strict in (True, False):
        message = r"no snapshot of a trainer, .*load_npz\(file, model\)"
        with pytest.raises(LoadMismatchError, match=message):
            resume(trainer, result / "model.npz", strict=strict)
        with pytest.raises(LoadMismatchError, match=message):
            serializers.load_npz(result / "model.npz", trainer, strict=strict)


def test_own_rules_for_what_to_leave_alone(result: Path) -> None:
    other = build(result, examples=20)
    names = [lambda name: name.startswith(("updater/iterator:", "updater/model:"))]
    before = weights(other)
    resume(other, strict=False, ignore_names=names)
    assert other.updater.iteration == 4
    for path, array in weights(other).items():
        np.testing.assert_array_equal(array, before[path])


def test_files_without_contents_load(result: Path) -> None:
    with np.load(result / "snapshot_iter_4", allow_pickle=True) as file:
        entries = dict(file)
    manifest = json.loads(str(entries["manifest"]))
    del manifest["contents"]
    entries["manifest"] = np.array(json.dumps(manifest))
    with open(result / "old", "wb") as stream:
        np.savez(stream, **entries)
    trainer = build(result)
    resume(trainer, result / "old")
    assert trainer.updater.iteration == 4
    del entries["manifest"]
    with open(result / "older", "wb") as stream:
        np.savez(stream, **entries)
    with pytest.raises(LoadMismatchError, match="optimizer:main/predictor/0/W/m': in the file, but not expected"):
        resume(build(result, optimizer="MomentumSGD"), result / "older")
