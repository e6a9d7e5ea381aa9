"""The functions of the CUDA runtime that are used; the constants are those of the table."""

from __future__ import annotations

import ctypes
from typing import Any

from cupy_stand_in import current
from cupy_stand_in.device import Device
from cupy_stand_in.errors import INVALID_DEVICE, CUDARuntimeError as CUDARuntimeError
from cupy_stand_in.interface import entry
from cupy_stand_in.streams import record, refuse, stream_at

is_hip = False


def getDeviceCount() -> int:
    """Return how many devices there are."""
    return current.COUNT


def getDevice() -> int:
    """Return the number of the current device."""
    return current.current_id()


def setDevice(device: int) -> None:
    """Make a device the current one."""
    current.set_current(device)


def getDeviceProperties(device: int) -> dict[str, Any]:
    """Return what a device is."""
    if not 0 <= device < current.COUNT:
        raise CUDARuntimeError(INVALID_DEVICE)
    return {
        "name": b"Stand-in",
        "totalGlobalMem": current.MEMORY,
        "major": 9,
        "minor": 0,
        "multiProcessorCount": 132,
        "maxThreadsPerBlock": 1024,
        "warpSize": 32,
        "sharedMemPerBlock": 48 << 10,
        "l2CacheSize": 50 << 20,
    }


def deviceGetAttribute(attrib: int, device: int) -> int:
    """Return one property of a device by the number of the attribute."""
    return {1: 1024, 10: 32, 16: 132, 75: 9, 76: 0}.get(attrib, 1)


def deviceCanAccessPeer(device: int, peerDevice: int) -> int:
    """Return 0: the devices cannot reach each other's memory."""
    return 0


def driverGetVersion() -> int:
    return 13000


def runtimeGetVersion() -> int:
    return 13000


def memGetInfo() -> tuple[int, int]:
    """Return how many bytes are free, and all."""
    return Device().mem_info


def deviceSynchronize() -> None:
    refuse()


def streamSynchronize(stream: int) -> None:
    refuse(stream_at(stream))


def streamIsCapturing(stream: int) -> bool:
    return stream_at(stream).is_capturing()


def memcpy(dst: int, src: int, size: int, kind: int) -> None:
    refuse()
    ctypes.memmove(dst, src, size)


def memcpyAsync(dst: int, src: int, size: int, kind: int, stream: int) -> None:
    record(lambda: ctypes.memmove(dst, src, size), stream_at(stream))


def memset(ptr: int, value: int, size: int) -> None:
    refuse()
    ctypes.memset(ptr, value, size)


def memsetAsync(ptr: int, value: int, size: int, stream: int) -> None:
    record(lambda: ctypes.memset(ptr, value, size), stream_at(stream))


def profilerStart() -> None:
    """Begin to profile."""


def profilerStop() -> None:
    """Stop profiling."""


def __getattr__(name: str) -> Any:
    row = entry("cupy.cuda.runtime", name)
    if row.kind != "value":
        raise AttributeError(f"cupy.cuda.runtime.{name} is in CuPy, but not in its stand-in")
    return row.value()
