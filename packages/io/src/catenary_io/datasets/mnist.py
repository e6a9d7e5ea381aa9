"""MNIST, and two data sets of the same shape that take its place."""

from __future__ import annotations

from typing import Any

import numpy as np

from catenary.errors import ArgumentError, FileFormatError
from catenary.types import Array
from catenary_io.datasets.pixels import labeled, scaled
from catenary_io.datasets.sources import FASHION_MNIST, KUZUSHIJI_MNIST, MNIST, Source
from catenary_io.datasets.unpacking import read_idx

_SHAPES: dict[int, tuple[int, ...]] = {1: (784,), 2: (28, 28), 3: (1, 28, 28)}


def get_mnist(
    withlabel: bool = True,
    ndim: int = 1,
    scale: float = 1.0,
    dtype: Any = None,
    label_dtype: Any = np.int32,
    rgb_format: bool = False,
) -> tuple[Any, Any]:
    """Return the handwritten digits of MNIST, 28 by 28 grey pixels: 60,000 for training and 10,000 for tests.

    The files (12 MB) are downloaded at the first use, and checked by their MD5.

    Source: Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-Based Learning Applied to Document
    Recognition", Proceedings of the IEEE 86(11), 1998.

    Args:
        withlabel: If True, an example is a tuple of image and label; otherwise only the image.
        ndim: 1 gives images of shape `(784,)`, 2 of `(28, 28)`, 3 of `(1, 28, 28)` (channel, row, column).
        scale: Value of a white pixel; a black one is 0.
        dtype: dtype of the images; the setting `dtype` by default.
        label_dtype: dtype of the labels, 0 to 9.
        rgb_format: With `ndim=3`, whether the channel is there three times: shape `(3, 28, 28)`.

    Returns:
        Training set and test set: each a `TupleDataset`, or an array of images if `withlabel` is False.

    Raises:
        ArgumentError: If `ndim` is not 1, 2 or 3, or `dtype` is not floating although `scale` is not 255.
        DownloadError: If no server gives a file.

    Example:
        >>> from catenary.datasets import get_mnist
        >>> train, test = get_mnist(ndim=3)  # doctest: +SKIP
        >>> train[0][0].shape, len(train), len(test)  # doctest: +SKIP
        ((1, 28, 28), 60000, 10000)
    """
    return _get("get_mnist", MNIST, withlabel, ndim, scale, dtype, label_dtype, rgb_format)


def get_fashion_mnist(
    withlabel: bool = True,
    ndim: int = 1,
    scale: float = 1.0,
    dtype: Any = None,
    label_dtype: Any = np.int32,
    rgb_format: bool = False,
) -> tuple[Any, Any]:
    """Return Fashion-MNIST, grey pictures of clothes in ten classes, with the sizes of MNIST.

    The files (31 MB) are downloaded at the first use, and checked by their MD5.

    Source: H. Xiao, K. Rasul and R. Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine
    Learning Algorithms", 2017, https://arxiv.org/abs/1708.07747, under the MIT licence.

    Args:
        withlabel: If True, an example is a tuple of image and label; otherwise only the image.
        ndim: 1 gives images of shape `(784,)`, 2 of `(28, 28)`, 3 of `(1, 28, 28)` (channel, row, column).
        scale: Value of a white pixel; a black one is 0.
        dtype: dtype of the images; the setting `dtype` by default.
        label_dtype: dtype of the labels, indices into `get_fashion_mnist_labels()`.
        rgb_format: With `ndim=3`, whether the channel is there three times: shape `(3, 28, 28)`.

    Returns:
        Training set and test set: each a `TupleDataset`, or an array of images if `withlabel` is False.

    Raises:
        ArgumentError: If `ndim` is not 1, 2 or 3, or `dtype` is not floating although `scale` is not 255.
        DownloadError: If no server gives a file.

    Example:
        >>> from catenary.datasets import get_fashion_mnist
        >>> train, test = get_fashion_mnist()  # doctest: +SKIP
    """
    return _get("get_fashion_mnist", FASHION_MNIST, withlabel, ndim, scale, dtype, label_dtype, rgb_format)


