"""The iterator that loads examples one after the other in the training thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from catenary_training.dataset.batch import load
from catenary_training.iterators.order_samplers import OrderSampler
from catenary_training.iterators.ordered_iterator import OrderedIterator


class SerialIterator(OrderedIterator):
    """Give a data set as batches, lists of examples.

    While it repeats, a batch at the end of a sweep is filled up from the next one, so that all batches have
    `batch_size` examples. Without repeating, the last batch is smaller and the iterator stops after one
    sweep.

    Args:
        dataset: Anything with `len` and integer indices.
        batch_size: The number of examples in a batch.
        repeat: Whether to begin again after the last example.
        shuffle: Whether to draw a new order for each sweep; None means yes, unless there is an
            `order_sampler`.
        order_sampler: What gives the order of each sweep, instead of `shuffle`.

    Attributes:
        dataset: The data set.
        batch_size: The number of examples in a batch.
        epoch: How many sweeps are complete.
        is_new_epoch: Whether the last batch completed a sweep.
        current_position: How many examples of the current sweep have been given.

    Raises:
        ArgumentError: If the data set is empty, `batch_size` is not positive, or both `shuffle` and
            `order_sampler` are given.

    Example:
        >>> from catenary.iterators import SerialIterator
        >>> list(SerialIterator(["a", "b", "c"], 2, repeat=False, shuffle=False))
        [['a', 'b'], ['c']]
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int,
        repeat: bool = True,
        shuffle: bool | None = None,
        order_sampler: OrderSampler | None = None,
    ) -> None:
        super().__init__(dataset, batch_size, repeat, shuffle, order_sampler)

    def __next__(self) -> Sequence[Any]:
        self._stop_at_end()
        indices, self._position = self._after(self._position)
        return load(self.dataset, indices)
