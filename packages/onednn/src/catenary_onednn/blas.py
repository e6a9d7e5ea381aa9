"""The threads of NumPy's BLAS, which stand in the way of oneDNN's.

After a product the threads of OpenBLAS look for new work for a while before they sleep. Where products of NumPy and
calls of oneDNN follow each other on all cores, each waits for the threads of the other, and both become slower by
far.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import threading
from functools import cache

VARIABLE = "OPENBLAS_THREAD_TIMEOUT"
#: They shall look for new work for so many cycles, as a power of two.
SHORT = 19


class _State:
    is_calm = False


def calm() -> bool:
    """Have the threads of NumPy's BLAS sleep soon after each product, and return whether they do.

    A user who has set the variable before Python started has said how long; where the BLAS does not show the functions
    by which it is told (that of NumPy 2.5), nobody else can. While there are other threads of Python, nothing is
    changed: one of them may be in the midst of a product.
    """
    if not _State.is_calm and _is_alone():
        _State.is_calm = _calm()
    return _State.is_calm


def _is_alone() -> bool:
    """Return whether this is the only thread, but for those that work on pieces of arrays for a thread that waits."""
    others = (thread for thread in threading.enumerate() if thread is not threading.current_thread())
    return all(thread.name.startswith("catenary_") for thread in others)


@cache
def _calm() -> bool:
    if (given := os.environ.get(VARIABLE)) is not None:
        return given.isdigit() and 0 < int(given) <= SHORT
    try:
        blas = ctypes.CDLL(importlib.import_module("numpy._core._multiarray_umath").__file__)
        read, shut_down = blas.openblas_read_env, blas.blas_thread_shutdown_
    except (OSError, AttributeError):  # another BLAS, or one that cannot be told
        return False
    os.environ[VARIABLE] = str(SHORT)
    try:
        read()
    finally:
        del os.environ[VARIABLE]
    shut_down()  # the next product makes new threads, as after a fork
    return True