def get_kuzushiji_mnist(
    withlabel: bool = True,
    ndim: int = 1,
    scale: float = 1.0,
    dtype: Any = None,
    label_dtype: Any = np.int32,
    rgb_format: bool = False,
) -> tuple[Any, Any]:
    """Return Kuzushiji-MNIST, cursive hiragana in ten classes, with the sizes of MNIST.

    The files (21 MB) are downloaded at the first use, and checked by their MD5.

    Source: T. Clanuwat et al., "Deep Learning for Classical Japanese Literature", 2018,
    https://arxiv.org/abs/1812.01718, under CC BY-SA 4.0.

    Args:
        withlabel: If True, an example is a tuple of image and label; otherwise only the image.
        ndim: 1 gives images of shape `(784,)`, 2 of `(28, 28)`, 3 of `(1, 28, 28)` (channel, row, column).
        scale: Value of a white pixel; a black one is 0.
        dtype: dtype of the images; the setting `dtype` by default.
        label_dtype: dtype of the labels, indices into `get_kuzushiji_mnist_labels()`.
        rgb_format: With `ndim=3`, whether the channel is there three times: shape `(3, 28, 28)`.

    Returns:
        Training set and test set: each a `TupleDataset`, or an array of images if `withlabel` is False.

    Raises:
        ArgumentError: If `ndim` is not 1, 2 or 3, or `dtype` is not floating although `scale` is not 255.
        DownloadError: If no server gives a file.

    Example:
        >>> from catenary.datasets import get_kuzushiji_mnist
        >>> train, test = get_kuzushiji_mnist()  # doctest: +SKIP
    """
    return _get("get_kuzushiji_mnist", KUZUSHIJI_MNIST, withlabel, ndim, scale, dtype, label_dtype, rgb_format)


def get_fashion_mnist_labels() -> list[str]:
    """Return the names of the ten classes of Fashion-MNIST.

    Example:
        >>> from catenary.datasets import get_fashion_mnist_labels
        >>> get_fashion_mnist_labels()[:3]
        ['T-shirt/top', 'Trouser', 'Pullover']
    """
    return [
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ]


def get_kuzushiji_mnist_labels() -> list[tuple[str, str]]:
    """Return the ten classes of Kuzushiji-MNIST: pairs of the name in Latin letters and the hiragana.

    Example:
        >>> from catenary.datasets import get_kuzushiji_mnist_labels
        >>> get_kuzushiji_mnist_labels()[1]
        ('ki', 'き')
    """
    return list(zip(["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"], "おきすつなはまやれを"))


def _get(
    caller: str,
    source: Source,
    withlabel: bool,
    ndim: int,
    scale: float,
    dtype: Any,
    label_dtype: Any,
    rgb_format: bool,
) -> tuple[Any, Any]:
    if ndim not in _SHAPES:
        raise ArgumentError(f"{caller}: expected ndim to be 1, 2 or 3, got {ndim!r}")
    parts = []
    for part in ("train", "t10k"):
        pixels, labels = _read(caller, source, part)
        pixels = pixels.reshape(-1, *_SHAPES[ndim])
        if rgb_format and ndim == 3:
            pixels = np.broadcast_to(pixels, (len(pixels), 3, 28, 28))
        parts.append(labeled(scaled(caller, pixels, scale, dtype), labels, withlabel, label_dtype))
    train, test = parts
    return train, test


def _read(caller: str, source: Source, part: str) -> tuple[Array, Array]:
    """Return images (n, 28, 28) and labels (n,) as bytes."""
    images = read_idx(caller, source.get(f"{part}-images-idx3-ubyte.gz"))
    labels = read_idx(caller, source.get(f"{part}-labels-idx1-ubyte.gz"))
    if images.shape[1:] != (28, 28) or labels.shape != images.shape[:1]:
        raise FileFormatError(
            f"{caller}: expected images of shape (n, 28, 28) and labels of shape (n,), "
            f"got {images.shape} and {labels.shape}"
        )
    return images, labels
