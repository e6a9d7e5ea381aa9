"""Indexing as on a GPU: indices out of bounds wrap around, and of several values for one place any may win."""

from __future__ import annotations

from typing import Any

import numpy as np


def get(array: Any, index: Any) -> Any:
    """Return `array[index]`, as a view where NumPy gives one."""
    index = wrapped(index, array.shape)
    return array[index] if any(i is ... for i in index) else array[(*index, ...)]


def put(array: Any, index: Any, value: Any) -> None:
    """Do `array[index] = value`; the first of several values for one place wins, where in NumPy it is the last."""
    index = wrapped(index, array.shape)
    value = np.asarray(value)
    if not any(isinstance(i, np.ndarray) and i.dtype != bool for i in index) or value.size <= 1:
        array[index] = value
        return
    places = np.arange(array.size).reshape(array.shape)[index]
    values = np.broadcast_to(value.reshape(value.shape[-places.ndim :] if places.ndim else ()), places.shape)
    array.flat[places.ravel()[::-1]] = values.ravel()[::-1]


def scatter(ufunc: np.ufunc, array: Any, index: Any, value: Any) -> None:
    """Apply a ufunc in place, once for each index."""
    ufunc.at(array, wrapped(index, array.shape), value)


def wrapped(index: Any, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """Return an index whose arrays of integers are within bounds, wrapped around."""
    index = tuple(index) if isinstance(index, tuple) else (index,)
    used = sum(_axes(i) for i in index)
    result, axis = [], 0
    for i in index:
        if i is ...:
            axis += len(shape) - used
        elif isinstance(i, np.ndarray) and i.dtype != bool:
            if not np.issubdtype(i.dtype, np.integer):
                raise IndexError(f"arrays used as indices must be of integer or boolean type. (actual: {i.dtype})")
            i = i % shape[axis] if axis < len(shape) and shape[axis] else i
            axis += 1
        else:
            axis += _axes(i)
        result.append(i)
    return tuple(result)


def _axes(index: Any) -> int:
    """Return how many axes of the array one part of an index takes."""
    if index is None or index is ... or isinstance(index, bool | np.bool_):
        return 0
    return index.ndim if isinstance(index, np.ndarray) and index.dtype == bool else 1
