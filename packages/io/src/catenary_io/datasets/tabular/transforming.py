"""Views with a function applied to examples, or to whole columns."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

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
)
from catenary_io.datasets.tabular.views import DelegateDataset


class TransformBatch(DelegateDataset):
    """A function of columns."""

    _name = "TabularDataset.transform_batch"

    def __init__(self, dataset: TabularDataset, keys: str | Sequence[str], function: Callable[..., Any]) -> None:
        super().__init__(dataset)
        self._keys = (keys,) if isinstance(keys, str) else tuple(keys)
        check_unique(self._name, self._keys)
        self._function = function

    @property
    def keys(self) -> Keys:
        return self._keys

    @functools.cached_property
    def mode(self) -> Mode:
        if not len(self.dataset):
            return tuple
        return mode_of(self._first(), self._keys)

    def _first(self) -> Any:
        """Return what the function gives for the first example."""
        return self._call(self.dataset.get_examples([0], None))

    def _call(self, values: Sequence[Any]) -> Any:
        if self.dataset.mode is dict:
            return self._function(**dict(zip(self.dataset.keys, values)))
        return self._function(*values)

    def _columns(self, indices: Indices) -> tuple[Column, ...]:
        return elements(self._name, self._call(self.dataset.get_examples(indices, None)), self._keys)

    def get_examples(self, indices: Indices, key_indices: KeyIndices) -> tuple[Column, ...]:
        columns = self._columns(indices)
        return columns if key_indices is None else tuple([columns[key] for key in key_indices])


class Transform(TransformBatch):
    """A function of one example."""

    _name = "TabularDataset.transform"

    def _first(self) -> Any:
        return self._call([column[0] for column in self.dataset.get_examples([0], None)])

    def _columns(self, indices: Indices) -> tuple[Column, ...]:
        rows = zip(*self.dataset.get_examples(indices, None))
        changed = [elements(self._name, self._call(row), self._keys) for row in rows]
        return tuple([[row[place] for row in changed] for place in range(len(self._keys))])
