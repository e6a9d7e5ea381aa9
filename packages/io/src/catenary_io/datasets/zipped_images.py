"""Data sets of images that stay in their zip files."""

from __future__ import annotations

import functools
import io
import os
import zipfile
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from catenary.errors import FileFormatError
from catenary.types import Array
from catenary_io.datasets.combined import ConcatenatedDataset
from catenary_io.datasets.examples import ExampleSequence
from catenary_io.datasets.images import ImageDecoder, PathLike, read_pairs
from catenary_io.datasets.open_files import FilePerThread
from catenary_io.serializers.stored import INFLATION

#: How many bytes an image file in an archive may have.
LARGEST = 2**30


class ZippedImageDataset(ExampleSequence):
    """Read the images of a zip file, which is not unpacked.

    Each file in the archive is an example, in the order of the archive; folders are not. Needs Pillow, as
    `ImageDataset` does. Each thread and each worker process opens the archive for itself.

    Args:
        zipfilename: Name of the zip file.
        dtype: dtype of the arrays; the setting `dtype` by default.

    Raises:
        FileFormatError: If it is no zip file.
        MissingLibraryError: If Pillow is not installed.

    Example:
        >>> import io, os, tempfile, zipfile
        >>> from PIL import Image
        >>> from catenary.datasets import ZippedImageDataset
        >>> stream = io.BytesIO()
        >>> Image.new("RGB", (6, 4)).save(stream, "png")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     name = os.path.join(folder, "images.zip")
        ...     with zipfile.ZipFile(name, "w") as archive:
        ...         archive.writestr("black.png", stream.getvalue())
        ...     dataset = ZippedImageDataset(name)
        ...     dataset[0].shape, dataset["black.png"].shape
        ...     dataset.close()
        ((3, 4, 6), (3, 4, 6))
    """

    def __init__(self, zipfilename: PathLike, dtype: Any = None) -> None:
        self._archive = ImageArchive(type(self).__name__, zipfilename, dtype)
        self._names = self._archive.names()

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, index: Any) -> Any:
        """Return one image by index or by its name in the archive, or a list of images."""
        return self.get_example(index) if isinstance(index, str) else super().__getitem__(index)

    def get_example(self, i_or_filename: int | str) -> Array:
        """Return an image of shape (channels, height, width), by index or by its name in the archive."""
        name = i_or_filename if isinstance(i_or_filename, str) else self._names[i_or_filename]
        return self._archive.read(name)

    def close(self) -> None:
        """Close the archive."""
        self._archive.close()


class MultiZippedImageDataset(ConcatenatedDataset):
    """Read the images of several zip files, one archive after the other.

    Args:
        zipfilenames: Names of the zip files.
        dtype: dtype of the arrays; the setting `dtype` by default.

    Raises:
        FileFormatError: If one is no zip file.
        MissingLibraryError: If Pillow is not installed.

    Example:
        >>> from catenary.datasets import MultiZippedImageDataset
        >>> len(MultiZippedImageDataset([]))
        0
    """

    def __init__(self, zipfilenames: Sequence[PathLike], dtype: Any = None) -> None:
        self._archives = [ZippedImageDataset(name, dtype) for name in zipfilenames]
        super().__init__(*self._archives)

    def close(self) -> None:
        """Close the archives."""
        for archive in self._archives:
            archive.close()


class LabeledZippedImageDataset(ExampleSequence):
    """Read the images of a zip file with a label each.

    Args:
        zipfilename: Name of the zip file.
        labelfilename: Name of a text file with the name of an image in the archive, without spaces, and an
            integer on each line; or a list of such pairs.
        dtype: dtype of the images; the setting `dtype` by default.
        label_dtype: dtype of the labels.

    Raises:
        FileFormatError: If it is no zip file, or a line of the text file is not a name and an integer.
        MissingLibraryError: If Pillow is not installed.

    Example:
        >>> import io, os, tempfile, zipfile
        >>> from PIL import Image
        >>> from catenary.datasets import LabeledZippedImageDataset
        >>> stream = io.BytesIO()
        >>> Image.new("L", (6, 4)).save(stream, "png")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     name = os.path.join(folder, "images.zip")
        ...     with zipfile.ZipFile(name, "w") as archive:
        ...         archive.writestr("black.png", stream.getvalue())
        ...     dataset = LabeledZippedImageDataset(name, [("black.png", 3)])
        ...     image, label = dataset[0]
        ...     dataset.close()
        >>> image.shape, label
        ((1, 4, 6), array(3, dtype=int32))
    """

    def __init__(
        self,
        zipfilename: PathLike,
        labelfilename: PathLike | Sequence[tuple[str, Any]],
        dtype: Any = None,
        label_dtype: Any = np.int32,
    ) -> None:
        self._pairs = read_pairs(type(self).__name__, labelfilename)
        self._archive = ImageArchive(type(self).__name__, zipfilename, dtype)
        self._label_dtype = np.dtype(label_dtype)

    def __len__(self) -> int:
        return len(self._pairs)

    def get_example(self, i: int) -> tuple[Array, Array]:
        """Return image number `i`, of shape (channels, height, width), and its label."""
        name, label = self._pairs[i]
        return self._archive.read(os.fspath(name)), np.array(label, self._label_dtype)

    def close(self) -> None:
        """Close the archive."""
        self._archive.close()


class ImageArchive:
    """Images in a zip file.

    Args:
        owner: Name of the data set, for messages.
        path: Name of the zip file.
        dtype: dtype of the arrays; the setting `dtype` if None.
    """

    def __init__(self, owner: str, path: PathLike, dtype: Any) -> None:
        self._owner = owner
        self._path = os.fspath(path)
        self._decoder = ImageDecoder(owner, dtype)
        self._files = FilePerThread(functools.partial(_open, owner, self._path), owner)

    def names(self) -> list[str]:
        """Return the names of the files in the archive."""
        with self._files.using() as archive:
            return [member.filename for member in archive.infolist() if not member.is_dir()]

    def read(self, name: str) -> Array:
        """Return an image of shape (channels, height, width)."""
        where = f"{name} of {self._path}"
        with self._files.using() as archive:
            try:
                member = archive.getinfo(name)
                self._check_size(member, where)
                data = archive.read(member)
            except KeyError:
                raise KeyError(f"{self._owner}: there is no {where}") from None
            # An OSError is the disk's, the others are those of zipfile and of the ways to compress.
            except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
                raise FileFormatError(f"{self._owner}: {where} cannot be unpacked: {error}") from error
        return self._decoder(io.BytesIO(data), where)

    def _check_size(self, member: zipfile.ZipInfo, where: str) -> None:
        if member.file_size > min(LARGEST, INFLATION * member.compress_size):
            raise FileFormatError(
                f"{self._owner}: {where} declares {member.file_size} bytes in {member.compress_size} compressed ones; "
                f"expected {INFLATION} times as many at most, and {LARGEST} at most"
            )

    def close(self) -> None:
        """Close the archive."""
        self._files.close()


def _open(owner: str, path: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise FileFormatError(f"{owner}: {path} is no zip file: {error}") from None
