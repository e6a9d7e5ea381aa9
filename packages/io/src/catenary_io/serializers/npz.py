"""NPZ: a zip archive of NumPy arrays, with the names and the layout of Chainer."""

from __future__ import annotations

import contextlib
import math
import os
import pickletools
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

from catenary.errors import FileFormatError
from catenary.serializer import Serializable
from catenary.types import Array, Shape
from catenary_io.serializers.deserializer import EntriesDeserializer, IgnoreNames, load_file
from catenary_io.serializers.dictionary import collect
from catenary_io.serializers.files import PathLike, check_stream, replacing, wrong_format
from catenary_io.serializers.formats import Format
from catenary_io.serializers.stored import (
    HERE,
    PIECE,
    FileRegion,
    StoredArray,
    check_size,
    damage,
    known_dtype,
    raw_bytes,
    read_into,
)
from catenary_io.serializers.values import Entry

#: Arrays of more bytes stay in the file until they are wanted.
SMALL = 2**16

_MAGIC = b"PK\x03\x04"
_EMPTY_MAGIC = b"PK\x05\x06"
_NONE_HEADER = {"descr": "|O", "fortran_order": False, "shape": ()}
#: What Chainer writes for None, byte by byte: an array that holds None, pickled by NumPy 1. These are the
#: only pickled bytes that are ever written; none are ever unpickled.
_NONE = (
    b"\x80\x03cnumpy.core.multiarray\n_reconstruct\nq\x00cnumpy\nndarray\nq\x01K\x00\x85q\x02C\x01bq\x03\x87q\x04"
    b"Rq\x05(K\x01)cnumpy\ndtype\nq\x06X\x02\x00\x00\x00O8q\x07\x89\x88\x87q\x08Rq\t(K\x03X\x01\x00\x00\x00|q\n"
    b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tq\x0bb\x89]q\x0cNatq\rb."
)
#: NumPy has written about 150 bytes for it at all times.
_NONE_LIMIT = 1000
#: How such bytes end, whatever NumPy wrote them, without the opcodes that only number what was said.
_NONE_END = ["EMPTY_LIST", "NONE", "APPEND", "TUPLE", "BUILD", "STOP"]
#: What reading a damaged archive raises; RuntimeError is an encrypted one, NotImplementedError an odd method.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    tokenize.TokenError,
    EOFError,
    SyntaxError,
    ValueError,
    TypeError,
    RuntimeError,
    NotImplementedError,
)
_NUMBERING = {"PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"}


class NpzDeserializer(EntriesDeserializer):
    """Load from the open NPZ file that `numpy.load` gives, or from any mapping of names to arrays.

    Args:
        npz: Full name -> array.
        path: Where in the hierarchy the object is.
        strict: Whether entries that are missing, and in `load` also entries too many, are errors.
        ignore_names: A full name, a predicate on full names, or a list of these: entries to leave alone.

    Example:
        >>> from catenary.serializers import NpzDeserializer
        >>> NpzDeserializer({"epoch": 3})("epoch", 0)
        3
    """

    def __init__(
        self,
        npz: Mapping[str, Any],
        path: str = "",
        strict: bool = True,
        ignore_names: IgnoreNames = None,
    ) -> None:
        super().__init__(_AsArrays(npz), path, strict, ignore_names)


def save_npz(file: PathLike | IO[bytes], obj: Serializable, compression: bool = True) -> None:
    """Save an object in the NPZ format.

    The file is complete or not there at all: it is written under a temporary name and then renamed. Its name
    is the given one; no suffix is added.

    Args:
        file: Name of the file, or an open binary file to write into.
        obj: Object with a `serialize` method: a link, an optimizer, a trainer, ...
        compression: Whether to compress the arrays.

    Raises:
        SerializationError: If the object saves something that is no array, number, string or None.
        OSError: If the file cannot be written.

    Example:
        >>> import io
        >>> import catenary.links as L
        >>> from catenary import serializers
        >>> file, model = io.BytesIO(), L.Linear(3, 2)
        >>> serializers.save_npz(file, model)
        >>> serializers.load_npz(file, model)
    """
    entries = collect(obj)
    if not isinstance(file, str | os.PathLike):
        _write(check_stream(file, "save_npz", "write"), entries, compression)
        return
    with replacing(file, "save_npz") as temporary:
        _write(temporary, entries, compression)


