"""How many devices there are, and which one is the current one of a thread."""

from __future__ import annotations

import threading

from cupy_stand_in.errors import INVALID_DEVICE, CUDARuntimeError

COUNT = 2
#: Bytes of memory that a device says it has.
MEMORY = 8 << 30


class _Thread(threading.local):
    device = 0


_thread = _Thread()


def current_id() -> int:
    """Return the number of the thread's current device."""
    return _thread.device


def set_current(index: int) -> None:
    """Make a device the thread's current one."""
    if not 0 <= index < COUNT:
        raise CUDARuntimeError(INVALID_DEVICE)
    _thread.device = index
