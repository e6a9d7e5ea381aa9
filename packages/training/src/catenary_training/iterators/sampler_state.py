"""The state of an order sampler, kept in memory."""

from __future__ import annotations

import copy
from typing import Any

from catenary.serializer import Deserializer, Serializer
from catenary_training.serialization import serialize_child

#: What a sampler gave to a serializer, by path.
State = dict[str, Any]


def take_state(sampler: Any) -> State:
    """Return the state of a sampler; that of one without `serialize` is empty."""
    state: State = {}
    serialize_child(_Writer(state), "", sampler)
    return state


def put_state(sampler: Any, state: State) -> None:
    """Put a sampler back into a state that `take_state` returned."""
    serialize_child(_Reader(state), "", sampler)


class _Writer(Serializer):
    def __init__(self, state: State, path: str = "") -> None:
        self._state, self._path = state, path

    def __getitem__(self, key: str) -> _Writer:
        return _Writer(self._state, f"{self._path}{key}/")

    def __call__(self, key: str, value: Any) -> Any:
        self._state[self._path + key] = copy.deepcopy(value)
        return value


class _Reader(Deserializer):
    def __init__(self, state: State, path: str = "") -> None:
        self._state, self._path = state, path

    def __contains__(self, key: str) -> bool:
        return any(name == self._path + key or name.startswith(f"{self._path}{key}/") for name in self._state)

    def __getitem__(self, key: str) -> _Reader:
        return _Reader(self._state, f"{self._path}{key}/")

    def __call__(self, key: str, value: Any) -> Any:
        return copy.deepcopy(self._state[self._path + key])
