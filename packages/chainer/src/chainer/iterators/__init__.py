"""Chainer's iterators: Catenary's, where the order of SerialIterator is drawn from NumPy's global generator."""

from __future__ import annotations

from typing import Any

import numpy as np

import catenary.iterators
from chainer._old import Kin

__all__ = list(catenary.iterators.__all__)


class ShuffleOrderSampler(catenary.iterators.ShuffleOrderSampler, metaclass=Kin):
    """Draw each sweep as a random permutation, by default from NumPy's global generator.

    Args:
        random_state: A `numpy.random.RandomState`, a generator or a seed.
    """

    def __init__(self, random_state: Any = None) -> None:
        super().__init__(np.random.mtrand._rand if random_state is None else random_state)


class SerialIterator(catenary.iterators.SerialIterator, metaclass=Kin):
    """Give a data set as batches, in an order that `numpy.random.seed` governs.

    Args:
        dataset: Anything with `len` and integer indices.
        batch_size: The number of examples in a batch.
        repeat: Whether to begin again after the last example.
        shuffle: Whether to draw a new order for each sweep; None means yes, unless there is an `order_sampler`.
        order_sampler: What gives the order of each sweep, instead of `shuffle`.
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int,
        repeat: bool = True,
        shuffle: bool | None = None,
        order_sampler: Any = None,
    ) -> None:
        if order_sampler is None and shuffle in (None, True):
            shuffle, order_sampler = None, ShuffleOrderSampler()
        super().__init__(dataset, batch_size, repeat, shuffle, order_sampler)


def __getattr__(name: str) -> Any:
    return getattr(catenary.iterators, name)
