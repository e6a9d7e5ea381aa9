"""Stand-ins for links: objects with a `serialize` method and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from catenary.serializer import AbstractSerializer


class Node:
    """Saves its values under their names, and its children below theirs."""

    def __init__(self, **values: Any) -> None:
        self.values = {k: v for k, v in values.items() if not isinstance(v, Node)}
        self.children = {k: v for k, v in values.items() if isinstance(v, Node)}

    def serialize(self, serializer: AbstractSerializer) -> None:
        for key, value in self.values.items():
            self.values[key] = serializer(key, value)
        for key, child in self.children.items():
            child.serialize(serializer[key])

    def flat(self, prefix: str = "") -> dict[str, Any]:
        found = {prefix + key: value for key, value in self.values.items()}
        for key, child in self.children.items():
            found |= child.flat(f"{prefix}{key}/")
        return found


@pytest.fixture
def node() -> type[Node]:
    return Node


@pytest.fixture
def model() -> Node:
    """A small model with every kind of value; its numbers differ from one another."""
    return Node(
        epoch=3,
        rate=0.25,
        done=True,
        note="größe",
        nothing=None,
        history=[1.5, 2.5],
        l1=Node(W=np.arange(6, dtype=np.float32).reshape(2, 3), b=np.array([7, 8], dtype=np.float32)),
        bn=Node(N=np.int64(5), mask=np.array([True, False]), empty=np.zeros((0, 3), dtype=np.float64)),
    )


@pytest.fixture
def blank() -> Node:
    """A model as `model`, before anything has been loaded."""
    return Node(
        epoch=0,
        rate=0.0,
        done=False,
        note="",
        nothing=None,
        history=[],
        l1=Node(W=np.zeros((2, 3), dtype=np.float32), b=np.zeros(2, dtype=np.float32)),
        bn=Node(N=np.int64(0), mask=np.zeros(2, dtype=bool), empty=np.zeros((0, 3), dtype=np.float64)),
    )
