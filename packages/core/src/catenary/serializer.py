"""How objects and file formats meet: the serializer protocol.

An object that can be saved and loaded has one method for both ways::

    def serialize(self, serializer):
        self.count = serializer("count", self.count)
        self.child.serialize(serializer["child"])

A `Serializer` stores each value and returns it. A `Deserializer` returns the value to keep: for an array that
is the same array, filled in place. A loader may call `serialize` twice, first to find out whether everything
fits, then to write; so the method must have no effect besides storing what the serializer returns.
"""

from __future__ import annotations

from typing import Any, Protocol


class Serializable(Protocol):
    """What can be saved and loaded: links, optimizers, trainers, ..."""

    def serialize(self, serializer: AbstractSerializer) -> Any:
        """Pass each value through `serializer` and keep what it returns."""


class AbstractSerializer:
    """The two ways in which an object uses a serializer, whether it is being saved or loaded."""

    def __getitem__(self, key: str) -> AbstractSerializer:
        """Return the serializer of a child object.

        Args:
            key: Name of the child; entries below it are named `key/...`.
        """
        raise NotImplementedError(f"{type(self).__name__} gives no __getitem__")

    def __call__(self, key: str, value: Any) -> Any:
        """Store a value, or return the one that was stored.

        Args:
            key: Name of the entry.
            value: An array, a number, a string, a list of numbers, or None.

        Returns:
            The value to keep: `value` itself when saving.
        """
        raise NotImplementedError(f"{type(self).__name__} gives no __call__")


class Serializer(AbstractSerializer):
    """Base of serializers that save."""

    def save(self, obj: Serializable) -> None:
        """Save an object.

        Args:
            obj: Object with a `serialize` method.
        """
        obj.serialize(self)


class Deserializer(AbstractSerializer):
    """Base of serializers that load.

    A `serialize` method may ask `isinstance(serializer, Deserializer)`, and `key in serializer` for entries that
    a file may lack.
    """

    def __contains__(self, key: str) -> bool:
        """Return whether there is an entry or a child `key`; a format that cannot tell says yes."""
        return True

    def load(self, obj: Serializable) -> None:
        """Load an object.

        Args:
            obj: Object with a `serialize` method.
        """
        obj.serialize(self)
