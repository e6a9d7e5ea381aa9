"""Images as the vision models take them."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from catenary import config
from catenary.errors import ArgumentError, ArgumentTypeError, MissingLibraryError
from catenary.types import Array

#: (width, height), as Pillow says it.
Size = tuple[int, int]


def pillow() -> Any:
    """Return the module of images of Pillow, which only some inputs need.

    Raises:
        MissingLibraryError: If it is not installed.
    """
    try:
        return importlib.import_module("PIL.Image")
    except ImportError:
        raise MissingLibraryError(
            "prepare: resizing images needs Pillow; run: pip install 'catenary-links[images]'"
        ) from None


def colors(image: Any) -> Array:
    """Return an image as an array of bytes (height, width, 3), red first.

    Raises:
        ArgumentTypeError: If it is no image.
        ArgumentError: If it has no such shape.
    """
    if hasattr(image, "convert"):  # an image of Pillow
        return np.asarray(image.convert("RGB"))
    if not isinstance(image, np.ndarray):
        raise ArgumentTypeError(f"prepare: image must be an array or a PIL image, got {type(image).__name__}")
    array = image
    if array.ndim == 2:
        array = array[:, :, None]
    elif array.ndim == 3 and array.shape[2] not in (3, 4) and len(array) in (1, 3):
        array = array.transpose(1, 2, 0)
    if array.ndim != 3 or array.shape[2] not in (1, 3, 4) or 0 in array.shape:
        raise ArgumentError(f"prepare: image must have the shape (height, width, 3), got {image.shape}")
    array = np.clip(array[:, :, :3], 0, 255).astype(np.uint8)
    return np.broadcast_to(array, (*array.shape[:2], 3))


def prepared(image: Any, size: Size | None, mean: tuple[float, float, float]) -> Array:
    """Return an image as the network takes it: channels first, blue first, less the mean of each channel.

    Args:
        image: An array of shape (height, width, 3), also (height, width) or channels first, of values from 0 to 255;
            or an image of Pillow.
        size: The width and the height to resize to; None leaves the image as large as it is.
        mean: The means of blue, green and red.

    Raises:
        ArgumentError: If the image has no such shape.
        MissingLibraryError: If the image has to be resized, and Pillow is not installed.
    """
    array = colors(image)
    if size is not None and (array.shape[1], array.shape[0]) != tuple(size):
        module = pillow()
        resized = module.fromarray(np.ascontiguousarray(array)).resize(tuple(size), module.Resampling.BICUBIC)
        array = np.asarray(resized)
    dtype = np.dtype(config.dtype)
    return np.ascontiguousarray((array[:, :, ::-1].astype(dtype) - np.array(mean, dtype)).transpose(2, 0, 1))


def crops(x: Array, oversample: bool) -> Array:
    """Return parts of 224x224 of images of 256x256: ten of each, or the one in the middle.

    Args:
        x: Images, shape (batch, channels, 256, 256).
        oversample: Whether to return the corners, the middle and the mirror images of these.

    Returns:
        The parts, those of an image one after the other.
    """
    low, middle, high = 0, 16, 32
    corners = [(low, low), (low, high), (high, low), (high, high)] if oversample else []
    parts = [x[:, :, top : top + 224, left : left + 224] for top, left in [*corners, (middle, middle)]]
    if oversample:
        parts += [part[:, :, :, ::-1] for part in parts]
    stacked = np.stack(parts, 1)
    return stacked.reshape(-1, *stacked.shape[2:])
