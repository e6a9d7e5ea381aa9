"""Views of several tabular data sets."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from catenary.errors import ArgumentError
from catenary_io.datasets.tabular.dataset import TabularDataset
from catenary_io.datasets.tabular.rows import (
    Column,
    Indices,
    KeyIndices,
    Keys,
    Mode,
    check_length,
    check_unique,
    select,
)


class Concat(TabularDataset):
    """Several data sets end to end; mode and converter are those of the first."""

    def __init__(self, *datasets: TabularDataset) -> None:
        for dataset in datasets:
            if dataset.keys != datasets[0].keys:
                raise ArgumentError(
                    f"TabularDataset.concat: expected data sets with the keys {datasets[0].keys}, got {dataset.keys}"
                )
        self._datasets = datasets
        self._starts = [0, *itertools.accumulate(map(len, datasets))]

    def __len__(self) -> int:
        return self._starts[-1]

    @property
    def keys(self) -> Keys:
        return self._datasets[0].keys

    @property
    def mode(self) -> Mode:
        return self._datasets[0].mode

    def get_examples(self, indices: Indices, key_indices: KeyIndices) -> tuple[Column, ...]:
        order = select(range(len(self)), indices)
        which = np.searchsorted(self._starts[1:], np.asarray(order, np.intp), side="right")
        columns: tuple[list[Any], ...] = tuple(
            [[None] * len(order) for _ in (self.keys if key_indices is None else key_indices)]
        )
        for number, (dataset, start) in enumerate(zip(self._datasets, self._starts)):
            places = np.flatnonzero(which == number).tolist()
            if not places:
                continue
            parts = dataset.get_examples([order[place] - start for place in places], key_indices)
            for column, part in zip(columns, parts):
                for place, value in zip(places, part):
                    column[place] = value
        return columns

    def convert(self, data: Any) -> Any:
        return self._datasets[0].convert(data)


class Join(TabularDataset):
    """Several data sets side by side; mode and converter are those of the first."""

    def __init__(self, *datasets: TabularDataset) -> None:
        self._length = check_length("TabularDataset.join", [len(dataset) for dataset in datasets])
        self._keys = tuple([key for dataset in datasets for key in dataset.keys])
        check_unique("TabularDataset.join", self._keys)
        self._datasets = datasets

    def __len__(self) -> int:
        return self._length

    @property
    def keys(self) -> Keys:
        return self._keys

    @property
    def mode(self) -> Mode:
        return tuple if self._datasets[0].mode is None else self._datasets[0].mode

    def get_examples(self, indices: Indices, key_indices: KeyIndices) -> tuple[Column, ...]:
        wanted = range(len(self._keys)) if key_indices is None else key_indices
        found: dict[int, Column] = {}
        start = 0
        for dataset in self._datasets:
            end = start + len(dataset.keys)
            places = [key for key in wanted if start <= key < end]
            if places:
                inner = None if places == list(range(start, end)) else tuple([place - start for place in places])
                found.update(zip(places, dataset.get_examples(indices, inner)))
            start = end
        return tuple([found[key] for key in wanted])

    def convert(self, data: Any) -> Any:
        return self._datasets[0].convert(data)
