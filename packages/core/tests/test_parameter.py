"""Parameter: arrays that are filled at once, or when their shape is known."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import catenary
from catenary import Initializer, Parameter, Variable
from catenary.errors import (
    ArgumentTypeError,
    ShapeError,
    UninitializedParameterError,
)


def f32(*values: Any) -> np.ndarray:
    return np.array(values, np.float32)


def ramp(array: Any) -> None:
    array[...] = np.arange(array.size).reshape(array.shape)


class Half(Initializer):
    def __call__(self, array: Any) -> None:
        array.fill(0.5)


@pytest.mark.parametrize(
    ("initializer", "shape", "expected"),
    [
        (3, (2,), f32(3, 3)),
        (0.5, 2, f32(0.5, 0.5)),
        (np.float64(2), (1,), f32(2)),
        (f32(1, 2), (2,), f32(1, 2)),
        (np.array(7.0), (2,), f32(7, 7)),
        (ramp, (2, 2), f32([0, 1], [2, 3])),
        (Half(), (2,), f32(0.5, 0.5)),
        (None, (1,), f32(np.nan)),
        (0, (), np.zeros(())),
    ],
)
def test_initializers(initializer: Any, shape: Any, expected: np.ndarray) -> None:
    for p in (Parameter(initializer, shape), Parameter(initializer, shape, name="p")):
        assert p.is_initialized
        np.testing.assert_array_equal(p.array, expected)
        assert type(p.array) is np.ndarray


def test_initial_dtype() -> None:
    assert Parameter(Half(np.float16), (1,)).dtype == np.float16
    assert Parameter(Half(np.float16)).dtype == np.float16
    assert Parameter(0, (1,)).dtype == np.float32
    with catenary.using_config("dtype", np.float64):
        assert Parameter(0, (1,)).dtype == Parameter(0).dtype == np.float64


def test_parameter_from_an_array_is_that_array() -> None:
    array = np.zeros(2)
    p = Parameter(array)
    assert p.array is array
    assert p.initializer is None


def test_parameter_copies_an_initial_array_with_a_shape() -> None:
    array = f32(1, 2)
    assert not np.shares_memory(Parameter(array, (2,)).array, array)
    with pytest.raises(ShapeError, match=r"initial array has shape \(2,\), expected \(3,\)"):
        Parameter(array, (3,))


def test_initialize_after_an_array_was_given_keeps_its_values() -> None:
    array = f32(1, 2)
    p = Parameter(array)
    p.initialize((2,))
    np.testing.assert_array_equal(p.array, [1, 2])
    assert not np.shares_memory(p.array, array)  # training must not change what the user gave
    with pytest.raises(ShapeError, match=r"initial array has shape \(2,\), expected \(3,\)"):
        p.initialize((3,))


def test_lazy_parameter() -> None:
    p = Parameter(1.0, name="p")
    assert (p.is_initialized, p.array, p.grad, p.label) == (False, None, None, "(uninitialized)")
    assert p.requires_grad
    p.zerograd()
    assert p.grad is None
    p.initialize((2,))
    np.testing.assert_array_equal(p.array, f32(1, 1))
    np.testing.assert_array_equal(p.grad, f32(0, 0))
    p.cleargrad()
    assert p.grad is None
    q = Parameter(1.0)
    q.zerograd()
    q.cleargrad()
    q.initialize(3)
    assert q.grad is None
    assert q.shape == (3,)


@pytest.mark.parametrize("member", ["shape", "ndim", "size"])
def test_lazy_parameter_says_what_is_missing(member: str) -> None:
    with pytest.raises(UninitializedParameterError, match=f"Parameter.{member}: there is no array yet"):
        getattr(Parameter(), member)
    with pytest.raises(UninitializedParameterError, match="mul: x0 has no array yet"):
        Parameter() * 2


def test_lazy_parameter_remembers_its_device() -> None:
    device = catenary.get_device("@tripwire")
    p = Parameter(ramp_on(device))
    p.to_device("@tripwire")
    assert p.device == device
    p.initialize((2,))
    assert device.is_array_supported(p.array)
    q = Parameter(f32(1, 2), None)
    q.to_device(device)
    assert device.is_array_supported(q.array)
    with catenary.using_device("@tripwire"):
        s = Parameter(f32(1, 2), (2,))
    assert device.is_array_supported(s.array)


def ramp_on(device: Any) -> Any:
    def fill(array: Any) -> None:
        assert device.is_array_supported(array)
        array[...] = 1.0

    return fill


def test_copydata_initializes() -> None:
    p = Parameter()
    p.copydata(Variable(f32(1, 2)))
    np.testing.assert_array_equal(p.array, f32(1, 2))
    q = Parameter()
    q.copydata(Parameter())
    assert not q.is_initialized


def test_addgrad_to_a_lazy_parameter() -> None:
    p = Parameter()
    p.addgrad(Variable(f32(1, 2), grad=f32(3, 4)))
    np.testing.assert_array_equal(p.grad, f32(3, 4))


@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))], ids=["copy", "deep", "pickle"]
)
def test_copies_of_parameters(duplicate: Any) -> None:
    p = Parameter(0.5, (2,), name="p")
    q = duplicate(p)
    assert (type(q), q.name, q.initializer) == (Parameter, "p", 0.5)
    np.testing.assert_array_equal(q.array, p.array)
    lazy = duplicate(Parameter(Half()))
    lazy.initialize((1,))
    assert lazy.array == 0.5


def test_update_runs_the_rule() -> None:
    class Rule:
        def update(self, param: Parameter) -> None:
            param.array -= param.grad

    p = Parameter(f32(3))
    p.update()  # without a rule, nothing
    p.grad, p.update_rule = f32(1), Rule()
    p.update()
    assert p.array == 2


@pytest.mark.parametrize("value", [5, 2.5, [1.0], "x", {}, object(), Variable(f32(1))], ids=lambda v: type(v).__name__)
def test_what_is_no_array_is_refused(value: Any) -> None:
    with pytest.raises(ArgumentTypeError, match=f"Variable: data must be an array, got (a )?{type(value).__name__}"):
        Variable(value)


def test_as_array_and_as_variable() -> None:
    array = f32(1)
    x = Variable(array)
    assert catenary.as_array(x) is array
    assert catenary.as_array(array) is array
    assert catenary.as_variable(x) is x
    assert catenary.as_variable(array).array is array
    assert not catenary.as_variable(array).requires_grad
