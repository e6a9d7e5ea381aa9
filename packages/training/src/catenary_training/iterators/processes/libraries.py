"""Settings of libraries in C that make workers better neighbours and faster."""

from __future__ import annotations

import ctypes
from pathlib import Path

_LIBRARIES = ("openblas", "mkl_rt", "libblis")
_SETTERS = (
    "scipy_openblas_set_num_threads64_",
    "scipy_openblas_set_num_threads",
    "openblas_set_num_threads64_",
    "openblas_set_num_threads",
    "MKL_Set_Num_Threads",
    "bli_thread_set_num_threads",
)

#: In glibc: from which size on memory goes back to the system, and comes from it one by one.
_MALLOPT_OPTIONS = (-1, -3)
_KEPT_BYTES = 2**28


def use_one_thread(maps: Path = Path("/proc/self/maps")) -> None:
    """Limit the libraries that this process has loaded to one thread; workers have the other processors to themselves.

    Environment variables would not do: a forked worker has loaded the libraries already.

    Args:
        maps: The file that lists what is loaded; systems without it keep their threads.
    """
    try:
        lines = maps.read_text().splitlines()
    except OSError:
        return
    files = {line.split(maxsplit=5)[-1] for line in lines if any(name in line for name in _LIBRARIES)}
    for file in files:
        try:
            library = ctypes.CDLL(file)
        except OSError:
            continue
        setter = next((getattr(library, name) for name in _SETTERS if hasattr(library, name)), None)
        if setter is not None:
            setter(1)


def keep_freed_memory() -> None:
    """Let the C library keep the memory of a batch for the next one; getting it anew takes longer than filling it."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # another C library, or Windows
        return
    for option in _MALLOPT_OPTIONS:
        mallopt(option, _KEPT_BYTES)
