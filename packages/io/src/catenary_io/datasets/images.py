"""Data sets of image files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import IO, Any

import numpy as np

from catenary.config import get_dtype
from catenary.errors import ArgumentTypeError, FileFormatError
from catenary.types import Array
from catenary_io.datasets.examples import ExampleSequence
from catenary_io.datasets.libraries import load_library

#: The name of a file, or of a folder.
PathLike = str | os.PathLike[str]
#: The name of an image, and its label.
Pair = tuple[PathLike, Any]

#: Formats that Pillow opens by running another program.
_RUNS_PROGRAMS = {"EPS"}


class ImageDataset(ExampleSequence):
    """Read image files as arrays, when they are asked for.

    Needs Pillow: `pip install 'catenary-io[images]'`. An image keeps the channels of its file: one for grey
    and palettes, three for colours, four with transparency.

    Args:
        paths: Names of the files; or the name of a text file with one name per line.
        root: Folder that the names are relative to.
        dtype: dtype of the arrays; the setting `dtype` by default. Values are those of the file, 0 to 255 for most.

    Raises:
        MissingLibraryError: If Pillow is not installed.

    Example:
        >>> import os, tempfile
        >>> from PIL import Image
        >>> from catenary.datasets import ImageDataset
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Image.new("RGB", (6, 4)).save(os.path.join(folder, "black.png"))
        ...     image = ImageDataset(["black.png"], folder)[0]
        >>> image.shape, image.dtype
        ((3, 4, 6), dtype('float32'))
    """

    def __init__(self, paths: PathLike | Sequence[PathLike], root: PathLike = ".", dtype: Any = None) -> None:
        self._paths = read_paths(type(self).__name__, paths)
        self._files = ImageFiles(type(self).__name__, root, dtype)

    def __len__(self) -> int:
        return len(self._paths)

    def get_example(self, i: int) -> Array:
        """Return image number `i`, of shape (channels, height, width)."""
        return self._files.read(self._paths[i])


class LabeledImageDataset(ExampleSequence):
    """Read image files with a label each.

    Needs Pillow, as `ImageDataset` does.

    Args:
        pairs: Pairs of the name of a file and its label; or the name of a text file with a name without spaces
            and an integer on each line. In a list, a label may also be an array.
        root: Folder that the names are relative to.
        dtype: dtype of the images; the setting `dtype` by default.
        label_dtype: dtype of the labels.

    Raises:
        FileFormatError: If a line of the text file is not a name and an integer.
        MissingLibraryError: If Pillow is not installed.

    Example:
        >>> import os, tempfile
        >>> from PIL import Image
        >>> from catenary.datasets import LabeledImageDataset
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Image.new("L", (6, 4)).save(os.path.join(folder, "black.png"))
        ...     image, label = LabeledImageDataset([("black.png", 3)], folder)[0]
        >>> image.shape, label
        ((1, 4, 6), array(3, dtype=int32))
    """

    def __init__(
        self,
        pairs: PathLike | Sequence[Pair],
        root: PathLike = ".",
        dtype: Any = None,
        label_dtype: Any = np.int32,
    ) -> None:
        self._pairs = read_pairs(type(self).__name__, pairs)
        self._files = ImageFiles(type(self).__name__, root, dtype)
        self._label_dtype = np.dtype(label_dtype)

    def __len__(self) -> int:
        return len(self._pairs)

    def get_example(self, i: int) -> tuple[Array, Array]:
        """Return image number `i`, of shape (channels, height, width), and its label."""
        path, label = self._pairs[i]
        return self._files.read(path), np.array(label, self._label_dtype)


class ImageFiles:
    """Images below a folder.

    Args:
        owner: Name of the data set, for messages.
        root: The folder.
        dtype: dtype of the arrays; the setting `dtype` if None.
    """

    def __init__(self, owner: str, root: PathLike, dtype: Any) -> None:
        self._decoder = ImageDecoder(owner, dtype)
        self._root = os.fspath(root)

    def read(self, path: PathLike) -> Array:
        """Return an image of shape (channels, height, width)."""
        name = os.path.join(self._root, path)
        with open(name, "rb") as stream:
            return self._decoder(stream, name)


class ImageDecoder:
    """Make arrays of image files with Pillow.

    Args:
        owner: Name of the data set, for messages.
        dtype: dtype of the arrays; the setting `dtype` if None.

    Raises:
        MissingLibraryError: If Pillow is not installed.
    """

    def __init__(self, owner: str, dtype: Any) -> None:
        load_library(owner, "PIL.Image", "Pillow", "images")
        self._owner = owner
        self._dtype = get_dtype(dtype)

    def __call__(self, stream: IO[bytes], name: str) -> Array:
        """Return an image of shape (channels, height, width).

        Args:
            stream: The open file.
            name: Its name, for messages.

        Raises:
            FileFormatError: If it is damaged, or no image.
        """
        pillow = load_library(self._owner, "PIL.Image", "Pillow", "images")
        pillow.init()
        formats = [name for name in pillow.ID if name not in _RUNS_PROGRAMS]
        try:
            with pillow.open(stream, formats=formats) as image:
                array = np.asarray(image, self._dtype)
        except Exception as error:  # what Pillow raises depends on the format and on the damage
            raise FileFormatError(f"{self._owner}: {name} cannot be read as an image: {error}") from error
        return array[None] if array.ndim == 2 else array.transpose(2, 0, 1)


def read_paths(caller: str, paths: PathLike | Sequence[PathLike]) -> list[PathLike]:
    """Return the names of files from a list, or from a text file with one name per line.

    Raises:
        ArgumentTypeError: If an element of the list is no name.
    """
    if not isinstance(paths, str | os.PathLike):
        names = list(paths)
        for name in names:
            if not isinstance(name, str | os.PathLike):
                raise ArgumentTypeError(f"{caller}: expected names of files, got {name!r}")
        return names
    with open(paths, encoding="utf-8") as lines:
        return [line.strip() for line in lines if line.strip()]


def read_pairs(caller: str, pairs: PathLike | Sequence[Pair]) -> list[Pair]:
    """Return names of files and labels from a list, or from a text file with a name and an integer per line.

    Raises:
        ArgumentTypeError: If an element of the list is no pair.
        FileFormatError: If a line is no name and an integer.
    """
    if not isinstance(pairs, str | os.PathLike):
        listed = list(pairs)
        for pair in listed:
            if not isinstance(pair, tuple | list) or len(pair) != 2:
                raise ArgumentTypeError(f"{caller}: expected pairs of a name and a label, got {pair!r}")
        return [(path, label) for path, label in listed]
    with open(pairs, encoding="utf-8") as lines:
        return [
            _parse(caller, f"{os.fspath(pairs)}, line {number}", line)
            for number, line in enumerate(lines, 1)
            if line.strip()
        ]


def _parse(caller: str, where: str, line: str) -> Pair:
    try:
        path, label = line.split()
        return path, int(label)
    except ValueError:
        raise FileFormatError(
            f"{caller}: {where}: expected a name without spaces and an integer, got {line.strip()!r}"
        ) from None