def load_npz(
    file: PathLike | IO[bytes],
    obj: Serializable,
    path: str = "",
    strict: bool = True,
    ignore_names: IgnoreNames = None,
) -> None:
    """Load an object from a file in the NPZ format: all of it, or nothing.

    Nothing in the file can run code. Chainer's files load too.

    Args:
        file: Name of the file, or an open binary file.
        obj: Object with a `serialize` method; its arrays are filled in place.
        path: Where in the file's hierarchy the object is; `"updater/model:main/"` is the model of a snapshot.
        strict: If True, an entry that the object expects and the file lacks is an error, and so is one that
            the file has below `path` and the object does not ask for. If False, both are passed over.
        ignore_names: A full name, a predicate on full names, or a list of these: entries to leave alone.

    Raises:
        LoadMismatchError: If something does not fit; the message lists everything that does not.
        FileFormatError: If this is no NPZ file, or a damaged one.
        OSError: If the file cannot be read.
    """
    load_file(open_npz, "load_npz", file, obj, path, strict, ignore_names)


@contextlib.contextmanager
def open_npz(file: PathLike | IO[bytes], caller: str = "open_npz") -> Iterator[Mapping[str, Entry]]:
    """Open an NPZ file as a mapping of names to arrays, without ever unpickling.

    Args:
        file: Name of the file, or an open binary file.
        caller: Name of the function, for messages.

    Raises:
        FileFormatError: If this is no NPZ file. Reading an entry raises it for a damaged one.
    """
    with contextlib.ExitStack() as stack:
        stream: IO[bytes]
        if isinstance(file, str | os.PathLike):
            stream = stack.enter_context(open(file, "rb"))
        else:
            stream = check_stream(file, caller, "read")
            stream.seek(0)
        head = stream.read(8)
        name = getattr(stream, "name", "the file")
        if not is_npz(head):
            raise wrong_format(caller, name, "an NPZ file", head)
        with damage(f"{caller}: {name} is a damaged NPZ file", *_DAMAGE):
            archive = stack.enter_context(zipfile.ZipFile(stream))
        yield _NpzEntries(archive, stream)


def is_npz(head: bytes) -> bool:
    """Return whether a file that begins so may be an NPZ file."""
    return head.startswith((_MAGIC, _EMPTY_MAGIC))


def _write(file: Any, entries: Mapping[str, Entry], compression: bool) -> None:
    method = zipfile.ZIP_DEFLATED if compression else zipfile.ZIP_STORED
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, entry in entries.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                if entry is None:
                    np.lib.format.write_array_header_1_0(member, _NONE_HEADER)
                    member.write(_NONE)
                else:
                    _write_array(member, entry.get() if isinstance(entry, StoredArray) else entry)


def _write_array(member: IO[bytes], array: Array) -> None:
    """Write the header, and the memory of the array as it is; NumPy's own function copies it in pieces."""
    array = array if array.flags.forc else np.ascontiguousarray(array)
    header = np.lib.format.header_data_from_array_1_0(array)
    np.lib.format.write_array_header_1_0(member, header)
    memory = raw_bytes(array.T if header["fortran_order"] else array)
    for start in range(0, len(memory), PIECE):  # so that the checksum and the copy to the system share the cache
        member.write(memory[start : start + PIECE])


class _AsArrays(Mapping[str, Entry]):
    """A user's mapping, with numbers as arrays and with None where an array holds it."""

    def __init__(self, mapping: Mapping[str, Any]) -> None:
        self._mapping = mapping

    def __getitem__(self, name: str) -> Entry:
        value = self._mapping[name]
        array = np.asarray(value)
        return None if array.dtype == object and array.shape == () and array.item() is None else array

    def __iter__(self) -> Iterator[str]:
        return iter(self._mapping)

    def __len__(self) -> int:
        return len(self._mapping)


