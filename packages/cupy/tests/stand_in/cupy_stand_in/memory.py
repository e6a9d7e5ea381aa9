"""Memory of a device: blocks of host memory that a pool hands out again and again.

A block that is handed out is filled with bytes 0xff (NaN for floating point), so that whoever reads before writing
sees it. A pool keeps a list of free blocks for each device, stream and rounded size: the block that was given back last
is the next to be handed out.
"""

from __future__ import annotations

import ctypes
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from cupy_stand_in.current import MEMORY, current_id
from cupy_stand_in.errors import OutOfMemoryError
from cupy_stand_in.streams import get_current_stream, record

#: Sizes are rounded up to a multiple of this, and addresses are multiples of it.
UNIT = 512
_reserved: dict[int, int] = defaultdict(int)  # by device


def reserved_bytes(device_id: int) -> int:
    """Return how many bytes of a device are taken by blocks, in use or free."""
    return _reserved[device_id]


class Block:
    """Host memory that plays memory of a device."""

    def __init__(self, size: int, device_id: int) -> None:
        if _reserved[device_id] + size > MEMORY:
            raise OutOfMemoryError(size, _reserved[device_id])
        whole = np.empty(size + UNIT, np.uint8)
        start = -whole.ctypes.data % UNIT
        self.host = whole[start : start + size]
        self.size, self.device_id = size, device_id
        _reserved[device_id] += size

    def __del__(self) -> None:
        if hasattr(self, "host"):
            _reserved[self.device_id] -= self.size


class BaseMemory:
    """Memory that arrays can lie in.

    Attributes:
        host: Its bytes.
    """

    host: np.ndarray[Any, Any]
    device_id: int

    @property
    def ptr(self) -> int:
        return self.host.ctypes.data if self.size else 0

    @property
    def size(self) -> int:
        return self.host.size

    @property
    def device(self) -> Any:
        from cupy_stand_in.device import Device  # which asks the memory how much is free

        return Device(self.device_id)

    def __int__(self) -> int:
        return self.ptr


class Memory(BaseMemory):
    """Memory of the current device without a pool."""

    def __init__(self, size: int) -> None:
        self._block = Block(size, current_id())
        self.host, self.device_id = self._block.host, self._block.device_id
        self.host.fill(0xFF)


class UnownedMemory(BaseMemory):
    """Memory that somebody else owns."""

    def __init__(self, ptr: int, size: int, owner: object, device_id: int = -1) -> None:
        self.host = np.empty(0, np.uint8)
        if size:
            self.host = np.frombuffer((ctypes.c_ubyte * size).from_address(ptr), np.uint8)
        self._owner = owner
        self.device_id = current_id() if device_id < 0 else device_id


class PooledMemory(BaseMemory):
    """A block of a pool; when this object dies, the pool may hand the block out again."""

    def __init__(self, block: Block, give_back: Callable[[Block], None]) -> None:
        self.host, self.device_id = block.host, block.device_id
        self._block, self._give_back = block, give_back

    def __del__(self) -> None:
        self._give_back(self._block)


class MemoryPointer:
    """An address in memory."""

    def __init__(self, mem: BaseMemory, offset: int) -> None:
        self.mem, self._offset = mem, offset
        self.ptr = mem.ptr + offset

    @property
    def device_id(self) -> int:
        return self.mem.device_id

    @property
    def device(self) -> Any:
        return self.mem.device

    def __int__(self) -> int:
        return self.ptr

    def __add__(self, offset: int) -> MemoryPointer:
        return MemoryPointer(self.mem, self._offset + offset)

    def __sub__(self, offset: int) -> MemoryPointer:
        return self + -offset

    def memset_async(self, value: int, size: int, stream: Any = None) -> None:
        """Set bytes."""
        record(lambda: ctypes.memset(self.ptr, value, size) and None, stream)

    def copy_from_device_async(self, src: MemoryPointer, size: int, stream: Any = None) -> None:
        """Copy bytes from another address of the device."""
        record(lambda: ctypes.memmove(self.ptr, src.ptr, size) and None, stream)

    def __repr__(self) -> str:
        return f"<MemoryPointer {self.ptr:#x} device={self.device_id} mem={self.mem!r}>"


