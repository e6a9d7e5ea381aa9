"""The functions of CuPy's modules: what the table names, computed by NumPy and SciPy on the host."""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from cupy_stand_in.array import ndarray
from cupy_stand_in.dispatch import run
from cupy_stand_in.interface import Entry, bind, entry, names, signature
from cupy_stand_in.streams import refuse_transfer
from cupy_stand_in.ufunc import ufunc

#: What computes the functions of each module.
_HOSTS = {
    "cupy": "numpy",
    "cupy.exceptions": "numpy.exceptions",
    "cupy.fft": "numpy.fft",
    "cupy.lib.stride_tricks": "numpy.lib.stride_tricks",
    "cupy.linalg": "numpy.linalg",
    "cupyx.scipy.linalg": "scipy.linalg",
    "cupyx.scipy.special": "scipy.special",
}
#: Functions whose results' shapes depend on numbers, or that look at numbers: they copy some to the host.
_WAIT = {
    "argwhere", "bincount", "choose", "compress", "delete", "extract", "flatnonzero", "histogram", "histogram2d",
    "histogramdd", "intersect1d", "log_softmax", "logsumexp", "lstsq", "matrix_rank", "nonzero", "place", "putmask",
    "setdiff1d", "setxor1d", "sliding_window_view", "tril_indices", "trim_zeros", "triu_indices", "union1d", "unique",
    "unique_all", "unique_counts", "unique_inverse", "unique_values", "unravel_index",
}  # fmt: skip
#: Functions that copy numbers to the host if one of these arguments is an array.
_WAIT_FOR = {
    "arange": ("start", "stop", "step"),
    "average": ("weights",),
    "linspace": ("start", "stop"),
    "repeat": ("repeats",),
}
#: First parameters that have to be arrays; a list is none.
_ARRAY_NAMES = {"a", "arr", "array", "ary", "m", "x"}
#: Functions that change an argument.
_CHANGE = {"copyto", "fill_diagonal", "place", "put", "put_along_axis", "putmask"}
#: Functions that look at shapes only, or copy: arrays of another device may take part.
_ANYWHERE = {
    "broadcast_arrays", "broadcast_to", "copy", "copyto", "diagonal", "expand_dims", "moveaxis", "ndim", "ravel",
    "reshape", "result_type", "rollaxis", "shape", "size", "split", "squeeze", "swapaxes", "transpose",
}  # fmt: skip
#: Functions that give a number in NumPy, an array in CuPy.
_ARRAYS = {"allclose", "array_equal", "array_equiv"}
#: What CuPy does in its own way: functions by module and name, filled in by differences.py.
OWN: dict[tuple[str, str], Any] = {}


@functools.cache
def find(where: str, name: str) -> Any:
    """Return what a module of CuPy has under a name.

    Raises:
        AttributeError: If CuPy has no such name, or this stand-in no body for it.
    """
    row = entry(where, name)
    if (where, name) in OWN:
        own = OWN[where, name]
        return _checked(row, own) if row.kind == "function" else own
    if row.kind == "value" and row.text:
        return row.value()
    if name in {"c_", "mgrid", "ogrid", "r_"}:
        raise AttributeError(f"cupy.{name} is in CuPy, but not in its stand-in")
    host = _host(row)
    if row.kind.startswith("ufunc"):
        return ufunc(where, name, host)
    if row.kind == "function":
        return _function(row, host)
    return host


def listing(where: str) -> list[str]:
    """Return the names of a module."""
    return names(where)


def _host(row: Entry) -> Any:
    """Return what computes a function on the host."""
    try:
        return getattr(importlib.import_module(_HOSTS[row.where]), row.name)
    except (AttributeError, KeyError):
        raise AttributeError(f"{row.where}.{row.name} is in CuPy, but not in its stand-in") from None


def _checked(row: Entry, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that takes CuPy's arguments only."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        bind(row.where, row.name, args, kwargs)
        return function(*args, **kwargs)

    return call


def _function(row: Entry, host: Callable[..., Any]) -> Callable[..., Any]:
    """Return CuPy's function of this name: its arguments, the host's numbers."""
    compute = _as_on_a_gpu(row, host)
    anywhere, keeps = row.name in _ANYWHERE, "order" in row.text

    first = next(iter(signature(row.where, row.name).parameters), None)

    def call(*args: Any, **kwargs: Any) -> Any:
        bound = bind(row.where, row.name, args, kwargs)
        arrays = [bound.arguments.get(key) for key in _WAIT_FOR.get(row.name, ())]
        if row.name in _WAIT or any(isinstance(value, ndarray | list) for value in arrays):
            refuse_transfer("D2H")
        writes = row.name in _CHANGE or bound.arguments.get("out") is not None
        if first in _ARRAY_NAMES and isinstance(bound.arguments.get(first), list | tuple):
            raise TypeError(f"{row.where}.{row.name}: expected an array of the device for {first!r}, got a list")
        args, kwargs = _translate(row.where, row.name, host, bound)
        return run(compute, *args, writes=writes, anywhere=anywhere, keeps=keeps, **kwargs)

    call.__name__ = call.__qualname__ = row.name
    call.__module__ = row.where
    return call


def _as_on_a_gpu(row: Entry, host: Callable[..., Any]) -> Callable[..., Any]:
    """Return the host's function with the results that CuPy's has."""
    if row.name in _ARRAYS:
        return lambda *args, **kwargs: np.asarray(host(*args, **kwargs))
    return _linear_algebra(host) if row.where == "cupy.linalg" else host


def _linear_algebra(host: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that does not tell what cannot be solved: its results are then not numbers."""

    def call(a: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            found = host(a, *args, **kwargs)
        except np.linalg.LinAlgError:
            if a.shape[-1] != a.shape[-2]:
                raise
            found = host(np.broadcast_to(np.eye(a.shape[-1], dtype=a.dtype), a.shape), *args, **kwargs)
            for part in found if isinstance(found, tuple) else (found,):
                part[...] = np.nan
        return tuple(found) if isinstance(found, tuple) else found

    return call


def _translate(where: str, name: str, host: Any, bound: inspect.BoundArguments) -> tuple[Any, Any]:
    """Return the arguments by the names that the host's function has for them."""
    theirs = _parameters(host)
    ours = signature(where, name).parameters
    if theirs is None or any(p.kind is p.VAR_POSITIONAL for p in (*ours.values(), *theirs.values())):
        return bound.args, bound.kwargs
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    order = list(theirs)
    for place, (key, parameter) in enumerate(ours.items()):
        if key not in bound.arguments:
            continue
        value = bound.arguments[key]
        if parameter.kind is parameter.VAR_KEYWORD:
            kwargs |= value
        elif key in theirs and theirs[key].kind is not inspect.Parameter.POSITIONAL_ONLY:
            kwargs[key] = value
        elif place < len(order) and (key == order[place] or order[place] not in ours):
            args.append(value) if len(args) == place else kwargs.update({order[place]: value})
        elif value is not parameter.default:
            raise NotImplementedError(f"the stand-in for {where}.{name} does not know its argument {key!r}")
    return args, kwargs


@functools.cache
def _parameters(host: Any) -> dict[str, inspect.Parameter] | None:
    try:
        return dict(inspect.signature(host).parameters)
    except ValueError:
        return None
