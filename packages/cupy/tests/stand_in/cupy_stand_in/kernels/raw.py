"""RawKernel and RawModule: whole functions of CUDA C++, run thread by thread."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from cupy_stand_in.array import ndarray
from cupy_stand_in.dispatch import check_devices
from cupy_stand_in.kernels import compiler
from cupy_stand_in.memory import MemoryPointer
from cupy_stand_in.streams import record

#: How many threads a block may have, and bytes of shared memory.
_THREADS, _SHARED = 1024, 48 << 10
#: Shared memory whose size is an argument of the launch.
_DYNAMIC = re.compile(r"extern +__shared__ +(.+?) +(\w+)\[\];")


class RawKernel:
    """A function of CUDA C++.

    Args:
        code: The source; the function has to be `extern "C"`.
        name: The name of the function.
        options: Options of the compiler.
    """

    def __init__(
        self, code: str, name: str, options: tuple[str, ...] = (), backend: str = "nvrtc",
        translate_cucomplex: bool = False, *, enable_cooperative_groups: bool = False, jitify: Any = None,
    ) -> None:  # fmt: skip
        for key, value, kind in (("code", code, str), ("name", name, str), ("options", options, tuple)):
            if not isinstance(value, kind):
                raise TypeError(
                    f"Argument {key!r} has incorrect type (expected {kind.__name__}, got {type(value).__name__})"
                )
        self.code, self.name, self.options, self.backend = code, name, options, backend
        self.enable_cooperative_groups = enable_cooperative_groups
        self.max_dynamic_shared_size_bytes = _SHARED
        self._mangled = False

    @property
    def attributes(self) -> dict[str, int]:
        """What is known of the compiled function."""
        self.compile()
        return {
            "max_threads_per_block": _THREADS,
            "max_dynamic_shared_size_bytes": self.max_dynamic_shared_size_bytes,
            "shared_size_bytes": 0,
            "num_regs": 32,
        }

    def compile(self, log_stream: Any = None) -> None:
        """Compile without a call."""
        self._library()

    def __call__(
        self, grid: tuple[int, ...], block: tuple[int, ...], args: Sequence[Any], *, shared_mem: int = 0,
        stream: Any = None,
    ) -> None:  # fmt: skip
        for key, value in (("grid", grid), ("block", block)):
            if not isinstance(value, tuple):
                raise TypeError(f"Argument {key!r} has incorrect type (expected tuple, got {type(value).__name__})")
        if np.prod(block) > _THREADS or shared_mem > self.max_dynamic_shared_size_bytes:
            raise _driver_error("CUDA_ERROR_INVALID_VALUE: invalid argument")
        check_devices([value for value in args if isinstance(value, ndarray)])
        values = [_memory(value) for value in args]
        library = self._library()
        self._check_sizes(library, values)
        given = (ctypes.c_void_p * max(len(values), 1))(*(value.ctypes.data for value in values))
        threads = (ctypes.c_uint * 6)(*_three(grid), *_three(block))
        kept = (values, [value._raw for value in args if isinstance(value, ndarray)])  # only addresses are passed
        record(lambda: library._launch(given, threads) if kept else None, stream)

    def _library(self) -> Any:
        kernel, code = self.name, _DYNAMIC.sub(r"\1* \2 = (\1*)_dynamic_shared;", self.code)
        source = (
            f"{code}\n"
            f'extern "C" int _parameters(int* out) {{ return _sizes({kernel}, out); }}\n'
            'extern "C" void _launch(void** a, const unsigned* d) '
            f"{{ _grid(d, [&] {{ _call({kernel}, a); }}); }}\n"
        )
        library = compiler.load(source, self.options, plain=True)
        if not self._mangled and not hasattr(library, kernel):
            raise _driver_error("CUDA_ERROR_NOT_FOUND: named symbol not found")
        return library

    def _check_sizes(self, library: Any, values: list[np.ndarray[Any, Any]]) -> None:
        """Raise for arguments that the function would read beyond or beside; on a GPU nothing tells."""
        sizes = (ctypes.c_int * 256)()
        count = library._parameters(sizes)
        given = [value.nbytes for value in values]
        if given != list(sizes[:count]):
            raise TypeError(
                f"kernel {self.name}: the function takes arguments of {list(sizes[:count])} bytes, got {given}; "
                "a Python number has 8, write numpy.int32(n) or numpy.float32(x)"
            )


class RawModule:
    """Several functions of one source.

    Args:
        code: The source.
        options: Options of the compiler.
        name_expressions: Functions made from templates, such as `"f<float>"`.
    """

    def __init__(
        self, code: str | None = None, *, path: str | None = None, options: tuple[str, ...] = (),
        backend: str = "nvrtc", translate_cucomplex: bool = False, enable_cooperative_groups: bool = False,
        name_expressions: Sequence[str] | None = None, jitify: Any = None,
    ) -> None:  # fmt: skip
        if code is None:
            raise NotImplementedError("the stand-in for RawModule compiles sources only")
        self.code, self.options, self.backend = code, options, backend
        self.name_expressions = name_expressions

    def get_function(self, name: str) -> RawKernel:
        """Return one of the functions."""
        kernel = RawKernel(self.code, name, self.options, self.backend)
        kernel._mangled = name in (self.name_expressions or ())
        return kernel

    def compile(self, log_stream: Any = None) -> None:
        """Compile without a call; each function is compiled by itself."""


def _memory(value: Any) -> np.ndarray[Any, Any]:
    """Return the bytes that a kernel gets for an argument: an address, or the number itself."""
    if isinstance(value, ndarray):
        return np.array(value.data.ptr, np.uintp)
    if isinstance(value, MemoryPointer):
        return np.array(value.ptr, np.uintp)
    if value is None:
        return np.array(0, np.uintp)
    if isinstance(value, np.ndarray) and value.size != 1:
        raise TypeError(
            f"You are trying to pass a numpy.ndarray of shape {value.shape} as a kernel parameter. "
            "Only numpy.ndarrays of size one can be passed by value."
        )
    if isinstance(value, np.ndarray | np.generic | bool | int | float | complex):
        return np.array(value)
    raise TypeError(f"Unsupported type {type(value)}")


def _three(numbers: tuple[int, ...]) -> tuple[int, ...]:
    return (*map(int, numbers), 1, 1)[:3]


def _driver_error(text: str) -> RuntimeError:
    return RuntimeError(text)
