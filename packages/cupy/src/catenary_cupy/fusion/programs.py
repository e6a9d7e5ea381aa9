"""What a traced body did, to be done again with other arrays."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from catenary import Device
from catenary.device import get_device_from_array
from catenary_cupy.fusion import module, structures
from catenary_cupy.fusion.expressions import SUPPORTED
from catenary_cupy.fusion.traced import Trace, Traced, Untraceable, tracing

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
    before = getattr(tracing, "trace", None)
    noted = tracing.trace = Trace(device)
    try:
        results = body(structures.put_back(form, [noted.enter(array) for array in arrays]))
        if structures.holds(noted.array_type, results):
            raise Untraceable("a body returned an array that is none of its inputs")
        noted.settle(structures.take_out(Traced, results)[1])
    finally:
        tracing.trace = before  # type: ignore[assignment]
    program = Program(noted, results)
    return program, structures.transform(lambda one: noted.registers[one.register], Traced, results)


class Fused:
    """A body that runs as few kernels.

    Args:
        body: A body on `xp`, or a gradient rule: its arguments are arrays, attributes, structures of them.
    """

    def __init__(self, body: Callable[..., Any]) -> None:
        self._body = body
        self._programs: OrderedDict[Any, Program | None] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, arguments: dict[str, Any]) -> Any:
        """Call the body with arguments by name; `xp` is filled in if it is among them."""
        given = {name: value for name, value in arguments.items() if name != "xp"}
        device = get_device_from_array(*_first_arrays(given))
        form, arrays = structures.take_out(device.supported_array_types[0], given)
        key = tuple((a.shape, a.dtype) for a in arrays), device.name, _frozen(form)
        try:
            program = self._programs.get(key, _UNKNOWN)
        except TypeError:  # an attribute that has no hash
            return self._body(**arguments)
        if program is None:
            return self._body(**arguments)
        if isinstance(program, Program):
            return program.run(arrays)
        xp = {"xp": module.TracedModule(device.xp)} if "xp" in arguments else {}
        try:
            made, results = trace(lambda named: self._body(**named, **xp), device, arrays, form)
        except Untraceable:
            self._keep(key, None)
            return self._body(**arguments)
        self._keep(key, made)
        return results

    def _keep(self, key: Any, program: Program | None) -> None:
        with self._lock:
            self._programs[key] = program
            if len(self._programs) > KEPT:
                self._programs.popitem(last=False)


_UNKNOWN: Any = object()


def _first_arrays(arguments: Any) -> list[Any]:
    """Return an array of the arguments, to find the device by."""
    values = arguments.values() if isinstance(arguments, dict) else arguments
    for value in values:
        if hasattr(value, "dtype") and hasattr(value, "shape"):
            return [value]
        if isinstance(value, tuple | list | dict) and (found := _first_arrays(value)):
            return found
    return []


def _frozen(form: Any) -> Any:
    """Return a structure as a key: numbers of different classes differ."""
    if isinstance(form, dict):
        return tuple((name, _frozen(value)) for name, value in form.items())
    if isinstance(form, SimpleNamespace):
        return _frozen(vars(form))
    if isinstance(form, tuple | list):
        return type(form), *(_frozen(value) for value in form)
    return type(form), form


def can_fuse(*arrays: Any) -> bool:
    """Return whether arrays have dtypes that kernels know."""
    return all(a is None or a.dtype.char in SUPPORTED for a in arrays)
