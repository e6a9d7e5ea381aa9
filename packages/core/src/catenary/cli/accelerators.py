"""Which accelerators this machine has, whether or not a plugin for them is installed."""

from __future__ import annotations

import ctypes
import importlib.metadata
from collections.abc import Iterator


def describe_accelerators() -> Iterator[str]:
    """Yield one line per kind of accelerator: what was found, and the command that installs its plugin."""
    yield f"NVIDIA: {_nvidia()}"


def _nvidia() -> str:
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return "no driver (libcuda.so.1 not found)"
    status = driver.cuInit(0)
    if status:
        return f"the driver does not start (cuInit returned {status})"
    count, version = ctypes.c_int(), ctypes.c_int()
    driver.cuDeviceGetCount(ctypes.byref(count))
    driver.cuDriverGetVersion(ctypes.byref(version))
    if not count.value:
        return "the driver reports no device"
    names = ", ".join(f"{index}: {_device_name(driver, index)}" for index in range(count.value))
    release = f"{version.value // 1000}.{version.value % 1000 // 10}"
    return f"driver for CUDA {release}, devices {names}; {_plugin(release)}"


def _device_name(driver: ctypes.CDLL, index: int) -> str:
    device, name = ctypes.c_int(), ctypes.create_string_buffer(256)
    if driver.cuDeviceGet(ctypes.byref(device), index) or driver.cuDeviceGetName(name, len(name), device):
        return "unknown"
    return name.value.decode(errors="replace")


def _plugin(release: str) -> str:
    try:
        return f"catenary-cupy {importlib.metadata.version('catenary-cupy')} is installed"
    except importlib.metadata.PackageNotFoundError:
        extra = "cuda13" if int(release.partition(".")[0]) >= 13 else "cuda12"
        return f"install the plugin with:  pip install 'catenary-cupy[{extra}]'"
