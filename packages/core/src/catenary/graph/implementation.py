"""Implementations: other bodies of a declared function for a device, which plugins register.

An implementation is itself a declared function with the same parameters, and a predicate that says for which
calls it is the better one. The first registered one (by name) that accepts a call serves it. A plugin may also register
a function that makes the implementation of what it is to serve.
"""

from __future__ import annotations

import functools
import inspect
import os
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from catenary.config import settings
from catenary.device.current import device_of_type
from catenary.errors import DeclarationError, PluginError, PluginWarning
from catenary.graph.declaration import Declaration
from catenary.types import Array


@dataclass(frozen=True)
class Implementation:
    """Another body of a declared function.

    Attributes:
        function: A declared function with the same parameters.
        accepts: A predicate on the arrays and attributes of a call, in the order of the parameters.
        deterministic: Whether it gives the same result each time; if not, it serves no call while the setting
            `deterministic` is on.
        from_size: It is asked only where the first input has so many elements; smaller calls lose no time.
    """

    function: Any
    accepts: Callable[..., bool]
    deterministic: bool = True
    from_size: int = 0


@dataclass(frozen=True)
class _Alternative:
    provider: str
    device: str
    implementation: Implementation


class _Switch(threading.local):
    off: frozenset[str] = frozenset()


_switch = _Switch()


def find_alternatives(declaration: Declaration) -> tuple[_Alternative, ...]:
    """Return the implementations that plugins registered for a function; none for one that is an implementation.

    Raises:
        DeclarationError: If one of them has other parameters than the function.
    """
    from catenary.plugins import registry  # not loaded before a function is first called
    from catenary.plugins.environment import strict

    if declaration.serves:
        return ()
    found = []
    for record in registry.implementations(declaration.name):
        if record.device != "numpy" and record.device not in registry.names("devices"):
            continue  # what it needs may not be installed, either
        try:
            implementation = record.load()
        except PluginError as error:
            if strict():
                raise
            warnings.warn(f"{error}; {declaration.name} runs without it", PluginWarning, stacklevel=2)
            continue
        if inspect.isfunction(implementation):
            implementation = implementation(declaration)
        if not isinstance(implementation, Implementation):
            raise DeclarationError(f"implementation {record.name}: expected an Implementation, got {implementation!r}")
        if implementation.function.declaration is declaration:
            return ()  # it is one of them itself, under the name of what it serves
        theirs = tuple(implementation.function.declaration.signature.parameters)
        if theirs != tuple(declaration.signature.parameters):
            raise DeclarationError(
                f"implementation {record.name}: expected the parameters "
                f"{', '.join(declaration.signature.parameters)}, got {', '.join(theirs)}"
            )
        found.append(_Alternative(record.provider, record.device, implementation))
    return tuple(found)


def chosen(declaration: Declaration, arrays: tuple[Array, ...], attributes: tuple[Any, ...]) -> Any:
    """Return the function that serves a call in place of the declared one, or None."""
    if not declaration.alternatives:
        return None
    disabled = _switch.off | _names(os.environ.get("CATENARY_DISABLE_IMPLEMENTATIONS", ""))
    if "*" in disabled:
        return None
    device = _kind_of_device(arrays)
    size = sum(array.size for array in arrays) if declaration.many else getattr(arrays[0], "size", 0)
    values = declaration.in_order((arrays,) if declaration.many else arrays, attributes)
    for one in declaration.alternatives:
        implementation = one.implementation
        fits = one.device == device and size >= implementation.from_size and one.provider not in disabled
        if fits and (implementation.deterministic or not settings.deterministic) and implementation.accepts(*values):
            return implementation.function
    return None


@functools.cache
def _names(text: str) -> frozenset[str]:
    return frozenset(filter(None, text.split(",")))


def _kind_of_device(arrays: tuple[Array, ...]) -> str:
    """Return the kind of the device where all arrays are, or an empty string if they are on several."""
    kinds = {device_of_type(type(array)) for array in arrays if array is not None}
    first = kinds.pop() if len(kinds) == 1 else None
    return "" if first is None else first.kind


@contextmanager
def disable_implementations(*providers: str) -> Iterator[None]:
    """Use no implementations of these providers (of none at all without arguments) inside a `with` block.

    The environment variable `CATENARY_DISABLE_IMPLEMENTATIONS` does the same for a process: names separated by
    commas, or `*`.

    Args:
        providers: Names of providers, such as `"onednn"`.

    Example:
        >>> import catenary
        >>> with catenary.disable_implementations():
        ...     pass  # every function runs its plain body
    """
    before = _switch.off
    _switch.off = before | frozenset(providers or ("*",))
    try:
        yield
    finally:
        _switch.off = before
