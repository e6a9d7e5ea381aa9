"""A stand-in for CuPy over host memory, for tests where there is no GPU.

    PYTHONPATH=packages/cupy/tests/stand_in python -m pytest -m gpu packages/cupy

It has the names and arguments that interface.tsv lists, and refuses others; the package cupy_stand_in does the work.
"""

from typing import Any

import cupy_stand_in.differences
import cupy_stand_in.methods  # noqa: F401  # both complete what the others declare
from cupy_stand_in import module as _module
from cupy_stand_in.interface import names as _names
from cupy_stand_in.kernels.elementwise import ElementwiseKernel as ElementwiseKernel
from cupy_stand_in.kernels.raw import RawKernel as RawKernel, RawModule as RawModule
from cupy_stand_in.kernels.reduction import ReductionKernel as ReductionKernel

from cupy import (
    cuda as cuda,
    exceptions as exceptions,
    fft as fft,
    lib as lib,
    linalg as linalg,
    random as random,
)

__version__ = "14.2.0"


def get_default_memory_pool() -> cuda.MemoryPool:
    """Return the pool that arrays get their memory from."""
    return cuda.memory.DEFAULT_POOL


def get_default_pinned_memory_pool() -> cuda.PinnedMemoryPool:
    """Return the pool of pinned host memory."""
    return cuda.pinned_memory.DEFAULT_POOL


def __getattr__(name: str) -> Any:
    return _module.find("cupy", name)


def __dir__() -> list[str]:
    return [*_names("cupy"), "cuda", "exceptions", "fft", "lib", "linalg", "random"]
