"""Loading from named entries: first everything is checked, then everything is written."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from catenary.errors import FileFormatError, LoadMismatchError
from catenary.serializer import Deserializer, Serializable
from catenary_io.serializers.dictionary import as_folder, join
from catenary_io.serializers.stored import StoredArray
from catenary_io.serializers.values import Entry, describe, mismatch, restore

#: A full name, a predicate on full names, or several of these.
IgnoreNames: TypeAlias = str | Callable[[str], bool] | Iterable[str | Callable[[str], bool]] | None


@dataclass
class Loading:
    """What the deserializers of one file share.

    Attributes:
        entries: All that the file has.
        strict: Whether names must agree.
        rules: Names, and predicates on names, to leave alone.
        names: Names of the entries, in order; asking a file each time could read from it.
        dry: Whether values are only checked.
        problems: What does not fit, found while `dry`.
        asked: Names that the object has asked for.
        cache: What has been read while `dry`; the writing pass needs nothing more from the file but the bytes of large
            arrays that stand in it as they do in memory.
    """

    entries: Mapping[str, Any]
    strict: bool
    rules: tuple[str | Callable[[str], bool], ...]
    names: dict[str, None] = field(init=False)
    dry: bool = False
    problems: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    cache: dict[str, Entry] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = dict.fromkeys(self.entries)

    def ignores(self, name: str) -> bool:
        """Return whether the caller wants this entry to be left alone."""
        return any(rule == name if isinstance(rule, str) else rule(name) for rule in self.rules)

    def read(self, name: str) -> Entry:
        """Return an entry of the file; a large array may still be in it."""
        if not self.dry:
            return self.cache[name] if name in self.cache else self.entries[name]
        if name not in self.cache:
            self.cache[name] = self.entries[name]
        return self.cache[name]

    def problem(self, name: str, value: Any) -> str | None:
        """Return why an entry cannot become the new state of `value`, or None."""
        if name not in self.names:
            expected = "" if value is None else f", {describe(value)} is expected"
            return f"{name!r}: missing in the file{expected}"
        try:
            stored = self.read(name)
            text = mismatch(stored, value)
            if text is None and isinstance(stored, StoredArray):
                stored.check()
        except (FileFormatError, ValueError) as error:  # NumPy's own NpzFile raises ValueError
            text = str(error)
        return text and f"{name!r}: {text}"

    def surplus(self, folder: str) -> Iterator[str]:
        """Yield a line for each entry below `folder` that the object has not asked for."""
        for name in self.names:
            if name.startswith(folder) and name not in self.asked and not self.ignores(name):
                yield f"{name!r}: in the file, but not expected"


class EntriesDeserializer(Deserializer):
    """Load from a mapping of names to arrays.

    `load` checks everything before it changes anything. An object's `serialize` may also be called with the
    deserializer itself; then each value is checked and written at once.

    Args:
        entries: Full name -> array or None.
        path: Where in the hierarchy the object is.
        strict: If True, an entry that the object expects and the file lacks is an error, and in `load` also
            one that the file has and the object does not ask for. If False, both are passed over.
        ignore_names: A full name, a predicate on full names, or a list of these: entries to leave alone.

    Example:
        >>> import numpy as np
        >>> from catenary.serializers import EntriesDeserializer
        >>> W = np.zeros(2)
        >>> EntriesDeserializer({"l1/W": np.ones(2)})["l1"]("W", W) is W
        True
        >>> W
        array([1., 1.])
    """

    def __init__(
        self,
        entries: Mapping[str, Any],
        path: str = "",
        strict: bool = True,
        ignore_names: IgnoreNames = None,
    ) -> None:
        rules = (ignore_names,) if isinstance(ignore_names, str) or callable(ignore_names) else ignore_names
        self._loading = Loading(entries, strict, tuple(rules or ()))
        self.path = as_folder(path)

    def __getitem__(self, key: str) -> EntriesDeserializer:
        child = object.__new__(type(self))
        child._loading = self._loading
        child.path = as_folder(join(self.path, key))
        return child

    def __contains__(self, key: str) -> bool:
        name = join(self.path, key)
        names = self._loading.names
        return name in names or any(other.startswith(f"{name}/") for other in names)

    def __call__(self, key: str, value: Any) -> Any:
        name = join(self.path, key)
        loading = self._loading
        loading.asked.add(name)
        if loading.ignores(name) or (name not in loading.names and not loading.strict):
            return value
        problem = loading.problem(name, value)
        if loading.dry:
            loading.problems += [problem] if problem else []
            return value
        if problem:
            raise LoadMismatchError(f"{type(self).__name__}: {problem}")
        return restore(loading.read(name), value)

    def load(self, obj: Serializable) -> None:
        """Load an object, all of it or nothing.

        Args:
            obj: Object with a `serialize` method.

        Raises:
            LoadMismatchError: If something does not fit; the message lists everything that does not, and the
                object is as it was.
        """
        self.load_from(obj, f"{type(self).__name__}.load", "what is stored")

    def load_from(self, obj: Serializable, caller: str, source: str) -> None:
        """Load an object as `load` does, with the function and the file to name in messages."""
        loading = self._loading
        try:
            problems = self._find_problems(obj)
            if problems:
                raise LoadMismatchError(_explain(caller, source, type(obj).__name__, problems))
            obj.serialize(self)
        finally:
            loading.cache.clear()

    def _find_problems(self, obj: Serializable) -> list[str]:
        loading = self._loading
        loading.dry, loading.problems = True, []
        loading.asked.clear()
        try:
            obj.serialize(self)
        finally:
            loading.dry = False
        return loading.problems + (list(loading.surplus(self.path)) if loading.strict else [])


def load_file(
    open_entries: Callable[[Any, str], AbstractContextManager[Mapping[str, Entry]]],
    caller: str,
    file: Any,
    obj: Serializable,
    path: str,
    strict: bool,
    ignore_names: IgnoreNames,
) -> None:
    """Load an object from a file of one format; what all functions such as `load_npz` do.

    Args:
        open_entries: Opens a file of the format as a mapping; gets the file and `caller`.
        caller: Name of the function, for messages.
        file: Name of the file, or an open file.
        obj: The object.
        path: Where in the file's hierarchy it is.
        strict: Whether names must agree.
        ignore_names: Entries to leave alone.
    """
    source = repr(os.fspath(file)) if isinstance(file, str | os.PathLike) else "the file"
    with open_entries(file, caller) as entries:
        EntriesDeserializer(entries, path, strict, ignore_names).load_from(obj, caller, source)


def _explain(caller: str, source: str, kind: str, problems: list[str]) -> str:
    return (
        f"{caller}: {source} does not fit the {kind}, which stays as it was:"
        + "".join(f"\n  {problem}" for problem in problems)
        + "\n(strict=False passes over entries that are missing or not expected; "
        "ignore_names=[...] leaves single entries alone)"
    )
