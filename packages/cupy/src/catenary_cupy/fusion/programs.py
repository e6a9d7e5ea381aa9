"""What a traced body did, to be done again with other arrays."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType, NoneType, SimpleNamespace
from typing import Any

from catenary import Device
from catenary.device import device_of
from catenary.device.current import device_of_type
from catenary_cupy.fusion import module, structures
from catenary_cupy.fusion.kernels import compile_error, warn_of
from catenary_cupy.fusion.traced import Traced, Untraceable
from catenary_cupy.fusion.traces import Trace, noting

#: The classes of most attributes.
PLAIN = frozenset({bool, int, float, str, NoneType})
#: How many programs are kept for each body.
KEPT = 256


class Program:
    """Steps over registers, the first of which are inputs.

    Args:
        trace: What happened.
        results: A structure with stand-ins for the results.
    """

    def __init__(self, trace: Trace, results: Any) -> None:
        self._steps = trace.steps
        self._form, outputs = structures.take_out(Traced, results)
        self._outputs = [one.register for one in outputs]

    def run(self, arrays: Sequence[Any]) -> Any:
        """Return the results for some arrays."""
        registers = list(arrays)
        for function, numbers in self._steps:
            registers.extend(function(*[registers[n] for n in numbers]))
        return structures.put_back(self._form, [registers[n] for n in self._outputs])


def trace(body: Callable[..., Any], device: Device, arrays: Sequence[Any], form: Any) -> tuple[Program, Any]:
    """Call a body with stand-ins.

    Args:
        body: Gets the structure with stand-ins; returns a structure of them.
        device: Where the arrays are.
        arrays: The arrays.
        form: The structure with places for them.

    Returns:
        The program, and the results of this call.

    Raises:
        Untraceable: If it does what cannot be noted down.
    """
    with noting(device) as noted:
        results = body(structures.put_back(form, [noted.enter(array) for array in arrays]))
        if structures.holds(noted.array_type, results):
            raise Untraceable("a body returned an array that is none of its inputs")
        noted.settle(structures.take_out(Traced, results)[1])
    program = Program(noted, results)
    return program, structures.transform(lambda one: noted.registers[one.register], Traced, results)


class Fused:
    """A body that runs as few kernels.

    Args:
        body: A body on `xp`, or a gradient rule: its arguments are arrays, attributes, and structures of them.
        names: The names of its arguments; `xp` may be among them.
    """

    def __init__(self, body: Callable[..., Any], names: Sequence[str]) -> None:
        self._body = body
        self._names = tuple(names)
        self._programs: OrderedDict[Any, Program | None] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, *values: Any) -> Any:
        """Call the body with arguments in the order of their names."""
        arrays: list[Any] = []
        try:
            key = tuple(_describe(values, arrays))
            program = self._programs.get(key, _UNKNOWN)
        except TypeError:  # an attribute that has no hash
            program = None
        if program is _UNKNOWN:
            return self._trace(key, values, device_of(arrays[0]))
        if program is None:
            return self._body(**dict(zip(self._names, values)))
        return program.run(arrays)

    def _trace(self, key: Any, values: tuple[Any, ...], device: Device) -> Any:
        arguments = dict(zip(self._names, values))
        xp = arguments.pop("xp", None)
        form, arrays = structures.take_out(device.supported_array_types[0], arguments)
        module_for_it = {} if xp is None else {"xp": module.TracedModule(device.xp)}
        try:
            made, results = trace(lambda named: self._body(**named, **module_for_it), device, arrays, form)
        except (Untraceable, compile_error()) as error:
            if not isinstance(error, Untraceable):
                warn_of(error)
            self._keep(key, None)
            return self._body(*values) if xp is None else self._body(**arguments, xp=xp)
        self._keep(key, made)
        return results

    def _keep(self, key: Any, program: Program | None) -> None:
        with self._lock:
            self._programs[key] = program
            if len(self._programs) > KEPT:
                self._programs.popitem(last=False)


_UNKNOWN: Any = object()


def _describe(value: Any, arrays: list[Any]) -> Iterator[Any]:
    """Yield what a program depends on in a structure: shapes and dtypes of arrays, and all else as it is.

    Args:
        value: The structure.
        arrays: Gets the arrays, in the order of `structures.take_out`.
    """
    for one in value:
        kind = type(one)
        if kind in PLAIN:
            yield kind  # 2 and 2.0 are equal, but do not give the same dtypes
            yield one
        elif kind is tuple or kind is list:
            yield kind, len(one)
            yield from _describe(one, arrays)
        elif kind is SimpleNamespace:
            yield tuple(vars(one))
            yield from _describe(vars(one).values(), arrays)
        elif isinstance(one, ModuleType):
            pass
        elif (device := device_of_type(kind)) is not None and device.kind == "cupy":
            arrays.append(one)
            yield one.shape
            yield one.dtype
        else:
            yield kind
            yield one
