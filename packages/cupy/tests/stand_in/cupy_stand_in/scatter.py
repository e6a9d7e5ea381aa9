"""What comes from the host, and additions at an index."""

from __future__ import annotations

from typing import Any

import numpy as np

from cupy_stand_in import indexing
from cupy_stand_in.array import ndarray
from cupy_stand_in.dispatch import run
from cupy_stand_in.streams import refuse_transfer

#: The types that CuPy has atomic operations for.
_TYPES = {
    "add": "iIlLqQefd",
    "subtract": "iI",
    "maximum": "iIlLqQfd",
    "minimum": "iIlLqQfd",
    "bitwise_and": "iIlLqQ",
    "bitwise_or": "iIlLqQ",
    "bitwise_xor": "iIlLqQ",
}


def from_host(array: np.ndarray[Any, Any]) -> ndarray:
    """Return an array of the host on the current device.

    Raises:
        RuntimeError: During a capture, unless it is a single number.
    """
    if array.ndim:
        refuse_transfer("H2D")
        found = ndarray.like(array)
        found._raw[...] = array
        return found
    number: ndarray = run(lambda: array.copy())
    return number


def on_device(index: Any) -> tuple[Any, ...]:
    """Return the parts of an index; lists and arrays of the host are sent, masks are counted by the host."""
    parts = index if isinstance(index, tuple) else (index,)
    sent = tuple(
        from_host(np.asarray(i, None if len(i) else np.intp)) if isinstance(i, list | np.ndarray) else i for i in parts
    )
    if any(isinstance(i, ndarray) and i.dtype == bool for i in sent):
        refuse_transfer("D2H")
    return sent


def scatter(name: str, array: ndarray, index: Any, value: Any) -> None:
    """Apply the ufunc of a name in place, once for each index.

    Raises:
        TypeError: If the GPU has no atomic operation for the type.
    """
    index = on_device(index)
    if any(isinstance(i, ndarray) for i in index) and array.dtype.char not in _TYPES[name]:
        known = ", ".join(np.dtype(char).name for char in _TYPES[name] if char not in "qQ")
        raise TypeError(f"cupy.{name}.at only supports {known} as data type")
    run(indexing.scatter, getattr(np, name), array, index, value, writes=True)
