"""Iterators that give a data set batch by batch: ``catenary.iterators``."""

from catenary_training.iterators.order_samplers import (
    OrderSampler as OrderSampler,
    ShuffleOrderSampler as ShuffleOrderSampler,
)
from catenary_training.iterators.serial_iterator import SerialIterator as SerialIterator

__all__ = ["OrderSampler", "SerialIterator", "ShuffleOrderSampler"]
