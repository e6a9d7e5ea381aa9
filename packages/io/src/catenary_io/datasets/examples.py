"""What the data sets of this package share: one index, a slice or a list of indices."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from catenary.errors import ArgumentError, ArgumentTypeError
from catenary.types import Array


class Examples(Protocol):
    """Anything with a length and examples by index: a list, an array, a data set."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: Any, /) -> Any: ...


class ExampleSequence:
    """Base of data sets: `get_example(i)` and `len()` make indexing, slicing and iteration."""

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} gives no __len__")

    def get_example(self, i: int) -> Any:
        """Return example number `i`, with `0 <= i < len(self)`."""
        raise NotImplementedError(f"{type(self).__name__} gives no get_example")

    def get_batch(self, indices: Array) -> Any:
        """Return the arrays of a batch, without making its examples.

        Where this is possible the arrays are those that `catenary.dataset.concat_examples` makes of the examples.

        Args:
            indices: Integers from 0 to `len(self) - 1`, shape (batch size,).

        Returns:
            An array, or a tuple or dict of arrays, with the batch as the first axis; None if the data set only has
            single examples.
        """
        return None

    def __getitem__(self, index: int | slice | Sequence[int] | np.ndarray[Any, Any]) -> Any:
        """Return one example, or the list of examples that a slice, a list of indices or a mask chooses."""
        if type(index) is int and 0 <= index < len(self):  # what iterators ask for
            return self.get_example(index)
        if isinstance(index, slice):
            return [self.get_example(i) for i in range(*index.indices(len(self)))]
        if isinstance(index, list) or (isinstance(index, np.ndarray) and index.ndim):
            return [self.get_example(i) for i in self._positions(index)]
        return self.get_example(self._position(index))

    def _position(self, index: Any) -> int:
        try:
            i = operator.index(index)
        except TypeError:
            raise ArgumentTypeError(
                f"{type(self).__name__}: expected an index, a slice or a list of indices, got {index!r}"
            ) from None
        if not -len(self) <= i < len(self):
            raise IndexError(f"{type(self).__name__}: index {i} is out of range for {len(self)} examples")
        return i % len(self)

    def _positions(self, index: Any) -> list[int]:
        array = np.asarray(index)
        if array.dtype != np.bool_:
            return [self._position(i) for i in array.tolist()]
        if array.shape != (len(self),):
            raise ArgumentError(f"{type(self).__name__}: expected a mask of shape ({len(self)},), got {array.shape}")
        return [int(i) for i in np.flatnonzero(array)]


def get_arrays(dataset: Examples, indices: Array) -> Any:
    """Return the arrays of a batch of anything with examples, or None if it only has single ones."""
    if isinstance(dataset, ExampleSequence):
        return dataset.get_batch(indices)
    # An array of objects would not give what its examples together give.
    return dataset[indices] if isinstance(dataset, np.ndarray) and not dataset.dtype.hasobject else None
