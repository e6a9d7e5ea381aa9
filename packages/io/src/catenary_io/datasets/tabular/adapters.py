"""Tables of other libraries as tabular data sets; the libraries are not imported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from catenary.errors import ArgumentTypeError
from catenary_io.datasets.tabular.dataset import TabularDataset
from catenary_io.datasets.tabular.rows import Column, Indices, KeyIndices, Keys, Mode, take

#: The first letters of the names of Arrow's numbers.
_NUMBERS = ("int", "uint", "float", "double", "halffloat", "bool")


def from_arrow(table: Any) -> TabularDataset:
    """Make a tabular data set of a table of Apache Arrow (`pyarrow.Table`).

    Columns of numbers without gaps give arrays, columns of lists of one length with numbers give arrays with one more
    axis, and others give lists of Python objects, with None for a gap. Examples are dicts.

    Args:
        table: The table. It stays where it is, in a file mapped to memory for one; only what is asked for is copied.

    Returns:
        The data set.

    Raises:
        ArgumentTypeError: If it is no table.

    Example:
        >>> import pyarrow
        >>> from catenary.datasets import tabular
        >>> dataset = tabular.from_arrow(pyarrow.table({"x": [1.5, 2.5], "name": ["a", None]}))
        >>> dataset.fetch()
        {'x': array([1.5, 2.5]), 'name': ['a', None]}
    """
    if not all(hasattr(table, name) for name in ("column", "column_names", "num_rows")):
        raise ArgumentTypeError(f"from_arrow: expected a table of Arrow, got {type(table).__name__}")
    return ArrowTable(table)


def from_huggingface(dataset: Any) -> TabularDataset:
    """Make a tabular data set of one of Hugging Face's (`datasets.Dataset`).

    Columns are what the library gives: lists, or arrays after its `with_format("numpy")`. Only the columns that are
    asked for are decoded. Examples are dicts.

    Args:
        dataset: The data set.

    Returns:
        The data set.

    Raises:
        ArgumentTypeError: If it is no such data set.

    Example:
        >>> from catenary.datasets import tabular
        >>> import datasets  # doctest: +SKIP
        >>> reviews = datasets.Dataset.from_dict({"text": ["good", "bad"], "label": [1, 0]})  # doctest: +SKIP
        >>> tabular.from_huggingface(reviews).slice[:, ("text", "label")][0]  # doctest: +SKIP
        {'text': 'good', 'label': 1}
    """
    if not all(hasattr(dataset, name) for name in ("column_names", "select_columns", "__len__", "__getitem__")):
        raise ArgumentTypeError(
            f"from_huggingface: expected a data set of the library datasets, got {type(dataset).__name__}"
        )
    return HuggingFaceDataset(dataset)


class _Table(TabularDataset):
    """A table of another library."""

    mode: Mode = dict

    def __init__(self, table: Any) -> None:
        self._table = table
        self._keys = tuple(table.column_names)

    @property
    def keys(self) -> Keys:
        return self._keys

    def _wanted(self, key_indices: KeyIndices) -> Sequence[str]:
        return self._keys if key_indices is None else [self._keys[key] for key in key_indices]


class ArrowTable(_Table):
    """A table of Arrow."""

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def get_examples(self, indices: Indices, key_indices: KeyIndices) -> tuple[Column, ...]:
        columns = [self._table.column(key) for key in self._wanted(key_indices)]
        if isinstance(indices, list):
            return tuple([_plain(column.take(indices) if indices else column[:0]) for column in columns])
        return tuple([_plain(take(column, indices)) for column in columns])


def _plain(column: Any) -> Column:
    """Return a column of Arrow as an array, where it has only numbers, or as a list."""
    size = getattr(column.type, "list_size", None)
    numbers = str(column.type if size is None else column.type.value_type).startswith(_NUMBERS)
    if not numbers or column.null_count or not len(column):
        return column.to_pylist()
    if size is None:
        return column.to_numpy()
    inner = column.combine_chunks().flatten()
    return column.to_pylist() if inner.null_count else inner.to_numpy(zero_copy_only=False).reshape(-1, size)


class HuggingFaceDataset(_Table):
    """A data set of Hugging Face."""

    def __len__(self) -> int:
        return len(self._table)

    def get_examples(self, indices: Indices, key_indices: KeyIndices) -> tuple[Column, ...]:
        wanted = self._wanted(key_indices)
        if not wanted:
            return ()
        table = self._table if key_indices is None else self._table.select_columns(list(dict.fromkeys(wanted)))
        columns = table[slice(None) if indices is None else indices]
        return tuple([columns[key] for key in wanted])
