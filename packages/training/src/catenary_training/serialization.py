"""Steps of `serialize` methods that several objects share."""

from __future__ import annotations

from typing import Any

from catenary.serializer import AbstractSerializer, Deserializer


def optional(serializer: AbstractSerializer, key: str, value: Any) -> Any:
    """Save or load an entry that a file may lack, as those of Chainer do; `value` stays then."""
    return value if lacks(serializer, key) else serializer(key, value)


def serialize_child(serializer: AbstractSerializer, key: str, child: Any) -> None:
    """Save or load a child object if it has state."""
    method = getattr(child, "serialize", None)
    if method is not None:
        method(serializer[key])


def lacks(serializer: AbstractSerializer, key: str) -> bool:
    """Return whether a file is being loaded that has no such entry."""
    return isinstance(serializer, Deserializer) and key not in serializer
