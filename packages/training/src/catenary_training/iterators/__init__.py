"""Iterators that give a data set batch by batch: ``catenary.iterators``."""

from catenary_training.iterators.dali_iterator import DaliIterator as DaliIterator
from catenary_training.iterators.multiprocess_iterator import MultiprocessIterator as MultiprocessIterator
from catenary_training.iterators.multithread_iterator import MultithreadIterator as MultithreadIterator
from catenary_training.iterators.order_samplers import (
    OrderSampler as OrderSampler,
    ShuffleOrderSampler as ShuffleOrderSampler,
)
from catenary_training.iterators.serial_iterator import SerialIterator as SerialIterator

__all__ = [
    "DaliIterator",
    "MultiprocessIterator",
    "MultithreadIterator",
    "OrderSampler",
    "SerialIterator",
    "ShuffleOrderSampler",
]
