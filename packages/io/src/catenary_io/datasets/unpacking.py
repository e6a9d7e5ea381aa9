"""The contents of downloaded archives, which are read in place: nothing is unpacked to disk."""

from __future__ import annotations

import gzip
import math
import struct
import tarfile
import zlib
from collections.abc import Sequence

import numpy as np

from catenary.errors import FileFormatError
from catenary.types import Array

#: How many bytes an entry may have.
LARGEST = 2**30
#: What damaged archives make the standard library raise.
_DAMAGE = (OSError, EOFError, zlib.error, tarfile.TarError, struct.error)


def read_idx(caller: str, path: str) -> Array:
    """Return the array of bytes in a gzipped IDX file, the format of MNIST.

    Raises:
        FileFormatError: If the file is damaged or of another format.
    """
    try:
        with gzip.open(path) as stream:
            zeros, kind, ndim = struct.unpack(">HBB", stream.read(4))
            shape = struct.unpack(f">{ndim}I", stream.read(4 * ndim))
            size = math.prod(shape)
            if zeros or kind != 8 or size > LARGEST:
                raise FileFormatError(f"{caller}: {path} is no IDX file of bytes; delete it and try again")
            # One byte more shows whether the file ends where it should.
            data = stream.read(size + 1)
    except _DAMAGE as error:
        raise _damaged(caller, path, error) from error
    if len(data) != size:
        raise FileFormatError(f"{caller}: {path} should hold {size} bytes of shape {shape}, it holds others")
    return np.frombuffer(data, np.uint8).reshape(shape)


def read_tar(caller: str, path: str, names: Sequence[str]) -> list[bytes]:
    """Return the contents of some files in a compressed tar archive.

    Entries are only compared with the names; what else is in the archive, links and devices among it, is
    passed over.

    Raises:
        FileFormatError: If the archive is damaged, or has no such files.
    """
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(path, "r|gz") as archive:
            for entry in archive:
                if entry.name in names and entry.isreg() and entry.size <= LARGEST:
                    stream = archive.extractfile(entry)
                    assert stream is not None
                    found[entry.name] = stream.read()
    except _DAMAGE as error:
        raise _damaged(caller, path, error) from error
    missing = [name for name in names if name not in found]
    if missing:
        raise FileFormatError(f"{caller}: there is no file {missing[0]} in {path}; delete it and try again")
    return [found[name] for name in names]


def _damaged(caller: str, path: str, error: Exception) -> FileFormatError:
    return FileFormatError(f"{caller}: {path} is damaged: {error}; delete it and try again")
