"""A data set with a function applied to each example."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from catenary_io.datasets.examples import Examples, ExampleSequence


class TransformDataset(ExampleSequence):
    """Apply a function to each example, when the example is asked for.

    Args:
        dataset: A list, an array or a data set.
        transform: From an example to what takes its place.

    Example:
        >>> from catenary.datasets import TransformDataset
        >>> TransformDataset([1, 2, 3], lambda x: x * 10)[1:]
        [20, 30]
    """

    def __init__(self, dataset: Examples, transform: Callable[[Any], Any]) -> None:
        self._dataset = dataset
        self._transform = transform

    def __len__(self) -> int:
        return len(self._dataset)

    def get_example(self, i: int) -> Any:
        return self._transform(self._dataset[i])
