"""Arrays that are still in their file: shape and dtype are known, and the data is read when it is wanted."""

from __future__ import annotations

import contextlib
import errno
import math
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any

import numpy as np

from catenary.errors import FileFormatError
from catenary.types import Array, Shape

#: How messages about damaged entries begin.
HERE = "the file is damaged here"

#: How much more than its input the decompression of zip and gzip can give.
INFLATION = 1032

#: How many bytes are read at a time where data passes through.
PIECE = 2**18


class StoredArray:
    """An array that is still in its file.

    Args:
        shape: Its shape.
        dtype: Its dtype.
        read: Returns it as a NumPy array; raises `FileFormatError` if it is damaged.
    """

    def __init__(self, shape: Shape, dtype: Any, read: Callable[[], Array]) -> None:
        self.shape = shape
        self.dtype = known_dtype(np.dtype(dtype))
        self.ndim = len(shape)
        self.size = math.prod(shape)
        self.nbytes = self.size * self.dtype.itemsize
        self._read = read
        self._kept: Array | None = None

    def check(self) -> None:
        """Read it once, so that nothing can go wrong later.

        Raises:
            FileFormatError: If it is damaged.
        """
        self._kept = self.get()

    def get(self) -> Array:
        """Return it as a NumPy array of its own."""
        return self._read().view(self.dtype) if self._kept is None else self._kept

    def fill(self, out: Array) -> None:
        """Write it into an array of its shape, of the same or another dtype."""
        np.copyto(out, self.get(), casting="unsafe")


class FileRegion(StoredArray):
    """An array whose bytes stand in a file as they stand in memory; it is read in place, without a copy between.

    Args:
        shape: Its shape.
        dtype: Its dtype.
        stream: The file.
        start: Where the bytes begin.
        fortran: Whether they are in Fortran's order.
        crc: The checksum (CRC-32) of what stands from `crc_start` to the end of the array; None for none.
        crc_start: Where the part with the checksum begins.
    """

    def __init__(
        self,
        shape: Shape,
        dtype: Any,
        stream: IO[bytes],
        start: int,
        fortran: bool = False,
        crc: int | None = None,
        crc_start: int = 0,
    ) -> None:
        super().__init__(shape, dtype, self._fresh)
        self._stream = stream
        self._start = start
        self._order: Any = "F" if fortran else "C"
        self._crc = crc
        self._crc_start = crc_start

    def check(self) -> None:
        """Compare the checksum, if there is one."""
        if self._crc is None:
            return
        self._stream.seek(self._crc_start)
        left, crc = self._start + self.nbytes - self._crc_start, 0
        while left and (piece := self._stream.read(min(PIECE, left))):
            crc = zlib.crc32(piece, crc)
            left -= len(piece)
        if left or crc != self._crc:
            raise FileFormatError(f"{HERE}: the checksum is wrong")

    def fill(self, out: Array) -> None:
        if out.dtype == self.dtype and out.flags.carray and self._order == "C":
            self._read_into(out)
        else:
            super().fill(out)

    def _fresh(self) -> Array:
        array = np.empty(self.shape, self.dtype, self._order)
        self._read_into(array.T if self._order == "F" else array)
        return array

    def _read_into(self, array: Array) -> None:
        self._stream.seek(self._start)
        read_into(self._stream, array)


def read_into(stream: IO[bytes], array: Array) -> None:
    """Fill an array in C's order with the next bytes of a file.

    Raises:
        FileFormatError: If the file ends before.
    """
    memory, done = raw_bytes(array), 0
    while done < len(memory):
        read: int = stream.readinto(memory[done:])  # type: ignore[attr-defined]
        if not read:
            raise FileFormatError(f"{HERE}: it ends after {done} bytes of {len(memory)}")
        done += read


def check_size(declared: int, held: int) -> None:
    """Check that an array is not larger than what the file holds for it can be, before memory is taken for it.

    Args:
        declared: The size of the array in bytes.
        held: What the file holds, compressed or not.

    Raises:
        FileFormatError: If no compression could make so much of it.
    """
    if declared > INFLATION * held + 1000:
        raise FileFormatError(f"{HERE}: {held} bytes for an array of {declared}")


def raw_bytes(array: Array) -> memoryview:
    """Return the memory of an array in C's order as bytes."""
    return memoryview(array.reshape(-1).view(np.uint8) if array.nbytes else b"")


def known_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return bfloat16 for two bytes without a meaning, which NPZ has in its place, if ml_dtypes taught it to NumPy."""
    if dtype.kind == "V" and dtype.itemsize == 2 and dtype.names is None:
        with contextlib.suppress(TypeError):
            return np.dtype("bfloat16")
    return dtype


@contextlib.contextmanager
def damage(what: str, *errors: type[Exception]) -> Iterator[None]:
    """Turn what a library raises for damaged files into `FileFormatError`.

    Args:
        what: How the message begins.
        errors: What the library raises. An `OSError` that the system raised is not among them, but for a position that
            there is not.
    """
    try:
        yield
    except FileFormatError:
        raise
    except OSError as error:
        if error.errno not in (None, errno.EINVAL) and not isinstance(error, errors):
            raise
        raise FileFormatError(f"{what}: {error}") from error
    except errors as error:
        raise FileFormatError(f"{what}: {error}") from error
