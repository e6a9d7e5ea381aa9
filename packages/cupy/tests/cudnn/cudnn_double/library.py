"""The library as ctypes sees it: each function records its call, and computes."""

from __future__ import annotations

import ctypes
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from typing import Any

from catenary_cupy.cudnn.prototypes import FUNCTIONS
from cudnn_double.convolution import Convolutions
from cudnn_double.objects import BAD_PARAM, Refusal
from cudnn_double.pooling import Poolings
from cudnn_double.recurrent import RecurrentLayers
from cudnn_double.rows import Rows

#: How the names of functions begin whose work is done on the GPU, and is part of a graph that is captured.
ON_GPU = ("AddTensor", "BatchNormalization", "Convolution", "Pooling", "RNN", "Softmax")


def _record(work: Callable[[], object]) -> None:
    """Do work now, or when a graph is launched that is being captured by the stand-in for CuPy."""
    if "cupy_stand_in" in sys.modules:
        sys.modules["cupy_stand_in"].record(work)
    else:
        work()


class Double(Convolutions, Poolings, Rows, RecurrentLayers):
    """A cuDNN.

    Args:
        version: What it says of itself.
        missing: The functions that it lacks.

    Attributes:
        calls: The name and the arguments of each call.
        refusals: Statuses that functions of a name return before they work again.
    """

    def __init__(self, version: int = 92800, missing: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.refusals: dict[str, list[int]] = {}
        self._said = b""
        for name, types in FUNCTIONS.items():
            if name not in missing:
                self._put(f"cudnn{name}", ctypes.CFUNCTYPE(ctypes.c_int, *types)(self._recorded(name)))
        self._put("cudnnGetVersion", ctypes.CFUNCTYPE(ctypes.c_size_t)(lambda: version))
        self._put("cudnnGetErrorString", ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_int)(self._named))
        say = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_size_t)(self._say)
        self._put("cudnnGetLastErrorString", say)

    def _put(self, name: str, function: Any) -> None:
        function.__name__ = name
        setattr(self, name, function)

    def _recorded(self, name: str) -> Callable[..., int]:
        work = getattr(self, name)
        is_on_gpu = name.startswith(ON_GPU)

        def call(*arguments: Any) -> int:
            self.calls.append((name, arguments))
            self._said = b""
            try:
                if self.refusals.get(name):
                    raise Refusal(self.refusals[name].pop(0), "refused as the test wishes")
                if is_on_gpu:
                    _record(lambda: work(*arguments))
                else:
                    work(*arguments)
            except Refusal as refusal:
                self._said = str(refusal).encode()
                return refusal.status
            except Exception:
                self._said = traceback.format_exc()[-1000:].encode()
                return BAD_PARAM
            return 0

        return call

    def _named(self, status: int) -> int:
        self._name = ctypes.create_string_buffer(f"CUDNN_STATUS_{status}".encode())
        return ctypes.addressof(self._name)

    def _say(self, place: int, size: int) -> None:
        ctypes.memmove(place, self._said[: size - 1] + b"\0", min(size, len(self._said) + 1))

    def count(self) -> Counter[str]:
        """Return how often each function was called."""
        return Counter(name for name, _ in self.calls)

    def arguments(self, name: str) -> list[tuple[Any, ...]]:
        """Return the arguments of all calls of a function."""
        return [arguments for one, arguments in self.calls if one == name]
