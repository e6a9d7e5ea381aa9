"""The kit finds what is wrong with a link, and the tools beside it work."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import catenary
from catenary import Link, Parameter
from catenary.testing import LinkCase, check_backward, numerical_grad, untested
from catenary_testing import links as kit
from catenary_testing.memory import load, saved


class Scale(Link):
    """Multiplies by a parameter."""

    def __init__(self) -> None:
        super().__init__()
        with self.init_scope():
            self.W = Parameter(2.0, (3,))

    def forward(self, x: Any) -> Any:
        return x * self.W


class Detached(Scale):
    """Computes with the array of its parameter, so that it gets no gradient."""

    def forward(self, x: Any) -> Any:
        return x * self.W.array


def case(link: Any, reference: Any = lambda v, x: x * v["W"]) -> LinkCase:
    return LinkCase(link, link, [(2, 3)], reference)


def test_a_right_link_passes() -> None:
    for check in kit.LINK_CHECKS:
        check(case(Scale))


def test_a_wrong_reference_fails() -> None:
    with pytest.raises(AssertionError):
        kit.check_forward(case(Scale, lambda v, x: x + v["W"]))


def test_a_parameter_without_a_gradient_fails() -> None:
    with pytest.raises(AssertionError):
        kit.check_link_gradients(case(Detached))


def test_saved_values_load() -> None:
    mine, other = Scale(), Scale()
    mine.W.array[...] = [1, 2, 3]
    load(saved(mine), other)
    np.testing.assert_array_equal(other.W.array, [1, 2, 3])


def test_check_backward_needs_more_than_the_right_sign() -> None:
    class Half(catenary.FunctionNode):
        def forward(self, inputs: Any) -> Any:
            return (inputs[0] * 2,)

        def backward(self, indexes: Any, gys: Any) -> Any:
            return gys

    with pytest.raises(AssertionError, match="order 1"):
        check_backward(lambda x: Half().apply((x,))[0], [np.array([1.0, 2.0])])


def test_numerical_grad_of_a_cube() -> None:
    x = np.array([1.0, -2.0])
    (gx,) = numerical_grad(lambda: [x**3], [x], [np.array([1.0, 10.0])])
    np.testing.assert_allclose(gx, [3.0, 120.0], rtol=1e-5)


def test_what_no_case_covers_is_named() -> None:
    found = untested("devices", "catenary-testing", [])
    assert found == ["tripwire"]
