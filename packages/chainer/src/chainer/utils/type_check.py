"""Checks of the inputs of functions, as `check_type_forward` states them.

A check runs on plain arrays first. Only if that fails it runs again on expressions, to say what was expected, in the
words of the check, and what came.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

import chainer
from catenary.errors import ArgumentError
from chainer.utils._expressions import (
    Comparison as Comparison,
    Expr as Expr,
    Variable as Variable,
    eval as eval,
    text_of,
)


class InvalidType(ArgumentError):
    """Inputs that do not fit what a function expects.

    Args:
        expect: What was expected.
        actual: What came.
        msg: The whole message; by default it is made of the two.
    """

    def __init__(self, expect: str, actual: str, msg: str | None = None) -> None:
        super().__init__(f"Expect: {expect}\nActual: {actual}" if msg is None else msg)
        self.expect, self.actual = expect, actual

    def __reduce__(self) -> Any:
        return InvalidType, (self.expect, self.actual, str(self))


def expect(*bool_exprs: Any) -> None:
    """Check that comparisons are true.

    Args:
        bool_exprs: Comparisons of expressions, or plain booleans.

    Raises:
        InvalidType: If one is not; it says which, and what the values are.

    Example:
        >>> import numpy as np
        >>> from chainer.utils import type_check
        >>> in_types = type_check.get_types((np.ones((2, 3)),), "in_types", False)
        >>> type_check.expect(in_types.size() == 1, in_types[0].ndim == 3)
        Traceback (most recent call last):
            ...
        chainer.utils.type_check.InvalidType: Expect: in_types[0].ndim == 3
        Actual: 2 != 3
    """
    for exp in bool_exprs:
        if not eval(exp):
            actual = exp.contrary() if isinstance(exp, Comparison) else text_of(eval(exp))
            raise InvalidType(text_of(exp), actual)


class TypeInfo:
    """Shape and dtype of an array.

    Args:
        shape: The shape.
        dtype: The dtype.

    Attributes:
        ndim: The number of axes.
    """

    def __init__(self, shape: Sequence[int], dtype: Any) -> None:
        self.shape, self.dtype, self.ndim = tuple(shape), dtype, len(shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)


class TypeInfoTuple(tuple[Any, ...]):
    """The types of the inputs of a function, as `Variable`s.

    Attributes:
        name: How it prints.
    """

    name = "in_types"

    def size(self) -> Any:
        """Return the number of inputs, as an expression."""
        return Variable(len(self), f"{self.name}.size")


class LightTypeInfoTuple(tuple[Any, ...]):
    """The input arrays themselves, in the place of their types."""

    def size(self) -> int:
        """Return the number of inputs."""
        return len(self)


def get_types(
    data: Iterable[Any], name: str, accept_none: bool, *, shapes: Sequence[Sequence[int]] | None = None
) -> TypeInfoTuple:
    """Return the types of arrays.

    Args:
        data: The arrays.
        name: How the tuple prints.
        accept_none: Whether None may stand in the place of an array.
        shapes: Their shapes, if they are others than those of the arrays.

    Raises:
        InvalidType: If something is no array.
    """
    found = []
    for i, array in enumerate(data):
        label = f"{name}[{i}]"
        if not hasattr(array, "dtype") and not (accept_none and array is None):
            raise InvalidType(f"{label} is an array", type(array).__name__)
        info = None if array is None else TypeInfo(array.shape if shapes is None else shapes[i], array.dtype)
        found.append(Variable(info, label))
    types = TypeInfoTuple(found)
    types.name = name
    return types


def _argname(in_types: Sequence[Any], names: Sequence[str]) -> None:
    """Give inputs the names that messages shall use.

    Args:
        in_types: The types of the inputs.
        names: Their names.

    Raises:
        InvalidType: If there are more or fewer inputs.
    """
    if len(in_types) != len(names):
        raise InvalidType(f"inputs {', '.join(names)}", f"{len(in_types)} inputs", "Invalid number of arguments")
    for variable, name in zip(in_types, names, strict=True):
        if isinstance(variable, Variable):
            variable.name = name


def make_variable(value: Any, name: str) -> Any:
    """Return a value as an expression with a name; an expression as it is.

    Args:
        value: The value.
        name: The name.
    """
    return value if isinstance(value, Expr) else Variable(value, name)


def prod(xs: Any) -> Any:
    """Return the product of numbers, as an expression if they are one.

    Args:
        xs: The numbers, such as the shape of an input.
    """
    return Variable(math.prod, "prod")(xs) if isinstance(xs, Expr) else math.prod(xs)


def same_types(*arrays: Any) -> bool:
    """Return whether all arrays are of the host, or all of one kind of device.

    Args:
        arrays: The arrays.
    """
    kinds = {type(array) for array in arrays}
    return len(kinds) <= 1 and kinds <= set(chainer.get_array_types())


def expect_broadcast_shapes(*shape_types: Any) -> None:
    """Check that shapes can be broadcast together.

    Args:
        shape_types: Shapes, or expressions of them.

    Raises:
        InvalidType: If they cannot.
    """
    shapes = [eval(shape) for shape in shape_types]
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        lines = [f"{text_of(t)} = {shape}" for t, shape in zip(shape_types, shapes, strict=True)]
        message = "\n".join(["cannot broadcast inputs of the following shapes:", *lines])
        raise InvalidType("each dimension has the same size or is 1", str(shapes), message) from None


@contextlib.contextmanager
def get_function_check_context(f: Any) -> Iterator[None]:
    """Name a function in the messages of checks that fail in a `with` block.

    Args:
        f: The function, with a `label`.
    """
    try:
        yield
    except InvalidType as e:
        message = f"\nInvalid operation is performed in: {f.label} (Forward)\n\n{e}"
        raise InvalidType(e.expect, e.actual, message) from None


def check_forward(function: Any, arrays: tuple[Any, ...]) -> None:
    """Run the `check_type_forward` of a function on its inputs, unless `chainer.config.type_check` is off.

    Args:
        function: The function.
        arrays: Its inputs.

    Raises:
        InvalidType: If they do not fit.
    """
    if not chainer.config.type_check:
        return
    try:
        function.check_type_forward(LightTypeInfoTuple(arrays))
    except Exception:
        with get_function_check_context(function):
            function.check_type_forward(get_types(arrays, "in_types", False))
