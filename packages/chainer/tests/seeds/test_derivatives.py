"""A blog of 2018 that follows the guide of Chainer 4 to variables and derivatives.

The results stand in the programs, as the comments that the blog wrote behind the lines. What the programs print is
compared with them, number by number: the blog shows arrays now as `print` and now as `repr` has them.
"""

from __future__ import annotations

import io
import re
import tokenize
from typing import Any

import numpy as np
import pytest

import catenary
import chainer
from chainer import Variable

X = np.array([[0, 2, 3], [4, 5, 6]], np.float64)


def results(text: str) -> list[str]:
    """Return the numbers, and the words for truth and nothing, in their order."""
    return re.findall(r"True|False|None|-?\d+\.(?!\d)", text)


def promised(notebook: Any, program: str) -> list[str]:
    """Return the results in the comments of a program."""
    source = (notebook.programs / f"{program}.py").read_text("utf-8")
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return results(" ".join(token.string for token in tokens if token.type == tokenize.COMMENT))


def check(notebook: Any, program: str, count: int) -> str:
    """Run a program, whose comments have a number of results; return what it prints."""
    printed: str = notebook.run(program)
    assert results(printed) == promised(notebook, program)
    assert len(results(printed)) == count
    return printed


@pytest.fixture
def cube(notebook: Any) -> Any:
    """A notebook after the first derivative of x**3."""
    notebook.run("seed_003_first_order", np=np, chainer=chainer)
    return notebook


def test_first_derivatives(notebook: Any) -> None:
    printed = check(notebook, "seed_003_derivatives", 17)
    # As the blog has it, to the letter.
    assert printed.splitlines() == [
        "array([16.], dtype=float32)",
        "array([16.], dtype=float32)",
        "array([8.], dtype=float32)",
        "None",
        "array([-1.], dtype=float32)",
        "array([[ 0.,  2.,  4.],",
        "       [ 6.,  8., 10.]], dtype=float32)",
        "array([[ 0.,  0.,  0.],",
        "       [ 6., 16., 30.]], dtype=float32)",
    ]


def test_array_and_data_are_the_same() -> None:
    y = Variable(np.array([5], np.float32)) ** 2
    assert y.array is y.data


def test_gradients_are_added_to_those_that_are_there(notebook: Any) -> None:
    x = Variable(np.array([5], np.float32))
    for times in (1, 2):
        (x**2 - 2 * x + 1).backward()
        np.testing.assert_array_equal(x.grad, [times * 8])


def test_several_elements_need_a_gradient_to_begin_with() -> None:
    x = Variable(X.astype(np.float32))
    with pytest.raises(catenary.errors.GraphError, match=r"\(2, 3\)"):
        (x**2 - 2 * x + 1).backward()


def test_cube(notebook: Any) -> None:
    notebook.names.update(np=np, chainer=chainer)
    printed = check(notebook, "seed_003_first_order", 8)
    assert printed == "variable([[  0.  12.  27.]\n          [ 48.  75. 108.]])\nTrue\nTrue\n"
    x = notebook["x"]
    # The table of the blog: Variable and array, of the value and of its gradient.
    for variable, array in ((x, x.array), (x.grad_var, x.grad)):
        assert isinstance(variable, chainer.variable.Variable)
        assert type(array) is np.ndarray
    check(notebook, "seed_003_second_order", 7)
    np.testing.assert_array_equal(x.grad, 6 * X)


def test_without_cleargrad_the_second_is_added_to_the_first(cube: Any) -> None:
    check(cube, "seed_003_without_cleargrad", 12)
    np.testing.assert_array_equal(cube["x"].grad, 3 * X**2 + 6 * X)


@pytest.mark.parametrize("enable", [False, None])
def test_without_double_backprop_there_is_no_second(notebook: Any, enable: bool | None) -> None:
    x = Variable(X.astype(np.float32))
    y = x**3
    y.grad = np.ones((2, 3), np.float32)
    y.backward(**({} if enable is None else {"enable_double_backprop": enable}))
    gx = x.grad_var
    x.cleargrad()
    assert x.grad is None
    gx.grad = np.ones((2, 3), np.float32)
    notebook.names.update(x=x, gx=gx)
    check(notebook, "seed_003_without_double_backprop", 1)


def test_in_mathematics(cube: Any) -> None:
    x = cube["x"]
    np.testing.assert_array_equal(x.grad_var.array, 3 * X**2)
    x.grad_var.grad = np.ones((2, 3), np.float32)
    cube.run("seed_003_in_mathematics")
    assert cube["gxx"] is None  # what the blog calls gxx has been added to x.grad
    np.testing.assert_array_equal(x.grad, 3 * X**2 + 6 * X)
