"""The array class: a shape, a type and strides over memory of a device. methods.py has what it can do."""

from __future__ import annotations

from typing import Any

import numpy as np

from cupy_stand_in.memory import MemoryPointer, alloc

_KINDS = "?bhilqBHILQefdFD"


class Flags:
    """How the elements lie in memory."""

    def __init__(self, raw: np.ndarray[Any, Any], owns: bool) -> None:
        self.c_contiguous: bool = raw.flags.c_contiguous
        self.f_contiguous: bool = raw.flags.f_contiguous
        self.owndata = owns

    @property
    def forc(self) -> bool:
        return self.c_contiguous or self.f_contiguous

    @property
    def fnc(self) -> bool:
        return self.f_contiguous and not self.c_contiguous

    def __getitem__(self, name: str) -> bool:
        known = {"C_CONTIGUOUS": self.c_contiguous, "F_CONTIGUOUS": self.f_contiguous, "OWNDATA": self.owndata}
        return known[name]


class ndarray:
    """An array of a device.

    Attributes:
        data: The address of its first element.
        base: The array that it is a view of, or None.
    """

    __slots__ = ("__weakref__", "_raw", "base", "data")
    __hash__ = None  # type: ignore[assignment]
    __array_priority__ = 100

    def __init__(
        self,
        shape: Any,
        dtype: Any = float,
        memptr: MemoryPointer | None = None,
        strides: Any = None,
        order: str = "C",
    ) -> None:
        dtype = check_dtype(dtype)
        shape = (int(shape),) if np.ndim(shape) == 0 else tuple(map(int, shape))
        if strides is None:
            size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        else:
            size = dtype.itemsize + sum((n - 1) * abs(stride) for n, stride in zip(shape, strides))
        self.data = alloc(size) if memptr is None else memptr
        self.base: ndarray | None = None
        self._place(self.data.ptr - self.data.mem.ptr, shape, dtype, strides, order)

    def _place(self, offset: int, shape: Any, dtype: Any, strides: Any, order: str = "C") -> None:
        """Make the host's view of the memory."""
        host = self.data.mem.host
        if 0 in shape:
            self._raw = np.empty(shape, dtype, order="F" if order == "F" else "C")
        else:
            self._raw = np.ndarray(shape, dtype, host, offset, strides, order="F" if order == "F" else "C")

    @staticmethod
    def like(value: np.ndarray[Any, Any]) -> ndarray:
        """Return a new array for a value of the host, with its layout if that has no gaps."""
        return ndarray(value.shape, value.dtype, strides=value.strides if value.size and dense(value) else None)

    def _view(self, offset: int, shape: Any, dtype: Any, strides: Any) -> ndarray:
        """Return an array that shares the memory, its first element `offset` bytes from the first one here."""
        view = ndarray.__new__(ndarray)
        view.data = self.data + offset
        view.base = self if self.base is None else self.base
        view._place(view.data.ptr - view.data.mem.ptr, shape, dtype, strides)
        return view

    @property
    def shape(self) -> tuple[int, ...]:
        return self._raw.shape

    @shape.setter
    def shape(self, shape: Any) -> None:
        self._raw = self._raw.view()
        self._raw.shape = shape

    @property
    def dtype(self) -> np.dtype[Any]:
        return self._raw.dtype

    @property
    def ndim(self) -> int:
        return self._raw.ndim

    @property
    def size(self) -> int:
        return self._raw.size

    @property
    def itemsize(self) -> int:
        return self._raw.itemsize

    @property
    def nbytes(self) -> int:
        return self._raw.nbytes

    @property
    def strides(self) -> tuple[int, ...]:
        return self._raw.strides

    @property
    def flags(self) -> Flags:
        return Flags(self._raw, self.base is None)

    @property
    def device(self) -> Any:
        return self.data.device

    @property
    def __cuda_array_interface__(self) -> dict[str, Any]:
        strides = None if self._raw.flags.c_contiguous else self.strides
        return {
            "shape": self.shape,
            "typestr": self.dtype.str,
            "descr": self.dtype.descr,
            "stream": 1,
            "version": 3,
            "strides": strides,
            "data": (self.data.ptr, False),
        }

    def __len__(self) -> int:
        return len(self._raw)


def check_dtype(dtype: Any) -> np.dtype[Any]:
    """Return a type that CuPy has arrays of.

    Raises:
        ValueError: If it has none of this type.
    """
    found = np.dtype(dtype)
    if found.char not in _KINDS and found.name != "bfloat16":
        raise ValueError(f"Unsupported dtype {found}")
    return found


def dense(value: np.ndarray[Any, Any]) -> bool:
    """Return whether the elements lie side by side, in any order of the axes."""
    axes = sorted(range(value.ndim), key=lambda axis: (-value.strides[axis], -value.shape[axis]))
    return value.transpose(axes).flags.c_contiguous


ndarray.__module__ = "cupy"
Flags.__module__ = "cupy._core.flags"
