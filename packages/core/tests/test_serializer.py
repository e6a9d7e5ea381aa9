from __future__ import annotations

from typing import Any

import pytest

from catenary.serializer import AbstractSerializer, Deserializer, Serializer


class Counter:
    def __init__(self, count: int) -> None:
        self.count = count

    def serialize(self, serializer: AbstractSerializer) -> None:
        self.count = serializer["inner"]("count", self.count)


class Memory(Serializer):
    def __init__(self, stored: dict[str, Any], path: str = "") -> None:
        self.stored = stored
        self.path = path

    def __getitem__(self, key: str) -> Memory:
        return type(self)(self.stored, f"{self.path}{key}/")

    def __call__(self, key: str, value: Any) -> Any:
        self.stored[self.path + key] = value
        return value


class Recall(Memory, Deserializer):
    def __call__(self, key: str, value: Any) -> Any:
        return self.stored[self.path + key]


def test_save_and_load_call_serialize() -> None:
    stored: dict[str, Any] = {}
    Memory(stored).save(Counter(3))
    assert stored == {"inner/count": 3}
    counter = Counter(0)
    Recall(stored).load(counter)
    assert counter.count == 3


def test_a_deserializer_that_cannot_tell_says_that_entries_are_there() -> None:
    assert "anything" in Deserializer()


@pytest.mark.parametrize("use", [lambda s: s["key"], lambda s: s("key", 1)])
def test_missing_methods_are_named(use: Any) -> None:
    class Unfinished(AbstractSerializer):
        pass

    with pytest.raises(NotImplementedError, match="Unfinished gives no __"):
        use(Unfinished())
