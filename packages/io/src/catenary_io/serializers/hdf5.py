"""HDF5 files, with the names and the layout of Chainer; h5py reads and writes them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from catenary.errors import FileFormatError, SerializationError
from catenary.serializer import Serializable, Serializer
from catenary.types import Array
from catenary_io.serializers.deserializer import EntriesDeserializer, IgnoreNames, load_file
from catenary_io.serializers.files import PathLike, check_path, replacing, wrong_format
from catenary_io.serializers.formats import Format
from catenary_io.serializers.stored import HERE, StoredArray, check_size, damage
from catenary_io.serializers.values import Entry, to_entry

_MAGIC = b"\x89HDF\r\n\x1a\n"
#: What reading a damaged file raises.
_DAMAGE = (OSError, RuntimeError, KeyError, ValueError, TypeError)


class HDF5Serializer(Serializer):
    """Save into a group of an open HDF5 file.

    Args:
        group: The `h5py.Group` to save into.
        compression: Level of gzip for arrays, 0 to 9, or None for none.

    Example:
        >>> import h5py
        >>> from catenary.serializers import HDF5Serializer
        >>> with h5py.File("x.h5", "w", driver="core", backing_store=False) as file:
        ...     _ = HDF5Serializer(file)["updater"]("epoch", 3)
        ...     print(file["updater/epoch"][()])
        3
    """

    def __init__(self, group: Any, compression: int | None = 4) -> None:
        self.group = group
        self.compression = compression

    def __getitem__(self, key: str) -> HDF5Serializer:
        return HDF5Serializer(self.group.require_group(key.strip("/")), self.compression)

    def __call__(self, key: str, value: Any) -> Any:
        name = key.strip("/")
        full_name = f"{self.group.name}/{name}".strip("/")
        entry = to_entry(full_name, value)
        try:
            self.group.create_dataset(name, **_storage(entry, self.compression))
        except TypeError as error:
            raise SerializationError(f"HDF5Serializer: {full_name!r} cannot be stored: {error}") from error
        return value


class HDF5Deserializer(EntriesDeserializer):
    """Load from a group of an open HDF5 file.

    Args:
        group: The `h5py.Group` to load from.
        strict: Whether entries that are missing, and in `load` also entries too many, are errors.
        path: Where below the group the object is.
        ignore_names: A name below the group, a predicate on such names, or a list of these: entries to leave
            alone.
    """

    def __init__(self, group: Any, strict: bool = True, path: str = "", ignore_names: IgnoreNames = None) -> None:
        super().__init__(_HDF5Entries(group), path, strict, ignore_names)


def save_hdf5(filename: PathLike, obj: Serializable, compression: int | None = 4) -> None:
    """Save an object in the HDF5 format.

    The file is complete or not there at all: it is written under a temporary name and then renamed.

    Args:
        filename: Name of the file.
        obj: Object with a `serialize` method: a link, an optimizer, a trainer, ...
        compression: Level of gzip for arrays, 0 to 9, or None for none.

    Raises:
        SerializationError: If the object saves something that HDF5 cannot hold.
        OSError: If the file cannot be written.
    """
    import h5py

    with replacing(filename, "save_hdf5") as temporary, h5py.File(temporary, "w") as file:
        HDF5Serializer(file, compression).save(obj)


def load_hdf5(
    filename: PathLike,
    obj: Serializable,
    path: str = "",
    strict: bool = True,
    ignore_names: IgnoreNames = None,
) -> None:
    """Load an object from a file in the HDF5 format: all of it, or nothing.

    Args:
        filename: Name of the file.
        obj: Object with a `serialize` method; its arrays are filled in place.
        path: Where in the file's hierarchy the object is; `"updater/model:main/"` is the model of a snapshot.
        strict: If True, an entry that the object expects and the file lacks is an error, and so is one that
            the file has below `path` and the object does not ask for. If False, both are passed over.
        ignore_names: A full name, a predicate on full names, or a list of these: entries to leave alone.

    Raises:
        LoadMismatchError: If something does not fit; the message lists everything that does not.
        FileFormatError: If this is no HDF5 file, or a damaged one.
        OSError: If the file cannot be read.
    """
    load_file(open_hdf5, "load_hdf5", filename, obj, path, strict, ignore_names)


@contextlib.contextmanager
def open_hdf5(filename: PathLike, caller: str = "open_hdf5") -> Iterator[Mapping[str, Entry]]:
    """Open an HDF5 file as a mapping of names to arrays that are read when they are wanted.

    Args:
        filename: Name of the file.
        caller: Name of the function, for messages.

    Raises:
        FileFormatError: If this is no HDF5 file, or one that cannot be opened.
    """
    import h5py

    name = check_path(filename, caller)
    with open(name, "rb") as stream:
        head = stream.read(8)
    if not is_hdf5(head):
        raise wrong_format(caller, name, "an HDF5 file", head)
    try:
        file = h5py.File(name, "r")
    except OSError as error:
        raise FileFormatError(f"{caller}: {name} is a damaged HDF5 file: {error}") from error
    with file:
        with damage(f"{caller}: {name} is a damaged HDF5 file", *_DAMAGE):
            entries = _HDF5Entries(file)
        yield entries


def is_hdf5(head: bytes) -> bool:
    """Return whether a file that begins so is an HDF5 file."""
    return head.startswith(_MAGIC)


def _storage(entry: Entry, compression: int | None) -> dict[str, Any]:
    """Return how `create_dataset` is to store an entry."""
    import h5py

    if entry is None:
        return {"data": h5py.Empty("f")}
    array: Array = entry.get() if isinstance(entry, StoredArray) else entry
    if array.dtype.kind == "U":
        return {"data": array.astype(object), "dtype": h5py.string_dtype()}
    return {"data": array, "compression": compression if array.size > 1 else None}


class _Dataset(StoredArray):
    """A data set that is read when it is wanted."""

    def __init__(self, dataset: Any) -> None:
        super().__init__(dataset.shape, dataset.dtype, self._whole)
        self._dataset = dataset

    def _whole(self) -> Array:
        if self.dtype.hasobject:
            raise FileFormatError(f"it has the type {self.dtype}, which is no array of numbers")
        with damage(HERE, *_DAMAGE):
            check_size(self.nbytes, self._dataset.id.get_storage_size())
            return np.asarray(self._dataset[()], self._dataset.dtype)  # a number comes in the machine's byte order


class _HDF5Entries(Mapping[str, Entry]):
    """The data sets below a group, by their names from there on, read when asked for."""

    def __init__(self, group: Any) -> None:
        self._datasets: dict[str, Any] = {}
        group.visititems(lambda name, item: self._add(name, item))

    def _add(self, name: str | bytes, item: Any) -> None:
        if isinstance(name, bytes):
            raise FileFormatError(f"{HERE}: the name {name!r} is no text")
        if hasattr(item, "shape"):
            self._datasets[name] = item

    def __getitem__(self, name: str) -> Entry:
        import h5py

        with damage(HERE, *_DAMAGE):
            dataset = self._datasets[name]
            if dataset.shape is None:
                return None
            if dataset.external or dataset.is_virtual:
                raise FileFormatError("its data stands in another file, which is never read here")
            if not h5py.check_string_dtype(dataset.dtype):
                return _Dataset(dataset)
            check_size(dataset.nbytes, dataset.id.get_storage_size())
            return np.asarray(dataset.asstr()[()], dtype=np.str_)

    def __iter__(self) -> Iterator[str]:
        return iter(self._datasets)

    def __len__(self) -> int:
        return len(self._datasets)


HDF5_FORMAT = Format("hdf5", (".h5", ".hdf5"), is_hdf5, save_hdf5, load_hdf5, open_hdf5)
