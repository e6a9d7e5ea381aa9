"""Data sets: use them as ``catenary.datasets``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catenary.errors import DownloadError
from catenary_io.datasets import tabular
from catenary_io.datasets.cache import cache_or_load_file, get_dataset_root, set_dataset_root
from catenary_io.datasets.cifar import get_cifar10, get_cifar100
from catenary_io.datasets.combined import ConcatenatedDataset, DictDataset, TupleDataset
from catenary_io.datasets.digits import get_digits
from catenary_io.datasets.fetching import cached_download
from catenary_io.datasets.images import ImageDataset, LabeledImageDataset
from catenary_io.datasets.mnist import (
    get_fashion_mnist,
    get_fashion_mnist_labels,
    get_kuzushiji_mnist,
    get_kuzushiji_mnist_labels,
    get_mnist,
)
from catenary_io.datasets.pickled import (
    PickleDataset,
    PickleDatasetWriter,
    open_pickle_dataset,
    open_pickle_dataset_writer,
)
from catenary_io.datasets.ptb import get_ptb_words, get_ptb_words_vocabulary
from catenary_io.datasets.subset import (
    SubDataset,
    get_cross_validation_datasets,
    get_cross_validation_datasets_random,
    split_dataset,
    split_dataset_random,
)
from catenary_io.datasets.svhn import get_svhn
from catenary_io.datasets.tabular import TabularDataset
from catenary_io.datasets.text import TextDataset
from catenary_io.datasets.transform import TransformDataset
from catenary_io.datasets.zipped_images import (
    LabeledZippedImageDataset,
    MultiZippedImageDataset,
    ZippedImageDataset,
)

__all__ = [
    "ConcatenatedDataset",
    "DictDataset",
    "DownloadError",
    "ImageDataset",
    "LabeledImageDataset",
    "LabeledZippedImageDataset",
    "MultiZippedImageDataset",
    "PickleDataset",
    "PickleDatasetWriter",
    "SubDataset",
    "TabularDataset",
    "TextDataset",
    "TransformDataset",
    "TupleDataset",
    "ZippedImageDataset",
    "cache_or_load_file",
    "cached_download",
    "get_cifar10",
    "get_cifar100",
    "get_cross_validation_datasets",
    "get_cross_validation_datasets_random",
    "get_dataset_root",
    "get_digits",
    "get_fashion_mnist",
    "get_fashion_mnist_labels",
    "get_kuzushiji_mnist",
    "get_kuzushiji_mnist_labels",
    "get_mnist",
    "get_ptb_words",
    "get_ptb_words_vocabulary",
    "get_svhn",
    "open_pickle_dataset",
    "open_pickle_dataset_writer",
    "set_dataset_root",
    "split_dataset",
    "split_dataset_random",
    "tabular",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        from catenary.plugins import module_getattr

        return module_getattr(__name__, "datasets", name)
