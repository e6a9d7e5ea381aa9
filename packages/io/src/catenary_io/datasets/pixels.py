"""From bytes to the images that the functions for known data sets return."""

from __future__ import annotations

from typing import Any

import numpy as np

from catenary.config import get_dtype
from catenary.errors import ArgumentError
from catenary.types import Array
from catenary_io.datasets.combined import TupleDataset

#: The greatest value of a byte.
_FULL = 255


def scaled(caller: str, pixels: Array, scale: float, dtype: Any) -> Array:
    """Return bytes as numbers from 0 to `scale`.

    Args:
        caller: Name of the function, for messages.
        pixels: The bytes.
        scale: What 255 becomes.
        dtype: dtype of the result; the setting `dtype` if None.

    Raises:
        ArgumentError: If the dtype cannot hold the numbers.
    """
    dtype = np.dtype(get_dtype(dtype))
    if scale == _FULL:
        return pixels.astype(dtype)
    if dtype.kind != "f":
        raise ArgumentError(f"{caller}: expected a floating-point dtype unless scale is 255, got {dtype.name}")
    images = pixels.astype(dtype)
    images *= scale / _FULL
    return images


def labeled(images: Array, labels: Array, withlabel: bool, label_dtype: Any) -> Any:
    """Return a `TupleDataset` of images and labels, or the images alone."""
    return TupleDataset(images, labels.astype(label_dtype)) if withlabel else images
