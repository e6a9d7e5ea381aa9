from __future__ import annotations

import numpy as np
import pytest

import catenary
from catenary.errors import ArgumentError, ArgumentTypeError
from catenary.iterators import SerialIterator
from catenary.training import StandardUpdater, Trainer


def train(line, batch_size, accumulate, out, iterations=6, **options):
    optimizer = line.Optimizer(line.Model())
    iterator = SerialIterator(line.data, batch_size, shuffle=False)
    updater = StandardUpdater(iterator, optimizer, accumulate=accumulate, **options)
    trainer, seen = Trainer(updater, (iterations, "iteration"), out), []

    def look(trainer):
        loss = line.number(trainer.observation["main/loss"])
        seen.append((loss, updater.epoch, updater.is_new_epoch, updater.previous_epoch_detail))

    trainer.extend(look)
    trainer.run()
    host = catenary.get_device("@numpy")
    return [host.send(param.array) for param in optimizer.target.params()], seen, optimizer


@pytest.mark.parametrize("options", [{}, {"loss_scale": 64.0}, {"device": "@tripwire"}])
def test_small_batches_make_the_step_of_a_large_one(line, tmp_path, options):
    large, losses, one = train(line, 10, 1, tmp_path, **options)
    small, averages, other = train(line, 2, 5, tmp_path, **options)
    assert (other.t, other.epoch) == (one.t, one.epoch) == (6, 6)
    for a, b in zip(small, large):
        np.testing.assert_allclose(a, b, rtol=1e-5)
    np.testing.assert_allclose([row[0] for row in averages], [row[0] for row in losses], rtol=1e-5)


def test_the_scale_of_the_optimizer_counts(line, tmp_path, monkeypatch):
    plain = train(line, 2, 5, tmp_path)[0]
    monkeypatch.setattr(line.Optimizer, "loss_scale", property(lambda optimizer: 64.0), raising=False)
    scaled = train(line, 2, 5, tmp_path, loss_scale=64.0)[0]  # tells the optimizer what to divide by
    for a, b in zip(scaled, plain):
        np.testing.assert_allclose(a, b, rtol=1e-5)
    unknown = train(line, 2, 5, tmp_path)[0]  # nobody divides: the gradients are 64 times as large
    assert not np.allclose(unknown[0], plain[0])


def test_progress_is_that_of_the_whole_iteration(line, tmp_path):
    rows = train(line, 5, 3, tmp_path, iterations=4)[1]
    assert [row[1:] for row in rows] == [(1, True, 0.0), (3, True, 1.5), (4, True, 3.0), (6, True, 4.5)]
    rows = train(line, 1, 4, tmp_path, iterations=4)[1]
    assert [row[1:3] for row in rows] == [(0, False), (0, False), (1, True), (1, False)]


def test_all_epochs_are_counted(line, tmp_path):
    assert train(line, 10, 3, tmp_path, iterations=2)[2].epoch == 6


def test_by_hand_without_a_trainer(line):
    optimizer = line.Optimizer(line.Model())
    StandardUpdater(SerialIterator(line.data, 2), optimizer, accumulate=5).update()
    assert optimizer.t == 1


def test_progress_after_a_resume_is_that_of_the_iterator(line, tools):
    def make():
        return StandardUpdater(SerialIterator(line.data, 5), line.Optimizer(line.Model()), accumulate=2)

    updater, other = make(), make()
    other.update()
    other.update()
    updater.update()
    tools.copy_state(updater, other)
    assert (other.epoch, other.is_new_epoch, other.previous_epoch_detail) == (1, True, 0.5)


@pytest.mark.parametrize("accumulate", [0, -1, 1.5, "2"])
def test_wrong_numbers(line, accumulate):
    with pytest.raises(ArgumentError, match="StandardUpdater: accumulate must be a positive integer, got"):
        StandardUpdater(SerialIterator(line.data, 5), line.Optimizer(line.Model()), accumulate=accumulate)


def test_a_loss_that_is_none(line):
    optimizer = line.Optimizer(line.Model())
    updater = StandardUpdater(SerialIterator(line.data, 5), optimizer, accumulate=2, loss_func=lambda x, t: None)
    with pytest.raises(ArgumentTypeError, match="the loss function must return a Variable, got NoneType"):
        updater.update()
