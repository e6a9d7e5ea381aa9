"""What the test cases of functions and of links have in common."""

from __future__ import annotations

import unittest
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from catenary import Variable
from catenary.errors import ArgumentTypeError
from catenary.types import Array
from chainer.backends import cuda
from chainer.gradient_check import NondifferentiableError, assert_allclose
from chainer.testing.backend import BackendConfig

#: How often inputs are drawn anew, where a function has no gradient at some points.
ATTEMPTS = 100


class Case(unittest.TestCase):
    """A unittest case with inputs, a device and checks of what comes out."""

    __test__ = False

    backend_config: Any = None
    contiguous: str | None = None
    dodge_nondifferentiable = False
    numerical_grad_dtype: Any = np.float64
    error: ClassVar[type[AssertionError]] = AssertionError
    options: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.__test__ = vars(cls).get("__test__", True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.options:
            setattr(self, name, dict(getattr(self, name) or {}))

    def before_test(self, test_name: str) -> None:
        """Run before each test; override it to prepare or skip one.

        Args:
            test_name: The name of the test, such as "test_forward".
        """

    def generate_inputs(self) -> tuple[Any, ...]:
        """Return the input arrays; override it."""
        raise NotImplementedError(f"{type(self).__name__} gives no generate_inputs")

    def begin(self, test_name: str, backend_config: Any) -> BackendConfig:
        """Prepare a test, or skip it.

        Args:
            test_name: The name of the test.
            backend_config: Its device; the host if None.
        """
        config: BackendConfig = BackendConfig({}) if backend_config is None else backend_config
        self.backend_config = config
        if getattr(self, f"skip_{test_name.removeprefix('test_')}_test", False):
            raise unittest.SkipTest(f"skip_{test_name.removeprefix('test_')}_test is set")
        self.before_test(test_name)
        return config

    def inputs(self) -> tuple[Any, ...]:
        """Return what `generate_inputs` gives, checked."""
        return self.arrays_from("generate_inputs", self.generate_inputs())

    def arrays_from(self, name: str, arrays: Any) -> tuple[Any, ...]:
        """Return what a method of the case gave, if it is a tuple of arrays (or None).

        Args:
            name: The method.
            arrays: What it gave.

        Raises:
            ArgumentTypeError: If it is something else.
        """
        if not isinstance(arrays, tuple) or not all(a is None or hasattr(a, "dtype") for a in arrays):
            raise ArgumentTypeError(f"{type(self).__name__}.{name}: must return a tuple of arrays, got {arrays!r}")
        return tuple(np.asarray(a) if isinstance(a, np.generic) else a for a in arrays)

    def sent(self, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Return arrays on the device; with gaps in memory, unless `contiguous` is set.

        Args:
            arrays: The arrays.
        """
        there = (self.backend_config.get_array(a) for a in arrays)
        return tuple(there) if self.contiguous else tuple(map(_with_gaps, there))

    def variables_from(self, name: str, ys: Any) -> tuple[Variable, ...]:
        """Return what the function or link gave, if it is a tuple of Variables.

        Args:
            name: The method of the case that called it.
            ys: What it gave.
        """
        if not isinstance(ys, tuple) or not all(isinstance(y, Variable) for y in ys):
            raise self.error(f"{type(self).__name__}.{name}: must return a tuple of Variables, got {ys!r}")
        return ys

    def check_forward_outputs(self, outputs: Sequence[Any], expected_outputs: Sequence[Any]) -> None:
        """Check outputs: how many, their shapes, dtypes and values.

        Args:
            outputs: The arrays that came out.
            expected_outputs: Those that were expected.
        """
        self.check_arrays(outputs, expected_outputs, getattr(self, "check_forward_options", {}))

    def check_arrays(self, found: Sequence[Any], expected: Sequence[Any], options: dict[str, Any]) -> None:
        """Hold arrays against others.

        Args:
            found: The arrays.
            expected: What they must be.
            options: Tolerances.
        """
        shown = "\n".join(
            f"  {name} {', '.join(f'{a.shape}:{a.dtype}' for a in arrays)}"
            for name, arrays in (("expected:", expected), ("got:     ", found))
        )
        if [(a.shape, a.dtype) for a in found] != [(a.shape, a.dtype) for a in expected]:
            raise self.error(f"{type(self).__name__}: number, shapes or dtypes of outputs do not match\n{shown}")
        for i, (a, b) in enumerate(zip(found, expected, strict=True)):
            try:
                assert_allclose(a, b, **options)
            except AssertionError as e:
                raise self.error(f"{type(self).__name__}: output {i} does not have the expected values{e}") from None

    def check_unchanged(self, inputs: Sequence[Any], before: Sequence[Any]) -> None:
        """Check that the function or link left its inputs alone.

        Args:
            inputs: The arrays that it got.
            before: What was in them.
        """
        for i, (x, old) in enumerate(zip(inputs, before, strict=True)):
            if x is not None and not np.array_equal(cuda.to_cpu(x), old, equal_nan=x.dtype.kind == "f"):
                raise self.error(f"{type(self).__name__}: forward changed input {i}\n  before: {old}\n  after: {x}")

    def check_gradient(self, what: str, check: Callable[[], None]) -> None:
        """Run a check of gradients, again with other inputs where there is no gradient, if that is wanted.

        Args:
            what: What is checked, for the message.
            check: Draws inputs and checks.
        """
        for attempt in range(ATTEMPTS):
            try:
                return check()
            except NondifferentiableError as e:
                if attempt == ATTEMPTS - 1:
                    raise self.error(f"{type(self).__name__}: no differentiable point in {ATTEMPTS} draws") from e
            except AssertionError as e:
                raise self.error(f"{type(self).__name__}: {what} is not implemented correctly\n{e}") from None
        return None


def random_like(templates: Sequence[Any]) -> tuple[Array | None, ...]:
    """Return numbers from -1 to 1 in the shapes and dtypes of arrays; None where these are not of real numbers.

    Args:
        templates: The arrays.
    """
    return tuple(
        np.asarray(np.random.uniform(-1, 1, a.shape), a.dtype) if a is not None and a.dtype.kind == "f" else None
        for a in templates
    )


def _with_gaps(array: Any) -> Any:
    """Return an array with the same elements, not next to each other in memory."""
    if array is None or array.ndim == 0:
        return array
    xp = cuda.get_array_module(array)
    wide = xp.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    wide[..., ::2] = array
    return wide[..., ::2]
