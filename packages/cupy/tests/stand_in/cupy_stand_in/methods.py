"""What arrays can do: the methods that CuPy's have, operators, indexing, and transfers to the host."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import numpy as np

from cupy_stand_in import indexing, module
from cupy_stand_in.array import check_dtype, ndarray
from cupy_stand_in.dispatch import run
from cupy_stand_in.interface import bind, names
from cupy_stand_in.scatter import from_host, on_device
from cupy_stand_in.streams import refuse_transfer

#: Methods that change the array.
_CHANGE = {"fill", "partition", "put", "sort"}
#: Methods that bring numbers to the host, or whose result's shape depends on numbers.
_WAIT = {"choose", "compress", "dump", "dumps", "item", "nonzero", "tobytes", "tofile", "tolist"}
_VIEW = {"diagonal", "ravel", "reshape", "squeeze", "swapaxes", "transpose", "view"}


def _method(name: str) -> Callable[..., Any]:
    def method(self: ndarray, *args: Any, **kwargs: Any) -> Any:
        bound = bind("cupy.ndarray", name, args, kwargs)
        if name in _WAIT or (name == "fill" and isinstance(bound.arguments["value"], ndarray)):
            refuse_transfer("D2H")
        kwargs = {key: value for key, value in kwargs.items() if not (key == "keepdims" and value is None)}
        changes = name in _CHANGE or bound.arguments.get("out") is not None
        function = getattr(np.ndarray, name)
        if name in {"item", "tolist", "tobytes", "dumps"}:
            return function(get(self), *args, **kwargs)
        return run(function, self, *args, writes=changes, anywhere=name in _VIEW, keeps="order" in kwargs, **kwargs)

    method.__name__ = name
    return method


def get(self: ndarray, stream: Any = None, order: str = "C", out: Any = None, blocking: bool = True) -> Any:
    """Return a copy on the host."""
    refuse_transfer("D2H", stream)
    if out is None:
        return np.array(self._raw, order="K" if order == "A" else order)  # type: ignore[call-overload]
    if not isinstance(out, np.ndarray):
        raise TypeError(f"Only numpy.ndarray can be obtained from cupy.ndarray, but {type(out)} was given.")
    if out.dtype != self.dtype or out.shape != self.shape:
        raise TypeError(f"{out.dtype} array of shape {out.shape} given for one of {self.dtype}, {self.shape}")
    np.copyto(out, self._raw)
    return out


def set_(self: ndarray, arr: Any, stream: Any = None) -> None:
    """Copy an array of the host here."""
    if not isinstance(arr, np.ndarray):
        raise TypeError(f"Only numpy.ndarray can be set to cupy.ndarray, but {type(arr)} was given.")
    if arr.dtype != self.dtype:
        raise TypeError(f"{arr.dtype} array cannot be set to {self.dtype} array")
    if arr.shape != self.shape:
        raise ValueError(f"Shape mismatch. Old shape: {self.shape}, new shape: {arr.shape}")
    refuse_transfer("H2D", stream)
    np.copyto(self._raw, arr)


def astype(
    self: ndarray, dtype: Any, order: str = "K", casting: Any = None, subok: Any = None, copy: bool = True
) -> ndarray:
    """Return a copy of another type."""
    if subok is not None:
        raise TypeError("subok is not supported yet")
    if casting is not None:
        raise TypeError("casting is not supported yet")
    wanted = check_dtype(dtype)
    found: ndarray = run(lambda a: a.astype(wanted, order=order, copy=copy), self, keeps=True)
    return found


def copy(self: ndarray, order: str = "C") -> ndarray:
    """Return a copy on the current device."""
    found: ndarray = run(lambda a: a.copy(order=order), self, anywhere=True, keeps=True)
    return found


def _wrapped(name: str) -> Callable[..., Any]:
    """Return a method that takes indices, which wrap around."""
    return lambda self, *args, **kwargs: module.find("cupy", name)(self, *args, **kwargs)


def _getitem(self: ndarray, index: Any) -> ndarray:
    index = on_device(index)
    found: ndarray = run(indexing.get, self, index, anywhere=not any(isinstance(i, ndarray) for i in index))
    return found


def _setitem(self: ndarray, index: Any, value: Any) -> None:
    if isinstance(value, np.ndarray) and value.ndim:
        raise ValueError("non-scalar numpy.ndarray cannot be used for fill")
    run(indexing.put, self, on_device(index), value[()] if isinstance(value, np.ndarray) else value, writes=True)


def _iterate(self: ndarray) -> Iterator[ndarray]:
    if not self.ndim:
        raise TypeError("iteration over a 0-d array")
    return (self[i] for i in range(len(self)))


def _number(kind: type) -> Callable[[ndarray], Any]:
    return lambda self: kind(get(self))


def _ufunc_of_numpy(self: ndarray, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
    ours = module.find("cupy", ufunc.__name__)
    return (ours if method == "__call__" else getattr(ours, method))(*inputs, **kwargs)


def _function_of_numpy(self: ndarray, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
    where = function.__module__.replace("numpy", "cupy", 1)
    try:
        return module.find(where, function.__name__)(*args, **kwargs)
    except AttributeError:
        raise TypeError(f"no implementation found for '{function.__module__}.{function.__name__}'") from None


def _no_conversion(self: ndarray, *args: Any, **kwargs: Any) -> NoReturn:
    raise TypeError(
        "Implicit conversion to a NumPy array is not allowed. "
        "Please use `.get()` to construct a NumPy array explicitly."
    )


def _no_deletion(self: ndarray, index: Any) -> NoReturn:
    raise NotImplementedError("Subscript deletion not supported by ndarray")


_OPERATORS = {
    "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "true_divide", "floordiv": "floor_divide",
    "mod": "remainder", "pow": "power", "and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor",
    "lshift": "left_shift", "rshift": "right_shift", "matmul": "matmul", "divmod": "divmod",
}  # fmt: skip
_COMPARISONS = {
    "eq": "equal", "ne": "not_equal", "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal",
}  # fmt: skip
_UNARY = {"neg": "negative", "pos": "positive", "abs": "absolute", "invert": "invert"}


def _operator(name: str, reflected: bool = False) -> Callable[[ndarray, Any], Any]:
    def operate(self: ndarray, other: Any) -> Any:
        if isinstance(other, str | type(None)) or not (
            isinstance(other, ndarray | np.ndarray | np.generic | int | float | complex)
        ):
            return NotImplemented
        function = module.find("cupy", name)
        return function(other, self) if reflected else function(self, other)

    return operate


def _in_place(name: str) -> Callable[[ndarray, Any], ndarray]:
    def operate(self: ndarray, other: Any) -> ndarray:
        module.find("cupy", name)(self, other, out=self)
        return self

    return operate


def _complete() -> None:
    """Give the class what it lacks."""
    for name in names("cupy.ndarray", "function"):
        if not hasattr(ndarray, name) and hasattr(np.ndarray, name):
            setattr(ndarray, name, _method(name))
    for name in ("ptp", "put", "take"):
        setattr(ndarray, name, _wrapped(name))
    for short, name in _OPERATORS.items():
        setattr(ndarray, f"__{short}__", _operator(name))
        setattr(ndarray, f"__r{short}__", _operator(name, reflected=True))
        if short not in {"matmul", "divmod"}:
            setattr(ndarray, f"__i{short}__", _in_place(name))
    for short, name in _COMPARISONS.items():
        setattr(ndarray, f"__{short}__", _operator(name))
    for short, name in _UNARY.items():
        setattr(ndarray, f"__{short}__", lambda self, _name=name: module.find("cupy", _name)(self))
    for kind in (bool, int, float, complex):
        setattr(ndarray, f"__{kind.__name__}__", _number(kind))
    for name in ("T", "mT", "real", "imag"):
        setattr(ndarray, name, property(lambda self, _n=name: run(lambda a: getattr(a, _n), self, anywhere=True)))


ndarray.get, ndarray.set, ndarray.astype, ndarray.copy = get, set_, astype, copy  # type: ignore[attr-defined]
ndarray.__getitem__, ndarray.__setitem__ = _getitem, _setitem  # type: ignore[attr-defined]
ndarray.__iter__ = _iterate  # type: ignore[attr-defined]
ndarray.__array__ = _no_conversion  # type: ignore[attr-defined]
ndarray.__array_ufunc__, ndarray.__array_function__ = _ufunc_of_numpy, _function_of_numpy  # type: ignore[attr-defined]
ndarray.__delitem__ = _no_deletion  # type: ignore[attr-defined]
ndarray.__copy__ = lambda self: self.copy()  # type: ignore[attr-defined]
ndarray.__deepcopy__ = lambda self, memo: self.copy()  # type: ignore[attr-defined]
ndarray.__reduce__ = lambda self: (from_host, (get(self),))  # type: ignore[method-assign]
ndarray.__repr__ = lambda self: repr(get(self))  # type: ignore[method-assign]
ndarray.__str__ = lambda self: str(get(self))  # type: ignore[method-assign]
ndarray.__format__ = lambda self, spec: format(get(self), spec)  # type: ignore[method-assign, assignment]
_complete()
