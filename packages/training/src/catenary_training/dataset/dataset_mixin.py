"""Data sets that are defined by one method."""

from __future__ import annotations

from typing import Any

import numpy as np


class DatasetMixin:
    """Base class that gives a data set its indexing: integers, slices, lists and arrays of integers.

    A subclass gives `__len__` and `get_example`.

    Example:
        >>> class Squares(DatasetMixin):
        ...     def __len__(self):
        ...         return 5
        ...     def get_example(self, i):
        ...         return i * i
        >>> data = Squares()
        >>> data[2], data[-1], data[1:4], data[[0, 3]]
        (4, 16, [1, 4, 9], [0, 9])
    """

    def __len__(self) -> int:
        """Return the number of examples."""
        raise NotImplementedError(f"{type(self).__name__} gives no __len__")

    def get_example(self, i: int) -> Any:
        """Return one example.

        Args:
            i: Its index, from 0 to `len(self) - 1`.
        """
        raise NotImplementedError(f"{type(self).__name__} gives no get_example")

    def __getitem__(self, index: Any) -> Any:
        """Return one example for an integer, else a list of examples.

        Args:
            index: An integer (negative ones count from the end), a slice, a list or array of integers, or an
                array of booleans as long as the data set.

        Raises:
            IndexError: If the data set has no such example.
        """
        n = len(self)
        if isinstance(index, int | np.integer):
            if not -n <= index < n:
                raise IndexError(f"{type(self).__name__}: index {index} is out of range, it has {n} examples")
            return self.get_example(int(index) % n)
        indices = range(n)[index] if isinstance(index, slice) else np.arange(n)[index].tolist()
        return [self.get_example(i) for i in indices]
