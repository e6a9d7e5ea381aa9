"""Test cases of functions of one array that compute each element by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from catenary import Variable
from catenary.errors import ArgumentError
from chainer.testing.function_link import FunctionTestCase
from chainer.testing.parameterized import parameterize, product

#: dtype -> options of forward, backward and double backward.
HALF: dict[str, Any] = {"atol": 1e-2, "rtol": 1e-2}
DOUBLE_HALF: dict[str, Any] = {"atol": 5e-2, "rtol": 5e-2}


def unary_math_function_unittest(
    func: Callable[[Any], Any],
    func_expected: Callable[[Any], Any] | None = None,
    label_expected: str | None = None,
    make_data: Callable[[Any, Any], Any] | None = None,
    is_linear: bool | None = None,
    forward_options: dict[str, Any] | None = None,
    backward_options: dict[str, Any] | None = None,
    double_backward_options: dict[str, Any] | None = None,
) -> Callable[[type], Any]:
    """Return a decorator that makes a class tests of a function: forward, backward and double backward.

    They run in each floating-point dtype, for a matrix and a single number.

    Args:
        func: The function.
        func_expected: The same on arrays; that of NumPy by this name by default.
        label_expected: The label of its node in the graph, if that is to be checked.
        make_data: Returns input, gradient of the output and gradient of the gradient of the input for a shape and a
            dtype; numbers from -1 to 1 by default.
        is_linear: Unused.
        forward_options: Arguments of `assert_allclose`, in all dtypes but float16.
        backward_options: Arguments of `gradient_check.check_backward`, in all dtypes but float16.
        double_backward_options: Arguments of `gradient_check.check_double_backward`, in all dtypes but float16.

    Example:
        >>> import unittest
        >>> import chainer.functions as F
        >>> from chainer import testing
        >>> @testing.unary_math_function_unittest(F.exp)
        ... class TestExp(unittest.TestCase):
        ...     pass
    """
    if func_expected is None and not hasattr(np, func.__name__):
        raise ArgumentError(f"unary_math_function_unittest: NumPy has no {func.__name__}; give func_expected")
    reference: Callable[[Any], Any] = func_expected or getattr(np, func.__name__)
    given = {"forward": forward_options, "backward": backward_options, "double_backward": double_backward_options}

    class UnaryCase(FunctionTestCase):
        dtype: Any
        shape: tuple[int, ...]

        def setUp(self) -> None:
            super().setUp()
            half = self.dtype == np.float16
            for name, options in given.items():
                least = DOUBLE_HALF if name == "double_backward" else HALF
                setattr(self, f"check_{name}_options", dict(least if half else options or {}))
            self.data = (make_data or _uniform)(self.shape, self.dtype)

        def generate_inputs(self) -> tuple[Any, ...]:
            return (self.data[0],)

        def generate_grad_outputs(self, outputs_template: tuple[Any, ...]) -> tuple[Any, ...]:
            return (self.data[1],)

        def generate_grad_grad_inputs(self, inputs_template: tuple[Any, ...]) -> tuple[Any, ...]:
            return (self.data[2],)

        def forward(self, inputs: tuple[Any, ...], device: Any) -> tuple[Any, ...]:
            return (func(inputs[0]),)

        def forward_expected(self, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
            return (np.asarray(reference(inputs[0]), self.dtype),)

        if label_expected is not None:

            def test_label(self) -> None:
                label = func(Variable(np.ones(1))).creator.label
                assert label == label_expected, f"label {label!r}, expected {label_expected!r}"

    def decorate(case: type) -> Any:
        mixed = type(case.__name__, (case, UnaryCase), {"__module__": case.__module__})
        dtypes = [np.float16, np.float32, np.float64]
        return parameterize(*product({"shape": [(3, 2), ()], "dtype": dtypes}))(mixed)

    return decorate


def _uniform(shape: tuple[int, ...], dtype: Any) -> list[Any]:
    """Return an input and two gradients, numbers from -1 to 1."""
    return [np.asarray(np.random.uniform(-1, 1, shape), dtype) for _ in range(3)]
