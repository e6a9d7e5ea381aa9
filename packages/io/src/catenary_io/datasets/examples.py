"""What the data sets of this package share: one index, a slice or a list of indices."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from catenary.errors import ArgumentError, ArgumentTypeError


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

    def __getitem__(self, index: int | slice | Sequence[int] | np.ndarray[Any, Any]) -> Any:
        """Return one example, or the list of examples that a slice, a list of indices or a mask chooses."""
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
