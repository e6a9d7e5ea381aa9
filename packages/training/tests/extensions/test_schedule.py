"""Extensions that set an attribute of an optimizer: the numbers and keys of Chainer 7.8.1, also resumed."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from catenary.errors import ArgumentError, ArgumentTypeError
from catenary.training import Trainer, extensions, schedules

CASES = json.loads((Path(__file__).parent / "golden/shifts.json").read_text("utf-8"))
IDS = [f"{case['name']}-{i}" for i, case in enumerate(CASES)]


def make(case):
    return getattr(extensions, case["name"])("x", *case["args"], **case["kwargs"])


def run(tools, extension, stop, optimizer=None, load=None, per_epoch=10, trigger=None):
    """Return what each update saw, the optimizer and the trainer; `load` is a trainer to go on from."""
    optimizer = optimizer or SimpleNamespace(x=0.8)
    seen = []

    class Updater(tools.Counter):
        def get_optimizer(self, name):
            return {"main": optimizer}[name]

        def update(self):
            seen.append(optimizer.x)
            super().update()

    trainer = Trainer(Updater(per_epoch), (stop, "iteration"))
    trainer.extend(extension, name="shift", trigger=trigger)
    if load is not None:
        tools.copy_state(load, trainer)
    trainer.run(show_loop_exception_msg=False)
    return seen, optimizer, trainer


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_numbers_of_chainer_to_the_bit(tools, case):
    seen, optimizer, _ = run(tools, make(case), len(case["values"]) - 1)
    assert [*seen, optimizer.x] == case["values"]


@pytest.mark.parametrize("case", CASES, ids=IDS)
@pytest.mark.parametrize("at", [1, 5])
def test_resumed_run_equals_the_uninterrupted(tools, case, at):
    _, _, first = run(tools, make(case), at)
    seen, optimizer, _ = run(tools, make(case), len(case["values"]) - 1, load=first)
    assert [*seen, optimizer.x] == case["values"][at:]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_files_of_chainer_can_be_read(tools, case):
    at = len(case["values"]) - 1  # where the keys were stored
    extension = make(case)
    asked = set()

    class Loader(tools.Loader):
        def __call__(self, key, value):
            asked.add(key)
            return super().__call__(key, value)

    extension.serialize(Loader({key: np.array(value) for key, value in case["saved"].items()}, dry=False))
    assert asked == set(case["saved"])
    seen, _, _ = run(tools, extension, 1)
    assert seen == case["values"][at:]


def test_new_shifts(tools):
    seen, _, _ = run(tools, extensions.CosineShift("x", 6, target=0.2, warmup_iter=2), 7)
    assert seen == pytest.approx([0, 0.4, 0.8, 0.5 + 0.3 / 2**0.5, 0.5, 0.5 - 0.3 / 2**0.5, 0.2])
    seen, _, _ = run(tools, extensions.OneCycleShift("x", 2.0, 4, init=1.0, target=0.0, rise=0.5), 6)
    assert seen == pytest.approx([1, 1.5, 2, 1, 0, 0])


def test_own_schedule_and_the_learning_rate_by_its_usual_names(tools):
    for names in ({"lr": 1.0, "alpha": 0.9}, {"alpha": 1.0}):
        optimizer = SimpleNamespace(x=0, **names)
        run(tools, extensions.Schedule(None, lambda t: 10.0 + t), 3, optimizer)
        assert vars(optimizer) == {"x": 0, **names, next(iter(names)): 13.0}


def test_optimizer_by_object_and_by_name(tools):
    other = SimpleNamespace(x=1.0)
    _, main, _ = run(tools, extensions.ExponentialShift("x", 0.5, optimizer=other), 2)
    assert (main.x, other.x) == (0.8, 0.25)
    _, main, _ = run(tools, extensions.ExponentialShift("x", 0.5, optimizer="main"), 2)
    assert main.x == 0.2


def test_time_in_epochs(tools):
    extension = extensions.Schedule("x", lambda t: t, unit="epoch")
    seen, _, first = run(tools, extension, 3, per_epoch=2)
    assert seen == [0, 0.5, 1]
    seen, _, _ = run(tools, extensions.Schedule("x", lambda t: t, unit="epoch"), 5, per_epoch=2, load=first)
    assert seen == [1.5, 2]


def test_calls_are_counted_not_iterations(tools):
    seen, _, _ = run(tools, extensions.ExponentialShift("x", 0.5), 5, per_epoch=2, trigger=(1, "epoch"))
    assert seen == [0.8, 0.8, 0.4, 0.4, 0.2]


def test_the_first_value_is_that_of_the_attribute(tools):
    extension = extensions.StepShift("x", 0.5, 1)
    seen, _, _ = run(tools, extension, 2, SimpleNamespace(x=6.0))
    assert seen == [6.0, 3.0]


class ReadOnly:
    x = 0

    @property
    def lr(self):
        return 1.0


@pytest.mark.parametrize("attr", ["y", "lr", None])
def test_attribute_that_cannot_be_set(tools, attr):
    missing = r"'lr' and no 'alpha'" if attr is None else repr(attr)
    message = f"ExponentialShift: attr must be an attribute of ReadOnly that can be set; there is no {missing}$"
    with pytest.raises(ArgumentError, match=message):
        run(tools, extensions.ExponentialShift(attr, 0.5), 1, ReadOnly())


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: extensions.Schedule("x", 0.1), ArgumentTypeError, "Schedule: schedule must be a function .* got 0.1"),
        (lambda: extensions.Schedule(0.1, abs), ArgumentTypeError, "Schedule: attr must be the name of .* got 0.1"),
        (lambda: extensions.Schedule("x", abs, unit="day"), ArgumentError, "Schedule: unit must be 'epoch' or 'iter"),
        (lambda: extensions.ExponentialShift("x", -1), ArgumentError, "rate must not be negative, got -1"),
        (lambda: extensions.StepShift("x", 0.1, 0), ArgumentError, "step must be more than 0, got 0"),
        (lambda: extensions.WarmupShift("x", 0.1, -3, 1.0), ArgumentError, "warmup_iter must not be negative, got -3"),
    ],
)
def test_wrong_arguments_are_found_at_once(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_plain_loop_sees_the_same_values(tools):
    schedule = schedules.exponential(0.8, 0.7)
    seen, _, _ = run(tools, extensions.ExponentialShift("x", 0.7), 6)
    assert seen == [schedule(t) for t in range(6)]
