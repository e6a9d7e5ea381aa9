"""Training on a device whose arrays are no NumPy arrays: nothing may mix them with host arrays."""

from __future__ import annotations

import numpy as np
import pytest

import catenary
from catenary.dataset import concat_examples
from catenary.iterators import SerialIterator
from catenary.training import StandardUpdater, Trainer, extensions, resume


class Plain(catenary.Chain):
    def __init__(self):
        super().__init__()
        with self.init_scope():
            self.W = catenary.Parameter(0.5, (2, 1))

    def forward(self, x, t):
        difference = x @ self.W - t
        loss = (difference * difference).sum()
        catenary.report({"loss": loss}, self)
        return loss


class Descent:
    lr = 0.01

    def __init__(self, target):
        self.target = target

    def update(self, lossfun, *args):
        self.target.cleargrads()
        lossfun(*args).backward()
        for param in self.target.params():
            param.array[...] = param.array - self.lr * param.grad

    def new_epoch(self, auto=False):
        pass

    def serialize(self, serializer):
        pass


def train(tools, device, out, stop=(2, "epoch")):
    x = np.random.default_rng(0).normal(size=(6, 2)).astype(np.float32)
    data = list(zip(x, x[:, :1]))
    updater = StandardUpdater(SerialIterator(data, 3, shuffle=False), Descent(Plain()), device=device)
    trainer = Trainer(updater, stop, out)
    validation = SerialIterator(data, 4, repeat=False, shuffle=False)
    trainer.extend(extensions.Evaluator(validation, updater.get_optimizer("main").target, device=device))
    trainer.extend("LogReport")
    trainer.extend("PlotReport", y_keys=["main/loss", "validation/main/loss"])
    trainer.extend("FailOnNonNumber")
    trainer.extend("observe_lr")
    trainer.extend("DumpGraph", root_name="main/loss")
    return trainer


def test_a_run_on_the_device_equals_one_on_the_host(tools, tmp_path):
    logs = []
    for device in ("@tripwire", "@numpy"):
        trainer = train(tools, device, tmp_path / device)
        trainer.run()
        log = trainer.get_extension("LogReport").log
        logs.append([(r["main/loss"], r["validation/main/loss"], r["lr"]) for r in log])
        assert trainer.updater.get_optimizer("main").target.W.device == catenary.get_device(device)
        assert {"cg.dot", "log", "plot.png"} <= {path.name for path in (tmp_path / device).iterdir()}
    assert logs[0] == logs[1]
    assert len(logs[0]) == 2


def test_snapshot_of_a_device_goes_on(tools, tmp_path):
    pytest.importorskip("catenary.serializers")
    whole = train(tools, "@tripwire", tmp_path / "whole", (4, "epoch"))
    parts = [train(tools, "@tripwire", tmp_path / "parts", (n, "epoch")) for n in (2, 4)]
    for trainer in (whole, *parts):
        trainer.extend("snapshot")
    whole.run()
    parts[0].run()
    assert resume(parts[1]).name == "snapshot_iter_4"
    parts[1].run()
    host = catenary.get_device("@numpy")
    weights = [host.send(trainer.updater.get_optimizer("main").target.W.array) for trainer in (whole, parts[1])]
    assert weights[0].tobytes() == weights[1].tobytes()


def test_batches_of_device_arrays(tools):
    device, host = catenary.get_device("@tripwire"), catenary.get_device("@numpy")
    values = [np.arange(2.0), np.arange(3.0)]
    on_device = device.send(values)
    stacked = concat_examples([on_device[0], on_device[0]])
    padded = concat_examples(on_device, padding=-1)
    assert device.is_array_supported(stacked)
    assert device.is_array_supported(padded)
    np.testing.assert_array_equal(host.send(stacked), [[0, 1], [0, 1]])
    np.testing.assert_array_equal(host.send(padded), [[0, 1, -1], [0, 1, 2]])
    assert device.is_array_supported(concat_examples([1, 2], device="@tripwire"))
