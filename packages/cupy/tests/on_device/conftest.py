"""Tests on a GPU. Where there is none, the stand-in for CuPy in tests/stand_in can take its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import catenary
from catenary.testing import open_gpu


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "on_device" in item.path.parts:
            item.add_marker(pytest.mark.gpu)


@pytest.fixture
def gpu() -> Iterator[Any]:
    """The first GPU, as the current device, with a fixed seed."""
    with catenary.using_device(open_gpu()) as device:
        catenary.seed(0)
        yield device
