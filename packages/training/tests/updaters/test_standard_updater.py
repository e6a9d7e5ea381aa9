from __future__ import annotations

import numpy as np
import pytest

import catenary
from catenary.errors import ArgumentError, ArgumentTypeError, TrainingError
from catenary.iterators import SerialIterator
from catenary.training import StandardUpdater


class Target:
    """Stands for a model."""

    def __init__(self):
        self.weight = np.zeros(2)
        self.device = None

    def __call__(self, *args, **kwds):
        return args, kwds

    def to_device(self, device):
        self.device = device

    def serialize(self, serializer):
        self.weight = serializer("weight", self.weight)


class Optimizer:
    """Writes down what it is called with."""

    def __init__(self, target=None):
        self.target = target
        self.calls = []
        self.epochs = []
        self.scale = None
        self.t = 0

    def update(self, lossfun, *args, **kwds):
        self.t += 1
        self.calls.append((lossfun, args, kwds))

    def new_epoch(self, auto=False):
        self.epochs.append((self.t, auto))

    def set_loss_scale(self, scale):
        self.scale = scale

    def serialize(self, serializer):
        self.t = serializer("t", self.t)


def updater(data=(1, 2, 3), batch_size=2, repeat=True, **kwargs):
    iterator = SerialIterator(list(data), batch_size, repeat=repeat, shuffle=False)
    return StandardUpdater(iterator, Optimizer(Target()), **kwargs)


@pytest.mark.parametrize(
    ("data", "args", "kwds"),
    [
        ([(1, 2.0), (3, 4.0)], ([1, 3], [2.0, 4.0]), {}),
        ([{"x": 1, "t": 2.0}, {"x": 3, "t": 4.0}], (), {"x": [1, 3], "t": [2.0, 4.0]}),
        ([1, 3], ([1, 3],), {}),
    ],
)
def test_batches_reach_the_loss(data, args, kwds):
    one = updater(data)
    one.update()
    ((lossfun, got_args, got_kwds),) = one.get_optimizer("main").calls
    assert lossfun is one.get_optimizer("main").target
    assert tuple(a.tolist() for a in got_args) == args
    assert {key: a.tolist() for key, a in got_kwds.items()} == kwds


def test_own_loss_and_converter():
    seen = []

    def convert(batch, device):
        seen.append((batch, device))
        return sum(batch)

    one = updater(converter=convert, loss_func=abs, device="@numpy")
    one.update()
    assert seen == [([1, 2], catenary.get_device("@numpy"))]
    assert one.get_optimizer("main").calls == [(abs, (3,), {})]


def test_progress_follows_the_iterator():
    one = updater()
    rows = []
    for _ in range(3):
        one.update()
        rows.append((one.iteration, one.epoch, one.is_new_epoch, one.epoch_detail, one.previous_epoch_detail))
    assert rows == [(1, 0, False, 2 / 3, 0.0), (2, 1, True, 4 / 3, 2 / 3), (3, 2, True, 2.0, 4 / 3)]


def test_epochs_of_the_optimizer_are_counted():
    one, other = updater(), updater(auto_new_epoch=False)
    for _ in range(4):
        one.update()
        other.update()
    assert one.get_optimizer("main").epochs == [(2, True), (3, True)]
    assert one.get_optimizer("main").use_auto_new_epoch
    assert other.get_optimizer("main").epochs == []
    assert not hasattr(other.get_optimizer("main"), "use_auto_new_epoch")


def test_devices():
    one = updater(device="@numpy")
    host = catenary.get_device("@numpy")
    assert one.device == one.input_device == one.get_optimizer("main").target.device == host
    two = updater(input_device=-1)
    assert (two.device, two.input_device, two.get_optimizer("main").target.device) == (None, host, None)


def test_loss_scale_goes_to_the_optimizer():
    assert updater(loss_scale=128.0).get_optimizer("main").scale == 128.0


def test_several_iterators_and_optimizers():
    iterators = {"main": SerialIterator([1], 1), "other": SerialIterator([2], 1)}
    optimizers = {"main": Optimizer(Target()), "other": Optimizer(Target())}
    one = StandardUpdater(iterators, optimizers)
    assert one.get_iterator("other") is iterators["other"]
    assert one.get_all_optimizers() == optimizers


def test_finalize_finalizes_the_iterators():
    class Closing(SerialIterator):
        closed = False

        def finalize(self):
            self.closed = True

    iterators = {"main": Closing([1], 1), "other": Closing([2], 1)}
    StandardUpdater(iterators, Optimizer(Target())).finalize()
    assert [iterator.closed for iterator in iterators.values()] == [True, True]


def test_saved_and_loaded(tools):
    one, other = updater(), updater()
    for _ in range(3):
        one.update()
    one.get_optimizer("main").target.weight += 7
    entries = tools.copy_state(one, other)
    assert {"iteration", "optimizer:main/t", "model:main/weight", "iterator:main/epoch"} <= set(entries)
    assert (other.iteration, other.epoch, other.get_optimizer("main").t) == (3, 2, 3)
    assert other.get_optimizer("main").target.weight.tolist() == [7, 7]


def test_model_is_loaded_before_the_optimizer(tools):
    order = []

    class Noting(tools.Loader):
        def __call__(self, key, value):
            order.append(key)
            return super().__call__(key, value)

    one = updater()
    entries = tools.copy_state(one, updater())
    Noting.__getitem__ = lambda self, key: Noting(self.entries, self.dry, f"{self.path}{key}/")
    one.serialize(Noting(entries, dry=False))
    assert order.index("weight") < order.index("t")


def test_iterator_that_ends():
    one = updater(repeat=False)
    one.update()
    one.update()
    with pytest.raises(TrainingError, match=r"the training iterator ended after 2 iterations, .* repeat=True"):
        one.update()


@pytest.mark.parametrize(
    ("iterator", "optimizer", "error", "message"),
    [
        (
            {"train": SerialIterator([1], 1)},
            Optimizer(Target()),
            ArgumentError,
            r"one iterator must be named 'main', got \['train'\]",
        ),
        (
            SerialIterator([1], 1),
            {"opt": Optimizer(Target())},
            ArgumentError,
            r"one optimizer must be named 'main', got \['opt'\]",
        ),
        (
            SerialIterator([1], 1),
            Optimizer(),
            ArgumentTypeError,
            r"optimizer 'main' must have a target, call optimizer\.setup\(model\)",
        ),
        (SerialIterator([1], 1), 0.1, ArgumentTypeError, "got float without one"),
    ],
)
def test_wrong_arguments(iterator, optimizer, error, message):
    with pytest.raises(error, match=f"StandardUpdater: .*{message}"):
        StandardUpdater(iterator, optimizer)


def test_unknown_names():
    with pytest.raises(ArgumentError, match=r"there is no optimizer 'gen'; it has \['main'\]"):
        updater().get_optimizer("gen")
    with pytest.raises(ArgumentError, match=r"there is no iterator 'test'; it has \['main'\]"):
        updater().get_iterator("test")


def test_an_updater_with_steps_of_its_own_names_its_optimizers(tools):
    class Two(StandardUpdater):
        def update_core(self):
            self.get_iterator("main").next()

    optimizers = {name: tools.Momentum(tools.Model()) for name in ("gen", "dis")}
    updater = Two(SerialIterator([1, 2], 1), optimizers)
    updater.update()
    assert updater.get_all_optimizers() == optimizers
    with pytest.raises(ArgumentError, match="'main'"):
        StandardUpdater(SerialIterator([1, 2], 1), optimizers)
