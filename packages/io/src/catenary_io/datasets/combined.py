"""Data sets made of others, side by side or end to end."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from catenary.errors import ArgumentError
from catenary.types import Array
from catenary_io.datasets.examples import Examples, ExampleSequence, get_arrays


def _check_lengths(caller: str, datasets: Mapping[Any, Examples]) -> int:
    if not datasets:
        raise ArgumentError(f"{caller}: expected one data set or more, got none")
    lengths = {name: len(dataset) for name, dataset in datasets.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name}: {length}" for name, length in lengths.items())
        raise ArgumentError(f"{caller}: expected data sets of one length, got {listed}")
    return next(iter(lengths.values()))


def _are_arrays(parts: Iterable[Any]) -> bool:
    return all(isinstance(part, np.ndarray) for part in parts)


class TupleDataset(ExampleSequence):
    """Several data sets side by side; an example is a tuple with one of each.

    Args:
        *datasets: Lists, arrays or data sets of one length.

    Raises:
        ArgumentError: If there is none, or their lengths differ.

    Example:
        >>> from catenary.datasets import TupleDataset
        >>> dataset = TupleDataset([1, 2, 3], "abc")
        >>> dataset[1], dataset[1:]
        ((2, 'b'), [(2, 'b'), (3, 'c')])
    """

    def __init__(self, *datasets: Examples) -> None:
        self._length = _check_lengths("TupleDataset", dict(enumerate(datasets)))
        self._datasets = datasets

    def __len__(self) -> int:
        return self._length

    def get_example(self, i: int) -> tuple[Any, ...]:
        return tuple([dataset[i] for dataset in self._datasets])

    def get_batch(self, indices: Array) -> tuple[Array, ...] | None:
        """Return a tuple of arrays, or None if a data set has no arrays; see `ExampleSequence.get_batch`."""
        parts = [get_arrays(dataset, indices) for dataset in self._datasets]
        return tuple(parts) if _are_arrays(parts) else None


class DictDataset(ExampleSequence):
    """Several data sets side by side; an example is a dict with one of each.

    Args:
        **datasets: Lists, arrays or data sets of one length, by name.

    Raises:
        ArgumentError: If there is none, or their lengths differ.

    Example:
        >>> from catenary.datasets import DictDataset
        >>> DictDataset(x=[1, 2], t=[0, 1])[1]
        {'x': 2, 't': 1}
    """

    def __init__(self, **datasets: Examples) -> None:
        self._length = _check_lengths("DictDataset", datasets)
        self._datasets = datasets

    def __len__(self) -> int:
        return self._length

    def get_example(self, i: int) -> dict[str, Any]:
        return {name: dataset[i] for name, dataset in self._datasets.items()}

    def get_batch(self, indices: Array) -> dict[str, Array] | None:
        """Return a dict of arrays, or None if a data set has no arrays; see `ExampleSequence.get_batch`."""
        parts = {name: get_arrays(dataset, indices) for name, dataset in self._datasets.items()}
        return parts if _are_arrays(parts.values()) else None


class ConcatenatedDataset(ExampleSequence):
    """Several data sets end to end.

    Args:
        *datasets: Lists, arrays or data sets.

    Example:
        >>> from catenary.datasets import ConcatenatedDataset
        >>> ConcatenatedDataset([1, 2], [3])[:]
        [1, 2, 3]
    """

    def __init__(self, *datasets: Examples) -> None:
        self._datasets = datasets
        self._ends = list(itertools.accumulate(map(len, datasets)))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def get_example(self, i: int) -> Any:
        which = bisect.bisect_right(self._ends, i)
        start = self._ends[which - 1] if which else 0
        return self._datasets[which][i - start]
