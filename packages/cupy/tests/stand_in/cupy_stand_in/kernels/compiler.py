"""From C++ to functions: g++ makes a shared library of each source, once; files are kept by their content."""

from __future__ import annotations

import ctypes
import functools
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

_HERE = Path(__file__).parent
_FLAGS = ["-x", "c++", "-std=c++17", "-O1", "-fPIC", "-shared", "-w", "-nostdlib", "-fno-exceptions", "-fno-rtti"]
#: Headers that half.h stands for; NVRTC has few others.
_HALF_HEADERS = ("cuda_fp16.h", "cuda_bf16.h", "cupy/float16.cuh")
#: What needs the threads of a block to run in step.
_IN_STEP = ("__syncthreads", "__syncwarp", "__shfl", "__ballot", "__any_sync", "__all_sync", "__reduce_")


class CompileException(Exception):
    """The source of a kernel is wrong."""

    def __init__(
        self, msg: str, source: str = "", name: str = "", options: tuple[str, ...] = (), backend: str = "nvrtc"
    ) -> None:
        self._msg, self.source, self.name, self.options, self.backend = msg, source, name, options, backend
        super().__init__(msg)

    def get_message(self) -> str:
        return self._msg


class CompilerMissing(RuntimeError):
    """There is no g++: tests of kernels cannot run."""


CompileException.__module__ = "cupy.cuda.compiler"


def has_compiler() -> bool:
    """Return whether kernels can be compiled here."""
    return shutil.which("g++") is not None


long = ctypes.c_longlong


@functools.cache
def _prelude(file: str) -> str:
    return (_HERE / file).read_text()


def in_step(source: str) -> bool:
    """Return whether the threads of a block wait for one another."""
    return any(word in source for word in _IN_STEP)


@functools.cache
def load(source: str, options: tuple[str, ...] = (), plain: bool = False) -> ctypes.CDLL:
    """Return the library of a source.

    Args:
        source: C++ with the words of CUDA.
        options: Those of NVRTC; definitions (`-D`) are heeded.
        plain: Whether to leave out what CuPy gives its own kernels.

    Raises:
        CompileException: If it cannot be compiled.
        CompilerMissing: If there is no g++.
    """
    files, source = _preludes(source, plain)
    text = "".join([*map(_prelude, files), '#line 1 "kernel"\n', source])
    flags = [*_FLAGS, *(option for option in options if option.startswith("-D"))]
    folder = Path(tempfile.gettempdir()) / f"cupy_stand_in_{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    made = folder / f"{hashlib.sha256(repr((flags, text)).encode()).hexdigest()}.so"
    if not made.exists():
        _compile(text, flags, made, options)
    return ctypes.CDLL(str(made))


def _preludes(source: str, plain: bool) -> tuple[list[str], str]:
    """Return the files that go before a source, and the source without the headers that they stand for."""
    halves = any(header in source for header in _HALF_HEADERS) or (not plain and "float16" in source)
    files = ["prelude.h", *(["half.h"] if halves else []), *([] if plain else ["elementwise.h"])]
    for header in _HALF_HEADERS:
        source = re.sub(rf'#include *[<"]{re.escape(header)}[>"]', "", source)
    unknown = re.search(r'#include *[<"](.*?)[>"]', source)
    if unknown:
        raise CompileException(f'catastrophic error: cannot open source file "{unknown[1]}"', source)
    return [*files, "threads.h" if in_step(source) else "loop.h"], source


def _compile(text: str, flags: list[str], made: Path, options: tuple[str, ...]) -> None:
    """Compile into a file of another name first: another process may be at the same."""
    if not has_compiler():
        raise CompilerMissing("kernels of the stand-in for CuPy need g++, which is not installed")
    descriptor, name = tempfile.mkstemp(".so", dir=made.parent)
    os.close(descriptor)
    command = ["g++", *flags, "-", "-o", name, "-lgcc"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        os.unlink(name)
        errors = "\n".join(line for line in done.stderr.splitlines() if "note:" not in line)
        raise CompileException(errors, text, made.name, options)
    os.replace(name, made)
