from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from catenary.serializers import DictionarySerializer, collect


def test_names_are_paths(model: Any) -> None:
    names = "epoch rate done note nothing history l1/W l1/b bn/N bn/mask bn/empty"
    assert list(collect(model)) == names.split()


def test_values_are_returned_unchanged() -> None:
    value = np.zeros(3)
    serializer = DictionarySerializer()
    assert serializer("x", value) is value
    assert serializer("y", 3) == 3


@pytest.mark.parametrize("path", ["top", "top/", "/top/"])
def test_path_is_a_folder(path: str) -> None:
    serializer = DictionarySerializer(path=path)
    serializer["/a/"]("b", 1)
    serializer("/c", 2)
    assert list(serializer.target) == ["top/a/b", "top/c"]


def test_given_target_is_filled() -> None:
    target: dict[str, Any] = {"old": None}
    DictionarySerializer(target)("x", 1)
    assert target == {"old": None, "x": np.array(1)}
