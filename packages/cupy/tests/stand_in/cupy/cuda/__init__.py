"""Devices, streams and memory."""

from cupy_stand_in.current import current_id as get_device_id
from cupy_stand_in.device import Device as Device
from cupy_stand_in.memory import (
    BaseMemory as BaseMemory,
    Memory as Memory,
    MemoryPointer as MemoryPointer,
    MemoryPool as MemoryPool,
    UnownedMemory as UnownedMemory,
    alloc as alloc,
    get_allocator as get_allocator,
    set_allocator as set_allocator,
    using_allocator as using_allocator,
)
from cupy_stand_in.pinned import (
    PinnedMemory as PinnedMemory,
    PinnedMemoryPointer as PinnedMemoryPointer,
    PinnedMemoryPool as PinnedMemoryPool,
    alloc_pinned_memory as alloc_pinned_memory,
    set_pinned_memory_allocator as set_pinned_memory_allocator,
)
from cupy_stand_in.streams import (
    Event as Event,
    ExternalStream as ExternalStream,
    Graph as Graph,
    Stream as Stream,
    get_current_stream as get_current_stream,
    get_elapsed_time as get_elapsed_time,
)

from cupy.cuda import compiler, device, graph, memory, nvtx, pinned_memory, runtime, stream

__all__ = ["compiler", "device", "get_device_id", "graph", "memory", "nvtx", "pinned_memory", "runtime", "stream"]


def is_available() -> bool:
    """Return whether there is a device."""
    return runtime.getDeviceCount() > 0
