"""Where an iterator stands."""

from __future__ import annotations

from typing import NamedTuple

from catenary_training.iterators.order_samplers import Order


class Position(NamedTuple):
    """Where an iterator stands after a batch; each batch that is prepared has its own.

    Attributes:
        order: The indices of the current sweep, shape (n,); None for that of the data set.
        current_position: How many examples of the current sweep have been given.
        epoch: How many sweeps are complete.
        is_new_epoch: Whether the batch completed a sweep.
        previous_epoch_detail: The sweeps before the batch, with the fraction; negative before the first batch.
    """

    order: Order | None
    current_position: int = 0
    epoch: int = 0
    is_new_epoch: bool = False
    previous_epoch_detail: float = -1.0
