"""TripwireArray: an array in everything but name, behind a fence."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import numpy as np


class TripwireError(TypeError):
    """A tripwire array was converted, or met an array of the host."""


def inside(value: Any) -> Any:
    """Return what a NumPy function may get for an argument: our array's own array, plain values as they are.

    Raises:
        TripwireError: If the argument is an array of the host.
    """
    if isinstance(value, TripwireArray):
        return value._fenced
    if isinstance(value, np.ndarray):
        raise TripwireError(f"a host array of shape {value.shape} met arrays of the device '@tripwire'")
    if isinstance(value, list | tuple):
        return type(value)(inside(v) for v in value)
    return value


def outside(value: Any) -> Any:
    """Return a result of a NumPy function as a tripwire array; 0-d results, too, as on a GPU."""
    if isinstance(value, np.ndarray | np.generic):
        return TripwireArray(np.asarray(value))
    if isinstance(value, tuple) and hasattr(value, "_fields"):  # a named tuple, as of `linalg.eigh`
        return type(value)(*map(outside, value))
    if isinstance(value, list | tuple):
        return type(value)(outside(v) for v in value)
    return value


def fenced(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return `function` taking and giving tripwire arrays."""

    def call(*args: Any, **kwargs: Any) -> Any:
        result = function(*map(inside, args), **{key: inside(value) for key, value in kwargs.items()})
        return kwargs["out"] if kwargs.get("out") is not None else outside(result)

    return call


class TripwireArray:
    """An array of the tripwire device; made by `TripwireDevice.send`."""

    __slots__ = ("_fenced",)
    __hash__ = None  # type: ignore[assignment]
    __array_ufunc__ = None  # NumPy's operators give way to ours, which refuse

    def __init__(self, array: np.ndarray[Any, Any]) -> None:
        self._fenced = array

    def __array__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TripwireError("an array of the device '@tripwire' was about to be converted to NumPy; use to_cpu")

    def __array_function__(self, function: Any, *args: Any) -> NoReturn:
        raise TripwireError(f"numpy.{function.__name__} got an array of the device '@tripwire'; use the array's xp")

    @property
    def base(self) -> Any:
        """Something other than None for a view."""
        return self._fenced.base

    @property
    def T(self) -> TripwireArray:
        return TripwireArray(self._fenced.T)

    @property
    def flat(self) -> NoReturn:
        raise TripwireError("iterating over elements copies each of them from the device")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__array"):  # the other ways in which NumPy asks an object for its data
            raise AttributeError(name)
        value = getattr(self._fenced, name)
        return fenced(value) if callable(value) else outside(value)

    def __getitem__(self, index: Any) -> TripwireArray:
        return TripwireArray(np.asarray(self._fenced[_index(index)]))

    def __setitem__(self, index: Any, value: Any) -> None:
        self._fenced[_index(index)] = inside(value)

    def __len__(self) -> int:
        return len(self._fenced)

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    def __bool__(self) -> bool:
        return bool(self._read())

    def __float__(self) -> float:
        return float(self._read())

    def __int__(self) -> int:
        return int(self._read())

    def item(self, *index: Any) -> Any:
        """Return one element, as a number of the host."""
        return self._read().item(*index)

    def _read(self) -> np.ndarray[Any, Any]:
        if _reading.refused:
            raise TripwireError(
                "the host asked for a value of an array of the device '@tripwire', and would wait for it"
            )
        return self._fenced

    def __repr__(self) -> str:
        return f"tripwire({self._fenced!r})"

    def __deepcopy__(self, memo: dict[int, Any]) -> TripwireArray:
        return TripwireArray(self._fenced.copy())

    def __reduce__(self) -> Any:
        return TripwireArray, (self._fenced,)


class _Reading(threading.local):
    refused = False


_reading = _Reading()


@contextmanager
def no_reading() -> Iterator[None]:
    """Refuse to give values of tripwire arrays to the host inside a `with` statement: a GPU would be waited for."""
    before, _reading.refused = _reading.refused, True
    try:
        yield
    finally:
        _reading.refused = before


def _index(index: Any) -> Any:
    """Return an index without its fence; index arrays of the host are as wrong as on a GPU."""
    if isinstance(index, tuple):
        return tuple(map(_index, index))
    return inside(index)


def _binary(name: str) -> Callable[[TripwireArray, Any], Any]:
    def operate(self: TripwireArray, other: Any) -> Any:
        if hasattr(other, "_array"):  # a Variable answers itself
            return NotImplemented
        return outside(getattr(self._fenced, name)(inside(other)))

    return operate


def _in_place(name: str) -> Callable[[TripwireArray, Any], Any]:
    def operate(self: TripwireArray, other: Any) -> Any:
        getattr(self._fenced, name)(inside(other))
        return self

    return operate


_BINARY = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor", "lshift", "rshift"]
for _name in _BINARY:
    for _prefix in ("", "r"):
        setattr(TripwireArray, f"__{_prefix}{_name}__", _binary(f"__{_prefix}{_name}__"))
    if _name != "matmul":
        setattr(TripwireArray, f"__i{_name}__", _in_place(f"__i{_name}__"))
for _name in ("eq", "ne", "lt", "le", "gt", "ge"):
    setattr(TripwireArray, f"__{_name}__", _binary(f"__{_name}__"))
for _name in ("neg", "pos", "abs", "invert"):
    setattr(TripwireArray, f"__{_name}__", lambda self, _n=f"__{_name}__": outside(getattr(self._fenced, _n)()))
