"""Test cases of functions and of links: what they compute, and their gradients."""

from __future__ import annotations

from typing import Any

from catenary import Variable
from chainer.gradient_check import check_backward, check_double_backward
from chainer.testing._case import Case, random_like
from chainer.testing._link_case import LinkCase, LinkTestError as LinkTestError, filled


class FunctionTestError(AssertionError):
    """A function that does not do what its test case expects."""


class FunctionTestCase(Case):
    """Base of test cases of functions: forward, backward and double backward.

    A subclass overrides `generate_inputs`, `forward` and `forward_expected`. With `inject_backend_tests` it runs on
    several devices, without it on the host.

    Attributes:
        skip_forward_test: Whether there is no test of forward.
        skip_backward_test: Whether there is no test of backward.
        skip_double_backward_test: Whether there is no test of double backward.
        dodge_nondifferentiable: Whether inputs are drawn again where the function has a kink.
        check_forward_options: Arguments of `assert_allclose`, such as `atol`.
        check_backward_options: Arguments of `gradient_check.check_backward`.
        check_double_backward_options: Arguments of `gradient_check.check_double_backward`.
        numerical_grad_dtype: The dtype of the differences that gradients are held against.
        contiguous: "C" for inputs without gaps in memory; with gaps if None.

    Example:
        >>> import numpy as np
        >>> import chainer.functions as F
        >>> from chainer import testing
        >>> class TestReLU(testing.FunctionTestCase):
        ...     dodge_nondifferentiable = True
        ...     def generate_inputs(self):
        ...         return (np.random.uniform(-1, 1, (2, 3)).astype(np.float32),)
        ...     def forward(self, inputs, device):
        ...         return (F.relu(inputs[0]),)
        ...     def forward_expected(self, inputs):
        ...         return (np.maximum(inputs[0], 0),)
        >>> TestReLU("test_backward").run().wasSuccessful()
        True
    """

    __test__ = False

    error = FunctionTestError
    options = ("check_forward_options", "check_backward_options", "check_double_backward_options")
    skip_forward_test = False
    skip_backward_test = False
    skip_double_backward_test = False
    check_forward_options: Any = None
    check_backward_options: Any = None
    check_double_backward_options: Any = None

    def forward(self, inputs: tuple[Any, ...], device: Any) -> tuple[Any, ...]:
        """Return the outputs, a tuple of Variables; override it.

        Args:
            inputs: The inputs as Variables.
            device: The device of the test.
        """
        raise NotImplementedError(f"{type(self).__name__} gives no forward")

    def forward_expected(self, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return what the outputs must be, a tuple of arrays; override it.

        Args:
            inputs: The inputs as arrays.
        """
        raise NotImplementedError(f"{type(self).__name__} gives no forward_expected")

    def generate_grad_outputs(self, outputs_template: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return gradients of the outputs: numbers from -1 to 1.

        Args:
            outputs_template: Arrays with the shapes and dtypes of the outputs.
        """
        return random_like(outputs_template)

    def generate_grad_grad_inputs(self, inputs_template: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return gradients of the gradients of the inputs: numbers from -1 to 1.

        Args:
            inputs_template: Arrays with the shapes and dtypes of the inputs.
        """
        return random_like(inputs_template)

    def test_forward(self, backend_config: Any = None) -> None:
        """Hold the outputs against those of `forward_expected`, and check that the inputs are left alone."""
        with self.begin("test_forward", backend_config):
            arrays = self.inputs()
            expected = self._expected(arrays)
            sent = self.sent(arrays)
            ys = self._forward(*(None if x is None else Variable(x) for x in sent))
            self.check_unchanged(sent, arrays)
            self.check_forward_outputs(tuple(y.array for y in ys), expected)

    def test_backward(self, backend_config: Any = None) -> None:
        """Hold the gradients against differences."""
        with self.begin("test_backward", backend_config):
            self.check_gradient("backward", self._check_backward)

    def test_double_backward(self, backend_config: Any = None) -> None:
        """Hold the gradients of the gradients against differences."""
        with self.begin("test_double_backward", backend_config):
            self.check_gradient("double backward", self._check_double_backward)

    def _forward(self, *inputs: Any) -> tuple[Variable, ...]:
        return self.variables_from("forward", self.forward(inputs, self.backend_config.device))

    def _expected(self, arrays: tuple[Any, ...]) -> tuple[Any, ...]:
        copies = tuple(None if a is None else a.copy() for a in arrays)
        return self.arrays_from("forward_expected", self.forward_expected(copies))

    def _gradient_options(self) -> dict[str, Any]:
        return {"dtype": self.numerical_grad_dtype, "detect_nondifferentiable": self.dodge_nondifferentiable}

    def _grad_outputs(self, arrays: tuple[Any, ...]) -> tuple[Any, ...]:
        gys = self.generate_grad_outputs(self._expected(arrays))
        return self.sent(self.arrays_from("generate_grad_outputs", gys))

    def _check_backward(self) -> None:
        arrays = self.inputs()
        options = self._gradient_options() | self.check_backward_options
        check_backward(self._forward, self.sent(arrays), self._grad_outputs(arrays), **options)

    def _check_double_backward(self) -> None:
        arrays = self.inputs()
        ggxs = self.arrays_from("generate_grad_grad_inputs", self.generate_grad_grad_inputs(arrays))
        options = self._gradient_options() | self.check_double_backward_options
        check_double_backward(self._forward, self.sent(arrays), self._grad_outputs(arrays), self.sent(ggxs), **options)


class LinkTestCase(LinkCase):
    """Base of test cases of links: forward and backward.

    A subclass gives `param_names` and overrides `generate_params`, `create_link`, `generate_inputs` and
    `forward_expected`; `forward`, if the link is not called with its inputs.

    Attributes:
        param_names: The attributes of the link whose gradients are checked.
        skip_forward_test: Whether there is no test of forward.
        skip_backward_test: Whether there is no test of backward.
        dodge_nondifferentiable: Whether inputs are drawn again where the link has a kink.
        check_forward_options: Arguments of `assert_allclose`, such as `atol`.
        check_backward_options: Arguments of `gradient_check.check_backward`.
        numerical_grad_dtype: The dtype of the differences that gradients are held against.
        contiguous: "C" for inputs without gaps in memory; with gaps if None.

    Example:
        >>> import numpy as np
        >>> import chainer.links as L
        >>> from chainer import testing
        >>> class TestScale(testing.LinkTestCase):
        ...     param_names = ("W",)
        ...     def generate_params(self):
        ...         return (np.random.uniform(-1, 1, (3,)).astype(np.float32),)
        ...     def create_link(self, initializers):
        ...         link = L.Scale(W_shape=(3,))
        ...         link.W.array[...] = initializers[0]
        ...         return link
        ...     def generate_inputs(self):
        ...         return (np.random.uniform(-1, 1, (2, 3)).astype(np.float32),)
        ...     def forward_expected(self, link, inputs):
        ...         return (inputs[0] * link.W.array,)
        >>> TestScale("test_forward").run().wasSuccessful()
        True
    """

    __test__ = False

    options = ("check_forward_options", "check_backward_options")
    skip_forward_test = False
    skip_backward_test = False
    check_forward_options: Any = None
    check_backward_options: Any = None

    def forward_expected(self, link: Any, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return what the outputs must be, a tuple of arrays; override it.

        Args:
            link: The link, on the host.
            inputs: The inputs as arrays.
        """
        raise NotImplementedError(f"{type(self).__name__} gives no forward_expected")

    def generate_grad_outputs(self, outputs_template: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return gradients of the outputs: numbers from -1 to 1.

        Args:
            outputs_template: Arrays with the shapes and dtypes of the outputs.
        """
        return random_like(outputs_template)

    def test_forward(self, backend_config: Any = None) -> None:
        """Hold the outputs against those of `forward_expected`, and check that the inputs are left alone."""
        with self.begin("test_forward", backend_config):
            link, arrays = self.make_link(self.generate_params()), self.inputs()
            sent = self.sent(arrays)
            ys = self.call(link, *(None if x is None else Variable(x) for x in sent))
            self.check_unchanged(sent, arrays)
            link.to_device("@numpy")
            expected = self.arrays_from("forward_expected", self.forward_expected(link, arrays))
            self.check_forward_outputs(tuple(y.array for y in ys), expected)

    def test_backward(self, backend_config: Any = None) -> None:
        """Hold the gradients of inputs and parameters against differences."""
        with self.begin("test_backward", backend_config):
            self.check_gradient("backward", self._check_backward)

    def _check_backward(self) -> None:
        link, arrays = self.make_link(self.generate_params()), self.inputs()
        sent = self.sent(arrays)
        ys = self.call(link, *(None if x is None else Variable(x) for x in sent))
        gys = self.arrays_from("generate_grad_outputs", self.generate_grad_outputs(tuple(y.array for y in ys)))
        options = {"dtype": self.numerical_grad_dtype, "detect_nondifferentiable": self.dodge_nondifferentiable}
        check_backward(
            lambda *xs: self.call(link, *xs),
            sent,
            self.sent(gys),
            tuple(self.params_of(link)),
            **(options | self.check_backward_options),
        )


class InitializerArgument:
    """An argument of a link for which another initializer is meant.

    Args:
        argument_value: What the link gets, such as None.
        expected_initializer: The initializer that this means.
    """

    def __init__(self, argument_value: Any, expected_initializer: Any) -> None:
        self.argument_value, self.expected_initializer = argument_value, expected_initializer


class LinkInitializersTestCase(LinkCase):
    """Base of test cases of what links do with initializers.

    A subclass gives `param_names` and overrides `generate_params`, `create_link`, `generate_inputs` and
    `get_initializers`.

    Attributes:
        param_names: The attributes of the link that are checked.
        check_initializers_options: Arguments of `assert_allclose`, such as `atol`.
    """

    __test__ = False

    options = ("check_initializers_options",)
    check_initializers_options: Any = None

    def get_initializers(self) -> Any:
        """Return for each parameter a list of initializers, arrays, numbers or `InitializerArgument`; override it."""
        raise NotImplementedError(f"{type(self).__name__} gives no get_initializers")

    def test_initializers(self, backend_config: Any = None) -> None:
        """Hold parameters against what their initializers give, one after the other."""
        with self.begin("test_initializers", backend_config):
            for i, candidates in enumerate(self.get_initializers()):
                for candidate in candidates:
                    self._check_initializer(i, candidate)

    def _check_initializer(self, i: int, candidate: Any) -> None:
        if not isinstance(candidate, InitializerArgument):
            candidate = InitializerArgument(candidate, candidate)
        initializers = list(self.generate_params())
        initializers[i] = candidate.argument_value
        link = self.make_link(initializers)
        self.call(link, *(None if x is None else Variable(x) for x in self.sent(self.inputs())))
        found = self.params_of(link)[i].array
        expected = filled(candidate.expected_initializer, found.shape, found.dtype)
        self.check_arrays([found], [expected], self.check_initializers_options)
