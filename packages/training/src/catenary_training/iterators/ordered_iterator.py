"""What all iterators over a data set share: the way through its order, and what of it is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from catenary.errors import ArgumentError
from catenary.serializer import Deserializer
from catenary_training.dataset.iterator import Iterator
from catenary_training.iterators.order_samplers import Order, OrderSampler, ShuffleOrderSampler
from catenary_training.iterators.position import Position
from catenary_training.serialization import optional, serialize_child

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer


class OrderedIterator(Iterator):
    """Base class of iterators that go through a data set in an order.

    A subclass gives `__next__`, which takes the way from `_after` and keeps the new position.

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
        order_sampler: What gives the order of each sweep; None goes through the data set as it is.
    """

    #: From what the random numbers of workers are derived; None where examples are loaded without workers.
    _example_seed: int | None = None

    def __init__(
        self, dataset: Any, batch_size: int, repeat: bool, shuffle: bool | None, order_sampler: OrderSampler | None
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
        self._position = Position(self._next_order(np.arange(len(self.dataset)), 0))

    @property
    def repeat(self) -> bool:
        """Whether the iterator begins again after the last example."""
        return self._repeat

    @property
    def current_position(self) -> int:
        """How many examples of the current sweep have been given."""
        return self._position.current_position

    @property
    def epoch(self) -> int:
        """How many sweeps are complete."""
        return self._position.epoch

    @property
    def is_new_epoch(self) -> bool:
        """Whether the last batch completed a sweep."""
        return self._position.is_new_epoch

    @property
    def epoch_detail(self) -> float:
        """How many sweeps are done, with the fraction of the current one."""
        return self._detail_of(self._position)

    @property
    def previous_epoch_detail(self) -> float | None:
        """The value of `epoch_detail` before the last batch; None before the first."""
        previous = self._position.previous_epoch_detail
        return None if previous < 0 else previous

    def _detail_of(self, position: Position) -> float:
        return position.epoch + position.current_position / self._size_of(position.order)

    def _size_of(self, order: Order | None) -> int:
        return len(self.dataset) if order is None else len(order)

    def _is_end(self, position: Position) -> bool:
        return position.epoch > 0 and not self._repeat

    def _stop_at_end(self) -> None:
        """Raise StopIteration if the last batch has been given."""
        if self._is_end(self._position):
            self._position = self._position._replace(previous_epoch_detail=self.epoch_detail)
            raise StopIteration

    def _after(self, position: Position) -> tuple[list[int], Position]:
        """Return the indices of the batch that follows a position, and where the iterator then stands."""
        order, place, epoch = position.order, position.current_position, position.epoch
        indices: list[int] = []
        while len(indices) < self.batch_size:
            size = self._size_of(order)
            start, place = place, min(place + self.batch_size - len(indices), size)
            indices += range(start, place) if order is None else order[start:place].tolist()
            if place == size:
                epoch += 1
                if self._repeat and order is not None:
                    order = self._next_order(order, place)
                place = 0
                if not self._repeat:
                    break
        return indices, Position(order, place, epoch, epoch > position.epoch, self._detail_of(position))

    def _next_order(self, order: Order, place: int) -> Order | None:
        if self.order_sampler is None:
            return None
        order = np.asarray(self.order_sampler(order, place))
        if len(order) == 0:
            raise ArgumentError(f"{type(self).__name__}: order_sampler returned no indices; a sweep needs at least one")
        return order

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load where the iterator stands, with the order and the state of the random numbers."""
        order, place, epoch, is_new_epoch, previous = self._position
        place = serializer("current_position", place)
        epoch = serializer("epoch", epoch)
        is_new_epoch = serializer("is_new_epoch", is_new_epoch)
        previous = serializer("previous_epoch_detail", previous)
        if order is not None:
            # A loader fills the array, which positions of other iterators may share.
            order = serializer("order", order.copy())
        self._position = Position(order, place, epoch, is_new_epoch, previous)
        serialize_child(serializer, "order_sampler", self.order_sampler)
        if self._example_seed is not None or isinstance(serializer, Deserializer):
            # An iterator without workers keeps the number too, so that the file of one with workers fits.
            seed = optional(serializer, "example_seed", self._example_seed)
            self._example_seed = None if seed is None else int(seed)


def check_batches(function: str, dataset: Any, batch_size: int) -> None:
    """Check a data set and a batch size.

    Raises:
        ArgumentError: If there are no examples, or `batch_size` is not a positive integer.
    """
    if len(dataset) == 0:
        raise ArgumentError(f"{function}: the data set is empty; it needs at least one example")
    check_count(function, "batch_size", batch_size)


def check_count(function: str, name: str, value: Any, least: int = 1) -> None:
    """Check a number of things.

    Raises:
        ArgumentError: If it is not an integer of at least `least`, which is 0 or 1.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        kind = "positive" if least else "non-negative"
        raise ArgumentError(f"{function}: {name} must be a {kind} integer, got {value!r}")
