"""Stand-ins for arrays, which note down what is done to them."""

from __future__ import annotations

import math
import operator
import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from catenary import Device
from catenary.types import Array, Shape
from catenary_cupy.fusion import structures
from catenary_cupy.fusion.expressions import SUPPORTED, Expression, as_operand, choose, combine
from catenary_cupy.fusion.kernels import elementwise_kernel, scalar, write

#: Stand-ins of one shape, each with the register of the array that it is written to, or None for a new one.
Group = list[tuple["Traced", int | None]]
Number = bool | int | float | np.generic


class Untraceable(Exception):
    """A body does what cannot be noted down; it is run on real arrays instead."""


class _Tracing(threading.local):
    """The trace of this thread."""

    trace: Trace


tracing = _Tracing()


class Trace:
    """What happens while a body runs: real arrays stand in registers, and steps fill them.

    Args:
        device: Their device.

    Attributes:
        registers: The arrays; inputs come first.
        steps: Pairs of a function and the registers of its arrays; its results go to the next registers.
    """

    def __init__(self, device: Device) -> None:
        self.device = device
        self.array_type = device.supported_array_types[0]
        self.registers: list[Any] = []
        self.steps: list[tuple[Callable[..., Sequence[Any]], tuple[int, ...]]] = []
        self.alive: weakref.WeakValueDictionary[int, Traced] = weakref.WeakValueDictionary()
        self.changed: dict[int, Traced] = {}
        self._leaves: dict[int, Expression] = {}

    def leaf(self, register: int) -> Traced:
        """Return a stand-in for the array in a register."""
        array = self.registers[register]
        expression = self._leaves.setdefault(register, Expression("input", (register,), array.dtype))
        return Traced(self, expression, array.shape, register)

    def enter(self, array: Array) -> Traced:
        """Return a stand-in for an array that comes from outside."""
        self.registers.append(array)
        return self.leaf(len(self.registers) - 1)

    def do(self, function: Callable[..., Sequence[Any]], registers: tuple[int, ...]) -> list[int]:
        """Take a step; return the registers of its results."""
        results = function(*(self.registers[r] for r in registers))
        self.steps.append((function, registers))
        first = len(self.registers)
        self.registers.extend(results)
        return list(range(first, len(self.registers)))

    def outside(self, function: Callable[..., Any], args: Any, kwargs: dict[str, Any]) -> Any:
        """Call a function on real arrays: one that a kernel of ours cannot take in.

        Raises:
            Untraceable: If an array that no input leads to is among the arguments.
        """
        if structures.holds(self.array_type, (args, kwargs)):
            raise Untraceable("a body used an array that is none of its inputs")
        plan, found = structures.take_out(Traced, (args, kwargs))
        self.settle(found)
        form: list[Any] = []

        def step(*arrays: Array) -> Sequence[Any]:
            filled, named = structures.put_back(plan, arrays)
            result = function(*filled, **named)
            form[:], results = structures.take_out(self.array_type, [result])
            return results

        registers = self.do(step, tuple(one.register for one in found))
        return structures.put_back(form[0], [self.leaf(r) for r in registers])

    def settle(self, wanted: Sequence[Traced]) -> None:
        """Have stand-ins stand for real arrays: compute them, and write what was changed in place."""
        changed, self.changed = self.changed, {}
        pending = [*wanted]
        if changed:  # what was noted before a change may still need the array as it was
            pending += self.alive.values()
        written = {id(one): register for register, one in changed.items()}
        by_shape: dict[Shape, dict[int, Traced]] = {}
        for one in (*pending, *changed.values()):
            if one.register is None:
                by_shape.setdefault(one.shape, {})[id(one)] = one
        groups = [[(one, written.get(id(one))) for one in group.values()] for group in by_shape.values()]
        groups.sort(key=_writes)  # changes come after what reads
        if sum(map(_writes, groups)) > 1:
            raise Untraceable("a body changed arrays of several shapes in place")
        for group in groups:
            self._launch(group)

    def _launch(self, group: Group) -> None:
        text = write([as_operand(one.expression, one.dtype) for one, _ in group])
        outputs = tuple(one.dtype for one, _ in group)
        kernel = elementwise_kernel(text.input_dtypes, text.number_dtypes, outputs, text.statements, text.results)
        numbers = [scalar(v, d) for v, d in zip(text.numbers, text.number_dtypes, strict=True)]
        shape, inputs = group[0][0].shape, len(text.inputs)
        targets = [register for _, register in group if register is not None]
        given = [register is not None for _, register in group]

        def step(*arrays: Array) -> Sequence[Any]:
            like, written = arrays[:inputs], iter(arrays[inputs:])
            outs = [next(written) if g else empty(shape, d, like) for g, d in zip(given, outputs, strict=True)]
            kernel(*like, *numbers, *outs)
            return [out for out, g in zip(outs, given, strict=True) if not g]

        made = iter(self.do(step, (*text.inputs, *targets)))
        for one, register in group:
            one.become(next(made) if register is None else register)


def _writes(group: Group) -> bool:
    return any(register is not None for _, register in group)


def empty(shape: Shape, dtype: Any, like: Sequence[Array]) -> Array:
    """Return a new array in the memory order of the inputs of a kernel."""
    import cupy

    for array in like:
        if array.shape == shape and not array.flags.c_contiguous:
            return cupy.empty_like(array, dtype=dtype)
    return cupy.empty(shape, dtype)


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
        if wanted.char not in SUPPORTED or wanted == self.dtype:
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
            for other in self.trace.alive.values():  # every stand-in of the same array changes with it
                if other is not self and other.register == self.register:
                    raise Untraceable("a body changed an array that has two names")
            self.register = None
        self.expression = expression
        return self

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
