"""The device of NVIDIA GPUs: arrays of CuPy."""

from __future__ import annotations

import contextlib
import importlib
import threading
from collections.abc import Callable, Hashable, Sequence
from types import TracebackType
from typing import Any

import numpy as np

from catenary import Device
from catenary.errors import ArgumentError, ArgumentTypeError
from catenary.types import Array, Shape
from catenary_cupy import requirements

#: Libraries for host arrays, and those for arrays of CuPy.
LIBRARIES = {"numpy": "cupy", "scipy": "cupyx.scipy"}


class CupyDevice(Device):
    """A GPU: `@cupy:0` is the first one, and `cuda:0` or the number 0 mean the same.

    Args:
        index: Its number, in the order of CUDA.

    Attributes:
        index: Its number.

    Raises:
        DeviceNotFoundError: If there is no such GPU, or CuPy or the driver is missing; the message says what to do.
    """

    adds_in_order = False

    def __init__(self, index: int) -> None:
        self._cupy = requirements.find_cupy(index)
        self.index = index
        self.name = f"@cupy:{index}"
        self.xp = self._cupy
        self.supported_array_types = (self._cupy.ndarray,)
        self._entered = _Entered()

    @property
    def id(self) -> int:
        """The number, as CuPy calls it."""
        return self.index

    def __int__(self) -> int:
        return self.index

    def is_array_supported(self, array: Any) -> bool:
        return isinstance(array, self._cupy.ndarray) and array.device.id == self.index

    def library(self, name: str) -> Any:
        root, dot, rest = name.partition(".")
        return importlib.import_module(LIBRARIES.get(root, root) + dot + rest)

    def make_random(self, seed: Any) -> Any:
        from catenary_cupy.random import Generator

        return Generator(self, np.random.SeedSequence(seed) if not hasattr(seed, "generate_state") else seed)

    def drop_mask(self, shape: Shape, ratio: float, dtype: Any) -> Any:
        return self.random.mask(shape, ratio, 1 / (1 - ratio), dtype)

    def send_array(self, array: Array) -> Any:
        """Return an array on this GPU: one of the host goes by way of pinned memory, and nothing waits for it."""
        if self.is_array_supported(array):
            return array
        if not isinstance(array, np.ndarray | self._cupy.ndarray):
            raise ArgumentTypeError(
                f"Device.send: expected an array (or lists, tuples, dicts of arrays), got {type(array).__name__}"
            )
        with self.create_context():
            return self.xp.asarray(array)

    def to_host(self, array: Array) -> np.ndarray[Any, Any]:
        host: np.ndarray[Any, Any] = self.xp.asnumpy(array)
        return host

    def create_context(self) -> contextlib.AbstractContextManager[Any]:
        context: contextlib.AbstractContextManager[Any] = self._cupy.cuda.Device(self.index)
        return context

    def use(self) -> None:
        super().use()
        self._cupy.cuda.Device(self.index).use()

    def __enter__(self) -> CupyDevice:
        context = self.create_context()
        context.__enter__()
        self._entered.contexts.append(context)
        super().__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        self._entered.contexts.pop().__exit__(kind, error, trace)

    def synchronize(self) -> None:
        with self.create_context():
            self._cupy.cuda.get_current_stream().synchronize()

    def run_elementwise(self, function: Callable[..., object], groups: Sequence[Sequence[Array]]) -> None:
        from catenary_cupy.fusion.groups import run_together

        with self.create_context():
            run_together(function, groups)

    def captured(self, step: Callable[..., None], frozen: Callable[[], Hashable] = tuple) -> Callable[..., None]:
        from catenary_cupy.capture import CapturedStep

        return CapturedStep(self, step, frozen)

    def send_batch(self, arrays: Any) -> Any:
        from catenary_cupy.transfer import send_beside

        return send_beside(self, arrays)

    def profile_range(self, label: str) -> contextlib.AbstractContextManager[Any]:
        """Return a context that is a named range in NVIDIA's profilers (NVTX)."""
        return _range(self._cupy.cuda.nvtx, label)

    # --- memory ---

    def used_bytes(self) -> int:
        """Return how many bytes arrays take in the memory pool of this GPU."""
        with self.create_context():
            return int(self._cupy.get_default_memory_pool().used_bytes())

    def memory_statistics(self) -> dict[str, int]:
        """Return numbers of bytes: `used` by arrays, `kept` and `limit` of the pool, `free` and `total` of the GPU."""
        with self.create_context():
            pool = self._cupy.get_default_memory_pool()
            free, total = self._cupy.cuda.Device(self.index).mem_info
            return {
                "used": int(pool.used_bytes()),
                "kept": int(pool.total_bytes()),
                "limit": int(pool.get_limit()),
                "free": int(free),
                "total": int(total),
            }

    def limit_memory(self, size: int | None = None, *, fraction: float | None = None) -> None:
        """Let arrays take no more than so much memory of this GPU; beyond it, CuPy raises `OutOfMemoryError`.

        The environment variable `CUPY_GPU_MEMORY_LIMIT` of CuPy sets it from outside.

        Args:
            size: The limit in bytes; 0 for none.
            fraction: The limit as a part of the memory, instead of `size`.

        Raises:
            ArgumentError: If not exactly one of the two is given, or it is out of range.
        """
        if (size is None) == (fraction is None):
            raise ArgumentError("CupyDevice.limit_memory: give either size or fraction")
        if (size or 0) < 0 or not 0 <= (fraction or 0) <= 1:
            raise ArgumentError(
                f"CupyDevice.limit_memory: expected size >= 0 or fraction from 0 to 1, got {size}, {fraction}"
            )
        with self.create_context():
            pool = self._cupy.get_default_memory_pool()
            pool.set_limit(size=size) if size is not None else pool.set_limit(fraction=fraction)

    def free_unused(self) -> None:
        """Give back the memory that the pools keep for later arrays."""
        with self.create_context():
            self._cupy.get_default_memory_pool().free_all_blocks()
            self._cupy.get_default_pinned_memory_pool().free_all_blocks()

    def new_stream(self) -> Any:
        """Return a stream of CuPy for a `with` statement: what is computed inside may run beside other work."""
        with self.create_context():
            return self._cupy.cuda.Stream(non_blocking=True)


class _Entered(threading.local):
    """The contexts of CuPy that this thread has entered by `with device:`."""

    def __init__(self) -> None:
        self.contexts: list[contextlib.AbstractContextManager[Any]] = []


@contextlib.contextmanager
def _range(nvtx: Any, label: str) -> Any:
    nvtx.RangePush(label)
    try:
        yield
    finally:
        nvtx.RangePop()


def open_device(index: int | None) -> CupyDevice:
    """Return a GPU by its number, the first one for None.

    Raises:
        DeviceNotFoundError: If there is none.
    """
    return CupyDevice(index or 0)
