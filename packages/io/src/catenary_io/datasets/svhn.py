"""The Street View House Numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from catenary.errors import FileFormatError
from catenary.types import Array
from catenary_io.datasets.libraries import load_library
from catenary_io.datasets.pixels import labeled, scaled
from catenary_io.datasets.sources import SVHN


def get_svhn(
    withlabel: bool = True,
    scale: float = 1.0,
    dtype: Any = None,
    label_dtype: Any = np.int32,
    add_extra: bool = False,
) -> tuple[Any, ...]:
    """Return the cropped digits of SVHN, colour pictures of 32 by 32 pixels.

    There are 73,257 for training, 26,032 for tests, and 531,131 easier ones. The files (182, 64 and 1,329 MB)
    are downloaded at the first use, and checked by their MD5. Needs SciPy: `pip install 'catenary-io[svhn]'`.

    Source: Y. Netzer et al., "Reading Digits in Natural Images with Unsupervised Feature Learning", NIPS Workshop on
    Deep Learning and Unsupervised Feature Learning, 2011. For non-commercial use only.

    Args:
        withlabel: If True, an example is a tuple of image and label; otherwise only the image.
        scale: The greatest value of a pixel; the least is 0.
        dtype: dtype of the images, of shape `(3, 32, 32)` (channel, row, column); the setting `dtype` by default.
        label_dtype: dtype of the labels, 0 to 9. (The files have 10 for the digit 0.)
        add_extra: Whether to return the easier ones, too.

    Returns:
        Training set, test set and, if asked for, the extra set: each a `TupleDataset`, or an array of images if
        `withlabel` is False.

    Raises:
        ArgumentError: If `dtype` is not floating although `scale` is not 255.
        DownloadError: If no server gives a file.
        MissingLibraryError: If SciPy is not installed.

    Example:
        >>> from catenary.datasets import get_svhn
        >>> train, test = get_svhn()  # doctest: +SKIP
    """
    parts = []
    for part in ("train", "test", "extra") if add_extra else ("train", "test"):
        pixels, labels = _read(f"{part}_32x32.mat")
        parts.append(labeled(scaled("get_svhn", pixels, scale, dtype), labels % 10, withlabel, label_dtype))
    return tuple(parts)


def _read(name: str) -> tuple[Array, Array]:
    """Return images (n, 3, 32, 32) and labels (n,), 1 to 10, as bytes."""
    matlab = load_library("get_svhn", "scipy.io", "SciPy", "svhn")
    path = SVHN.get(name)
    try:
        content = matlab.loadmat(path, variable_names=["X", "y"])
        pixels, labels = content["X"].transpose(3, 2, 0, 1), content["y"].ravel()
    except Exception as error:  # what SciPy raises depends on the damage
        raise FileFormatError(f"get_svhn: {path} cannot be read: {error!r}; delete it and try again") from error
    if pixels.shape[1:] != (3, 32, 32) or pixels.dtype != np.uint8 or len(labels) != len(pixels):
        raise FileFormatError(
            f"get_svhn: expected images of shape (32, 32, 3, n) and n labels in {path}, "
            f"got {content['X'].shape} and {len(labels)}"
        )
    return np.ascontiguousarray(pixels), labels
