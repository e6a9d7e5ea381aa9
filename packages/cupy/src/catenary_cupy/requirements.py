"""What a GPU needs - a driver, CuPy, CUDA's libraries - and what to do where one of them is missing."""

from __future__ import annotations

import ctypes
import importlib
from typing import Any

from catenary.errors import DeviceNotFoundError

#: The first version of CuPy for NumPy 2.x as Catenary uses it.
OLDEST = 14


def find_cupy(index: int) -> Any:
    """Return CuPy, after making sure that it sees the GPU of this number.

    Raises:
        DeviceNotFoundError: If it does not; the message says why, and what to install.
    """
    wanted = f"get_device: '@cupy:{index}' cannot be used: "
    try:
        cupy = importlib.import_module("cupy")
    except ImportError as error:
        reason = "CuPy is not installed" if isinstance(error, ModuleNotFoundError) else f"CuPy does not load ({error})"
        raise DeviceNotFoundError(f"{wanted}{reason}; {_advice()}") from error
    if int(cupy.__version__.partition(".")[0]) < OLDEST:
        raise DeviceNotFoundError(
            f"{wanted}CuPy {cupy.__version__} is too old, {OLDEST}.0 or later is needed; {_advice()}"
        )
    try:
        count = cupy.cuda.runtime.getDeviceCount()
    except Exception as error:  # of CuPy's own class; a driver can fail in many ways
        raise DeviceNotFoundError(f"{wanted}CUDA does not start ({error}); {_advice()}") from error
    if index >= count:
        have = "no GPU" if count == 0 else f"{count} GPU{'s' if count > 1 else ''}, '@cupy:0' to '@cupy:{count - 1}'"
        raise DeviceNotFoundError(f"{wanted}CUDA sees {have}")
    return cupy


def driver_version() -> tuple[int, int] | None:
    """Return the version of CUDA that the driver is for, or None where there is no driver."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return None
    version = ctypes.c_int()
    if driver.cuInit(0) or driver.cuDriverGetVersion(ctypes.byref(version)):
        return None
    return version.value // 1000, version.value % 1000 // 10


def _advice() -> str:
    version = driver_version()
    if version is None:
        return (
            "no NVIDIA driver answers here (libcuda.so.1): install the driver, and then run: "
            "pip install 'catenary-cupy[cuda13]' (or [cuda12] for a driver before CUDA 13)"
        )
    if version < (12, 0):
        return f"the driver is for CUDA {version[0]}.{version[1]}, and CUDA 12 is needed: install a newer driver"
    return f"run: pip install 'catenary-cupy[cuda{min(version[0], 13)}]'"
