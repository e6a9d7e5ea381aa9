"""Conformance of links: give one that is made, inputs, and a NumPy reference."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import catenary
from catenary import Link, Variable, using_config
from catenary.types import Array
from catenary_testing.gpu import on_gpu, open_gpu
from catenary_testing.gradient_check import check_backward, outputs_of
from catenary_testing.memory import load, saved
from catenary_testing.tolerance import assert_close


@dataclass(frozen=True)
class LinkCase:
    """One way to make and call a link, and what it must give.

    Attributes:
        link: The class under test.
        make: Makes the link (in float64).
        inputs: One entry per input: a shape (an array is drawn), or an array.
        reference: The same on NumPy arrays: takes the link's parameters and persistent values by path, and the
            inputs.
        call: How the link is called; plainly by default. Returns Variables.
        lazy: Makes a link that takes its sizes from the first call, if that is possible.
        differentiable: Whether there are gradients to check.
        name: A word to tell cases of one link apart.
    """

    link: type[Link]
    make: Callable[[], Any]
    inputs: Sequence[Any]
    reference: Callable[..., Any]
    call: Callable[..., Any] = lambda link, *inputs: link(*inputs)
    lazy: Callable[[], Any] | None = None
    differentiable: bool = True
    name: str = ""

    def __str__(self) -> str:
        return "-".join(filter(None, [self.link.__name__, self.name]))

    def arrays(self) -> list[Array]:
        """Return the inputs; arrays of integers as they are."""
        rng = np.random.default_rng(1)
        return [i if hasattr(i, "dtype") else rng.uniform(-1, 1, i) for i in self.inputs]

    def new(self) -> Any:
        """Return a new link in float64, the same each time."""
        with using_config("dtype", np.float64):
            catenary.seed(0)
            link = self.make()
            for param in link.params(include_uninit=False):
                param.array[...] += np.random.default_rng(param.size).uniform(-0.1, 0.1, param.shape)
            return link

    def run(self, link: Any, inputs: Sequence[Any]) -> list[Variable]:
        """Call a link in float64; the result as a list."""
        with using_config("dtype", np.float64):
            return list(outputs_of(self.call(link, *inputs)))


def check_forward(case: LinkCase) -> None:
    """Values against the reference."""
    link, inputs = case.new(), case.arrays()
    values = {key: np.array(value) for key, value in saved(link).items() if value is not None}
    expected = case.reference(values, *inputs)
    expected = expected if isinstance(expected, list | tuple) else [expected]
    for y, e in zip(case.run(link, inputs), expected, strict=True):
        assert_close(y.array, np.asarray(e))


def check_link_gradients(case: LinkCase) -> None:
    """Gradients of inputs and parameters against differences."""
    if not case.differentiable:
        return
    inputs = case.arrays()
    floats = [i for i, a in enumerate(inputs) if a.dtype.kind == "f"]
    names = [name for name, param in case.new().namedparams(include_uninit=False)]

    def function(*xs: Any) -> tuple[Any, ...]:
        link, given = case.new(), list(inputs)
        for i, x in zip(floats, xs, strict=False):
            given[i] = x
        owners = dict(link.namedlinks())
        for name, x in zip(names, xs[len(floats) :], strict=True):
            path, _, attribute = name.rpartition("/")
            object.__setattr__(owners[path or "/"], attribute, x)
        return tuple(y for y in case.run(link, given) if y.requires_grad)

    params = [param.array for _, param in case.new().namedparams(include_uninit=False)]
    check_backward(function, [*(inputs[i] for i in floats), *params])


def check_saving(case: LinkCase) -> None:
    """What is saved loads into another link, and pickles and copies do the same as the link."""
    inputs, link = case.arrays(), case.new()
    case.run(link, inputs)
    values, other = saved(link), case.new()
    load(values, other)
    assert saved(other).keys() == values.keys()
    for copy in (other, pickle.loads(pickle.dumps(link)), link.copy(), link.copy(mode="copy")):
        for key, value in saved(copy).items():
            np.testing.assert_array_equal(value, values[key], err_msg=key)
    again = link.copy(mode="init")
    assert [n for n, _ in again.namedparams()] == [n for n, _ in link.namedparams()]
    for (_, mine), (_, theirs) in zip(link.copy(mode="copy").namedparams(), link.namedparams(), strict=True):
        assert mine.array is None or not np.shares_memory(mine.array, theirs.array)
    assert len(link.repeat(2)) == 2
    assert case.link.__name__ in repr(link)


def check_lazy(case: LinkCase) -> None:
    """Sizes taken from the first call are those that were given; a lazy link loads what was saved."""
    if case.lazy is None:
        return
    with using_config("dtype", np.float64):
        lazy = case.lazy()
        assert any(param.array is None for param in lazy.params())
        case.run(lazy, case.arrays())
        assert [p.shape for p in lazy.params()] == [p.shape for p in case.new().params()]
        waiting, full = case.lazy(), case.new()
        load(saved(full), waiting)
    for (name, a), (_, b) in zip(waiting.namedparams(), full.namedparams(), strict=True):
        np.testing.assert_array_equal(a.array, b.array, err_msg=name)


def check_link_tripwire(case: LinkCase) -> None:
    """On another device nothing touches the host, and the results are the same."""
    _check_there(case, catenary.get_device("@tripwire"))


def check_link_gpu(case: LinkCase) -> None:
    """On a GPU the results are those of the host."""
    with catenary.using_device(open_gpu()) as device:
        _check_there(case, device)


def _check_there(case: LinkCase, device: catenary.Device) -> None:
    with catenary.using_device("@numpy"):
        inputs, link, there = case.arrays(), case.new(), case.new()
    there.to_device(device)
    sent = [device.send(a) if a.dtype.kind == "f" or a.dtype.kind in "iu" else a for a in inputs]
    for y, e in zip(case.run(there, sent), case.run(link, inputs), strict=True):
        assert device.is_array_supported(y.array)
        assert_close(device.to_host(y.array), e.array)


LINK_CHECKS = (check_forward, check_link_gradients, check_saving, check_lazy, check_link_tripwire)


def link_tests(cases: Sequence[LinkCase]) -> Callable[..., None]:
    """Return a pytest test that runs every check on every case; give it a name that begins with `test_`.

    Args:
        cases: The cases.
    """

    @pytest.mark.parametrize("case", cases, ids=str)
    @pytest.mark.parametrize(
        "check", [*LINK_CHECKS, on_gpu(check_link_gpu)], ids=lambda check: check.__name__.removeprefix("check_")
    )
    def test_link(check: Callable[[LinkCase], None], case: LinkCase) -> None:
        check(case)

    return test_link