class _Arena:
    """What a pool has of one device."""

    def __init__(self) -> None:
        self.free: dict[tuple[int, int], list[Block]] = defaultdict(list)  # by stream and size
        self.used = self.total = self.limit = 0

    def drop(self, stream: int | None = None) -> None:
        for key in [key for key in self.free if stream in (None, key[0])]:
            self.total -= sum(block.size for block in self.free.pop(key))


class MemoryPool:
    """Hands out memory, and keeps what comes back."""

    def __init__(self, allocator: Any = None) -> None:
        self._arenas: dict[int, _Arena] = defaultdict(_Arena)
        self._lock = threading.RLock()

    def malloc(self, size: int) -> MemoryPointer:
        """Return `size` bytes of the current device."""
        if size == 0:
            return MemoryPointer(Memory(0), 0)
        arena, stream = self._arenas[current_id()], get_current_stream().ptr
        rounded = -(-size // UNIT) * UNIT
        with self._lock:
            free = arena.free[stream, rounded]
            block = free.pop() if free else self._new(arena, rounded)
            arena.used += rounded
        block.host.fill(0xFF)
        return MemoryPointer(PooledMemory(block, lambda block: self._keep(arena, stream, block)), 0)

    def _new(self, arena: _Arena, size: int) -> Block:
        if arena.limit and arena.total + size > arena.limit:
            arena.drop()
        if arena.limit and arena.total + size > arena.limit:
            raise OutOfMemoryError(size, arena.total, arena.limit)
        block = Block(size, current_id())
        arena.total += size
        return block

    def _keep(self, arena: _Arena, stream: int, block: Block) -> None:
        with self._lock:
            arena.used -= block.size
            arena.free[stream, block.size].append(block)

    @property
    def _arena(self) -> _Arena:
        return self._arenas[current_id()]

    def free_all_blocks(self, stream: Any = None) -> None:
        """Forget the free blocks of the current device."""
        with self._lock:
            self._arena.drop(None if stream is None else stream.ptr)

    def free_bytes(self) -> int:
        return self._arena.total - self._arena.used

    def used_bytes(self) -> int:
        return self._arena.used

    def total_bytes(self) -> int:
        return self._arena.total

    def n_free_blocks(self) -> int:
        return sum(map(len, self._arena.free.values()))

    def set_limit(self, size: int | None = None, fraction: float | None = None) -> None:
        """Set how many bytes of the current device the pool may take; 0 is no limit."""
        if size is not None and fraction is not None:
            raise ValueError("size and fraction cannot be specified at one time")
        self._arena.limit = int(MEMORY * fraction) if fraction is not None else size or 0

    def get_limit(self) -> int:
        return self._arena.limit


class _Thread(threading.local):
    def __init__(self) -> None:
        self.allocators: list[Any] = []


DEFAULT_POOL = MemoryPool()
_thread = _Thread()
_process_allocator: list[Callable[[int], MemoryPointer]] = [DEFAULT_POOL.malloc]


def _plain(size: int) -> MemoryPointer:
    return MemoryPointer(Memory(size), 0)


def get_allocator() -> Callable[[int], MemoryPointer]:
    """Return what gives memory at the moment."""
    return _thread.allocators[-1] if _thread.allocators else _process_allocator[0]


def set_allocator(allocator: Callable[[int], MemoryPointer] | None = DEFAULT_POOL.malloc) -> None:
    """Set what gives memory to the whole process."""
    if _thread.allocators:
        raise ValueError("Can't change the global allocator inside `using_allocator` context manager")
    _process_allocator[0] = allocator or _plain


@contextmanager
def using_allocator(allocator: Callable[[int], MemoryPointer] | None = None) -> Iterator[None]:
    """Set what gives memory to this thread."""
    _thread.allocators.append(allocator or _plain)
    try:
        yield
    finally:
        _thread.allocators.pop()


def alloc(size: int) -> MemoryPointer:
    """Return memory of the current device."""
    return get_allocator()(size)


for _class in (BaseMemory, Memory, UnownedMemory, PooledMemory, MemoryPointer, MemoryPool):
    _class.__module__ = "cupy.cuda.memory"
