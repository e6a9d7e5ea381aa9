"""Type checks: expressions print and compute, checks of functions say what was expected and what came."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import chainer
from catenary.errors import ArgumentError
from chainer.utils import type_check
from chainer.utils.type_check import InvalidType, eval as evaluate, expect, get_types

X, Y = np.zeros((3, 4), np.float32), np.zeros(2, np.int32)

#: Code that must print as it is written, and have the value that it has for a plain number.
CODES = """\
v + 1; 1 + v; v - (1 - v); v - 1 - v; (v + 1) * 2; v + 1 * v; 2 - v; 11 // v; v // 2; 11 / v; v % 3; 13 % v; --v
v ** 2; 2 ** v; (-v) ** 2; -v + 1; -(v + 1); +v; ~v; v << 1; 1 << v >> 2; v & 1 | v ^ 2; (v | 2) & 3; v.real.imag
v * (v * 2); v ** v ** 2; (v ** v) ** 2; v == 5; v != 5; v < 6; v <= 4; v > 4; v >= 6; (v + 1).real"""
CODES_OF_TUPLES = "v[0]; v[-1] * 2; v[1:]; v[:2]; v[::2]; v[0:2:1]; v.index(7); v[v[0]]; v.count(v[1] + 1); v[v[0]:]"
CODES_OF_ARRAYS = "v[..., None].shape; v[1:2, ::3].shape; v.shape[0]; v.sum(0)[1]; v.T[1, 0]"


def codes(line: str) -> list[str]:
    return line.replace("\n", "; ").split("; ")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        *((5, code) for code in codes(CODES)),
        *(((1, 7, 2), code) for code in codes(CODES_OF_TUPLES)),
        *((np.arange(6).reshape(2, 3), code) for code in codes(CODES_OF_ARRAYS)),
    ],
)
def test_expressions(value: Any, code: str) -> None:
    expression = eval(code, {"v": type_check.Variable(value, "v")})
    assert str(expression) == code
    assert expression.eval() == eval(code, {"v": value})


def test_expressions_are_neither_true_nor_false() -> None:
    v = type_check.Variable(5, "v")
    with pytest.raises(RuntimeError, match=r"v == 5.*type_check\.eval"):
        assert v == 5
    assert evaluate(v == 5) is True
    assert evaluate(3) == 3


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (lambda t: t.size() == 3, "Expect: in_types.size == 3\nActual: 2 != 3"),
        (lambda t: t[0].dtype.kind == "i", "Expect: in_types[0].dtype.kind == 'i'\nActual: 'f' != 'i'"),
        (lambda t: t[0].dtype == np.float64, "Expect: in_types[0].dtype == float64\nActual: float32 != float64"),
        (
            lambda t: t[0].shape[1] == t[1].shape[0],
            "Expect: in_types[0].shape[1] == in_types[1].shape[0]\nActual: 4 != 2",
        ),
        (lambda t: t[0].shape == (2, 3), "Expect: in_types[0].shape == (2, 3)\nActual: (3, 4) != (2, 3)"),
        (lambda t: t[0].ndim < t[0].ndim, "Expect: in_types[0].ndim < in_types[0].ndim\nActual: 2 >= 2"),
        (lambda t: t[0].ndim <= 1, "Expect: in_types[0].ndim <= 1\nActual: 2 > 1"),
        (lambda t: t[1].ndim > t[1].ndim, "Expect: in_types[1].ndim > in_types[1].ndim\nActual: 1 <= 1"),
        (lambda t: t[0].ndim >= 3, "Expect: in_types[0].ndim >= 3\nActual: 2 < 3"),
        (lambda t: t[0].ndim != 2, "Expect: in_types[0].ndim != 2\nActual: 2 == 2"),
        (lambda t: t[0].ndim == 3, "Expect: in_types[0].ndim == 3\nActual: 2 != 3"),
        (lambda t: type_check.prod(t[0].shape) == 11, "Expect: prod(in_types[0].shape) == 11\nActual: 12 != 11"),
        (lambda t: t[0].size == np.int64(5), "Expect: in_types[0].size == 5\nActual: 12 != 5"),
        (lambda t: t[0].ndim - 2, "Expect: in_types[0].ndim - 2\nActual: 0"),
        (lambda t: False, "Expect: False\nActual: False"),
    ],
)
def test_failing_checks(check: Any, message: str) -> None:
    types = get_types((X, Y), "in_types", False)
    with pytest.raises(InvalidType) as caught:
        expect(types.size() == 2, types[0].ndim == 2, check(types))
    assert str(caught.value) == message


def test_types() -> None:
    types = get_types([X, Y], "in_types", False)
    assert (types.size().eval(), types.name, str(types[1].dtype)) == (2, "in_types", "in_types[1].dtype")
    assert [t.shape.eval() for t in types] == [(3, 4), (2,)]
    assert get_types([X], "a", False, shapes=[(5, 2)])[0].size.eval() == 10
    assert get_types([None], "a", True)[0].eval() is None
    for wrong in (None, 3):
        with pytest.raises(InvalidType, match=r"a\[1\] is an array"):
            get_types((X, wrong), "a", False)


def test_names_of_arguments() -> None:
    types = get_types((X, Y), "in_types", False)
    type_check._argname(types, ("x", "W"))
    with pytest.raises(InvalidType, match=r"x\.shape\[1\] == W\.shape\[0\] \* 3"):
        expect(types[0].shape[1] == types[1].shape[0] * 3)
    with pytest.raises(InvalidType, match="number of arguments"):
        type_check._argname(types, ("x",))


def test_helpers() -> None:
    v = type_check.Variable(5, "v")
    assert type_check.make_variable(v, "w") is v
    assert str(type_check.make_variable(3, "w")) == "w"
    assert type_check.prod((2, 3)) == 6
    assert type_check.same_types(X, Y)
    assert not type_check.same_types(X, chainer.Variable(X))
    types = get_types((X, Y), "in_types", False)
    type_check.expect_broadcast_shapes((3, 1, 4), types[0].shape)
    with pytest.raises(InvalidType) as caught:
        type_check.expect_broadcast_shapes(types[0].shape, types[1].shape)
    assert str(caught.value).endswith("\nin_types[0].shape = (3, 4)\nin_types[1].shape = (2,)")


def test_the_error_is_an_argument_error_and_pickles() -> None:
    error = pickle.loads(pickle.dumps(InvalidType("a", "b", "all of it")))
    assert isinstance(error, ArgumentError | ValueError)
    assert (error.expect, error.actual, str(error)) == ("a", "b", "all of it")


class Linear(chainer.FunctionNode):
    """Checks its inputs in the way of Chainer 7."""

    checks = 0

    def check_type_forward(self, in_types: Any) -> None:
        type(self).checks += 1
        expect(in_types.size() == 2)
        x, w = in_types
        expect(x.dtype.kind == "f", x.ndim == 2, w.shape[-1] == type_check.prod(x.shape[1:]))


class Old(chainer.Function):
    """Checks its inputs in the way of Chainer 1."""

    def check_type_forward(self, in_types: Any) -> None:
        n = in_types.size().eval()
        for i in range(n):
            expect(in_types[i].ndim == in_types[0].ndim)
        if in_types[0].ndim.eval() > 1:
            expect(in_types[0].shape[0] == n)


class Plain(chainer.FunctionNode):
    """Decides by plain numbers, which only arrays have."""

    def check_type_forward(self, in_types: Any) -> None:
        if in_types.size() == 2:
            expect(in_types[1].ndim == 1)


@pytest.mark.parametrize(
    ("function", "inputs"), [(Linear(), (X, np.ones((2, 4)))), (Old(), (X, X, X)), (Old(), (Y,)), (Plain(), (X, Y))]
)
def test_checks_that_pass(function: Any, inputs: Any) -> None:
    type_check.check_forward(function, inputs)


@pytest.mark.parametrize(
    ("function", "inputs", "message"),
    [
        (Linear(), (X,), "Linear (Forward)\n\nExpect: in_types.size == 2\nActual: 1 != 2"),
        (Linear(), (X, X.T), "Expect: in_types[1].shape[-1] == prod(in_types[0].shape[1:])\nActual: 3 != 4"),
        (Old(), (X, Y), "Old (Forward)\n\nExpect: in_types[1].ndim == in_types[0].ndim\nActual: 1 != 2"),
        (Old(), (X,), "Old (Forward)\n\nExpect: in_types[0].shape[0] == 1\nActual: 3 != 1"),
    ],
)
def test_checks_that_fail(function: Any, inputs: Any, message: str) -> None:
    with pytest.raises(InvalidType) as caught:
        type_check.check_forward(function, inputs)
    assert str(caught.value).startswith("\nInvalid operation is performed in: ")
    assert str(caught.value).endswith(message)


def test_the_setting_and_other_errors() -> None:
    before = Linear.checks
    with chainer.using_config("type_check", False):
        type_check.check_forward(Linear(), (X,))
    assert Linear.checks == before
    with pytest.raises(IndexError):
        type_check.check_forward(Old(), ())
