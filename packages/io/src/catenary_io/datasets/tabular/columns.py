"""Tabular data sets of arrays, lists and functions."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

from catenary.errors import ArgumentError, ArgumentTypeError
from catenary_io.datasets.tabular.combining import Join
from catenary_io.datasets.tabular.dataset import TabularDataset
from catenary_io.datasets.tabular.rows import (
    Column,
    Indices,
    KeyIndices,
    Keys,
    Mode,
    check_unique,
    elements,
    mode_of,
    select,
    take,
)

_numbers = itertools.count()


def from_data(data: Any, *, size: int | None = None) -> TabularDataset:
    """Make a tabular data set of arrays, lists, functions of an index, or several of them.

    Args:
        data: One of

            - an array or a list: a data set of one element, whose name is made up;
            - `(key, array or list)`: the same with a name;
            - `(key, function)` or `((key, key, ...), function)`: the function takes an index and returns the element,
              or a tuple or dict of elements, when it is asked for;
            - a tuple of these: their elements side by side, as tuples;
            - a dict with a key, or a tuple of keys, for each array, list or function: the same, as dicts.
        size: The number of examples; needed if there are only functions.

    Returns:
        The data set.

    Raises:
        ArgumentError: If lengths differ, a key is there twice, or nothing says how many examples there are.
        ArgumentTypeError: If `data` is something else.

    Example:
        >>> import numpy as np
        >>> from catenary.datasets import tabular
        >>> dataset = tabular.from_data({"x": np.arange(3), "name": ["a", "b", "c"]})
        >>> dataset[1], dataset.slice[1:, "name"].fetch()
        ({'x': np.int64(1), 'name': 'b'}, ['b', 'c'])
        >>> tabular.from_data((("x", np.arange(3)), ("square", lambda i: i * i)))[:]
        [(np.int64(0), 0), (np.int64(1), 1), (np.int64(2), 4)]
    """
    mode: Mode = None
    if isinstance(data, dict):
        pairs, mode = list(data.items()), dict
    elif isinstance(data, tuple) and not _is_pair(data):
        pairs, mode = [part if _is_pair(part) else (None, part) for part in data], tuple
    else:
        pairs = [data if _is_pair(data) else (None, data)]
    length = _check_size([part for _, part in pairs], size)
    columns = [_make(keys, part, length) for keys, part in pairs]
    if mode is None:
        return columns[0]
    joined = Join(*columns)
    return joined.asdict() if mode is dict else joined.astuple()


def _is_pair(data: Any) -> bool:
    """Tell whether this is a key, or keys, with an array, a list or a function."""
    if not isinstance(data, tuple) or len(data) != 2:
        return False
    keys, column = data
    several = isinstance(keys, tuple) and all(isinstance(key, str) for key in keys)
    return isinstance(keys, str) or (several and callable(column))


def _check_size(columns: list[Any], size: int | None) -> int:
    if not columns:
        raise ArgumentError("from_data: expected one column or more, got none")
    lengths = {len(column) for column in columns if hasattr(column, "__len__")}
    if size is not None:
        lengths.add(size)
    if not lengths:
        raise ArgumentError("from_data: expected size, the number of examples, because there are only functions")
    if len(lengths) > 1:
        raise ArgumentError(f"from_data: expected columns of one length, got {sorted(lengths)}")
    return lengths.pop()


def _make(keys: str | Keys | None, column: Any, length: int) -> TabularDataset:
    if callable(column) and not hasattr(column, "__len__"):
        if keys is None:
            raise ArgumentError("from_data: expected a key, or keys, for each function, got none")
        return ComputedColumns(keys, column, length)
    if not hasattr(column, "__len__") or not hasattr(column, "__getitem__") or isinstance(keys, tuple):
        raise ArgumentTypeError(
            f"from_data: expected an array, a list or a function with a key, got {type(column).__name__} with {keys!r}"
        )
    return DataColumn(f"_{next(_numbers)}" if keys is None else keys, column)


class DataColumn(TabularDataset):
    """One column that is there."""

    mode = None

    def __init__(self, key: str, column: Column) -> None:
        self._key = key
        self._column = column

    def __len__(self) -> int:
        return len(self._column)

    @property
    def keys(self) -> Keys:
        return (self._key,)

    def get_examples(self, indices: Indices, key_indices: KeyIndices) -> tuple[Column, ...]:
        wanted = (0,) if key_indices is None else key_indices
        return (take(self._column, indices),) * len(wanted)


class ComputedColumns(TabularDataset):
    """Columns of what a function of the index returns."""

    def __init__(self, keys: str | Keys, function: Callable[[int], Any], length: int) -> None:
        self._keys = (keys,) if isinstance(keys, str) else keys
        check_unique("from_data", self._keys)
        self._alone = isinstance(keys, str)
        self._function = function
        self._length = length

    def __len__(self) -> int:
        return self._length

    @property
    def keys(self) -> Keys:
        return self._keys

    @functools.cached_property
    def mode(self) -> Mode:
        if self._alone:
            return None
        return mode_of(self._function(0), self._keys) if self._length else tuple

    def get_examples(self, indices: Indices, key_indices: KeyIndices) -> tuple[Column, ...]:
        values = [self._function(i) for i in select(range(self._length), indices)]
        if self._alone:
            columns: tuple[Column, ...] = (values,)
        else:
            rows = [elements("from_data", value, self._keys) for value in values]
            columns = tuple([[row[place] for row in rows] for place in range(len(self._keys))])
        return columns if key_indices is None else tuple([columns[key] for key in key_indices])
