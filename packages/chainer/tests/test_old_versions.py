"""What Chainer 1 to 6 took and Chainer 7 refuses."""

from __future__ import annotations

import importlib
import pickle
from typing import Any

import numpy as np
import pytest

import catenary
import chainer
import chainer.functions as F
import chainer.links as L
from chainer import cuda, optimizers

X = np.arange(12, dtype=np.float32).reshape(3, 4)


def test_volatile() -> None:
    layer = L.Linear(4, 2)
    with pytest.deprecated_call(match="no_backprop_mode"):
        x = chainer.Variable(X, volatile="on")
    y = F.relu(layer(x)) + 1
    z = F.concat([y, layer(chainer.Variable(X))], 0)
    for v in (y, z):
        assert v.creator is None
        with pytest.deprecated_call():
            assert v.volatile == "on"
    np.testing.assert_allclose(y.array, np.maximum(X @ layer.W.array.T + layer.b.array, 0) + 1, rtol=1e-5)
    for off in (False, "off", "auto"):
        with pytest.deprecated_call():
            x = chainer.Variable(X, volatile=off)
        assert layer(x).creator is not None
        with pytest.deprecated_call():
            assert x.volatile == "off"
    assert layer(chainer.Variable(X)).creator is not None


def test_variables_are_catenarys() -> None:
    x = chainer.Variable(X, name="name")
    assert type(x) is catenary.Variable
    assert x.name == "name"
    assert isinstance(catenary.Variable(X), chainer.Variable)
    assert isinstance(chainer.Parameter(0.0, (2,)), chainer.Variable)
    assert not isinstance(X, chainer.Variable)


def test_train_and_test() -> None:
    with pytest.deprecated_call(match="using_config"):
        assert F.dropout(X, train=False).array is X or np.array_equal(F.dropout(X, train=False).array, X)
    with pytest.deprecated_call():
        assert not np.array_equal(F.dropout(X + 1, 0.9, True).array, X + 1)
    norm = L.BatchNormalization(4)
    with pytest.deprecated_call():
        np.testing.assert_allclose(norm(X, test=True).array, X, rtol=1e-4)
    assert norm.N == 0
    with chainer.using_config("train", False), pytest.deprecated_call():
        norm(X, test=False)
    assert not np.array_equal(norm.avg_mean, np.zeros(4))
    assert F.relu.__name__ == "relu"
    with pytest.deprecated_call(match="plugins decide"):
        np.testing.assert_array_equal(F.relu(X - 5, use_cudnn=False).array, np.maximum(X - 5, 0))


def test_wscale_and_bias() -> None:
    np.random.seed(0)
    with pytest.deprecated_call(match="wscale|bias"):
        layer = L.Linear(1000, 500, wscale=2.0, bias=3.0)
    assert abs(layer.W.array.std() - 2 / np.sqrt(1000)) < 1e-3
    np.testing.assert_array_equal(layer.b.array, np.full(500, 3, np.float32))
    assert isinstance(layer, catenary.links.Linear)
    assert isinstance(catenary.links.Linear(2, 3), L.Linear)
    assert not isinstance(catenary.links.Linear(2, 3), L.Convolution2D)
    assert pickle.loads(pickle.dumps(layer)).W.shape == (500, 1000)

    class Mine(L.Linear):
        pass

    assert not isinstance(layer, Mine)
    assert isinstance(Mine(2, 3), L.Linear)


def test_n_step_lstm_of_1_16() -> None:
    with pytest.deprecated_call():
        lstm = L.NStepLSTM(1, 4, 5, 0.5, True)
    with pytest.deprecated_call():
        hy, cy, ys = lstm(None, None, [X, X[:2]], train=False)
    assert (hy.shape, cy.shape, [y.shape for y in ys]) == ((1, 2, 5), (1, 2, 5), [(3, 5), (2, 5)])


@pytest.fixture
def model() -> Any:
    with pytest.deprecated_call():
        return chainer.FunctionSet(l1=F.Linear(4, 3), l2=F.Linear(3, 2))


