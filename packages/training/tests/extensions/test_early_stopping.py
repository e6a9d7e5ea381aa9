from __future__ import annotations

import math

import numpy as np
import pytest

import catenary
from catenary.errors import ArgumentError, ArgumentTypeError
from catenary.training import Trainer
from catenary.training.extensions import EarlyStopping

VALUES = [5, 4, 4.5, 4.2, 4.1, 3, 3.5, 3.6, 3.7, 3.8, 3.9, 1]

# Iterations at which EarlyStoppingTrigger of Chainer 7.8.1 with these arguments first fires for VALUES.
TABLE = [
    ({"patience": 1}, 3),
    ({"patience": 2}, 4),
    ({}, 5),
    ({"patience": 4}, 10),
    ({"patience": 2, "mode": "max"}, 3),
    ({"patience": 2, "monitor": "main/accuracy"}, 3),
    ({"patience": 2, "trigger": (2, "iteration")}, 10),
]


class Model(catenary.Chain):
    """Holds the number of the iteration in a parameter and in a persistent value."""

    def __init__(self):
        super().__init__()
        with self.init_scope():
            self.W = catenary.Parameter(0.0)  # has no shape before the first iteration
        self.add_persistent("n", 0)

    def set(self, n):
        if self.W.array is None:
            self.W.initialize((2,))
        self.W.array[...] = n
        self.n = n

    def get(self):
        return self.W.array.tolist(), self.n


def make(tools, values=VALUES, model=None, stop=(20, "iteration"), **arguments):
    arguments = {"trigger": (1, "iteration"), **arguments}

    class Updater(tools.Counter):
        def update(self):
            super().update()
            if model is not None:
                model.set(self.iteration)

        def serialize(self, serializer):
            super().serialize(serializer)
            if model is not None:
                model.serialize(serializer["model"])

    trainer = Trainer(Updater(3, values, arguments.get("monitor", "main/loss")), stop)
    trainer.extend(EarlyStopping(restore_best=model, **arguments))
    return trainer


def stops_at(trainer):
    trainer.run(show_loop_exception_msg=False)
    return trainer.updater.iteration


@pytest.mark.parametrize(("arguments", "expected"), TABLE)
def test_table(tools, arguments, expected):
    assert stops_at(make(tools, **arguments)) == expected


@pytest.mark.parametrize(("arguments", "expected"), TABLE)
def test_resumed_run_stops_as_the_uninterrupted(tools, arguments, expected):
    for at in range(1, expected):
        first, second = make(tools, stop=(at, "iteration"), **arguments), make(tools, **arguments)
        first.run()
        tools.copy_state(first, second)
        assert stops_at(second) == expected


def test_threshold(tools):
    assert stops_at(make(tools, [5, 4.6, 4.3, 4.1, 3.9, 1], threshold=0.5, patience=2)) == 5


def test_the_stop_trigger_is_in_force_too(tools):
    assert stops_at(make(tools, stop=(2, "iteration"))) == 2


def test_nan_is_no_improvement(tools):
    assert stops_at(make(tools, [3, math.nan, 2, math.nan, math.nan], patience=2)) == 5


def test_verbose(tools, capsys):
    make(tools, [2.0, 3.0], stop=(2, "iteration"), verbose=True).run()
    assert capsys.readouterr().out == "EarlyStopping: main/loss has not improved for 1 of 3 intervals: 3, best 2\n"


def test_value_that_is_missing(tools):
    with pytest.warns(UserWarning, match="EarlyStopping: 'main/loss' was not reported .* iteration 1;"):
        assert stops_at(make(tools, [None, 1, None, 2], patience=1)) == 4


@pytest.mark.parametrize("stop", [20, 7])  # by itself, and by the stop trigger
def test_the_best_parameters_are_set_back(tools, stop):
    model = Model()
    make(tools, model=model, stop=(stop, "iteration"), patience=4).run()
    assert model.get() == ([6.0, 6.0], 6)


@pytest.mark.parametrize("at", [1, 3, 6, 8])
def test_the_best_parameters_are_saved(tools, at):
    models = Model(), Model()
    first = make(tools, model=models[0], stop=(at, "iteration"), patience=4)
    second = make(tools, model=models[1], patience=4)
    first.extend(
        lambda trainer: trainer.defer(lambda: tools.copy_state(trainer, second)), name="save", trigger=(at, "iteration")
    )
    first.run()
    assert models[1].get() == ([at, at], at)  # a snapshot has the present parameters, not the best
    second.run()
    assert models[1].get() == ([6.0, 6.0], 6)


def test_nothing_is_set_back_after_an_error(tools):
    model = Model()
    trainer = make(tools, model=model)

    def fail(trainer):
        raise OSError

    trainer.extend(fail, trigger=(4, "iteration"))
    with pytest.raises(OSError):
        trainer.run(show_loop_exception_msg=False)
    assert model.get() == ([4.0, 4.0], 4)


def test_nothing_is_set_back_if_there_was_no_value(tools):
    model = Model()
    with pytest.warns(UserWarning, match="was not reported"):
        make(tools, [], model=model, stop=(2, "iteration")).run()
    assert model.get() == ([2.0, 2.0], 2)


def test_without_a_link_nothing_more_is_saved(tools):
    trainer, entries = make(tools), {}
    trainer.serialize(tools.Saver(entries))
    assert not any("best_link" in key for key in entries)
    assert np.isinf(entries["extensions/EarlyStopping/best"])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"mode": "least"}, ArgumentError, "mode must be 'auto', 'min' or 'max', got 'least'"),
        ({"patience": 0}, ArgumentError, "patience must be more than 0, got 0"),
        ({"threshold": -1}, ArgumentError, "threshold must not be negative, got -1"),
        ({"restore_best": True}, ArgumentTypeError, "restore_best must be the link to set back, .* got True"),
    ],
)
def test_wrong_arguments(arguments, error, message):
    with pytest.raises(error, match=f"EarlyStopping: {message}"):
        EarlyStopping(**arguments)
