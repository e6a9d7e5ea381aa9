"""Stand-ins for arrays, which note down what is done to them."""

from __future__ import annotations

import math
import operator
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from catenary.types import Array, Shape
from catenary_cupy.fusion.expressions import SUPPORTED, Expression, as_operand, choose, combine

if TYPE_CHECKING:
    from catenary_cupy.fusion.traces import Trace

Number = bool | int | float | np.generic


class Untraceable(Exception):
    """A body does what cannot be noted down; it is run on real arrays instead."""


class _Tracing(threading.local):
    """The trace of this thread."""

    trace: Trace


tracing = _Tracing()


class Traced:
    """A stand-in for an array.

    Args:
        trace: What notes down.
        expression: How its elements are computed.
        shape: Its shape.
        register: The register of the array that it is, or None while it has not been computed.
    """

    __slots__ = ("__weakref__", "expression", "register", "shape", "trace")
    __hash__ = object.__hash__
    __array_ufunc__ = None  # NumPy's scalars give way to our operators

    def __init__(self, trace: Trace, expression: Expression, shape: Shape, register: int | None = None) -> None:
        self.trace = trace
        self.expression = expression
        self.shape = shape
        self.register = register
        trace.alive[id(self)] = self

    def become(self, register: int) -> None:
        """Stand for the array in a register from now on."""
        leaf = self.trace.leaf(register)
        self.expression, self.register = leaf.expression, register

    def real(self) -> Array:
        """Return the array."""
        self.trace.settle([self])
        assert self.register is not None
        return self.trace.registers[self.register]

    # --- what needs no values ---

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.expression.dtype

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def itemsize(self) -> int:
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        return self.size * self.itemsize

    def __len__(self) -> int:
        return self.shape[0]

    def astype(self, dtype: Any, copy: bool = True) -> Traced:
        """Return the same in another dtype."""
        wanted = np.dtype(dtype)
        if wanted == self.dtype and not copy:
            return self
        if wanted.char not in SUPPORTED:
            outside: Traced = self.trace.outside(lambda a: a.astype(dtype, copy=copy), (self,), {})
            return outside
        return Traced(self.trace, as_operand(self.expression, wanted), self.shape)

    def copy(self) -> Traced:
        """Return a copy."""
        outside: Traced = self.trace.outside(lambda a: a.copy(), (self,), {})
        return outside

    # --- operators ---

    def _outside(self, function: Callable[..., Any], *others: Any) -> Any:
        return self.trace.outside(function, (self, *others), {})

    def _assign(self, result: Any) -> Traced:
        """Take a result in place of the old values."""
        if not isinstance(result, Traced) or result.shape != self.shape:
            shape = getattr(result, "shape", "a number")
            raise ValueError(f"an array of shape {self.shape} cannot hold a result of shape {shape}")
        expression = as_operand(result.expression, self.dtype)
        if self.register is not None:
            self.trace.changed[self.register] = self
            memory = self._memory()
            for other in self.trace.alive.values():  # a view of the same memory changes with it
                if other is not self and other.register is not None and other._memory() == memory != 0:
                    raise Untraceable("a body changed an array that has two names")
            self.register = None
        self.expression = expression
        return self

    def _memory(self) -> int:
        """Return the address of the memory that the array is a part of."""
        assert self.register is not None
        address: int = self.trace.registers[self.register].data.mem.ptr
        return address

    def __getitem__(self, index: Any) -> Any:
        return self.trace.outside(operator.getitem, (self, index), {})

    def __setitem__(self, index: Any, value: Any) -> None:
        whole = index is Ellipsis or (isinstance(index, slice) and index == slice(None))
        if whole and self.register is not None:
            value = value if isinstance(value, Traced) else self._filled(value)
            if value.shape == self.shape:
                self._assign(value)
                return
        self.trace.outside(operator.setitem, (self, index, value), {})

    def _filled(self, value: Any) -> Traced:
        return Traced(self.trace, Expression("number", (value,), self.dtype), self.shape)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        found = getattr(self.real(), name)
        if callable(found):
            return lambda *args, **kwargs: self.trace.outside(
                lambda array, *rest, **named: getattr(array, name)(*rest, **named), (self, *args), kwargs
            )
        if isinstance(found, type(self.real())):
            return self.trace.outside(lambda array: getattr(array, name), (self,), {})
        return found

    def __bool__(self) -> bool:
        raise Untraceable("a body asked for the value of an array")

    __float__ = __int__ = __index__ = __bool__

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    def __neg__(self) -> Any:
        return apply("negative", (self,), lambda: self._outside(operator.neg))

    def __abs__(self) -> Any:
        return apply("absolute", (self,), lambda: self._outside(abs))

    def __invert__(self) -> Any:
        return apply("logical_not" if self.dtype == bool else "", (self,), lambda: self._outside(operator.invert))

    def __pow__(self, exponent: Any) -> Any:
        if isinstance(exponent, int) and exponent == 2:
            return apply("square", (self,), lambda: self._outside(operator.pow, exponent))
        return self._outside(operator.pow, exponent)


def apply(operation: str, operands: Sequence[Any], otherwise: Callable[[], Any]) -> Any:
    """Return a stand-in for the result of an operation, or what `otherwise` gives if no kernel can take it in."""
    traced = [one for one in operands if isinstance(one, Traced)]
    if not traced or not all(isinstance(one, Traced | Number) for one in operands):
        return otherwise()
    expressions = tuple(one.expression if isinstance(one, Traced) else one for one in operands)
    expression = choose(*expressions) if operation == "where" else combine(operation, expressions)
    if expression is None or expression.dtype.char not in SUPPORTED:
        return otherwise()
    return Traced(traced[0].trace, expression, np.broadcast_shapes(*(one.shape for one in traced)))


_BINARY = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "true_divide",
    "and": "bitwise_and",
    "or": "bitwise_or",
    "xor": "bitwise_xor",
}
_OTHERS = ("floordiv", "mod", "pow", "matmul", "lshift", "rshift")
_COMPARISONS = {
    "eq": "equal",
    "ne": "not_equal",
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
}


def _operator(operation: str, function: Any, reverse: bool = False) -> Any:
    def operate(self: Traced, other: Any) -> Any:
        operands = (other, self) if reverse else (self, other)
        return apply(operation, operands, lambda: self.trace.outside(function, operands, {}))

    return operate


def _in_place(operation: str, function: Any) -> Any:
    def operate(self: Traced, other: Any) -> Any:
        return self._assign(apply(operation, (self, other), lambda: self.trace.outside(function, (self, other), {})))

    return operate


def _reverse_of(function: Any) -> Any:
    return lambda a, b: function(b, a)


for _name, _operation in _BINARY.items():
    _function = getattr(operator, f"__{_name}__")
    setattr(Traced, f"__{_name}__", _operator(_operation, _function))
    setattr(Traced, f"__r{_name}__", _operator(_operation, _function, reverse=True))
    setattr(Traced, f"__i{_name}__", _in_place(_operation, _function))
for _name in _OTHERS:
    _function = getattr(operator, f"__{_name}__")
    if _name != "pow":
        setattr(Traced, f"__{_name}__", _operator("", _function))
    setattr(Traced, f"__r{_name}__", _operator("", _reverse_of(_function)))
for _name, _operation in _COMPARISONS.items():
    setattr(Traced, f"__{_name}__", _operator(_operation, getattr(operator, f"__{_name}__")))
