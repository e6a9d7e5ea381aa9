"""What stands for libraries of Chainer's family that are no longer maintained: names are there, and fail when used."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from catenary.errors import NotAvailableError


class Absent:
    """Something of a library that is not there.

    Args:
        name: Its full name.
        why: What to say when it is used.
    """

    def __init__(self, name: str, why: str) -> None:
        self._name = name
        self._why = why

    def __getattr__(self, name: str) -> Absent:
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent(f"{self._name}.{name}", self._why)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise NotAvailableError(f"{self._name}: {self._why}")


def names_of(module: str, why: str, names: Collection[str]) -> Callable[[str], Absent]:
    """Return a `__getattr__` for a module that is not there.

    Args:
        module: Its name.
        why: What to say when something of it is used.
        names: What it has; there is nothing else, so that tools that look for their own names find none.
    """

    def find(name: str) -> Absent:
        if name in names:
            return Absent(f"{module}.{name}", why)
        raise AttributeError(f"module {module!r} has no attribute {name!r}: {why}")

    return find
