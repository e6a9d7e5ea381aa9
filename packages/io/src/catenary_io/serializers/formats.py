"""File formats by name, by suffix and by content."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from catenary.errors import CatenaryError, FileFormatError
from catenary.serializer import Serializable
from catenary_io.serializers.deserializer import IgnoreNames
from catenary_io.serializers.files import PathLike, check_path
from catenary_io.serializers.values import Entry

#: How much of a file `Format.sniff` gets to see.
HEAD_BYTES = 512


@dataclass(frozen=True)
class Format:
    """A file format, as plugins register it with the hook `catenary_serializers`.

    Most formats save what `collect(obj)` returns, and load with
    `EntriesDeserializer(entries, ...).load(obj)`.

    Args:
        name: The name that it is registered under.
        suffixes: Ends of file names, with the dot, in lower case.
        sniff: From the first bytes of a file to whether it is of this format.
        save: Called as `save(file, obj)`.
        load: Called as `load(file, obj, path=..., strict=..., ignore_names=...)`; changes nothing where
            something does not fit.
        open: Called as `open(file, caller)`; a context manager with a mapping of names to what the file holds. None
            if the format cannot be looked into.

    Example:
        >>> from catenary.serializers import get_format
        >>> get_format("npz").suffixes
        ('.npz',)
    """

    name: str
    suffixes: tuple[str, ...]
    sniff: Callable[[bytes], bool]
    save: Callable[..., None]
    load: Callable[..., None]
    open: Callable[..., AbstractContextManager[Mapping[str, Entry]]] | None = None


def get_format(name: str) -> Format:
    """Return a format by the name that it is registered under.

    Raises:
        UnknownNameError: If no installed package gives it; the message has the known ones.
    """
    from catenary.plugins import registry

    found: Format = registry.get("serializers", name)
    return found


def save(file: PathLike, obj: Serializable, *, format: str | None = None, **options: Any) -> None:
    """Save an object in the format that the suffix of the file's name says.

    Args:
        file: Name of the file.
        obj: Object with a `serialize` method.
        format: Name of the format, for other suffixes.
        **options: For the function that saves this format, such as `compression` of `save_npz`.

    Raises:
        FileFormatError: If no installed format has this suffix.

    Example:
        >>> import os, tempfile
        >>> import catenary.links as L
        >>> from catenary import serializers
        >>> model = L.Linear(3, 2)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     serializers.save(os.path.join(folder, "model.npz"), model)
        ...     serializers.load(os.path.join(folder, "model.npz"), model)
    """
    name = check_path(file, "save")
    found = get_format(format) if format else _by_suffix(name)
    if found is None:
        raise FileFormatError(
            f'save: no format is known for the name {name!r} (known: {_known()}); say which with format="npz", for one'
        )
    found.save(file, obj, **options)


def load(
    file: PathLike,
    obj: Serializable,
    path: str = "",
    strict: bool = True,
    ignore_names: IgnoreNames = None,
    *,
    format: str | None = None,
) -> None:
    """Load an object from a file, in the format that its suffix says, or else its contents.

    Args:
        file: Name of the file.
        obj: Object with a `serialize` method.
        path: Where in the file's hierarchy the object is.
        strict: Whether entries that are missing or too many are errors.
        ignore_names: A full name, a predicate on full names, or a list of these: entries to leave alone.
        format: Name of the format, where it is to be neither guessed.

    Raises:
        FileFormatError: If neither suffix nor contents say which format this is, or the file is damaged.
        LoadMismatchError: If the contents do not fit the object.
    """
    found = find_format(file, "load", format)
    found.load(file, obj, path=path, strict=strict, ignore_names=ignore_names)


def open_file(file: PathLike, *, format: str | None = None) -> AbstractContextManager[Mapping[str, Entry]]:
    """Open a file to look into it: a context manager with a mapping of names to arrays.

    Large arrays may be `StoredArray` objects, with `shape` and `dtype`, that are read by `get`.

    Args:
        file: Name of the file.
        format: Name of the format, where it is not to be guessed from suffix and contents.

    Raises:
        FileFormatError: If it is of no known format, of one that cannot be looked into, or damaged.

    Example:
        >>> import os, tempfile
        >>> import catenary.links as L
        >>> from catenary import serializers
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = os.path.join(folder, "model.npz")
        ...     serializers.save(file, L.Linear(3, 2))
        ...     with serializers.open_file(file) as entries:
        ...         print({name: entry.shape for name, entry in entries.items()})
        {'W': (2, 3), 'b': (2,)}
    """
    found = find_format(file, "open_file", format)
    if found.open is None:
        raise FileFormatError(f"open_file: files of the format {found.name!r} cannot be looked into, only loaded")
    return found.open(file, "open_file")


def find_format(file: PathLike, caller: str, format: str | None = None) -> Format:
    """Return the format of a file by its suffix, or else its contents.

    Args:
        file: Name of the file.
        caller: Name of the function, for messages.
        format: Name of the format, where it is not to be guessed.

    Raises:
        FileFormatError: If neither says which it is.
    """
    name = check_path(file, caller)
    found = get_format(format) if format else _by_suffix(name) or _by_content(name)
    if found is None:
        raise FileFormatError(
            f"{caller}: neither its name nor its contents say which format {name!r} has (known: {_known()})"
        )
    return found


def _formats() -> Iterator[Format]:
    """Yield all formats, those of first party first; a broken plugin must not stop the others."""
    from catenary.plugins import registry

    table = registry.table("serializers")
    entries = [entry for candidates in table.values() for entry in candidates]
    for entry in sorted(entries, key=lambda e: not e.record.first_party):
        try:
            yield registry.get("serializers", entry.qualified)
        except CatenaryError:
            continue


def _by_suffix(name: str) -> Format | None:
    lower = os.path.basename(name).lower()
    return next((f for f in _formats() if lower.endswith(f.suffixes)), None)


def _by_content(name: str) -> Format | None:
    with open(name, "rb") as stream:
        head = stream.read(HEAD_BYTES)
    return next((f for f in _formats() if f.sniff(head)), None)


def _known() -> str:
    return ", ".join(f"{f.name} ({', '.join(f.suffixes)})" for f in _formats())
