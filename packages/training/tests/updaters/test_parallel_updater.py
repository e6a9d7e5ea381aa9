from __future__ import annotations

import numpy as np
import pytest

import catenary
from catenary.errors import ArgumentError, NotAvailableError
from catenary.iterators import SerialIterator
from catenary.training import Trainer
from catenary.training.updaters import MultiprocessParallelUpdater, ParallelUpdater

# Chainer 7.8.1: MomentumSGD(0.05) on a Chain with Linear(2, 1, initialW=[[0.5, -0.25]]) and mean_squared_error, four
# iterations of ParallelUpdater(SerialIterator(data, 5, shuffle=False), optimizer, devices={"main": "@numpy", ...}).
TWO = (
    [1.6208839416503906, 0.9638023972511292, 0.9291841983795166],
    [
        [1.0072916746139526, 4.74824857711792, 0.4373110234737396, 7.309869766235352],
        [0.8031249642372131, 4.588047504425049, 0.4367019832134247, 7.229578018188477],
    ],
)
THREE = (
    [1.1125746965408325, 0.40650057792663574, 0.43925702571868896],
    [
        [0.6981249451637268, 3.274834156036377, 1.440722107887268, 16.121734619140625],
        [1.2756251096725464, 4.383378028869629, 1.698603868484497, 19.35793113708496],
        [0.6806249618530273, 3.616748571395874, 1.542720913887024, 17.36284637451172],
    ],
)
HOST = catenary.get_device("@numpy")


def train(line, out, batch_size=5, iterations=4, models=None, **options):
    optimizer = line.Optimizer(line.Model())
    models = models and {"main": optimizer.target, **models}
    iterator = SerialIterator(line.data, batch_size, shuffle=False)
    updater = ParallelUpdater(iterator, optimizer, models=models, **options)
    trainer, losses = Trainer(updater, (iterations, "iteration"), out), {}

    def look(trainer):
        for key, value in trainer.observation.items():
            losses.setdefault(key, []).append(line.number(value))

    trainer.extend(look)
    trainer.run()
    params = [number for param in optimizer.target.params() for number in HOST.send(param.array).ravel().tolist()]
    return params, losses, optimizer


def check(params, losses, names, expected):
    np.testing.assert_allclose(params, expected[0], rtol=1e-5)
    assert list(losses) == [f"{name}/loss" for name in names]
    np.testing.assert_allclose(list(losses.values()), expected[1], rtol=1e-4)


@pytest.mark.parametrize("device", ["@numpy", "@tripwire"])
@pytest.mark.parametrize(
    ("devices", "names", "expected"),
    [
        (["main", "b"], ["main", "b"], TWO),
        (["b", "main"], ["main", "b"], TWO),
        (["main", "b", "c"], ["main", "b", "c"], THREE),
    ],
)
def test_numbers_of_chainer(line, tmp_path, device, devices, names, expected):
    params, losses, optimizer = train(line, tmp_path, devices=dict.fromkeys(devices, device))
    check(params, losses, names, expected)
    assert (optimizer.t, optimizer.epoch) == (4, 2)
    assert optimizer.target.W.device == catenary.get_device(device)


def test_models_that_are_given(line, tmp_path):
    own = line.Model()
    own.W.array[...] = 7
    params, losses, _ = train(line, tmp_path, models={"own": own})
    check(params, losses, ["main", "own"], TWO)


def test_models_on_different_devices(line, tmp_path):
    params, losses, optimizer = train(line, tmp_path, devices={"main": "@numpy", "b": "@tripwire"})
    check(params, losses, ["main", "b"], TWO)
    assert optimizer.target.W.device == HOST


def test_a_batch_of_less_examples_than_models(line, tmp_path):
    alone = train(line, tmp_path, batch_size=1, devices={"main": "@numpy"})[0]
    params, losses, _ = train(line, tmp_path, batch_size=1, devices=dict.fromkeys(["main", "b"], "@numpy"))
    assert params == alone
    assert list(losses) == ["main/loss"]


def test_own_loss_and_loss_scale(line, tmp_path):
    devices = dict.fromkeys(["main", "b"], "@numpy")
    params, losses, _ = train(line, tmp_path, devices=devices, loss_scale=64.0)
    check(params, losses, ["main", "b"], TWO)
    seen = []

    def loss(x, t):
        seen.append(len(x))
        return (catenary.Variable(x) * 0).sum()

    optimizer = line.Optimizer(line.Model())
    updater = ParallelUpdater(SerialIterator(line.data, 5), optimizer, devices=devices, loss_func=loss)
    for param in optimizer.target.params():
        param.zerograd()
    optimizer.update = lambda: None
    updater.update()
    assert seen == [3, 2]


def test_a_resumed_run_goes_on_with_the_loaded_model(line, tools):
    def make():
        optimizer = line.Optimizer(line.Model())
        return ParallelUpdater(
            SerialIterator(line.data, 5, shuffle=False), optimizer, devices=dict.fromkeys(["main", "b"], "@numpy")
        )

    whole, other = make(), make()
    whole.get_optimizer("main").v = other.get_optimizer("main").v = {}
    for _ in range(3):
        whole.update()
    entries = tools.copy_state(whole, other)
    assert {name.split("/")[0] for name in entries} == {"iterator:main", "model:main", "optimizer:main", "iteration"}
    other.get_optimizer("main").v = dict(whole.get_optimizer("main").v)
    whole.update()
    other.update()
    for one, two in zip(whole.get_optimizer("main").target.params(), other.get_optimizer("main").target.params()):
        np.testing.assert_array_equal(one.array, two.array)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "give models or devices, a dict with one of them named 'main'"),
        ({"devices": {"b": "@numpy"}}, r"devices has nothing named 'main', got \['b'\]"),
        ({"models": {"b": None}}, r"models has nothing named 'main', got \['b'\]"),
        ({"models": {"main": None}, "devices": {"main": "@numpy"}}, r"models\['main'\] must be the target"),
        ({"models": {"main": None, "b": None}, "devices": {"main": "@numpy"}}, "devices has nothing named 'b'"),
    ],
)
def test_wrong_arguments(line, options, message):
    with pytest.raises(ArgumentError, match=f"ParallelUpdater: {message}"):
        ParallelUpdater(SerialIterator(line.data, 5), line.Optimizer(line.Model()), **options)


def test_no_gradients_between_processes(line):
    assert not MultiprocessParallelUpdater.available()
    with pytest.raises(NotAvailableError, match=r"use ParallelUpdater .* or StandardUpdater\(accumulate=n\)"):
        MultiprocessParallelUpdater([SerialIterator(line.data, 5)], line.Optimizer(line.Model()), devices=["@numpy"])
