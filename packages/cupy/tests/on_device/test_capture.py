"""Steps recorded as CUDA graphs: they do what plain steps do, and what cannot be recorded says so."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import catenary
import catenary.functions as F
import catenary.links as L
from catenary import Chain, Reporter, Sequential, optimizer_hooks, optimizers, report
from catenary.device.repeating import each_time, refuse_recording
from catenary.iterators import SerialIterator
from catenary.training import StandardUpdater
from catenary_cupy import capture

RNG = np.random.default_rng(0)
DATA = [(x, np.int32(x.sum() > 0)) for x in RNG.standard_normal((40, 6)).astype(np.float32)]


class Model(Chain):
    """Dense layers with batch normalization and dropout, which report."""

    def __init__(self) -> None:
        super().__init__()
        with self.init_scope():
            self.body = Sequential(L.Linear(6, 8), L.BatchNormalization(8), F.relu, lambda h: F.dropout(h, 0.2))
            self.top = L.Linear(8, 2)

    def forward(self, x: Any, t: Any) -> Any:
        y = self.top(self.body(x))
        loss = F.softmax_cross_entropy(y, t)
        report({"loss": loss, "accuracy": F.accuracy(y, t)}, self)
        return loss


def train(
    capture: bool,
    optimizer: Any,
    steps: int = 7,
    model: Any = Model,
    between: Callable[[int, Any], None] = lambda step, optimizer: None,
) -> tuple[list[Any], list[dict[str, float]], Any]:
    """Return parameters, what was reported, and the updater, after some steps from one seed."""
    catenary.seed(1)
    target = model()
    iterator = SerialIterator(DATA, 10, shuffle=False)
    updater = StandardUpdater(iterator, optimizer.setup(target), device="@cupy:0", capture=capture)
    seen = []
    for step in range(steps):
        between(step, optimizer)
        reporter = Reporter()
        reporter.add_observer("main", target)
        with reporter:
            updater.update()
        seen.append({name: float(getattr(v, "array", v)) for name, v in reporter.observation.items()})
    return [p.array.get() for p in target.params()], seen, updater


def same(one: list[Any], other: list[Any]) -> None:
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", ["SGD", "MomentumSGD", "Adam", "AMSGrad", "AdaBound"])
def test_replayed_steps_are_plain_steps_to_the_bit(gpu: Any, name: str) -> None:
    make = getattr(optimizers, name)
    plain, seen, _ = train(False, make())
    found, reported, updater = train(True, make())
    step = updater._captured
    assert (step.reason, step.replays) == ("", 7 - capture.WARM_UP - 1)
    same(found, plain)
    assert reported == seen
    assert updater.get_optimizer("main").t == 7
    assert all(p.update_rule.t == 7 for p in updater.get_optimizer("main").target.params())


def test_a_schedule_of_the_learning_rate_holds(gpu: Any) -> None:
    def halve(step: int, optimizer: Any) -> None:
        optimizer.lr = 0.5**step

    plain, _, _ = train(False, optimizers.MomentumSGD(), between=halve)
    found, _, updater = train(True, optimizers.MomentumSGD(), between=halve)
    assert updater._captured.replays == 4
    same(found, plain)


def test_numbers_of_hooks_have_the_step_recorded_anew(gpu: Any) -> None:
    def run(capture: bool) -> Any:
        def change(step: int, optimizer: Any) -> None:
            if step == 0:
                optimizer.add_hook(optimizer_hooks.WeightDecay(0.1))
            if step == 4:
                next(iter(optimizer._hooks["pre"].values())).rate = 0.5

        return train(capture, optimizers.SGD(0.1), steps=9, between=change)

    plain, _, _ = run(False)
    found, _, updater = run(True)
    assert len(updater._captured._graphs) == 2
    same(found, plain)


def test_the_random_state_goes_on(gpu: Any) -> None:
    train(False, optimizers.SGD())
    expected = gpu.random.state
    train(True, optimizers.SGD())
    assert gpu.random.state == expected


def test_another_batch_size_and_mode_are_recorded_for_themselves(gpu: Any) -> None:
    calls: list[int] = []

    def step(x: Any) -> None:
        calls.append(len(x))
        total[...] += x.sum() * (2 if catenary.config.train else 1)

    total = gpu.xp.zeros(())
    captured = capture.CapturedStep(gpu, step)
    expected = 0.0
    for i in range(20):
        x = np.full(2 + i % 2, float(i))
        with catenary.using_config("train", i % 4 < 2):
            captured(gpu.send(x))
        expected += x.sum() * (2 if i % 4 < 2 else 1)
    assert float(total) == expected
    assert len(captured._graphs) == 4
    assert captured.replays == 20 - 4 * 3
    assert len(calls) == 12


def refused(step: Callable[..., None], gpu: Any, times: int = 5) -> tuple[str, Any]:
    """Run a step that cannot be recorded; return the reason."""
    captured = capture.CapturedStep(gpu, step)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for i in range(times):
            captured(gpu.send(np.full(3, float(i))))
    assert [str(w.message) for w in caught] == [f"the step is not replayed as a CUDA graph: {captured.reason}"]
    assert captured.replays == 0
    return captured.reason, captured


def test_a_step_that_reads_values_runs_without_a_graph(gpu: Any) -> None:
    seen: list[float] = []
    counted: list[int] = []

    def step(x: Any) -> None:
        each_time(lambda: counted.append(1))
        seen.append(float(x.sum()))

    reason, _ = refused(step, gpu)
    assert "captur" in reason
    assert seen == [0.0, 3.0, 6.0, 9.0, 12.0]
    assert len(counted) == 5  # the failed recording counts once, with the step that it was for


def test_reports_from_the_host_are_refused(gpu: Any) -> None:
    def step(x: Any) -> None:
        x += 1
        report({"rate": 0.5})

    with Reporter() as reporter:
        reason, _ = refused(step, gpu)
    assert reason == "it reports 'rate', which is computed on the host"
    assert reporter.observation == {"rate": 0.5}


def test_a_step_can_refuse_by_itself(gpu: Any) -> None:
    reason, _ = refused(lambda x: refuse_recording("it is Monday"), gpu)
    assert reason == "it is Monday"


def test_too_many_shapes_end_it(gpu: Any) -> None:
    captured = capture.CapturedStep(gpu, lambda x: None)
    for size in range(1, 17):
        captured(gpu.xp.zeros(size))
    with pytest.warns(RuntimeWarning, match="not replayed as a CUDA graph: there were 16 different shapes"):
        captured(gpu.xp.zeros(17))
    captured(gpu.xp.zeros(18))


class Stateful(Model):
    """A model that keeps an array of the last step."""

    def forward(self, x: Any, t: Any) -> Any:
        self.last = x
        return super().forward(x, t)


class Counting(Model):
    """A model that counts its calls."""

    calls = 0

    def forward(self, x: Any, t: Any) -> Any:
        self.calls += 1
        return super().forward(x, t)


@pytest.mark.parametrize(("model", "name"), [(Stateful, "/last"), (Counting, "/calls")])
def test_a_model_with_state_of_the_host_is_refused(gpu: Any, model: Any, name: str) -> None:
    plain, _, _ = train(False, optimizers.Adam(), model=model)
    with pytest.warns(RuntimeWarning, match=f"each step changes {name} of the model"):
        found, _, updater = train(True, optimizers.Adam(), model=model)
    same(found, plain)
    assert updater.get_optimizer("main").t == 7


def test_rules_that_are_not_elementwise_are_refused(gpu: Any) -> None:
    plain, _, _ = train(False, optimizers.LAMB())
    with pytest.warns(RuntimeWarning, match="LAMBRule takes numbers from the host"):
        found, _, updater = train(True, optimizers.LAMB())
    same(found, plain)
    assert updater.get_optimizer("main").t == 7


def test_the_host_captures_nothing() -> None:
    device = catenary.get_device("@numpy")
    step = print
    assert device.captured(step) is step


def test_no_memory_grows(gpu: Any) -> None:
    _, _, updater = train(True, optimizers.Adam(), steps=5)
    used = gpu.used_bytes()
    for _ in range(50):
        updater.update()
    assert gpu.used_bytes() <= used + 4096
    assert updater._captured.replays == 52
