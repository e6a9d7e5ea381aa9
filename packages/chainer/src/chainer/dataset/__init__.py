"""Chainer's interfaces of data: Catenary's, with the functions for downloads and tabular data sets in one place."""

from __future__ import annotations

import os
from typing import Any

import catenary.dataset
import catenary.datasets

__all__ = list(catenary.dataset.__all__)


class ConcatWithAsyncTransfer:
    """A converter like `concat_examples`; transfers are ordered by the device itself.

    Args:
        stream: Unused.
        compute_stream: Unused.
    """

    def __init__(self, stream: Any = None, compute_stream: Any = None) -> None:
        """Take what Chainer takes."""

    def __call__(self, batch: Any, device: Any = None, padding: Any = None) -> Any:
        """Make arrays of a batch.

        Args:
            batch: A list of examples.
            device: Where the arrays go.
            padding: A number that fills up arrays of different shapes.
        """
        return catenary.dataset.concat_examples(batch, device, padding)


def get_dataset_directory(dataset_name: str, create_directory: bool = True) -> str:
    """Return the folder of a data set below the one for all.

    Args:
        dataset_name: Its name, with slashes.
        create_directory: Whether to make the folder if it is not there.
    """
    folder = os.path.join(catenary.datasets.get_dataset_root(), dataset_name)
    if create_directory:
        os.makedirs(folder, exist_ok=True)
    return folder


def __getattr__(name: str) -> Any:
    home = catenary.dataset if hasattr(catenary.dataset, name) else catenary.datasets
    return getattr(home, name)
