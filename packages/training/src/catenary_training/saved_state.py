"""The state of an object in memory: all that it saves, by name."""

from __future__ import annotations

import copy
from functools import reduce
from operator import getitem
from typing import Any, Self

import numpy as np

from catenary import get_device, get_device_from_array
from catenary.serializer import AbstractSerializer, Deserializer, Serializable, Serializer


class SavedState(dict[str, Any]):
    """All that an object saved, by names such as `"updater/model:main/l1/W"`; arrays are copies on the host.

    It can be saved in the place of the object, by whatever saves objects, and loaded into one again.

    Example:
        >>> from catenary_training.saved_state import SavedState
        >>> class Counter:
        ...     count = 3
        ...     def serialize(self, serializer):
        ...         self.count = serializer("count", self.count)
        >>> counter = Counter()
        >>> state = SavedState.of(counter)
        >>> counter.count = 5
        >>> state.load_into(counter)
        >>> counter.count, state
        (3, {'count': 3})
    """

    @classmethod
    def of(cls, target: Serializable) -> Self:
        """Return the present state of an object."""
        state = cls()
        target.serialize(_Taking(state))
        return state

    def load_into(self, target: Serializable) -> None:
        """Give an object back the state that it had."""
        target.serialize(_Giving(self))

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save what the object saved, under the same names."""
        for name, value in self.items():
            *folders, key = name.split("/")
            reduce(getitem, folders, serializer)(key, value)


class _Taking(Serializer):
    """Saves copies into a dict."""

    def __init__(self, state: dict[str, Any], path: str = "") -> None:
        self._state, self._path = state, path

    def __getitem__(self, key: str) -> _Taking:
        return _Taking(self._state, f"{self._path}{key.strip('/')}/")

    def __call__(self, key: str, value: Any) -> Any:
        self._state[self._path + key.strip("/")] = _copied(value)
        return value


class _Giving(Deserializer):
    """Loads from such a dict; what is not in it stays as it is."""

    def __init__(self, state: dict[str, Any], path: str = "") -> None:
        self._state, self._path = state, path

    def __getitem__(self, key: str) -> _Giving:
        return _Giving(self._state, f"{self._path}{key.strip('/')}/")

    def __contains__(self, key: str) -> bool:
        name = self._path + key.strip("/")
        return any(other == name or other.startswith(f"{name}/") for other in self._state)

    def __call__(self, key: str, value: Any) -> Any:
        stored = self._state.get(self._path + key.strip("/"), value)
        if _is_array(value) and _is_array(stored) and value.shape == stored.shape:
            value[...] = get_device_from_array(value).send(stored)
            return value
        return copy.deepcopy(stored)


def _is_array(value: Any) -> bool:
    return hasattr(value, "dtype") and not isinstance(value, np.generic)


def _copied(value: Any) -> Any:
    return get_device("@numpy").send(value) if _is_foreign(value) else copy.deepcopy(value)


def _is_foreign(value: Any) -> bool:
    return _is_array(value) and not isinstance(value, np.ndarray)
