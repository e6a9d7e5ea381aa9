"""Ufuncs with the types of CuPy's."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from cupy_stand_in.array import ndarray
from cupy_stand_in.dispatch import run
from cupy_stand_in.interface import bind, entry
from cupy_stand_in.scatter import scatter

try:
    from ml_dtypes import bfloat16 as BFLOAT16
except ImportError:
    BFLOAT16 = None

_NOT_OF_BOOLEANS = {"negative", "positive", "subtract"}


class ufunc:
    """A function of each element.

    Args:
        where: The module of CuPy that has it.
        name: Its name there.
        function: What computes it on the host.
    """

    def __init__(self, where: str, name: str, function: Callable[..., Any]) -> None:
        row = entry(where, name)
        self.name = self.__name__ = name
        self._where, self._function = where, function
        self.types = row.types.split()
        before, _, after = self.types[0].partition("->")
        self.nin, self.nout = len(before), len(after)
        self.nargs = self.nin + self.nout
        self._scatters = row.kind == "ufunc at"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        bind(self._where, self.name, args, kwargs)
        inputs, outs = args[: self.nin], args[self.nin :] or kwargs.pop("out", None)
        outs = outs if isinstance(outs, tuple) else (outs,) * (outs is not None)
        for value in inputs:
            if not isinstance(value, ndarray | np.generic | int | float | complex):
                raise TypeError(f"Unsupported type {type(value)}")
        shape = np.broadcast_shapes(*(v.shape for v in inputs if isinstance(v, ndarray)))
        for out in outs:
            if out is not None and not isinstance(out, ndarray):
                raise TypeError(f"Unsupported type {type(out)}")
            if out is not None and out.shape != np.broadcast_shapes(out.shape, shape):
                raise ValueError("Out shape is mismatched")
        return run(self._compute, *inputs, outs=outs, writes=bool(outs), **kwargs)

    def _compute(self, *inputs: Any, outs: Any = (), dtype: Any = None, casting: str = "same_kind") -> Any:
        """Compute on the host, in the type that CuPy would choose."""
        types = self._loop(inputs, dtype)
        if self.name in _NOT_OF_BOOLEANS and all(_is_boolean(v) for v in inputs):
            raise TypeError(f"cupy_{self.name} is not supported for booleans")
        cast = [v.astype(t, copy=False) if hasattr(v, "dtype") else np.array(v, t) for v, t in zip(inputs, types)]
        if self.name == "sign" and types[0].kind == "b":
            cast = [cast[0].astype(types[1])]
        found = self._function(*cast)
        results = [
            np.asarray(r).astype(t, order="K", copy=False)
            for r, t in zip(found if isinstance(found, tuple) else (found,), types[self.nin :])
        ]
        for number, out in enumerate(outs):
            if out is not None:
                _store(out, results[number], casting)
                results[number] = out
        return results[0] if self.nout == 1 else tuple(results)

    def _loop(self, inputs: tuple[Any, ...], dtype: Any) -> list[np.dtype[Any]]:
        """Return the types of inputs and outputs: the first of CuPy's that takes these arguments."""
        if dtype is not None:
            return _first_giving(tuple(self.types), np.dtype(dtype).char, self.name)
        try:
            return _first_taking(tuple(self.types), _types(inputs), self.name)
        except TypeError:  # one of the types has nothing to do with the other, as in `ldexp`
            own = ("i" if _weak(v) and isinstance(v, int) else np.result_type(v).char for v in inputs)
            return _first_taking(tuple(self.types), tuple(own), self.name)

    def at(self, a: ndarray, indices: Any, b: Any = None) -> None:
        """Apply it in place, once for each index."""
        if not self._scatters:
            raise NotImplementedError(f"`{self.name}.at` is not supported yet")
        scatter(self.name, a, indices, b)

    def reduce(self, *args: Any, **kwargs: Any) -> Any:
        """Reduce along an axis."""
        return self._method("reduce", {"add", "multiply"}, args, kwargs)

    def accumulate(self, *args: Any, **kwargs: Any) -> Any:
        """Accumulate along an axis."""
        return self._method("accumulate", {"add", "multiply"}, args, kwargs)

    def reduceat(self, *args: Any, **kwargs: Any) -> Any:
        """Reduce pieces of an axis."""
        return self._method("reduceat", {"add"}, args, kwargs)

    def outer(self, *args: Any, **kwargs: Any) -> Any:
        """Apply it to all pairs."""
        return run(self._function.outer, *args, **kwargs)  # type: ignore[attr-defined]

    def _method(self, method: str, known: set[str], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        bind("cupy.ufunc", method, args, kwargs)
        if self.name not in known:
            raise NotImplementedError(f"`{self.name}.{method}` is not supported yet")
        return run(getattr(self._function, method), *args, writes=kwargs.get("out") is not None, **kwargs)

    def __repr__(self) -> str:
        return f"<ufunc 'cupy_{self.name}'>"


def _store(out: np.ndarray[Any, Any], value: np.ndarray[Any, Any], casting: Any) -> None:
    """Write a result into the array that is to hold it."""
    if not np.can_cast(value.dtype, out.dtype, casting):
        raise TypeError(
            f"Cannot cast output operand from {value.dtype!r} to {out.dtype!r} according to the rule {casting!r}"
        )
    out[...] = value


def as_dtype(char: str) -> np.dtype[Any]:
    """Return the type of a character; "E" is that of bfloat16."""
    return np.dtype(BFLOAT16 if char == "E" else char)


def _types(inputs: tuple[Any, ...]) -> tuple[str, ...]:
    """Return the character of the type of each input; plain numbers take that of what they meet."""
    strong = [value.dtype for value in inputs if hasattr(value, "dtype")]
    return tuple(_with(strong, value).char if _weak(value) else value.dtype.char for value in inputs)


def _with(strong: list[Any], value: Any) -> np.dtype[Any]:
    """Return the type that a plain number takes beside arrays."""
    if strong and all(dtype == BFLOAT16 for dtype in strong) and isinstance(value, float):
        return np.dtype(np.float32)  # so it is in CuPy 14.2; NumPy takes float64
    return np.result_type(*strong, value)


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool) or getattr(value, "dtype", None) == np.bool_


def _weak(value: Any) -> bool:
    return not hasattr(value, "dtype")


@cache
def _first_taking(types: tuple[str, ...], given: tuple[str, ...], name: str) -> list[np.dtype[Any]]:
    for loop in types:
        before = loop.partition("->")[0]
        if BFLOAT16 is None and "E" in loop:
            continue
        if all(np.can_cast(as_dtype(have), as_dtype(want)) for have, want in zip(given, before)):
            return [*map(as_dtype, loop.replace("->", ""))]
    raise TypeError(f"Wrong type ({given}) of arguments for cupy_{name}")


@cache
def _first_giving(types: tuple[str, ...], wanted: str, name: str) -> list[np.dtype[Any]]:
    for loop in types:
        if set(loop.partition("->")[2]) == {wanted}:
            return [*map(as_dtype, loop.replace("->", ""))]
    raise TypeError(f"No matching signature of cupy_{name} with type {wanted} was found")


ufunc.__module__ = "cupy._core._kernel"
