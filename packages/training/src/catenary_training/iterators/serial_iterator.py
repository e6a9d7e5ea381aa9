"""The iterator that loads examples one after the other in the training thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from catenary.errors import ArgumentError
from catenary_training.dataset.iterator import Iterator
from catenary_training.iterators.order_samplers import Order, OrderSampler, ShuffleOrderSampler
from catenary_training.serialization import serialize_child

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer


class SerialIterator(Iterator):
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
        check_batches(type(self).__name__, dataset, batch_size)
        if shuffle is not None and order_sampler is not None:
            raise ArgumentError(
                f"{type(self).__name__}: give shuffle or order_sampler, not both; the sampler says what the order is"
            )
        self.dataset = dataset
        self.batch_size = int(batch_size)
        self._repeat = repeat
        if order_sampler is None and shuffle in (None, True):
            order_sampler = ShuffleOrderSampler()
        self.order_sampler = order_sampler
        self.reset()

    def reset(self) -> None:
        """Begin again at epoch 0, in a new order if there is an order sampler."""
        self.current_position = 0
        self.epoch = 0
        self.is_new_epoch = False
        self._previous_epoch_detail = -1.0
        self._order: Order | None = None
        if self.order_sampler is not None:
            self._order = self.order_sampler(np.arange(len(self.dataset)), 0)

    @property
    def repeat(self) -> bool:
        """Whether the iterator begins again after the last example."""
        return self._repeat

    @property
    def epoch_detail(self) -> float:
        """How many sweeps are done, with the fraction of the current one."""
        return self.epoch + self.current_position / self._sweep_size()

    @property
    def previous_epoch_detail(self) -> float | None:
        """The value of `epoch_detail` before the last batch; None before the first."""
        return None if self._previous_epoch_detail < 0 else self._previous_epoch_detail

    def __next__(self) -> list[Any]:
        if self.epoch > 0 and not self._repeat:
            self._previous_epoch_detail = self.epoch_detail
            raise StopIteration
        self._previous_epoch_detail = self.epoch_detail
        return [self.dataset[i] for i in self._advance()]

    def _sweep_size(self) -> int:
        return len(self.dataset) if self._order is None else len(self._order)

    def _advance(self) -> list[int]:
        """Move on by one batch and return its indices."""
        indices: list[int] = []
        self.is_new_epoch = False
        while len(indices) < self.batch_size:
            start = self.current_position
            stop = min(start + self.batch_size - len(indices), self._sweep_size())
            indices += range(start, stop) if self._order is None else self._order[start:stop].tolist()
            self.current_position = stop
            if stop == self._sweep_size():
                self._end_sweep()
                if not self._repeat:
                    break
        return indices

    def _end_sweep(self) -> None:
        self.epoch += 1
        self.is_new_epoch = True
        if self.order_sampler is not None and self._order is not None and self._repeat:
            self._order = self.order_sampler(self._order, self.current_position)
        self.current_position = 0

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load where the iterator stands, with the order and the state of the random numbers."""
        self.current_position = serializer("current_position", self.current_position)
        self.epoch = serializer("epoch", self.epoch)
        self.is_new_epoch = serializer("is_new_epoch", self.is_new_epoch)
        self._previous_epoch_detail = serializer("previous_epoch_detail", self._previous_epoch_detail)
        if self._order is not None:
            self._order = serializer("order", self._order)
        serialize_child(serializer, "order_sampler", self.order_sampler)


def check_batches(function: str, dataset: Any, batch_size: int) -> None:
    """Check a data set and a batch size.

    Raises:
        ArgumentError: If there are no examples, or `batch_size` is not a positive integer.
    """
    if len(dataset) == 0:
        raise ArgumentError(f"{function}: the data set is empty; it needs at least one example")
    if isinstance(batch_size, bool) or not isinstance(batch_size, int | np.integer) or batch_size <= 0:
        raise ArgumentError(f"{function}: batch_size must be a positive integer, got {batch_size!r}")