def test_function_set(model: Any) -> None:
    with pytest.deprecated_call():
        optimizer = optimizers.SGD(lr=0.5).setup(model.collect_parameters())
    with pytest.deprecated_call():
        optimizer.zero_grads()
    F.sum(model.l2(F.relu(model.l1(chainer.Variable(X))))).backward()
    before = [array.copy() for array in model.parameters]
    gradients = [array.copy() for array in model.gradients]
    optimizer.update()
    for array, old, gradient in zip(model.parameters, before, gradients):
        np.testing.assert_allclose(array, old - 0.5 * gradient, rtol=1e-6)
    model.parameters = [0 * array for array in before]
    assert not any(array.any() for array in model.parameters)
    for array in model.parameters:
        array[:] = 1
    assert all((param.array == 1).all() for param in model.params())
    assert [a.shape for a in pickle.loads(pickle.dumps(model)).parameters] == [a.shape for a in before]
    with pytest.deprecated_call():
        model.l3 = F.Linear(2, 2)
    assert "l3" in {link.name for link in model.children()}


def test_methods_of_optimizers(model: Any) -> None:
    optimizer = optimizers.MomentumSGD().setup(model)
    for param in model.params():
        param.grad = np.ones_like(param.array)
    count = sum(param.size for param in model.params())
    with pytest.deprecated_call():
        assert optimizer.compute_grads_norm() == pytest.approx(np.sqrt(count))
    with pytest.deprecated_call():
        optimizer.clip_grads(1.0)
    np.testing.assert_allclose(model.l1.b.grad, np.full(3, 1 / np.sqrt(count)), rtol=1e-5)
    model.l1.W.array[...] = 2
    with pytest.deprecated_call():
        optimizer.weight_decay(0.5)
    np.testing.assert_allclose(model.l1.W.grad, np.full((3, 4), 1 / np.sqrt(count) + 1), rtol=1e-5)
    with pytest.deprecated_call():
        optimizer.accumulate_grads([np.ones_like(param.array) for param in model.params()])
    np.testing.assert_allclose(model.l1.W.grad, np.full((3, 4), 1 / np.sqrt(count) + 2), rtol=1e-5)


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({}, "Adam"),
        ({"weight_decay_rate": 0.1}, "AdamW"),
        ({"amsgrad": True}, "AMSGrad"),
        ({"adabound": True, "final_lr": 0.2}, "AdaBound"),
        ({"amsgrad": True, "adabound": True, "gamma": 0.1}, "AMSBound"),
    ],
)
def test_options_of_adam(options: dict[str, Any], kind: str) -> None:
    same = {name: value for name, value in options.items() if not name.startswith(("ams", "ada"))}
    weights = []
    for optimizer in (optimizers.Adam(0.5, **options), getattr(catenary.optimizers, kind)(0.5, **same)):
        layer = L.Linear(4, 2, initialW=0.5)
        optimizer.setup(layer)
        for step in range(3):
            layer.W.grad = np.cos(np.arange(8, dtype=np.float32) + step).reshape(2, 4)
            optimizer.update()
        assert {name: getattr(optimizer, name) for name in same} == same
        weights.append(layer.W.array)
    assert optimizer.alpha == 0.5
    np.testing.assert_array_equal(*weights)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("optimizer", "WeightDecay"),
        ("optimizer", "GradientClipping"),
        ("training.updater", "StandardUpdater"),
        ("training.updater", "ParallelUpdater"),
        ("training.extension", "PRIORITY_WRITER"),
        ("training.trigger", "get_trigger"),
        ("training", "IntervalTrigger"),
        ("function", "FunctionHook"),
    ],
)
def test_names_that_moved(path: str, name: str) -> None:
    assert getattr(importlib.import_module(f"chainer.{path}"), name) is not None


def updater(kind: Any, **kwargs: Any) -> Any:
    layer = L.Linear(4, 1)
    optimizer = optimizers.SGD().setup(layer)
    iterator = chainer.iterators.SerialIterator(X, 3)
    return kind(iterator, kwargs.pop("optimizer", optimizer), loss_func=lambda x: F.sum(layer(x)), **kwargs)


