"""Files of parameters: the arrays of a model by path, as Chainer has written them."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from catenary import Link, get_device_from_array
from catenary.errors import ArgumentError, ArgumentTypeError, FileFormatError, LoadMismatchError
from catenary.serializer import Deserializer
from catenary.variable import is_array


class ModelDeserializer(Deserializer):
    """Load a model from arrays by path.

    Args:
        arrays: Path without the first slash -> array.
        path: Where in the hierarchy the object is.
        source: What to call the arrays in messages.
    """

    def __init__(self, arrays: Mapping[str, Any], path: str = "", source: str = "the file") -> None:
        self.arrays, self.path, self.source = arrays, path, source

    def __getitem__(self, key: str) -> ModelDeserializer:
        return ModelDeserializer(self.arrays, f"{self.path}{key}/", self.source)

    def __contains__(self, key: str) -> bool:
        name = self.path + key
        return any(other == name or other.startswith(f"{name}/") for other in self.arrays)

    def __call__(self, key: str, value: Any) -> Any:
        name = self.path + key
        if name not in self.arrays:
            raise LoadMismatchError(f"{self.source} has no {name!r}; it is of another model")
        try:
            array = self.arrays[name]
        except (ValueError, zipfile.BadZipFile) as error:  # pickled objects, or damage
            raise FileFormatError(f"{self.source}: {name!r} cannot be read: {error}") from error
        shape = getattr(value, "shape", ())
        if array.shape != shape:
            raise LoadMismatchError(f"{self.source}: {name!r} must have the shape {shape}, got {array.shape}")
        if not is_array(value):
            return type(value)(array.item())
        return get_device_from_array(value).send(array.astype(value.dtype, copy=False))


def place_of(name: str) -> Path:
    """Return where Chainer keeps the parameters of a model.

    Args:
        name: The name of the file without suffix.
    """
    root = os.environ.get("CHAINER_DATASET_ROOT") or Path("~/.chainer/dataset").expanduser()
    return Path(root) / "pfnet" / "chainer" / "models" / f"{name}.npz"


def file_of(model: str, pretrained: Any, name: str) -> Path | None:
    """Return the file that `pretrained_model` stands for; None if there is none to load.

    Args:
        model: The name of the class, for messages.
        pretrained: The argument `pretrained_model`.
        name: The name of the file of this model without suffix.

    Raises:
        ArgumentTypeError: If the argument is no path.
        ArgumentError: If the file is one of Caffe, or that of 'auto' is not there.
    """
    if pretrained is None:
        return None
    if not isinstance(pretrained, str | os.PathLike):
        raise ArgumentTypeError(
            f"{model}: pretrained_model must be a path, 'auto' or None, got {type(pretrained).__name__}"
        )
    path = place_of(name) if pretrained == "auto" else Path(pretrained)
    if path.suffix == ".caffemodel":
        raise ArgumentError(
            f"{model}: pretrained_model must be an NPZ file, got {str(path)!r}; convert it with an old Chainer: "
            f"chainer.links.{model}.convert_caffemodel_to_npz(path_caffemodel, path_npz)"
        )
    if pretrained == "auto" and not path.exists():
        raise ArgumentError(
            f"{model}: pretrained_model 'auto' must be at {str(path)!r}, and nothing is there; put the NPZ file that "
            "an old Chainer has made there, or give its path, or None for new parameters; nothing is downloaded"
        )
    return path


def load_model(link: Link, path: Path) -> None:
    """Load the parameters and persistent values of a model from an NPZ file.

    Args:
        link: The model.
        path: The file; nothing in it can run code.

    Raises:
        FileFormatError: If it is no NPZ file, or a damaged one.
        LoadMismatchError: If it lacks something, or something has another shape.
        OSError: If it cannot be read.
    """
    try:
        arrays = np.load(path, allow_pickle=False)
    except (ValueError, EOFError, zipfile.BadZipFile):
        arrays = None
    if not isinstance(arrays, np.lib.npyio.NpzFile):
        raise FileFormatError(f"{type(link).__name__}: pretrained_model must be an NPZ file, got {str(path)!r}")
    with arrays:
        ModelDeserializer(arrays, source=repr(str(path))).load(link)
