"""Host memory that devices can reach."""

from cupy_stand_in.pinned import (
    DEFAULT_POOL as DEFAULT_POOL,
    PinnedMemory as PinnedMemory,
    PinnedMemoryPointer as PinnedMemoryPointer,
    PinnedMemoryPool as PinnedMemoryPool,
    alloc_pinned_memory as alloc_pinned_memory,
    set_pinned_memory_allocator as set_pinned_memory_allocator,
)
