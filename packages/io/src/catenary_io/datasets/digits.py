"""The UCI handwritten digits, which come with this package."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import numpy as np

from catenary.config import get_dtype
from catenary.errors import ArgumentError
from catenary_io.datasets.combined import TupleDataset

Array = np.ndarray[Any, Any]

#: Every fifth image of each class, in the order of the classes, is a test image.
TEST_STEP = 5
_SHAPES: dict[int, tuple[int, ...]] = {1: (64,), 2: (8, 8), 3: (1, 8, 8)}
_INK = 16  # the greatest value of a pixel


def get_digits(
    withlabel: bool = True,
    ndim: int = 1,
    scale: float = 1.0,
    dtype: Any = None,
    label_dtype: Any = np.int32,
) -> tuple[Any, Any]:
    """Return the handwritten digits of the UCI repository, 8 by 8 pixels, as a training and a test set.

    The 1,797 images are shipped with the package; nothing is downloaded. They are split once and for all:
    with the images sorted by class, and as in the original file within a class, every fifth one is a test
    image, the first among them. That gives 1,437 training and 360 test images, both in the order of the
    original file.

    Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning
    Repository, 1998, https://doi.org/10.24432/C50P49 (its test part), under CC BY 4.0.

    Args:
        withlabel: If True, an example is a tuple of image and label; otherwise only the image.
        ndim: 1 gives images of shape `(64,)`, 2 of `(8, 8)`, 3 of `(1, 8, 8)` (channel, row, column).
        scale: Value of a pixel full of ink; an empty one is 0.
        dtype: dtype of the images; the setting `dtype` by default.
        label_dtype: dtype of the labels, 0 to 9.

    Returns:
        Training set and test set: each a `TupleDataset`, or an array of images if `withlabel` is False.

    Raises:
        ArgumentError: If `ndim` is not 1, 2 or 3.

    Example:
        >>> from catenary.datasets import get_digits
        >>> train, test = get_digits()
        >>> image, label = train[0]
        >>> len(train), len(test), image.shape, label
        (1437, 360, (64,), np.int32(1))
    """
    if ndim not in _SHAPES:
        raise ArgumentError(f"get_digits: expected ndim to be 1, 2 or 3, got {ndim!r}")
    pixels, labels = _read()
    images = (pixels * (scale / _INK)).astype(get_dtype(dtype)).reshape(-1, *_SHAPES[ndim])
    labels = labels.astype(label_dtype)
    is_test = _choose_test(labels)
    parts = [(images[chosen], labels[chosen]) for chosen in (~is_test, is_test)]
    train, test = (TupleDataset(*part) if withlabel else part[0] for part in parts)
    return train, test


def _read() -> tuple[Array, Array]:
    """Return pixels (1797, 64) from 0 to 16 and labels (1797,), in the order of the original file."""
    with (files("catenary_io.datasets") / "digits.npz").open("rb") as stream:
        data = np.load(stream, allow_pickle=False)
        return data["pixels"], data["labels"]


def _choose_test(labels: Array) -> Array:
    """Return the mask of the test images."""
    mask = np.zeros(len(labels), dtype=bool)
    mask[np.argsort(labels, kind="stable")[::TEST_STEP]] = True
    return mask
