"""Views of one tabular data set."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from catenary.errors import ArgumentError, ArgumentTypeError
from catenary_io.datasets.tabular.dataset import TabularDataset
from catenary_io.datasets.tabular.rows import Column, Indices, KeyIndices, Keys, Mode, Order, as_indices, select


class DelegateDataset(TabularDataset):
    """Base of views: everything is as in the data set behind.

    Args:
        dataset: The data set.

    Attributes:
        dataset: The data set.

    Example:
        >>> from catenary.datasets import tabular
        >>> class Doubled(tabular.DelegateDataset):
        ...     def get_examples(self, indices, key_indices):
        ...         return tuple(2 * column for column in super().get_examples(indices, key_indices))
        >>> import numpy as np
        >>> Doubled(tabular.from_data(("x", np.arange(3)))).fetch()
        array([0, 2, 4])
    """

    def __init__(self, dataset: TabularDataset) -> None:
        self.dataset = dataset

    def __len__(self) -> int:
        return len(self.dataset)

    @property
    def keys(self) -> Keys:
        """Names of the elements."""
        return self.dataset.keys

    @property
    def mode(self) -> Mode:
        """What an example is: `tuple`, `dict` or None."""
        return self.dataset.mode

    def get_examples(self, indices: Indices, key_indices: KeyIndices) -> tuple[Column, ...]:
        """Return columns of some examples, as `TabularDataset.get_examples` says."""
        return self.dataset.get_examples(indices, key_indices)

    def convert(self, data: Any) -> Any:
        """Make arrays of columns, as the data set behind does."""
        return self.dataset.convert(data)


class AsMode(DelegateDataset):
    """The same with another mode."""

    def __init__(self, dataset: TabularDataset, mode: Mode) -> None:
        super().__init__(dataset)
        self._mode = mode

    @property
    def mode(self) -> Mode:
        return self._mode


class WithConverter(DelegateDataset):
    """The same with another `convert`."""

    def __init__(self, dataset: TabularDataset, converter: Callable[..., Any]) -> None:
        super().__init__(dataset)
        self._converter = converter

    def convert(self, data: Any) -> Any:
        if isinstance(data, tuple):
            return self._converter(*data)
        if isinstance(data, dict):
            return self._converter(**data)
        return self._converter(data)


class Slice(DelegateDataset):
    """Some examples, and some elements of each."""

    def __init__(self, dataset: TabularDataset, order: Order, places: KeyIndices, mode: Mode) -> None:
        super().__init__(dataset)
        self._order = order
        self._places = places
        self._mode = mode

    def __len__(self) -> int:
        return len(self._order)

    @property
    def keys(self) -> Keys:
        keys = self.dataset.keys
        return keys if self._places is None else tuple([keys[place] for place in self._places])

    @property
    def mode(self) -> Mode:
        return self._mode

    def get_examples(self, indices: Indices, key_indices: KeyIndices) -> tuple[Column, ...]:
        places = self._places
        if places is None or key_indices is None:
            places = key_indices if places is None else places
        else:
            places = tuple([places[key] for key in key_indices])
        return self.dataset.get_examples(as_indices(select(self._order, indices), len(self.dataset)), places)


class Slicer:
    """What `TabularDataset.slice` is: indexing it makes views.

    Args:
        dataset: The data set.
    """

    def __init__(self, dataset: TabularDataset) -> None:
        self._dataset = dataset

    def __getitem__(self, index: Any) -> TabularDataset:
        """Return a view of some examples (`[indices]`), and of some elements of each (`[indices, keys]`)."""
        dataset = self._dataset
        if not isinstance(index, tuple):
            return Slice(dataset, self._order(index), None, dataset.mode)
        if len(index) != 2:
            raise ArgumentError(f"TabularDataset.slice: expected indices, or indices and keys, got {index!r}")
        indices, keys = index
        order = self._order(indices)
        if isinstance(keys, tuple):
            mode = tuple if dataset.mode is None else dataset.mode
            return Slice(dataset, order, tuple([self._place(key) for key in keys]), mode)
        return Slice(dataset, order, (self._place(keys),), None)

    def _order(self, indices: Any) -> Order:
        if isinstance(indices, slice):
            return range(len(self._dataset))[indices]
        if isinstance(indices, list) and indices and all(isinstance(i, bool | np.bool_) for i in indices):
            indices = np.array(indices)
        if not isinstance(indices, list | np.ndarray) or np.ndim(indices) != 1:
            raise ArgumentTypeError(
                f"TabularDataset.slice: expected a slice, a list of indices or a mask, got {indices!r}"
            )
        return self._dataset._positions(indices)

    def _place(self, key: Any) -> int:
        keys = self._dataset.keys
        if isinstance(key, str):
            if key not in keys:
                raise KeyError(f"TabularDataset.slice: there is no key {key!r} among {keys}")
            return keys.index(key)
        try:
            place = operator.index(key)
        except TypeError:
            raise ArgumentTypeError(
                f"TabularDataset.slice: expected a key, its place or a tuple of them, got {key!r}"
            ) from None
        if not -len(keys) <= place < len(keys):
            raise IndexError(f"TabularDataset.slice: there is no key number {place} among {keys}")
        return place % len(keys)
