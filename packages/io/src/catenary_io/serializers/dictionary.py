"""Saving into a dict: the part that all flat file formats share."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from catenary.serializer import Serializable, Serializer
from catenary_io.serializers.values import Entry, to_entry


class DictionarySerializer(Serializer):
    """Save into a dict, with names such as `"predictor/l1/W"`.

    Args:
        target: Dict to save into; a new one by default. NumPy arrays are stored as they are, not copied.
        path: Where in the hierarchy to save.

    Attributes:
        target: The dict.

    Example:
        >>> import numpy as np
        >>> from catenary.serializers import DictionarySerializer
        >>> serializer = DictionarySerializer()
        >>> _ = serializer["l1"]("W", np.ones((2, 3)))
        >>> list(serializer.target)
        ['l1/W']
    """

    def __init__(self, target: MutableMapping[str, Entry] | None = None, path: str = "") -> None:
        self.target: MutableMapping[str, Entry] = {} if target is None else target
        self.path = as_folder(path)

    def __getitem__(self, key: str) -> DictionarySerializer:
        return DictionarySerializer(self.target, join(self.path, key))

    def __call__(self, key: str, value: Any) -> Any:
        name = join(self.path, key)
        self.target[name] = to_entry(name, value)
        return value


def collect(obj: Serializable) -> dict[str, Entry]:
    """Return all that an object saves, by name.

    Args:
        obj: Object with a `serialize` method.

    Returns:
        Name -> NumPy array or None, in the order in which the object saves them.

    Raises:
        SerializationError: If the object saves something that no file can hold.

    Example:
        >>> from catenary.serializers import collect
        >>> class Counter:
        ...     count = 3
        ...     def serialize(self, serializer):
        ...         self.count = serializer("count", self.count)
        >>> collect(Counter())
        {'count': array(3)}
    """
    entries: dict[str, Entry] = {}
    DictionarySerializer(entries).save(obj)
    return entries


def as_folder(path: str) -> str:
    """Return a path without slash at its beginning and with one at its end, unless it is empty."""
    path = path.strip("/")
    return f"{path}/" if path else ""


def join(folder: str, key: str) -> str:
    """Return the full name of `key` in a folder that `as_folder` or `join` gave."""
    return as_folder(folder) + key.strip("/")
