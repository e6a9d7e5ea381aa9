"""Functions that CuPy has in its own way, or that make arrays."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from cupy_stand_in import module
from cupy_stand_in.array import ndarray
from cupy_stand_in.current import current_id
from cupy_stand_in.dispatch import run
from cupy_stand_in.scatter import from_host, scatter
from cupy_stand_in.ufunc import ufunc


def own(where: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that names a function as the one of a module of CuPy."""

    def note(function: Callable[..., Any]) -> Callable[..., Any]:
        module.OWN[where, function.__name__.rstrip("_")] = function
        return function

    return note


def _has_arrays(value: Any) -> bool:
    return isinstance(value, ndarray) or (isinstance(value, list | tuple) and any(map(_has_arrays, value)))


def _all_arrays(value: Any) -> bool:
    return isinstance(value, ndarray) or (isinstance(value, list | tuple) and all(map(_all_arrays, value)))


@own("cupy")
def array(
    obj: Any, dtype: Any = None, copy: Any = True, order: str = "K", subok: bool = False, ndmin: int = 0, *,
    blocking: bool = False,
) -> ndarray:  # fmt: skip
    if not _has_arrays(obj):
        return from_host(np.array(obj, dtype, order=order, ndmin=ndmin))  # type: ignore[call-overload]
    if isinstance(obj, list | tuple):
        if not _all_arrays(obj):
            raise TypeError("Implicit conversion to a NumPy array is not allowed: the list holds other than arrays")
        stacked: ndarray = run(lambda value: np.array(value, dtype), obj)
        return stacked
    moves = obj.data.device_id != current_id()
    found: ndarray = run(
        lambda a: np.array(a, dtype, copy=True if moves else copy or None, order=order, ndmin=ndmin),
        obj,
        anywhere=True,
        keeps=True,
    )
    return found


@own("cupy")
def asarray(a: Any, dtype: Any = None, order: Any = None, *, copy: Any = None, blocking: bool = False) -> ndarray:
    return array(a, dtype, copy=copy, order=order or "K")


module.OWN["cupy", "asanyarray"] = asarray


@own("cupy")
def ascontiguousarray(a: Any, dtype: Any = None) -> ndarray:
    found = array(a, dtype, copy=False, order="C")
    return found if found.ndim else found.reshape(1)  # type: ignore[attr-defined, no-any-return]


@own("cupy")
def asfortranarray(a: Any, dtype: Any = None) -> ndarray:
    return array(a, dtype, copy=False, order="F")


@own("cupy")
def asnumpy(a: Any, stream: Any = None, order: str = "C", out: Any = None, *, blocking: bool = True) -> Any:
    return a.get(stream=stream, order=order, out=out) if isinstance(a, ndarray) else np.asarray(a, order=order)  # type: ignore[call-overload]


@own("cupy")
def empty(shape: Any, dtype: Any = float, order: str = "C") -> ndarray:
    return ndarray(shape, dtype, order=order)


@own("cupy")
def empty_like(
    prototype: ndarray, dtype: Any = None, order: str = "K", subok: Any = None, shape: Any = None
) -> ndarray:
    return ndarray.like(np.empty_like(prototype._raw, dtype, order, shape=shape))  # type: ignore[call-overload]


@own("cupy")
def get_array_module(*args: Any) -> Any:
    import cupy

    return cupy if any(isinstance(a, ndarray) for a in args) else np


@own("cupy")
def where(condition: Any, x: Any = None, y: Any = None) -> Any:
    if (x is None) != (y is None):
        raise ValueError("Must provide both 'x' and 'y' or neither.")
    if not isinstance(condition, ndarray):
        raise TypeError(f"cupy.where: condition must be an array of the device, got {type(condition).__name__}")
    if x is None:
        return module.find("cupy", "nonzero")(condition)
    return run(np.where, condition, x, y)


@own("cupy")
def take(a: ndarray, indices: Any, axis: int | None = None, out: Any = None) -> Any:
    return run(lambda a, i, out: np.take(a, i, axis, out, mode="wrap"), a, indices, out, writes=out is not None)


@own("cupy")
def put(a: ndarray, ind: Any, v: Any, mode: str = "wrap") -> None:
    if mode not in ("wrap", "clip", "raise"):
        raise TypeError("clipmode not understood")
    ind = ind if isinstance(ind, ndarray) else from_host(np.asarray(ind))
    run(lambda a, ind, v: np.put(a, ind, v, mode=mode), a, ind, v, writes=True)


@own("cupy")
def take_along_axis(a: ndarray, indices: ndarray, axis: int | None) -> Any:
    def compute(a: Any, indices: Any) -> Any:
        return np.take_along_axis(a, indices % (a.size if axis is None else a.shape[axis]), axis)

    return run(compute, a, indices)


@own("cupy")
def copyto(dst: ndarray, src: Any, casting: Any = "same_kind", where: Any = None) -> None:
    if not isinstance(dst, ndarray):
        raise TypeError(f"cupy.copyto: dst must be an array of the device, got {type(dst).__name__}")
    keep = {} if where is None else {"where": where}
    if isinstance(src, np.ndarray) and src.ndim:
        raise ValueError("non-scalar numpy.ndarray cannot be used for copyto")
    src = src[()] if isinstance(src, np.ndarray) else src
    run(np.copyto, dst, src, casting=casting, writes=True, anywhere=True, **keep)


@own("cupy")
def matmul(*args: Any, out: Any = None, **kwargs: Any) -> Any:
    if not all(isinstance(a, ndarray) for a in args):
        raise TypeError(f"cupy.matmul: expected arrays of the device, got {', '.join(type(a).__name__ for a in args)}")
    return run(np.matmul, *args, out=out, writes=out is not None, **kwargs)


@own("cupyx.scipy.special")
def polygamma(n: Any, x: ndarray) -> Any:
    if not isinstance(n, ndarray):
        raise AttributeError("polygamma: CuPy 14.2 fails if n is no array of the device")
    return run(import_module("scipy.special").polygamma, n, x)


@own("cupy")
def show_config(*, _full: bool = False) -> None:
    print("CuPy: a stand-in over host memory")


@own("cupy")
def is_available() -> bool:
    return True


for _name, _ufunc in (("scatter_add", "add"), ("scatter_max", "maximum"), ("scatter_min", "minimum")):
    module.OWN["cupyx", _name] = lambda a, slices, value, _ufunc=_ufunc: scatter(_ufunc, a, slices, value)
    setattr(ndarray, _name, module.OWN["cupyx", _name])
for _name in ("bool_", "csingle", "singlecomplex"):
    module.OWN["cupy", _name] = {"bool_": np.bool_, "csingle": np.complex64, "singlecomplex": np.complex64}[_name]
module.OWN["cupy", "dtype"] = np.dtype
module.OWN["cupy", "ndarray"] = ndarray
module.OWN["cupy", "ufunc"] = ufunc
module.OWN["cupyx", "rsqrt"] = ufunc("cupyx", "rsqrt", lambda x: 1 / np.sqrt(x))
