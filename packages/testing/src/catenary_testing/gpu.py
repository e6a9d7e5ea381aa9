"""What tests that need a GPU have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import catenary
from catenary.errors import DeviceNotFoundError


def on_gpu(check: Callable[..., None]) -> Any:
    """Return a check as a parameter of a test, marked as one that needs a GPU."""
    return pytest.param(check, marks=pytest.mark.gpu)


def open_gpu() -> Any:
    """Return the first GPU; skip the test where there is none, and say why."""
    try:
        return catenary.get_device("@cupy:0")
    except DeviceNotFoundError as error:
        pytest.skip(str(error))
