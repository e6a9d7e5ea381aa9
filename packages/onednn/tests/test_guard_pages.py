"""oneDNN reads and writes nothing behind the arrays that it gets: right behind each lies a page that nobody may touch.

A process that touches one is killed, so the functions run in a process of their own.
"""

from __future__ import annotations

import ctypes
import math
import mmap
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

PAGE = mmap.PAGESIZE
FORBIDDEN = 0  # PROT_NONE


def guarded(shape: Any, dtype: Any = float, order: str = "C") -> np.ndarray:
    """Return an array like `numpy.empty` whose last element is followed by a page that may not be touched."""
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    size = math.prod(shape) * np.dtype(dtype).itemsize
    memory = mmap.mmap(-1, math.ceil(size / PAGE) * PAGE + PAGE)
    start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    last = start + len(memory) - PAGE
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mprotect(ctypes.c_void_p(last), ctypes.c_size_t(PAGE), FORBIDDEN):
        raise OSError(ctypes.get_errno(), "mprotect failed")
    flat = np.frombuffer(memory, dtype, math.prod(shape), last - size - start)
    return flat.reshape(shape, order=order)  # type: ignore[call-overload, no-any-return]


def guarded_like(array: np.ndarray, dtype: Any = None) -> np.ndarray:
    """Return an array like `numpy.empty_like`, guarded."""
    axes = sorted(range(array.ndim), key=lambda axis: -array.strides[axis])
    found = guarded([array.shape[axis] for axis in axes], array.dtype if dtype is None else dtype)
    return found.transpose(np.argsort(axes))


def guarded_copy(array: np.ndarray) -> np.ndarray:
    """Return a guarded copy, with memory in the order of the array's."""
    found = guarded_like(array)
    found[...] = array
    return found


def main(name: str) -> None:
    """Run a function of the table on guarded arrays, with guarded results."""
    import test_functions

    import catenary
    from catenary_onednn import layouts, normalization, primitive

    class Guarded:
        """NumPy, whose new arrays are guarded."""

        empty, empty_like = staticmethod(guarded), staticmethod(guarded_like)

        def __getattr__(self, name: str) -> Any:
            return getattr(np, name)

    function, inputs = test_functions.FUNCTIONS[name][0], test_functions.inputs_of(name)
    with catenary.disable_implementations():
        expected = test_functions.results(function, inputs)
    for module in [module for path, module in sys.modules.items() if path.startswith("catenary_onednn.")]:
        if hasattr(module, "np"):
            module.np = Guarded()  # type: ignore[attr-defined]
    assert layouts.np.empty is normalization.np.empty is primitive.np.empty is guarded
    for order in (lambda x: x, test_functions.channels_last):
        found = test_functions.results(function, [guarded_copy(order(x)) for x in inputs])
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5 * max(np.abs(other).max(), 1))


PROGRAM = """
import importlib, sys
sys.path.insert(0, {folder!r})
import conftest, test_functions, test_guard_pages
from catenary_onednn import affine_maps, attention, convolution
from catenary_onednn_plugin import FUNCTIONS
affine_maps.WORTH_IT = attention.WORTH_IT = convolution.WORTH_IT = 0
for names in FUNCTIONS.values():
    for name in names:
        conftest.ask_from(name, 0)
for name in test_functions.FUNCTIONS:
    print(name, flush=True)
    test_guard_pages.main(name)
print("done")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="pages are protected by Linux's mprotect here")
def test_nothing_behind_arrays_is_touched() -> None:
    program = PROGRAM.format(folder=str(Path(__file__).parent))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 0, f"{done.returncode} in {done.stdout.splitlines()[-1:]}: {done.stderr[-2000:]}"
    assert done.stdout.splitlines()[-1] == "done"


def test_the_guard_kills() -> None:
    program = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import test_guard_pages as t, ctypes\n"
    program += "a = t.guarded(3, 'float32'); a[:] = 1; print(a.sum(), flush=True); ctypes.string_at(a.ctypes.data, 13)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "3.0"
    assert done.returncode < 0
