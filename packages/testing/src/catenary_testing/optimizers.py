"""Conformance of optimizers: give one that is made, and the rule in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import catenary
from catenary import Link, Parameter
from catenary.types import Array
from catenary_testing.gpu import on_gpu, open_gpu
from catenary_testing.memory import load, saved
from catenary_testing.tolerance import assert_close

#: Small ones, an empty one, a number, and one that is larger than a piece of a sweep.
SHAPES = [(3, 2), (2,), (0, 4), (), (400, 400)]
STEPS = 4


@dataclass(frozen=True)
class OptimizerCase:
    """One way to make an optimizer, and what it must do.

    Attributes:
        optimizer: The class under test.
        make: Makes the optimizer.
        reference: The same rule in NumPy: takes a parameter, the list of its gradients, and returns the parameter
            after all of them.
        name: A word to tell cases of one optimizer apart.
    """

    optimizer: type[Any]
    make: Callable[[], Any]
    reference: Callable[[Array, Sequence[Array]], Array]
    name: str = ""

    def __str__(self) -> str:
        return "-".join(filter(None, [self.optimizer.__name__, self.name]))


class Model(Link):
    """Parameters of several shapes."""

    def __init__(self, dtype: str) -> None:
        super().__init__()
        rng = np.random.default_rng(2)
        with self.init_scope():
            for i, shape in enumerate(SHAPES):
                setattr(self, f"p{i}", Parameter(np.asarray(rng.standard_normal(shape)).astype(dtype)))


def gradients(step: int, dtype: str = "float64") -> list[Array]:
    """Return the gradients of one step."""
    rng = np.random.default_rng(10 + step)
    return [np.asarray(rng.standard_normal(shape)).astype(dtype) for shape in SHAPES]


def run(optimizer: Any, model: Any, steps: Sequence[int], dtype: str = "float64") -> None:
    """Update a model by the gradients of the given steps."""
    for step in steps:
        for param, g in zip(model.params(), gradients(step, dtype), strict=True):
            param.grad = param.device.send(g.copy())
        optimizer.update()


def check_rule(case: OptimizerCase) -> None:
    """Parameters after several steps against the reference; dtypes stay."""
    for dtype in ("float32", "float64"):
        model = Model(dtype)
        first = [p.array.astype(np.float64) for p in model.params()]
        run(case.make().setup(model), model, range(STEPS), dtype)
        for i, (param, p) in enumerate(zip(model.params(), first, strict=True)):
            expected = case.reference(p.copy(), [gradients(s, dtype)[i].astype(np.float64) for s in range(STEPS)])
            assert param.dtype == dtype
            assert_close(param.array, expected, dtype)


def check_sweep(case: OptimizerCase) -> None:
    """Updating together and one by one is the same, also when the rules change in between."""
    together, single = Model("float64"), Model("float64")
    a, b = case.make().setup(together), case.make().setup(single)
    for param in single.params():
        param.update_rule.add_hook(lambda rule, p: None, name="alone")
    run(a, together, range(STEPS))
    run(b, single, range(2))
    for param in single.params():
        param.update_rule.remove_hook("alone")
    run(b, single, range(2, STEPS))
    for mine, theirs in zip(together.params(), single.params(), strict=True):
        assert_close(mine.array, theirs.array)


def check_resuming(case: OptimizerCase) -> None:
    """An optimizer that was saved and loaded goes on to the bit."""
    whole, half, rest = Model("float32"), Model("float32"), Model("float32")
    run(case.make().setup(whole), whole, range(STEPS), "float32")
    first, second = case.make().setup(half), case.make().setup(rest)
    run(first, half, range(2), "float32")
    load(saved(half), rest)
    load(saved(first), second)
    run(second, rest, range(2, STEPS), "float32")
    assert second.t == STEPS
    for mine, theirs in zip(whole.params(), rest.params(), strict=True):
        np.testing.assert_array_equal(mine.array, theirs.array)


def check_disabled(case: OptimizerCase) -> None:
    """What is not to be updated stays as it is, and the others are updated as ever."""
    model, alone = Model("float64"), Model("float64")
    optimizer = case.make().setup(model)
    first, second, *_ = model.params()
    first.update_rule.enabled = False
    before = first.array.copy()
    run(optimizer, model, range(STEPS))
    run(case.make().setup(alone), alone, range(STEPS))
    np.testing.assert_array_equal(first.array, before)
    assert_close(second.array, list(alone.params())[1].array)


def check_optimizer_tripwire(case: OptimizerCase) -> None:
    """On another device nothing touches the host; a model may move in the middle of training."""
    _check_moving(case, catenary.get_device("@tripwire"), "float64")


def check_optimizer_gpu(case: OptimizerCase) -> None:
    """On a GPU parameters become what they become on the host."""
    for dtype in ("float32", "float64"):
        with catenary.using_device(open_gpu()) as device:
            _check_moving(case, device, dtype)


def _check_moving(case: OptimizerCase, device: catenary.Device, dtype: str) -> None:
    with catenary.using_device("@numpy"):
        host, there = Model(dtype), Model(dtype)
    a, b = case.make().setup(host), case.make().setup(there)
    run(a, host, range(STEPS), dtype)
    run(b, there, range(1), dtype)
    there.to_device(device)
    run(b, there, range(1, STEPS), dtype)
    for mine, theirs in zip(host.params(), there.params(), strict=True):
        assert device.is_array_supported(theirs.array)
        assert_close(device.to_host(theirs.array), mine.array, dtype)


OPTIMIZER_CHECKS = (check_rule, check_sweep, check_resuming, check_disabled, check_optimizer_tripwire)


def optimizer_tests(cases: Sequence[OptimizerCase]) -> Callable[..., None]:
    """Return a pytest test that runs every check on every case; give it a name that begins with `test_`.

    Args:
        cases: The cases.
    """

    @pytest.mark.parametrize("case", cases, ids=str)
    @pytest.mark.parametrize(
        "check",
        [*OPTIMIZER_CHECKS, on_gpu(check_optimizer_gpu)],
        ids=lambda check: check.__name__.removeprefix("check_"),
    )
    def test_optimizer(check: Callable[[OptimizerCase], None], case: OptimizerCase) -> None:
        check(case)

    return test_optimizer
