"""safetensors: a header in JSON and raw arrays; the library of that name writes the files and checks their headers.

Names are those of the other formats (`predictor/l1/W`). What the format has no place for, strings and None, stands in
the header's metadata.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from catenary.errors import FileFormatError, SerializationError
from catenary.serializer import Serializable
from catenary.types import Array
from catenary_io.serializers.deserializer import IgnoreNames, load_file
from catenary_io.serializers.dictionary import collect
from catenary_io.serializers.files import PathLike, check_path, replacing, wrong_format
from catenary_io.serializers.formats import Format
from catenary_io.serializers.stored import FileRegion, StoredArray
from catenary_io.serializers.values import Entry

#: What the metadata with strings and None is called.
VALUES = "catenary"

#: The format's words for dtypes; bfloat16 (BF16) is one that ml_dtypes gives NumPy.
_DTYPES = {
    "BOOL": "?",
    "U8": "u1",
    "I8": "i1",
    "U16": "<u2",
    "I16": "<i2",
    "F16": "<f2",
    "BF16": "V2",
    "U32": "<u4",
    "I32": "<i4",
    "F32": "<f4",
    "U64": "<u8",
    "I64": "<i8",
    "F64": "<f8",
    "C64": "<c8",
}


def save_safetensors(file: PathLike, obj: Serializable) -> None:
    """Save an object in the safetensors format.

    The file is complete or not there at all: it is written under a temporary name and then renamed.

    Args:
        file: Name of the file.
        obj: Object with a `serialize` method: a link, an optimizer, a trainer, ...

    Raises:
        SerializationError: If the object saves something that the format cannot hold, such as complex128.
        OSError: If the file cannot be written.

    Example:
        >>> import os, tempfile
        >>> import catenary.links as L
        >>> from catenary import serializers
        >>> model = L.Linear(3, 2)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     serializers.save_safetensors(os.path.join(folder, "model.safetensors"), model)
        ...     serializers.load_safetensors(os.path.join(folder, "model.safetensors"), model)
    """
    import safetensors

    arrays: dict[str, Array] = {}
    texts: dict[str, Any] = {}
    for name, entry in collect(obj).items():
        value = entry.get() if isinstance(entry, StoredArray) else entry
        if value is None or value.dtype.kind == "U":
            texts[name] = None if value is None else value.tolist()
        else:
            arrays[name] = _storable(name, value)
    with replacing(file, "save_safetensors") as temporary:
        specs = {
            name: safetensors.TensorSpec(
                dtype=array.dtype.name, shape=array.shape, data_ptr=array.ctypes.data, data_len=array.nbytes
            )
            for name, array in arrays.items()
        }
        safetensors.serialize_file(specs, temporary, metadata={VALUES: json.dumps(texts)} if texts else None)


def load_safetensors(
    file: PathLike,
    obj: Serializable,
    path: str = "",
    strict: bool = True,
    ignore_names: IgnoreNames = None,
) -> None:
    """Load an object from a file in the safetensors format: all of it, or nothing.

    Args:
        file: Name of the file.
        obj: Object with a `serialize` method; its arrays are filled in place.
        path: Where in the file's hierarchy the object is; `"updater/model:main/"` is the model of a snapshot.
        strict: If True, an entry that the object expects and the file lacks is an error, and so is one that
            the file has below `path` and the object does not ask for. If False, both are passed over.
        ignore_names: A full name, a predicate on full names, or a list of these: entries to leave alone.

    Raises:
        LoadMismatchError: If something does not fit; the message lists everything that does not.
        FileFormatError: If this is no safetensors file, or a damaged one.
        OSError: If the file cannot be read.
    """
    load_file(open_safetensors, "load_safetensors", file, obj, path, strict, ignore_names)


@contextlib.contextmanager
def open_safetensors(file: PathLike, caller: str = "open_safetensors") -> Iterator[Mapping[str, Entry]]:
    """Open a safetensors file as a mapping of names to arrays that are read when they are wanted.

    Args:
        file: Name of the file.
        caller: Name of the function, for messages.

    Raises:
        FileFormatError: If this is no safetensors file, or a damaged one.
    """
    from safetensors import SafetensorError, safe_open

    name = check_path(file, caller)
    with open(name, "rb", buffering=0) as stream:
        head = stream.read(16)
        if not is_safetensors(head):
            raise wrong_format(caller, name, "a safetensors file", head)
        try:
            with safe_open(name, "np") as checked:
                # The library has checked that the arrays follow each other without gaps up to the end of the file.
                yield _entries(stream, 8 + int.from_bytes(head[:8], "little"), checked)
        except SafetensorError as error:
            raise FileFormatError(f"{caller}: {name} is a damaged safetensors file: {error}") from error


def _entries(stream: Any, start: int, checked: Any) -> dict[str, Entry]:
    entries: dict[str, Entry] = _texts(checked.metadata() or {})
    for name in checked.offset_keys():
        tensor = checked.get_slice(name)
        shape, word = tuple(tensor.get_shape()), tensor.get_dtype()
        if word not in _DTYPES:
            raise FileFormatError(f"{name!r} has the dtype {word}, which NumPy does not have")
        entries[name] = FileRegion(shape, _DTYPES[word], stream, start)
        start += math.prod(shape) * np.dtype(_DTYPES[word]).itemsize
    return entries


def _texts(metadata: Mapping[str, str]) -> dict[str, Entry]:
    """Return the strings and None values that stand in the metadata."""
    try:
        texts = json.loads(metadata.get(VALUES, "{}"))
        return {name: None if text is None else np.array(text, np.str_) for name, text in texts.items()}
    except (ValueError, AttributeError) as error:
        raise FileFormatError(f"the file is damaged: its metadata cannot be read: {error}") from error


def is_safetensors(head: bytes) -> bool:
    """Return whether a file that begins so may be a safetensors file: the length of a header, and the header."""
    return len(head) > 8 and head[8:9] == b"{" and int.from_bytes(head[:8], "little") <= 100_000_000


def _storable(name: str, array: Array) -> Array:
    """Return an array with its memory in the order of the format."""
    if array.dtype.name not in _NAMES:
        raise SerializationError(f"save_safetensors: {name!r} has the dtype {array.dtype}, which the format lacks")
    # Not ascontiguousarray, which makes a row of a number.
    return np.asarray(array, array.dtype.newbyteorder("<"), order="C")


_NAMES = {np.dtype(code).name for word, code in _DTYPES.items() if word != "BF16"} | {"bfloat16"}

SAFETENSORS_FORMAT = Format(
    "safetensors", (".safetensors",), is_safetensors, save_safetensors, load_safetensors, open_safetensors
)
