"""Pinned memory of the host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cupy_stand_in.memory import UNIT


class PinnedMemory(bytearray):
    """Bytes of the host."""


class PinnedMemoryPointer(PinnedMemory):
    """Pinned memory by its address; `numpy.frombuffer` takes it."""

    @property
    def mem(self) -> PinnedMemory:
        return self

    @property
    def ptr(self) -> int:
        return np.frombuffer(self, np.uint8).ctypes.data

    def size(self) -> int:
        """Return the number of bytes."""
        return len(self)


class PinnedMemoryPool:
    """Hands out pinned memory."""

    def malloc(self, size: int) -> PinnedMemoryPointer:
        """Return memory."""
        return PinnedMemoryPointer(-(-size // UNIT) * UNIT)

    def free_all_blocks(self) -> None:
        """Forget free blocks; there are none."""

    def n_free_blocks(self) -> int:
        return 0


DEFAULT_POOL = PinnedMemoryPool()
_allocator: list[Callable[[int], Any]] = [DEFAULT_POOL.malloc]


def set_pinned_memory_allocator(allocator: Callable[[int], Any] | None = None) -> None:
    """Set what gives pinned memory."""
    _allocator[0] = allocator or PinnedMemoryPointer


def alloc_pinned_memory(size: int) -> Any:
    """Return pinned memory."""
    return _allocator[0](size)


PinnedMemoryPointer.__module__ = PinnedMemoryPool.__module__ = "cupy.cuda.pinned_memory"
