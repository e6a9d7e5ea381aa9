from __future__ import annotations

import numpy as np
import pytest

from catenary.errors import ArgumentError, ArgumentTypeError
from catenary.iterators import SerialIterator
from catenary.training import StepUpdater, Trainer


def make(line, step, names=("gen", "dis"), data=None, **options):
    optimizers = {name: line.Optimizer(line.Model()) for name in names}
    iterator = SerialIterator(data or line.data, 5, shuffle=False)
    return StepUpdater(iterator, optimizers, step, **options)


def test_the_function_gets_the_arrays_and_what_it_returns_is_reported(line, tmp_path):
    shapes, seen = [], []

    def step(x, t):
        shapes.append((x.shape, t.shape))
        losses = {}
        for name, optimizer in updater.get_all_optimizers().items():
            optimizer.update(optimizer.target, x, t)
            losses[f"{name} steps"] = optimizer.t
        return losses

    updater = make(line, step)
    trainer = Trainer(updater, (2, "epoch"), tmp_path)
    trainer.extend(lambda trainer: seen.append(dict(trainer.observation)), name="see")
    trainer.run()
    assert shapes == [((5, 2), (5, 1))] * 4
    assert [set(one) for one in seen] == [{"gen/loss", "dis/loss", "gen steps", "dis steps"}] * 4
    assert seen[-1]["dis steps"] == 4
    assert (updater.iteration, updater.epoch) == (4, 2)
    assert [optimizer.epoch for optimizer in updater.get_all_optimizers().values()] == [2, 2]


@pytest.mark.parametrize(
    ("data", "args", "kwds"),
    [
        ([{"x": 1, "t": 2.0}], (), {"t": [2.0] * 5, "x": [1] * 5}),
        ([3], ([3] * 5,), {}),
        ([(3, 4)], ([3] * 5, [4] * 5), {}),
    ],
)
def test_batches_of_all_kinds(line, data, args, kwds):
    calls = []
    make(line, lambda *args, **kwds: calls.append((args, kwds)), data=data).update()
    ((got, named),) = calls
    assert tuple(a.tolist() for a in got) == args
    assert {key: value.tolist() for key, value in sorted(named.items())} == kwds


def test_a_single_optimizer_is_the_main_one(line):
    optimizer = line.Optimizer(line.Model())
    updater = StepUpdater(SerialIterator(line.data, 5), optimizer, lambda x, t: 3, auto_new_epoch=False)
    assert updater.get_optimizer("main") is optimizer
    updater.update()
    updater.update()
    assert (updater.epoch, optimizer.epoch) == (1, 0)


def test_devices(line):
    kinds = []
    updater = make(line, lambda x, t: kinds.append(type(x)), device="@tripwire")
    updater.update()
    assert {optimizer.target.W.device for optimizer in updater.get_all_optimizers().values()} == {updater.device}
    assert updater.device.is_array_supported(updater.get_optimizer("gen").target.W.array)
    assert kinds[0] is not np.ndarray


def test_all_models_are_saved(line, tools):
    def step(x, t):
        for optimizer in updater.get_all_optimizers().values():
            optimizer.update(optimizer.target, x, t)

    updater = make(line, step)
    updater.update()
    other = make(line, step)
    tools.copy_state(updater, other)
    assert other.iteration == 1
    for name in ("gen", "dis"):
        one, two = updater.get_optimizer(name), other.get_optimizer(name)
        assert one.t == two.t
        np.testing.assert_array_equal(one.target.W.array, two.target.W.array)
    assert {"optimizer:gen", "model:dis/W", "iterator:main"} <= set(updater.contents())


def test_wrong_arguments(line):
    with pytest.raises(ArgumentTypeError, match="StepUpdater: step must be a function of the arrays of a batch, got 3"):
        make(line, 3)
    with pytest.raises(ArgumentError, match="StepUpdater: one iterator must be named 'main'"):
        StepUpdater({"train": SerialIterator([1], 1)}, {}, print)
    with pytest.raises(ArgumentTypeError, match=r"StepUpdater: optimizer 'gen' must have a target"):
        StepUpdater(SerialIterator([1], 1), {"gen": 0.1}, print)
