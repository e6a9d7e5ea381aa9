"""Serializers that keep values in a dictionary, to check that objects can be saved and loaded."""

from __future__ import annotations

from typing import Any

import numpy as np

from catenary import Deserializer, Serializer
from catenary.device import device_of
from catenary.variable import is_array


class MemorySerializer(Serializer):
    """Saves into a dictionary.

    Args:
        values: The dictionary.
        path: What the keys begin with.

    Example:
        >>> from catenary.testing import MemorySerializer
        >>> values = {}
        >>> MemorySerializer(values)["a"]("n", 1)
        1
        >>> values
        {'a/n': 1}
    """

    def __init__(self, values: dict[str, Any], path: str = "") -> None:
        self.values, self.path = values, path

    def __getitem__(self, key: str) -> MemorySerializer:
        return MemorySerializer(self.values, f"{self.path}{key.strip('/')}/")

    def __call__(self, key: str, value: Any) -> Any:
        self.values[self.path + key] = device_of(value).to_host(value).copy() if is_array(value) else value
        return value


class MemoryDeserializer(Deserializer):
    """Loads from the dictionary of a `MemorySerializer`.

    Args:
        values: The dictionary.
        path: What the keys begin with.
    """

    def __init__(self, values: dict[str, Any], path: str = "") -> None:
        self.values, self.path = values, path

    def __getitem__(self, key: str) -> MemoryDeserializer:
        return MemoryDeserializer(self.values, f"{self.path}{key.strip('/')}/")

    def __contains__(self, key: str) -> bool:
        full = self.path + key
        return any(name == full or name.startswith(f"{full}/") for name in self.values)

    def __call__(self, key: str, value: Any) -> Any:
        stored = self.values[self.path + key]
        if is_array(value):
            value[...] = device_of(value).send(stored)
            return value
        return stored.copy() if isinstance(stored, np.ndarray) else stored


def saved(obj: Any) -> dict[str, Any]:
    """Return what an object saves, by key."""
    values: dict[str, Any] = {}
    obj.serialize(MemorySerializer(values))
    return values


def load(values: dict[str, Any], obj: Any) -> None:
    """Load what `saved` returned into another object."""
    obj.serialize(MemoryDeserializer(values))
