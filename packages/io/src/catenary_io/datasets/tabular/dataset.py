"""The base of data sets that are read by columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from catenary_io.datasets.examples import ExampleSequence
from catenary_io.datasets.tabular.rows import Column, Indices, KeyIndices, Keys, Mode, as_array, in_mode

if TYPE_CHECKING:
    from catenary_io.datasets.tabular.views import Slicer


class TabularDataset(ExampleSequence):
    """Base of data sets whose examples have named elements, and that give many examples at once, by columns.

    A subclass gives `__len__`, `keys`, `mode` and `get_examples`. What takes, joins or changes parts of a data set
    returns a view: nothing is read before an example or a batch is asked for.

    Attributes:
        keys: Names of the elements, a tuple of str.
        mode: What an example is: `tuple`, `dict`, or None for the only element itself.
        slice: Indexed by `[indices]` or `[indices, keys]`, a view of some examples and elements. Indices are a slice, a
            list or array of integers, or a mask; keys are a name or place (the examples are then the element
            itself), or a tuple of them.

    Example:
        >>> import numpy as np
        >>> from catenary.datasets import TabularDataset
        >>> class Powers(TabularDataset):
        ...     keys = ("square", "cube")
        ...     mode = tuple
        ...     def __len__(self):
        ...         return 5
        ...     def get_examples(self, indices, key_indices):
        ...         numbers = np.arange(5)[slice(None) if indices is None else indices]
        ...         return tuple(numbers ** (2 + key) for key in key_indices or range(2))
        >>> powers = Powers()
        >>> powers[3], powers.asdict().slice[2:4].fetch()
        ((np.int64(9), np.int64(27)), {'square': array([4, 9]), 'cube': array([ 8, 27])})
        >>> powers.slice[[4, 0], "cube"].fetch()
        array([64,  0])
    """

    @property
    def keys(self) -> Keys:
        """Names of the elements."""
        raise NotImplementedError(f"{type(self).__name__} gives no keys")

    @property
    def mode(self) -> Mode:
        """What an example is: `tuple`, `dict` or None."""
        raise NotImplementedError(f"{type(self).__name__} gives no mode")

    def get_examples(self, indices: Indices, key_indices: KeyIndices) -> tuple[Column, ...]:
        """Return columns of some examples.

        Args:
            indices: A slice, a list of integers from 0 to `len(self) - 1`, or None for all examples.
            key_indices: Places of the elements among the keys, or None for all.

        Returns:
            A list or an array per element, with a value per example.
        """
        raise NotImplementedError(f"{type(self).__name__} gives no get_examples")

    @property
    def slice(self) -> Slicer:
        """What is indexed to get a view of some examples and elements."""
        from catenary_io.datasets.tabular.views import Slicer

        return Slicer(self)

    def get_example(self, i: int) -> Any:
        """Return example number `i`, in the mode of the data set."""
        return self._rows([i])[0]

    def __getitem__(self, index: Any) -> Any:
        """Return one example, or the list of examples that a slice, a list of indices or a mask chooses."""
        if isinstance(index, slice):
            return self._rows(list(range(len(self))[index]))
        if isinstance(index, list) or (isinstance(index, np.ndarray) and index.ndim):
            return self._rows(self._positions(index))
        return super().__getitem__(index)

    def _rows(self, indices: list[int]) -> list[Any]:
        # Asked for by columns once, not example by example.
        keys, mode = self.keys, self.mode
        return [in_mode(row, keys, mode) for row in zip(*self.get_examples(indices, None))]

    def __iter__(self) -> Iterator[Any]:
        return (self.get_example(i) for i in range(len(self)))

    def fetch(self) -> Any:
        """Return all examples by columns: a tuple, a dict or, for the mode None, one column."""
        return in_mode(self.get_examples(None, None), self.keys, self.mode)

    def convert(self, data: Any) -> Any:
        """Make arrays of columns, such as `fetch` returns.

        Args:
            data: A tuple or dict of columns, or one column.

        Returns:
            Arrays in the same structure; or what the function given to `with_converter` returns.
        """
        if isinstance(data, tuple):
            return tuple([as_array(column) for column in data])
        if isinstance(data, dict):
            return {key: as_array(column) for key, column in data.items()}
        return as_array(data)

    def astuple(self) -> TabularDataset:
        """Return a view whose examples are tuples."""
        from catenary_io.datasets.tabular.views import AsMode

        return AsMode(self, tuple)

    def asdict(self) -> TabularDataset:
        """Return a view whose examples are dicts."""
        from catenary_io.datasets.tabular.views import AsMode

        return AsMode(self, dict)

    def concat(self, *datasets: TabularDataset) -> TabularDataset:
        """Return a view of this data set and others, end to end.

        Args:
            *datasets: Data sets with the same keys in the same order.
        """
        from catenary_io.datasets.tabular.combining import Concat

        return Concat(self, *datasets)

    def join(self, *datasets: TabularDataset) -> TabularDataset:
        """Return a view of this data set and others, side by side.

        Args:
            *datasets: Data sets of the same length with other keys.
        """
        from catenary_io.datasets.tabular.combining import Join

        return Join(self, *datasets)

    def transform(self, keys: str | Sequence[str], transform: Callable[..., Any]) -> TabularDataset:
        """Return a view with a function applied to each example.

        Args:
            keys: Names of what the function returns.
            transform: Takes the elements of an example, by name if the examples are dicts and else by position.
                Returns a tuple, a dict, or one value for one name; the examples of the view are like it.
        """
        from catenary_io.datasets.tabular.transforming import Transform

        return Transform(self, keys, transform)

    def transform_batch(self, keys: str | Sequence[str], transform_batch: Callable[..., Any]) -> TabularDataset:
        """Return a view with a function applied to the columns of those examples that are asked for.

        Args:
            keys: Names of what the function returns.
            transform_batch: Takes the columns, by name if the examples are dicts and else by position. Returns a
                tuple or dict of columns of the same length, or one column for one name.
        """
        from catenary_io.datasets.tabular.transforming import TransformBatch

        return TransformBatch(self, keys, transform_batch)

    def with_converter(self, converter: Callable[..., Any]) -> TabularDataset:
        """Return a view with another `convert`.

        Args:
            converter: Takes the columns: by position, by name if they are a dict, or the only one.
        """
        from catenary_io.datasets.tabular.views import WithConverter

        return WithConverter(self, converter)
