"""Memory of devices."""

from cupy_stand_in.errors import CUDARuntimeError as CUDARuntimeError, OutOfMemoryError as OutOfMemoryError
from cupy_stand_in.memory import (
    DEFAULT_POOL as DEFAULT_POOL,
    BaseMemory as BaseMemory,
    Memory as Memory,
    MemoryPointer as MemoryPointer,
    MemoryPool as MemoryPool,
    PooledMemory as PooledMemory,
    UnownedMemory as UnownedMemory,
    alloc as alloc,
    get_allocator as get_allocator,
    set_allocator as set_allocator,
)
