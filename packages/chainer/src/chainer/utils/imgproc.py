"""Crops of images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from catenary.types import Array


def oversample(images: Sequence[Array], crop_dims: Sequence[int]) -> Array:
    """Return ten crops of each image: four corners and the middle, and the same mirrored.

    Args:
        images: Arrays of one shape (channels, height, width).
        crop_dims: The height and the width of a crop.

    Returns:
        An array of shape (10 * the number of images, channels, *crop_dims).

    Example:
        >>> import numpy as np
        >>> from chainer.utils.imgproc import oversample
        >>> oversample([np.zeros((3, 5, 5), np.float32)], (3, 3)).shape
        (10, 3, 3, 3)
    """
    height, width = crop_dims
    below, right = images[0].shape[1] - height, images[0].shape[2] - width
    corners: list[tuple[Any, Any]] = [(0, 0), (0, right), (below, 0), (below, right), (below // 2, right // 2)]
    crops = [[image[:, y : y + height, x : x + width] for y, x in corners] for image in images]
    return np.stack([crop for five in crops for crop in (*five, *(crop[:, :, ::-1] for crop in five))])
