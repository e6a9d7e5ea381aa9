"""The programs of a tutorial on variables and derivatives: first and second order, and gradients in between."""

from __future__ import annotations

import numpy as np
import pytest

import catenary
from catenary import Variable

Array = np.ndarray


def equals(array: Array | None, expected: list[float] | list[list[float]]) -> bool:
    return array is not None and array.dtype == np.float32 and array.tolist() == expected


def test_forward_and_backward() -> None:
    x = Variable(np.array([5], dtype=np.float32))
    y = x**2 - 2 * x + 1
    assert equals(y.array, [16.0])
    assert y.data is y.array
    y.backward()
    assert equals(x.grad, [8.0])


def test_gradients_in_between_are_dropped_unless_asked_for() -> None:
    x = Variable(np.array([5], dtype=np.float32))
    z = 2 * x
    y = x**2 - z + 1
    y.backward()
    assert z.grad is None
    assert equals(x.grad, [8.0])

    z = 2 * x
    y = x**2 - z + 1
    y.backward(retain_grad=True)
    assert equals(z.grad, [-1.0])
    assert equals(x.grad, [16.0])  # added to the first


@pytest.mark.parametrize(
    ("gy", "expected"),
    [
        ([[1, 1, 1], [1, 1, 1]], [[0, 2, 4], [6, 8, 10]]),
        ([[0, 0, 0], [1, 2, 3]], [[0, 0, 0], [6, 16, 30]]),
    ],
)
def test_several_elements_need_a_gradient_to_begin_with(gy: list[list[float]], expected: list[list[float]]) -> None:
    x = Variable(np.array([[1, 2, 3], [4, 5, 6]], dtype=np.float32))
    y = x**2 - 2 * x + 1
    y.grad = np.array(gy, dtype=np.float32)
    y.backward()
    assert equals(x.grad, expected)


def test_several_elements_without_a_gradient_are_an_error() -> None:
    x = Variable(np.array([[1, 2, 3], [4, 5, 6]], dtype=np.float32))
    with pytest.raises(catenary.errors.GraphError, match=r"\(2, 3\)"):
        (x**2 - 2 * x + 1).backward()


def cube(enable_double_backprop: bool) -> tuple[Variable, Variable]:
    """Return x, and y = x^3 after the backward pass."""
    x = catenary.Variable(np.array([[0, 2, 3], [4, 5, 6]], dtype=np.float32))
    y = x**3
    y.grad = np.ones((2, 3), dtype=np.float32)
    y.backward(enable_double_backprop=enable_double_backprop)
    return x, y


def test_second_derivatives() -> None:
    x, _ = cube(enable_double_backprop=True)
    assert isinstance(x.grad_var, Variable)
    assert equals(x.grad_var.array, [[0, 12, 27], [48, 75, 108]])
    assert x.grad_var.array is x.grad
    assert (x.grad == (3 * x**2).array).all()

    gx = x.grad_var
    x.cleargrad()
    assert x.grad is None
    gx.grad = np.ones((2, 3), dtype=np.float32)
    gx.backward()
    assert equals(x.grad, [[0, 12, 18], [24, 30, 36]])
    assert (x.grad == (6 * x).array).all()


def test_without_cleargrad_the_second_is_added_to_the_first() -> None:
    x, _ = cube(enable_double_backprop=True)
    gx = x.grad_var
    assert gx is not None
    gx.grad = np.ones((2, 3), dtype=np.float32)
    gx.backward()
    assert equals(x.grad, [[0, 24, 45], [72, 105, 144]])


def test_without_double_backprop_there_is_no_second() -> None:
    x, _ = cube(enable_double_backprop=False)
    gx = x.grad_var
    assert gx is not None
    x.cleargrad()
    gx.grad = np.ones((2, 3), dtype=np.float32)
    gx.backward()
    assert x.grad is None
