"""What happens while a body runs with stand-ins: steps over real arrays."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from catenary import Device
from catenary.types import Array, Shape
from catenary_cupy.fusion import structures
from catenary_cupy.fusion.expressions import Expression, as_operand
from catenary_cupy.fusion.kernels import elementwise_kernel, scalar, write
from catenary_cupy.fusion.traced import Traced, Untraceable, tracing

#: Stand-ins of one shape, each with the register of the array that it is written to, or None for a new one.
Group = list[tuple[Traced, int | None]]


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


@contextmanager
def noting(device: Device) -> Iterator[Trace]:
    """Begin a trace, to which functions of `xp` go that get no stand-in.

    Args:
        device: Where the arrays are.
    """
    before = getattr(tracing, "trace", None)
    tracing.trace = trace = Trace(device)
    try:
        yield trace
    finally:
        tracing.trace = before  # type: ignore[assignment]


def _writes(group: Group) -> bool:
    return any(register is not None for _, register in group)


def empty(shape: Shape, dtype: Any, like: Sequence[Array]) -> Array:
    """Return a new array in the memory order of the inputs of a kernel."""
    import cupy

    for array in like:
        if array.shape == shape and not array.flags.c_contiguous:
            return cupy.empty_like(array, dtype=dtype)
    return cupy.empty(shape, dtype)
