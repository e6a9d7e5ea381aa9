"""Between columns, rows and what a data set shows of them; and between indices of views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from catenary import get_array_module
from catenary.errors import ArgumentError, ArgumentTypeError

#: What examples are: tuples, dicts, or (None) the element itself where there is only one.
Mode = type[tuple[Any, ...]] | type[dict[str, Any]] | None
#: A value per example: an array or a list.
Column = Any
Keys = tuple[str, ...]
#: Which examples: all, a slice, or indices from 0 to the length less one.
Indices = slice | list[int] | None
#: Which elements, by their places among the keys: all, or some.
KeyIndices = tuple[int, ...] | None
#: Which examples of a data set a view has.
Order = range | list[int]


def in_mode(values: Sequence[Any], keys: Keys, mode: Mode) -> Any:
    """Return elements (or columns) as a data set of a mode shows them."""
    if mode is dict:
        return dict(zip(keys, values))
    return tuple(values) if mode is tuple else values[0]


def mode_of(value: Any, keys: Keys) -> Mode:
    """Return the mode in which a function has given the elements for some keys."""
    return dict if isinstance(value, dict) else tuple if isinstance(value, tuple) else None


def elements(caller: str, value: Any, keys: Keys) -> tuple[Any, ...]:
    """Return what a function has given for some keys, in the order of the keys.

    Raises:
        ArgumentTypeError: If it is not a tuple with an element or a dict with a value for each key, or, for one key, a
            value.
    """
    if isinstance(value, dict) and set(value) == set(keys):
        return tuple([value[key] for key in keys])
    if isinstance(value, tuple) and len(value) == len(keys):
        return value
    if isinstance(value, dict | tuple) or len(keys) != 1:
        raise ArgumentTypeError(f"{caller}: expected a tuple or a dict for the keys {keys}, got {value!r}")
    return (value,)


def select(order: Order, indices: Indices) -> Order:
    """Return some of the indices of a view."""
    if indices is None:
        return order
    return order[indices] if isinstance(indices, slice) else [order[i] for i in indices]


def as_indices(order: Order, length: int) -> Indices:
    """Return what a data set of some length is asked for, to get the examples of a view."""
    if not isinstance(order, range):
        return order
    if order == range(length):
        return None
    stop: int | None = order.stop
    return slice(order.start, None if stop is not None and stop < 0 else stop, order.step)


def take(column: Column, indices: Indices) -> Column:
    """Return the part of a column for some indices."""
    if indices is None:
        return column
    if isinstance(indices, slice) or hasattr(column, "shape"):
        return column[indices]
    return [column[i] for i in indices]


def as_array(column: Column) -> Any:
    """Return a column as an array with the examples as its first axis."""
    if hasattr(column, "shape"):
        return column
    if len(column) and hasattr(column[0], "shape"):
        return get_array_module(column[0]).stack(column)
    return np.asarray(column)


def check_unique(caller: str, keys: Sequence[str]) -> None:
    """Check that no key is there twice.

    Raises:
        ArgumentError: If one is.
    """
    if len(set(keys)) != len(keys):
        raise ArgumentError(f"{caller}: expected keys that differ, got {tuple(keys)}")


def check_length(caller: str, lengths: Sequence[int]) -> int:
    """Return the length that all data sets have.

    Raises:
        ArgumentError: If they have several.
    """
    if len(set(lengths)) != 1:
        raise ArgumentError(f"{caller}: expected data sets of one length, got {list(lengths)}")
    return lengths[0]