class _NpzEntries(Mapping[str, Entry]):
    """The arrays of an open archive; large ones are read when they are wanted."""

    def __init__(self, archive: zipfile.ZipFile, stream: IO[bytes]) -> None:
        self._archive = archive
        self._stream = stream
        self._members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}

    def __getitem__(self, name: str) -> Entry:
        member = self._members[name]
        entry: Entry
        with damage(HERE, *_DAMAGE), self._archive.open(member) as part:
            header = _read_header(part)
            begin = part.tell()
            if header.dtype.hasobject:
                _check_none(header, part.read(_NONE_LIMIT))
                return None
            if begin + header.nbytes != member.file_size:
                raise FileFormatError(f"{HERE}: {member.file_size - begin} bytes for an array of {header.nbytes}")
            if header.nbytes <= SMALL:
                entry = header.array(part.read())
                return entry
        if member.compress_type != zipfile.ZIP_STORED:
            return StoredArray(header.shape, header.dtype, lambda: self._inflated(member, begin, header))
        start = self._start(member)
        return FileRegion(header.shape, header.dtype, self._stream, start + begin, header.fortran, member.CRC, start)

    def _inflated(self, member: zipfile.ZipInfo, begin: int, header: _Header) -> Array:
        check_size(header.nbytes, member.compress_size)
        array = np.empty(header.shape, header.dtype, "F" if header.fortran else "C")
        with damage(HERE, *_DAMAGE), self._archive.open(member) as part:
            part.read(begin)
            read_into(part, array.T if header.fortran else array)
            part.read(1)  # at its end the checksum is compared
        return array

    def _start(self, member: zipfile.ZipInfo) -> int:
        """Return where the data of a member begins; only the header that stands before it says that."""
        self._stream.seek(member.header_offset + 26)
        name, extra = struct.unpack("<HH", self._stream.read(4))
        return int(member.header_offset + 30 + name + extra)

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)


@dataclass(frozen=True)
class _Header:
    """What the NPY format says before the data."""

    shape: Shape
    fortran: bool
    dtype: np.dtype[Any]

    @property
    def nbytes(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize

    def array(self, data: bytes) -> Array:
        """Return the array that the bytes of the data hold."""
        if len(data) != self.nbytes:
            raise FileFormatError(f"{HERE}: {len(data)} bytes for an array of {self.nbytes}")
        array = np.ndarray(self.shape, self.dtype, bytearray(data), order="F" if self.fortran else "C")
        known: Array = array.view(known_dtype(self.dtype))
        return known


def _read_header(stream: IO[bytes]) -> _Header:
    version = np.lib.format.read_magic(stream)
    if version > (2, 0):
        raise FileFormatError(f"written in version {version} of the NPY format; 1 and 2 are known here")
    first = version == (1, 0)
    read = np.lib.format.read_array_header_1_0 if first else np.lib.format.read_array_header_2_0
    header = _Header(*read(stream))
    if any(n < 0 for n in header.shape):
        raise FileFormatError(f"{HERE}: the shape {header.shape}")
    return header


def _check_none(header: _Header, data: bytes) -> None:
    """Check that pickled bytes hold nothing but None."""
    if header.shape != () or len(data) >= _NONE_LIMIT or not _is_pickled_none(data):
        raise FileFormatError(
            "pickled Python objects, which can run code when they are loaded, are never loaded here; "
            "leave the entry alone with ignore_names"
        )


def _is_pickled_none(data: bytes) -> bool:
    """Return whether an array of objects without dimensions holds None, by looking at its opcodes only."""
    try:
        opcodes = [opcode.name for opcode, _, _ in pickletools.genops(data)]
    except ValueError:
        return False
    return [name for name in opcodes if name not in _NUMBERING][-len(_NONE_END) :] == _NONE_END


NPZ_FORMAT = Format("npz", (".npz",), is_npz, save_npz, load_npz, open_npz)
