"""Extensions of CuPy."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from cupy_stand_in.module import find
from cupy_stand_in.pinned import alloc_pinned_memory

_settings: dict[str, Any] = {"divide": None, "over": None, "under": None, "invalid": None, "linalg": "ignore"}


def geterr() -> dict[str, Any]:
    """Return how errors are handled."""
    return dict(_settings)


@contextlib.contextmanager
def errstate(
    *, divide: Any = None, over: Any = None, under: Any = None, invalid: Any = None, linalg: Any = None
) -> Iterator[None]:
    """Accept the settings that CuPy has for errors; results here are those of "ignore"."""
    before = dict(_settings)
    _settings["linalg"] = linalg or before["linalg"]
    try:
        yield
    finally:
        _settings.update(before)


def empty_pinned(shape: Any, dtype: Any = float, order: str = "C") -> np.ndarray[Any, Any]:
    """Return an array of the host in pinned memory."""
    count = int(np.prod(shape))
    memory = alloc_pinned_memory(count * np.dtype(dtype).itemsize)
    return np.frombuffer(memory, dtype, count).reshape(shape, order=order)  # type: ignore[call-overload]


def zeros_pinned(shape: Any, dtype: Any = float, order: str = "C") -> np.ndarray[Any, Any]:
    """Return an array of zeros of the host in pinned memory."""
    found = empty_pinned(shape, dtype, order)
    found[...] = 0
    return found


def __getattr__(name: str) -> Any:
    return find("cupyx", name)
