"""CIFAR-10 and CIFAR-100."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from catenary.errors import ArgumentError, FileFormatError
from catenary_io.datasets.pixels import labeled, scaled
from catenary_io.datasets.sources import CIFAR
from catenary_io.datasets.unpacking import read_tar

_SHAPES: dict[int, tuple[int, ...]] = {1: (3072,), 3: (3, 32, 32)}
_PIXELS = 3072


def get_cifar10(withlabel: bool = True, ndim: int = 3, scale: float = 1.0, dtype: Any = None) -> tuple[Any, Any]:
    """Return CIFAR-10, colour pictures of 32 by 32 pixels in ten classes: 50,000 for training, 10,000 for tests.

    The archive (170 MB) is downloaded at the first use, and checked by its MD5. It is the one of binary files; that of
    pickles, which Chainer kept, is not read, because unpickling runs code.

    Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", technical report, University of
    Toronto, 2009.

    Args:
        withlabel: If True, an example is a tuple of image and label (int32, 0 to 9); otherwise only the image.
        ndim: 1 gives images of shape `(3072,)`, 3 of `(3, 32, 32)` (channel, row, column).
        scale: The greatest value of a pixel; the least is 0.
        dtype: dtype of the images; the setting `dtype` by default.

    Returns:
        Training set and test set: each a `TupleDataset`, or an array of images if `withlabel` is False.

    Raises:
        ArgumentError: If `ndim` is not 1 or 3, or `dtype` is not floating although `scale` is not 255.
        DownloadError: If no server gives the archive.

    Example:
        >>> from catenary.datasets import get_cifar10
        >>> train, test = get_cifar10()  # doctest: +SKIP
    """
    files = [[f"cifar-10-batches-bin/data_batch_{i}.bin" for i in range(1, 6)], ["cifar-10-batches-bin/test_batch.bin"]]
    return _get("get_cifar10", "cifar-10-binary.tar.gz", files, 1, withlabel, ndim, scale, dtype)


def get_cifar100(withlabel: bool = True, ndim: int = 3, scale: float = 1.0, dtype: Any = None) -> tuple[Any, Any]:
    """Return CIFAR-100, as CIFAR-10 with a hundred classes (the fine labels).

    The archive (169 MB) is downloaded at the first use, and checked by its MD5. It is the one of binary files; that of
    pickles, which Chainer kept, is not read, because unpickling runs code.

    Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", technical report, University of
    Toronto, 2009.

    Args:
        withlabel: If True, an example is a tuple of image and label (int32, 0 to 99); otherwise only the image.
        ndim: 1 gives images of shape `(3072,)`, 3 of `(3, 32, 32)` (channel, row, column).
        scale: The greatest value of a pixel; the least is 0.
        dtype: dtype of the images; the setting `dtype` by default.

    Returns:
        Training set and test set: each a `TupleDataset`, or an array of images if `withlabel` is False.

    Raises:
        ArgumentError: If `ndim` is not 1 or 3, or `dtype` is not floating although `scale` is not 255.
        DownloadError: If no server gives the archive.

    Example:
        >>> from catenary.datasets import get_cifar100
        >>> train, test = get_cifar100()  # doctest: +SKIP
    """
    files = [["cifar-100-binary/train.bin"], ["cifar-100-binary/test.bin"]]
    return _get("get_cifar100", "cifar-100-binary.tar.gz", files, 2, withlabel, ndim, scale, dtype)


def _get(
    caller: str,
    archive: str,
    files: Sequence[Sequence[str]],
    n_labels: int,
    withlabel: bool,
    ndim: int,
    scale: float,
    dtype: Any,
) -> tuple[Any, Any]:
    """Return the parts of a data set; a record has some labels, the last of which counts, and the pixels."""
    if ndim not in _SHAPES:
        raise ArgumentError(f"{caller}: expected ndim to be 1 or 3, got {ndim!r}")
    path = CIFAR.get(archive)
    contents = iter(read_tar(caller, path, [name for names in files for name in names]))
    parts = []
    for names in files:
        data = np.frombuffer(b"".join(next(contents) for _ in names), np.uint8)
        if data.size % (n_labels + _PIXELS):
            raise FileFormatError(f"{caller}: {', '.join(names)} of {path} do not hold whole pictures")
        records = data.reshape(-1, n_labels + _PIXELS)
        images = scaled(caller, records[:, n_labels:].reshape(-1, *_SHAPES[ndim]), scale, dtype)
        parts.append(labeled(images, records[:, n_labels - 1], withlabel, np.int32))
    train, test = parts
    return train, test