@pytest.mark.parametrize(("device", "number"), [(-1, -1), ("@numpy", -1), (None, None)])
def test_converters_get_numbers_of_devices(device: Any, number: int | None) -> None:
    seen = []

    def convert(batch: Any, device: Any) -> Any:
        seen.append(device)
        return np.stack(batch)

    updater(chainer.training.StandardUpdater, converter=convert, device=device).update()
    assert seen == [number]
    examples = chainer.iterators.SerialIterator(X, 3, repeat=False, shuffle=False)
    chainer.training.extensions.Evaluator(examples, L.Linear(4, 1), convert, device)()
    assert seen == [number, number]
    new = chainer.dataset.converter()(convert)
    updater(chainer.training.StandardUpdater, converter=new, device="@numpy").update()
    assert seen[2:] == [catenary.get_device("@numpy")]


def test_names_of_optimizers() -> None:
    class Updater(chainer.training.updater.StandardUpdater):  # type: ignore[misc]
        def update_core(self) -> None:
            self.get_optimizer("b").update(self.loss_func, self.converter(self.get_iterator("main").next()))

    two = {name: optimizers.SGD().setup(L.Linear(4, 1)) for name in "ab"}
    made = updater(Updater, optimizer=two)
    made.update()
    assert made.get_all_optimizers() == two
    assert [two[name].t for name in "ab"] == [0, 1]
    assert isinstance(made, catenary.training.StandardUpdater)
    with pytest.raises(catenary.errors.ArgumentError, match="one optimizer must be named 'main'"):
        updater(chainer.training.StandardUpdater, optimizer=two)


def test_patients() -> None:
    with pytest.deprecated_call(match="patience"):
        trigger = chainer.training.triggers.EarlyStoppingTrigger(patients=5)
    assert trigger.patience == 5


def test_classes_of_functions() -> None:
    image = X.reshape(1, 1, 3, 4)
    with pytest.deprecated_call():
        pool = F.MaxPooling2D(2, 2)
    np.testing.assert_array_equal(pool(image).array, F.max_pooling_2d(image, 2, 2).array)


def test_cuda_init() -> None:
    cuda.init()
    assert int(cuda.get_device(X)) == -1


@pytest.mark.parametrize(
    "use", [lambda: L.caffe.CaffeFunction("a.caffemodel"), lambda: chainer.exporters.caffe.export(None, [])]
)
def test_what_is_gone_says_so(use: Any) -> None:
    with pytest.raises(catenary.errors.NotAvailableError, match="no longer maintained"):
        use()


def test_init_weight() -> None:
    weights = np.zeros((2, 3), np.float32)
    with pytest.deprecated_call(match=r"initializer\(weights\)"):
        chainer.initializers.init_weight(weights, 3, scale=0.5)
    np.testing.assert_array_equal(weights, np.full((2, 3), 1.5))


@pytest.mark.parametrize(
    ("path", "name", "said"),
    [
        ("functions.activation.elu", "ELU", r"it was a part of chainer\.functions\.elu, whose nodes"),
        ("training.updaters.multiprocess_parallel_updater", "gather_grads", "Chainer 7 had it, and nothing stands in"),
        ("cuda", "zeros", r"use chainer\.cuda\.cupy\.zeros"),
        ("functions", "relo", "did you mean 'relu'"),
    ],
)
def test_names_that_are_not_here(path: str, name: str, said: str) -> None:
    with pytest.raises(AttributeError, match=said):
        getattr(importlib.import_module(f"chainer.{path}"), name)


@pytest.mark.parametrize(
    ("make", "fan_in"),
    [
        (lambda *args: L.Linear(400, 200, *args), 400),
        (lambda *args: L.Convolution2D(40, 200, 3, 1, 1, *args), 360),
        (lambda *args: L.Deconvolution2D(200, 40, 3, 1, 1, *args), 360),
        (lambda *args: L.DilatedConvolution2D(40, 200, 3, 1, 1, 2, *args), 360),
    ],
)
def test_scale_of_weights_by_position(make: Any, fan_in: int) -> None:
    with pytest.warns(DeprecationWarning, match="older Chainer") as told:
        link = make(0.5, 2.0)
    assert [str(warning.message).partition("=")[0].partition("(")[2] for warning in told] == ["wscale", "bias"]
    assert np.isclose(link.W.array.std() * np.sqrt(fan_in), 0.5, rtol=0.02)
    np.testing.assert_array_equal(link.b.array, 2)
    with pytest.deprecated_call():
        assert make(1, 0, True).b is None
    assert make(True).b is None
    assert make(False).b is not None
