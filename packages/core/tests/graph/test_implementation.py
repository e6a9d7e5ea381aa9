"""Implementations: which calls they serve, and what they cost the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import catenary
from catenary import Implementation, Variable, arithmetic, disable_implementations, function, using_config
from catenary.errors import DeclarationError
from catenary.graph.function import declare_as, forget_specialisation
from catenary.graph.node import DeclaredNode
from catenary.graph.specialise import text_of
from catenary.plugins import registry
from catenary.types import Array, ArrayModule, Arrays


def leaf(*values: float) -> Variable:
    return Variable(np.array(values, np.float64))


@pytest.fixture
def tripled() -> Iterator[Any]:
    """A function whose implementation for the host gives something else, where the first element is positive."""

    @function
    def tripled(_: ArrayModule, x: Array, n: int = 3, *, sign: int = 1) -> Array:
        return x * n * sign

    tripled.gradient(x=lambda gy, n, sign: gy * n * sign)

    @function
    def fast(_: ArrayModule, x: Array, n: int = 3, *, sign: int = 1) -> Array:
        return x * n * sign + 100

    fast.gradient(x=lambda gy, n, sign: gy * n * sign + 1000)
    name = "tripled@numpy:quick"
    registry.register("implementations", name, Implementation(fast, lambda x, n, sign: x[0] > 0 and n < 10))
    yield tripled
    registry.unregister("implementations", name)


def test_an_implementation_serves_the_calls_that_it_accepts(tripled: Any) -> None:
    x = leaf(1)
    y = tripled(x, sign=-1)
    y.backward()
    assert (y.array, x.grad) == (97, 997)
    assert tripled(leaf(-1)).array == -3
    assert tripled(leaf(1), n=10).array == 10
    device = catenary.get_device("@tripwire")
    assert tripled(device.send(np.ones(1))).item() == 3
    with catenary.no_backprop_mode():
        assert tripled(leaf(1)).array == 103


def test_an_implementation_serves_the_rules_of_a_first_order_walk(tripled: Any) -> None:
    @function
    def same(_: ArrayModule, x: Array) -> Array:
        return x * 1

    same.gradient(x=lambda gy: tripled(gy))
    x = leaf(1)
    same(x).backward()
    assert x.grad == 103


def test_an_implementation_is_not_asked_about_small_calls(tripled: Any) -> None:
    asked: list[int] = []
    served = registry.get("implementations", "tripled@numpy:quick").function
    registry.unregister("implementations", "tripled@numpy:quick")
    other = Implementation(served, lambda x, n, sign: asked.append(x.size) or True, from_size=3)
    registry.register("implementations", "tripled@numpy:quick", other)
    for size, expected in ((1, 3), (2, 3), (3, 103), (4, 103)):
        assert tripled(leaf(*np.ones(size))).array[0] == expected

        @function
        def same(_: ArrayModule, x: Array) -> Array:
            return x * 1

        same.gradient(x=lambda gy: tripled(gy))
        x = leaf(*np.ones(size))
        y = same(x)
        y.grad = np.ones(size)
        y.backward()
        assert x.grad[0] == expected
    assert asked == [3, 3, 4, 4]
    with using_config("debug", True):  # goes the long way
        assert [tripled(leaf(*np.ones(size))).array[0] for size in (2, 3)] == [3, 103]


def test_an_implementation_for_lists_is_asked_by_the_size_of_all(tripled: Any) -> None:
    @function
    def total(_: ArrayModule, xs: Arrays, n: int = 1) -> Array:
        return sum(xs) * n

    @function
    def fast_total(_: ArrayModule, xs: Arrays, n: int = 1) -> Array:
        return sum(xs) * n + 100

    registry.register("implementations", "total@numpy:quick", Implementation(fast_total, lambda *_: True, from_size=4))
    try:
        assert total([np.ones(1), np.ones(1)]).array == 2
        np.testing.assert_array_equal(total([np.ones(2), np.ones(2)]).array, [102, 102])
    finally:
        registry.unregister("implementations", "total@numpy:quick")


def test_disabled_implementations(tripled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    x = leaf(1)
    with disable_implementations():
        assert tripled(x).array == 3
    with disable_implementations("other"):
        assert tripled(x).array == 103
        with disable_implementations("quick"):
            assert tripled(x).array == 3
        assert tripled(x).array == 103
    for value, expected in (("quick", 3), ("*", 3), ("other,quick", 3), ("other", 103), ("", 103)):
        monkeypatch.setenv("CATENARY_DISABLE_IMPLEMENTATIONS", value)
        assert tripled(x).array == expected


def test_forget_specialisation_reads_the_registry_again(tripled: Any) -> None:
    assert tripled(leaf(1)).array == 103
    registry.unregister("implementations", "tripled@numpy:quick")
    assert tripled(leaf(1)).array == 103
    forget_specialisation(tripled)
    assert tripled(leaf(1)).array == 3
    registry.register("implementations", "tripled@numpy:quick", Implementation(tripled, lambda *_: False))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (3, r"implementation tripled@numpy:quick: expected an Implementation, got 3"),
        (Implementation(arithmetic.neg, lambda *_: True), r"expected the parameters x, n, sign, got x"),
    ],
)
def test_a_wrong_implementation_is_refused(tripled: Any, wrong: Any, message: str) -> None:
    registry.register("implementations", "tripled@numpy:quick", wrong)
    for _ in range(2):
        with pytest.raises(DeclarationError, match=message):
            tripled(leaf(1))


def ten_more(declaration: Any) -> Implementation:
    """Make an implementation of a function from its own body."""

    def body(xp: Any, x: Any, n: int = 3, *, sign: int = 1) -> Any:
        return declaration.body(xp, x, n, sign=sign) + 10

    mine = replace(declaration, body=body, node_class=DeclaredNode, alternatives=(), serves=True)
    return Implementation(declare_as(mine), lambda x, n, sign: True)


def test_an_implementation_can_be_made_from_the_declaration(tripled: Any) -> None:
    registry.register("implementations", "tripled@tripwire:made", ten_more)
    device = catenary.get_device("@tripwire")
    try:
        x = Variable(device.send(np.full(1, 2.0)))
        y = tripled(x, sign=-1)
        y.backward()
        assert (y.item(), x.grad.item()) == (4, -3)
        assert tripled(leaf(-2)).array == -6
        with disable_implementations("made"):
            assert tripled(x).item() == 6
    finally:
        registry.unregister("implementations", "tripled@tripwire:made")


def test_implementations_for_other_devices_cost_the_host_one_look_at_the_class(tripled: Any) -> None:
    registry.unregister("implementations", "tripled@numpy:quick")
    registry.register("implementations", "tripled@tripwire:made", ten_more)
    try:
        assert tripled(leaf(1)).array == 3
        text = text_of(tripled.declaration)
        assert "if type(x_array) is not _ndarray:\n        _other = _chosen(" in text
        assert "_from_size" not in text
    finally:
        registry.unregister("implementations", "tripled@tripwire:made")
        registry.register("implementations", "tripled@numpy:quick", Implementation(tripled, lambda *_: False))


def test_an_implementation_for_a_device_that_is_not_installed_is_not_imported(tripled: Any) -> None:
    registry.register("implementations", "tripled@abacus:beads", "no_such_package.beads:TRIPLED")
    try:
        assert tripled(leaf(1)).array == 103
        assert [one.device for one in tripled.declaration.alternatives] == ["numpy"]
    finally:
        registry.unregister("implementations", "tripled@abacus:beads")


def test_both_kinds_are_told_apart_by_class_and_size(tripled: Any) -> None:
    registry.register("implementations", "tripled@tripwire:made", ten_more)
    try:
        assert tripled(leaf(1)).array == 103
        assert tripled(catenary.get_device("@tripwire").send(np.ones(1))).item() == 13
        assert "if type(x_array) is not _ndarray or x_array.size >= _from_size:" in text_of(tripled.declaration)
    finally:
        registry.unregister("implementations", "tripled@tripwire:made")
