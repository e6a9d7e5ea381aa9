"""Arrays inside tuples, lists, dicts and namespaces: taken out, and put back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any, NamedTuple


class Place(NamedTuple):
    """Where an array stands.

    Attributes:
        number: That of the array.
    """

    number: int


def transform(change: Callable[[Any], Any], kind: type | tuple[type, ...], value: Any) -> Any:
    """Return a copy of a structure in which what is of one kind was changed."""
    if isinstance(value, kind):
        return change(value)
    if isinstance(value, SimpleNamespace):
        return SimpleNamespace(**transform(change, kind, vars(value)))
    if isinstance(value, tuple) and hasattr(value, "_fields"):  # a named tuple
        return type(value)(*(transform(change, kind, v) for v in value))
    if isinstance(value, tuple | list):
        return type(value)(transform(change, kind, v) for v in value)
    if isinstance(value, dict):
        return {key: transform(change, kind, v) for key, v in value.items()}
    return value


def take_out(kind: type, value: Any) -> tuple[Any, list[Any]]:
    """Return a structure with places for what is of one kind, and a list of what stood there."""
    found: list[Any] = []

    def note(one: Any) -> Place:
        found.append(one)
        return Place(len(found) - 1)

    return transform(note, kind, value), found


def put_back(plan: Any, arrays: Iterable[Any]) -> Any:
    """Return the structure with arrays in their places."""
    given = list(arrays)
    return transform(lambda place: given[place.number], Place, plan)


def holds(kind: type, value: Any) -> bool:
    """Return whether anything in a structure is of one kind."""
    return bool(take_out(kind, value)[1])
