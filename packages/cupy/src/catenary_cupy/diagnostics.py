"""Lines for ``catenary doctor``."""

from __future__ import annotations

from typing import Any

from catenary.errors import DeviceNotFoundError
from catenary_cupy import requirements


def describe() -> str:
    """Return which CuPy, CUDA and GPUs there are, or what is missing."""
    try:
        cupy = requirements.find_cupy(0)
    except DeviceNotFoundError as error:
        return str(error).removeprefix("get_device: ")
    runtime = cupy.cuda.runtime
    gpus = ", ".join(_describe_gpu(runtime, index) for index in range(runtime.getDeviceCount()))
    versions = f"CUDA {_version(runtime.runtimeGetVersion())}, driver for {_version(runtime.driverGetVersion())}"
    return f"CuPy {cupy.__version__}, {versions}; {gpus}"


def _version(number: int) -> str:
    return f"{number // 1000}.{number % 1000 // 10}"


def _describe_gpu(runtime: Any, index: int) -> str:
    properties = runtime.getDeviceProperties(index)
    name = properties["name"]
    name = name.decode() if isinstance(name, bytes) else name
    capability = f"{properties['major']}.{properties['minor']}"
    return f"@cupy:{index} {name} (compute {capability}, {properties['totalGlobalMem'] / 2**30:.0f} GiB)"
