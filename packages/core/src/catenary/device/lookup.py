"""From a specifier or an array to its device."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from catenary.device import current
from catenary.device.device import HOST, Device
from catenary.errors import ArgumentTypeError, DeviceError, DeviceNotFoundError
from catenary.types import Array, ArrayModule

#: Other words for a kind of device, and the one that plain numbers mean.
ALIASES = {"cuda": "cupy", "gpu": "cupy", "cpu": "numpy", "native": "numpy"}
NUMBERED = "cupy"
#: Kinds of devices that a first-party package gives.
PROVIDERS = {"cupy": "catenary-cupy[cuda12]", "tripwire": "catenary-testing"}


def parse_specifier(spec: str) -> tuple[str, int | None]:
    """Split `"@cupy:0"`, `"cuda:0"` or `"cupy"` into the kind of device and its index."""
    kind, colon, index = spec.removeprefix("@").partition(":")
    if not kind or (colon and not index.isdigit()):
        raise DeviceNotFoundError(
            f"get_device: cannot read {spec!r}; write '@numpy', '@cupy:0', 'cuda:0', or a number (-1 is the host)"
        )
    return ALIASES.get(kind.lower(), kind.lower()), int(index) if index else None


def get_device(device_spec: Any = None) -> Device:
    """Return the device that a specifier names.

    Args:
        device_spec: A string (`"@numpy"`, `"@cupy:0"`, `"cuda:0"`), a number (0 and more: that GPU; negative: the
            host), a `(kind, index)` tuple, an array module, a Device, or None for the current device.

    Raises:
        DeviceNotFoundError: If there is no such device; the message says what to install.

    Example:
        >>> import catenary
        >>> catenary.get_device("@numpy")
        <NumpyDevice @numpy>
    """
    if device_spec is None:
        return current.get_current()
    if isinstance(device_spec, Device):
        return device_spec
    if isinstance(device_spec, bool):
        raise ArgumentTypeError(f"get_device: expected a specifier such as '@numpy' or 0, got {device_spec}")
    if isinstance(device_spec, int | np.integer):
        return HOST if device_spec < 0 else open_device(NUMBERED, int(device_spec))
    if isinstance(device_spec, tuple) and len(device_spec) == 2 and isinstance(device_spec[1], int):
        kind, index = device_spec
        device_spec = f"{kind.__name__ if isinstance(kind, ModuleType) else kind}:{index}"
    if isinstance(device_spec, ModuleType):
        device_spec = device_spec.__name__
    if not isinstance(device_spec, str):
        raise ArgumentTypeError(
            f"get_device: expected a string, a number, an array module or a Device, got {type(device_spec).__name__}"
        )
    return open_device(*parse_specifier(device_spec))


def open_device(kind: str, index: int | None) -> Device:
    """Return the device of this kind and index, opening it through its plugin at first."""
    for name in (f"@{kind}" if index is None else f"@{kind}:{index}", f"@{kind}:0" if index is None else ""):
        if name in current.opened:
            return current.opened[name]
    if kind == "numpy":
        raise DeviceNotFoundError(f"get_device: '@numpy' has no index, got '@numpy:{index}'")
    from catenary.plugins import UnknownNameError, registry  # not loaded until a plugin's device is asked for

    try:
        opener = registry.get("devices", kind)
    except UnknownNameError:
        raise DeviceNotFoundError(_how_to_get(kind, registry.names("devices"))) from None
    device: Device = opener(index)
    if device.name not in current.opened:
        current.remember(device)
    return current.opened[device.name]


def _how_to_get(kind: str, known: Any) -> str:
    if kind in PROVIDERS:
        return (
            f"get_device: the device '@{kind}' is provided by {PROVIDERS[kind].split('[')[0]}, which is not "
            f"installed. Install it with:  pip install '{PROVIDERS[kind]}'"
        )
    names = ", ".join(f"'@{name}'" for name in ["numpy", *sorted(known)])
    return f"get_device: there is no device '@{kind}' here; known are {names}"


def device_of(array: Array) -> Device:
    """Return the device of one array, found from its class.

    Raises:
        ArgumentTypeError: If no installed device has arrays of this class.
    """
    candidates = current.devices_of_type(type(array))
    for device in candidates:
        if device.is_array_supported(array):
            return device
    root = type(array).__module__.partition(".")[0]
    if root in PROVIDERS:
        return open_device(root, getattr(getattr(array, "device", None), "id", None))
    if candidates:
        return candidates[0]
    raise ArgumentTypeError(f"expected an array of an installed device, got {type(array).__name__}")


def get_device_from_array(*arrays: Any) -> Device:
    """Return the device of the given arrays or Variables, the host if there is none.

    Raises:
        DeviceError: If they live on different devices.
    """
    found: dict[Device, None] = {}
    for array in arrays:
        array = getattr(array, "_array", array)
        if hasattr(array, "dtype") and hasattr(array, "shape") and not isinstance(array, np.generic):
            found[device_of(array)] = None
    if len(found) > 1:
        raise DeviceError(f"arrays live on different devices: {', '.join(d.name for d in found)}")
    return next(iter(found), HOST)


def get_array_module(*arrays: Any) -> ArrayModule:
    """Return the array module (`numpy` or another device's) of the given arrays or Variables.

    Example:
        >>> import numpy as np, catenary
        >>> catenary.get_array_module(np.zeros(3)).__name__
        'numpy'
    """
    for array in arrays:
        if type(array) is np.ndarray:  # by far the most frequent
            continue
        array = getattr(array, "_array", array)
        if type(array) is not np.ndarray and hasattr(array, "shape") and not isinstance(array, np.generic):
            known = current.device_of_type(type(array))  # all devices of a class have the same module
            return device_of(array).xp if known is None else known.xp
    return np


def using_device(device_spec: Any) -> Device:
    """Return a device to be used in a `with` statement, inside which it is the current one.

    Example:
        >>> import catenary
        >>> with catenary.using_device("@numpy"):
        ...     catenary.get_device()
        <NumpyDevice @numpy>
    """
    return get_device(device_spec)


def _by_name(device: Any) -> tuple[Any, ...]:
    return get_device, (device.name,)


# A copy or a pickle of a device is the device itself: the random generator is in it.
Device.__reduce__ = _by_name  # type: ignore[method-assign, assignment]
