"""A batch of examples that are not made where arrays of all of them can be had at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


class Batch(Sequence[Any]):
    """The examples of a data set at some indices, made once when one of them is asked for.

    `concat_examples` asks for the arrays of all of them instead, where the data set has `get_batch`.

    Args:
        dataset: A data set with a method `get_batch`.
        indices: Integers.

    Example:
        >>> from catenary.dataset import Batch
        >>> class Squares:
        ...     def __getitem__(self, i):
        ...         return i * i
        >>> list(Batch(Squares(), [2, 3]))
        [4, 9]
    """

    def __init__(self, dataset: Any, indices: Sequence[int]) -> None:
        self._dataset = dataset
        self._indices = indices
        self._made: list[Any] | None = None

    def arrays(self) -> Any:
        """Return what `get_batch` of the data set gives: arrays of the batch, or None if it has none."""
        return None if self._made is not None else self._dataset.get_batch(np.asarray(self._indices))

    def _examples(self) -> list[Any]:
        if self._made is None:
            self._made = [self._dataset[i] for i in self._indices]
        return self._made

    def __len__(self) -> int:
        return len(self._indices)

    def __getitem__(self, index: Any) -> Any:
        return self._examples()[index]

    def __eq__(self, other: object) -> bool:
        return self._examples() == (list(other) if isinstance(other, Batch) else other)

    __hash__ = None  # type: ignore[assignment]  # as a list has none

    def __add__(self, other: Sequence[Any]) -> list[Any]:
        return self._examples() + list(other)

    def __repr__(self) -> str:
        return repr(self._examples())


def load(dataset: Any, indices: Sequence[int]) -> Sequence[Any]:
    """Return the examples at some indices: a list, or a `Batch` if the data set gives arrays of several at once."""
    return Batch(dataset, indices) if hasattr(dataset, "get_batch") else [dataset[i] for i in indices]
