"""Data sets: use them as ``catenary.datasets``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catenary_io.datasets.combined import ConcatenatedDataset, DictDataset, TupleDataset
from catenary_io.datasets.digits import get_digits
from catenary_io.datasets.subset import (
    SubDataset,
    get_cross_validation_datasets,
    get_cross_validation_datasets_random,
    split_dataset,
    split_dataset_random,
)
from catenary_io.datasets.transform import TransformDataset

__all__ = [
    "ConcatenatedDataset",
    "DictDataset",
    "SubDataset",
    "TransformDataset",
    "TupleDataset",
    "get_cross_validation_datasets",
    "get_cross_validation_datasets_random",
    "get_digits",
    "split_dataset",
    "split_dataset_random",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        from catenary.plugins import module_getattr

        return module_getattr(__name__, "datasets", name)
