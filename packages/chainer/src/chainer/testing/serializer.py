"""Saving a link, an optimizer, ... and loading it into another one."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from catenary import serializers


def save_and_load(
    src: Any, dst: Any, filename: str, saver: Callable[[str, Any], Any], loader: Callable[[str, Any], Any]
) -> None:
    """Save an object to a file and load that into another object.

    Args:
        src: What is saved.
        dst: What is loaded.
        filename: The name of the file, in a temporary folder.
        saver: Saves, such as `serializers.save_npz`.
        loader: Loads, such as `serializers.load_npz`.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, filename))
        saver(path, src)
        loader(path, dst)


def save_and_load_npz(src: Any, dst: Any) -> None:
    """Save an object to an NPZ file and load that into another object.

    Args:
        src: What is saved.
        dst: What is loaded.
    """
    save_and_load(src, dst, "tmp.npz", serializers.save_npz, serializers.load_npz)


def save_and_load_hdf5(src: Any, dst: Any) -> None:
    """Save an object to an HDF5 file and load that into another object.

    Args:
        src: What is saved.
        dst: What is loaded.
    """
    save_and_load(src, dst, "tmp.h5", serializers.save_hdf5, serializers.load_hdf5)
