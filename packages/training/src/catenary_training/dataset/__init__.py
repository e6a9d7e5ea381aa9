"""Data sets, their iterators and the step from a batch of examples to arrays: ``catenary.dataset``."""

from catenary_training.dataset.batch import Batch as Batch
from catenary_training.dataset.convert import (
    Converter as Converter,
    concat_examples as concat_examples,
    converter as converter,
    to_device as to_device,
)
from catenary_training.dataset.dataset_mixin import DatasetMixin as DatasetMixin
from catenary_training.dataset.iterator import Iterator as Iterator

__all__ = ["Batch", "Converter", "DatasetMixin", "Iterator", "concat_examples", "converter", "to_device"]
