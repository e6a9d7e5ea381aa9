"""What this process knows of devices: those opened, the current one of each thread, the seed."""

from __future__ import annotations

import threading
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from catenary.device.device import Device

#: Every device that has been opened, by name.
opened: dict[str, Device] = {}
#: The classes of their arrays.
array_types: set[type] = set()
_by_type: dict[type, list[Device]] = {}
_entropy: list[int | None] = [None]


class _Stack(threading.local):
    def __init__(self) -> None:
        self.devices: list[Device] = []


_stack = _Stack()


def remember(device: Device) -> None:
    """Add a device that has just been opened."""
    opened[device.name] = device
    know_types(device)


def know_types(device: Device) -> None:
    """Let arrays of a device's classes be found to be on it, without a name for it."""
    array_types.update(device.supported_array_types)
    for array_type in device.supported_array_types:
        _by_type.setdefault(array_type, []).append(device)


def device_of_type(array_type: type) -> Device | None:
    """Return the first opened device with arrays of this class or one of its bases."""
    for base in array_type.__mro__:
        if base in _by_type:
            return _by_type[base][0]
    return None


def devices_of_type(array_type: type) -> list[Device]:
    """Return all opened devices with arrays of this class or one of its bases."""
    return next((_by_type[base] for base in array_type.__mro__ if base in _by_type), [])


def get_current() -> Device:
    """Return the current device of this thread."""
    return _stack.devices[-1] if _stack.devices else opened["@numpy"]


def set_device(device: Device) -> None:
    """Replace the current device of this thread."""
    _stack.devices[-1:] = [device]


def push_device(device: Device) -> None:
    """Make `device` the current one until `pop_device`."""
    _stack.devices.append(device)


def pop_device() -> None:
    """Return to the device before the last `push_device`."""
    _stack.devices.pop()


def set_entropy(seed: int | None) -> None:
    """Fix the seed from which devices opened from now on derive theirs."""
    _entropy[0] = seed


def next_seed(device_name: str) -> Any:
    """Return the seed sequence of a device: the one seed, and the device's name."""
    if _entropy[0] is None:
        return np.random.SeedSequence()
    return np.random.SeedSequence([_entropy[0], zlib.crc32(device_name.encode())])
