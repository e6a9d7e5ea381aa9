"""What several tests share: a trainer without a model, a small model and optimizer, a file format."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest

import catenary
from catenary.iterators import SerialIterator
from catenary.serializer import Deserializer, Serializer
from catenary.training import StandardUpdater, Trainer, Updater


class Counter(Updater):
    """Counts iterations; `values` are reported one by one."""

    def __init__(self, per_epoch=10, values=(), key="main/loss"):
        self.per_epoch = per_epoch
        self.values = values
        self.key = key
        self.iteration = 0
        self.finalized = 0

    def update(self):
        self.iteration += 1
        if self.iteration <= len(self.values) and self.values[self.iteration - 1] is not None:
            catenary.report({self.key: self.values[self.iteration - 1]})

    @property
    def epoch_detail(self):
        return self.iteration / self.per_epoch

    @property
    def previous_epoch_detail(self):
        return (self.iteration - 1) / self.per_epoch

    @property
    def epoch(self):
        return int(self.epoch_detail)

    @property
    def is_new_epoch(self):
        return int(self.previous_epoch_detail) != self.epoch

    def get_all_optimizers(self):
        return {}

    def finalize(self):
        self.finalized += 1

    def serialize(self, serializer):
        self.iteration = serializer("iteration", self.iteration)


class Saver(Serializer):
    """Collects values under their full names."""

    def __init__(self, entries, path=""):
        self.entries, self.path = entries, path

    def __getitem__(self, key):
        return Saver(self.entries, f"{self.path}{key}/")

    def __call__(self, key, value):
        self.entries[self.path + key] = np.array(value)
        return value


class Loader(Deserializer):
    """Gives values back; while `dry` it returns them unchanged, as the checking pass of a loader does."""

    def __init__(self, entries, dry, path=""):
        self.entries, self.dry, self.path = entries, dry, path

    def __getitem__(self, key):
        return Loader(self.entries, self.dry, f"{self.path}{key}/")

    def __contains__(self, key):
        full = self.path + key
        return any(name == full or name.startswith(f"{full}/") for name in self.entries)

    def __call__(self, key, value):
        stored = self.entries[self.path + key]
        if self.dry:
            return value
        if isinstance(value, np.ndarray):
            value[...] = stored
            return value
        return stored.copy() if value is None else type(value)(stored.item())


class Model(catenary.Chain):
    """Linear regression with noise on its input, so that training draws random numbers."""

    def __init__(self):
        super().__init__()
        with self.init_scope():
            self.W = catenary.Parameter(0.0, (2, 1))
            self.b = catenary.Parameter(0.0, (1,))

    def forward(self, x, t):
        noise = catenary.get_device("@numpy").random.normal(0, 0.1, x.shape).astype(np.float32)
        difference = (x + noise) @ self.W + self.b - t
        loss = (difference * difference).sum() / len(x)
        catenary.report({"loss": loss}, self)
        return loss


class Momentum:
    """Stochastic gradient descent with momentum, with what an updater uses of an optimizer."""

    lr = 0.02

    def __init__(self, target):
        self.target = target
        self.t = self.epoch = 0
        self.v = {name: np.zeros(param.shape, np.float32) for name, param in target.namedparams()}

    def update(self, lossfun, *args):
        self.target.cleargrads()
        lossfun(*args).backward()
        self.t += 1
        for name, param in self.target.namedparams():
            self.v[name] = np.float32(0.9) * self.v[name] - np.float32(self.lr) * param.grad
            param.array[...] += self.v[name]

    def new_epoch(self, auto=False):
        self.epoch += 1

    def serialize(self, serializer):
        self.t = serializer("t", self.t)
        self.epoch = serializer("epoch", self.epoch)
        for name, v in self.v.items():
            self.v[name] = serializer(name.lstrip("/") + "/v", v)


def regression(stop, out, seed=0):
    """Return a trainer that fits t = x0 - 2 x1 + 1."""
    catenary.seed(seed)
    x = np.random.default_rng(1).normal(size=(23, 2)).astype(np.float32)
    data = list(zip(x, x @ np.array([[1], [-2]], np.float32) + 1))
    updater = StandardUpdater(SerialIterator(data, 5), Momentum(Model()))
    return Trainer(updater, stop, out)


def save(path, obj):
    entries = {}
    obj.serialize(Saver(entries))
    with open(path, "wb") as file:
        np.savez(file, **entries)


def load(path, obj):
    try:
        with np.load(path) as file:
            entries = dict(file)
    except Exception as error:
        raise catenary.errors.FileFormatError(f"{path} is damaged") from error
    for dry in (True, False):
        obj.serialize(Loader(entries, dry))


def copy_state(source, target):
    """Save one object and load it into another, without a file."""
    entries = {}
    source.serialize(Saver(entries))
    for dry in (True, False):
        target.serialize(Loader(entries, dry))
    return entries


def fires(trigger, n, per_epoch, values=(), key="main/loss", resume_at=None, make=None):
    """Return the iterations at which a trigger fires; at `resume_at` it is saved and loaded into a new one."""
    fired = []
    trainer = Trainer(Counter(per_epoch, values, key))
    for iteration in range(1, n + 1):
        trainer.observation = {}
        with trainer.reporter.scope(trainer.observation):
            trainer.updater.update()
        if trigger(trainer):
            fired.append(iteration)
        if iteration == resume_at:
            fresh = make()
            copy_state(trigger, fresh)
            trigger = fresh
    return fired


@pytest.fixture
def tools(tmp_path):
    """The helpers of this file by name, and `trainer`, which makes one of a `Counter`."""

    def trainer(stop=(3, "iteration"), per_epoch=10, values=(), key="main/loss", out=tmp_path, **kwargs):
        return Trainer(Counter(per_epoch, values, key), stop, out, **kwargs)

    return SimpleNamespace(
        Counter=Counter,
        Loader=Loader,
        Saver=Saver,
        copy_state=copy_state,
        fires=fires,
        load=load,
        Model=Model,
        Momentum=Momentum,
        read_log=lambda: json.loads((tmp_path / "log").read_text(), parse_constant=pytest.fail),
        regression=regression,
        save=save,
        trainer=trainer,
    )
