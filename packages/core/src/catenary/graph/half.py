"""Half precision: functions that compute in float32 although their arrays are float16 or bfloat16.

Sums of many small numbers, exponentials and squares lose too much in half precision. What is marked here gets its
half inputs as float32, and gives its results in half precision again; so its gradients go through float32, too.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any, ParamSpec, TypeVar

import numpy as np

from catenary.types import DType

P = ParamSpec("P")
R = TypeVar("R")


def is_float(dtype: np.dtype[Any]) -> bool:
    """Return whether a dtype is a real floating-point one; bfloat16 of ml_dtypes is none of NumPy's."""
    return dtype.kind == "f" or dtype.name == "bfloat16"


def is_half(dtype: np.dtype[Any]) -> bool:
    """Return whether a dtype is float16 or bfloat16."""
    return dtype.itemsize == 2 and is_float(dtype)


def widens_half(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function out of other functions compute in float32 where its inputs have half precision.

    Declared functions have the option `widens_half=True` of `@function` for the same.

    Args:
        function: A function of Variables or arrays; they may stand in lists.

    Example:
        >>> import numpy as np
        >>> from catenary import widens_half
        >>> @widens_half
        ... def mean_of_squares(x):
        ...     return (x * x).sum() / x.size
        >>> mean_of_squares(np.full(4, 300, np.float16) / 2).dtype
        dtype('float16')
    """

    @functools.wraps(function)
    def widened(*args: P.args, **kwargs: P.kwargs) -> R:
        dtype = half_of((*args, *kwargs.values()))
        return function(*args, **kwargs) if dtype is None else in_float32(function, dtype, args, kwargs)

    return widened


def half_of(values: Any) -> np.dtype[Any] | None:
    """Return the first half precision among values and lists of them, if there is one."""
    for value in _each(values):
        dtype = getattr(value, "dtype", None)
        if isinstance(dtype, np.dtype) and is_half(dtype):
            return dtype
    return None


def in_float32(call: Callable[..., R], dtype: DType, args: Any, kwargs: Any) -> R:
    """Call with half inputs as float32, and return float32 results in `dtype`."""
    from catenary.arithmetic import cast  # which is itself made of declared functions

    def as_dtype(value: Any, wanted: DType) -> Any:
        return cast(value, wanted) if hasattr(value, "_array") else value.astype(wanted)

    def widen(value: Any) -> Any:
        return as_dtype(value, np.float32) if half_of((value,)) is not None else value

    def narrow(value: Any) -> Any:
        return as_dtype(value, dtype) if getattr(value, "dtype", None) == np.float32 else value

    result = call(*(_mapped(widen, a) for a in args), **{k: _mapped(widen, v) for k, v in kwargs.items()})
    return _mapped(narrow, result)  # type: ignore[no-any-return]


def _each(values: Any) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list | tuple):
            yield from _each(value)
        else:
            yield value


def _mapped(change: Callable[[Any], Any], value: Any) -> Any:
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        return type(value)(_mapped(change, one) for one in value)
    return change(value)
