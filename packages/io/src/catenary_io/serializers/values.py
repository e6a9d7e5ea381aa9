"""Between the values of objects and what files store: NumPy arrays and None."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from catenary.device import device_of, get_device
from catenary.errors import ArgumentTypeError, SerializationError
from catenary.types import Array
from catenary_io.serializers.stored import StoredArray

#: What a file stores under one name. A number or string is an array without dimensions.
Entry: TypeAlias = np.ndarray[Any, Any] | StoredArray | None

#: Kinds of dtypes that a value of a Python type can be had back from.
_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "b"),
    (int, "bui"),
    (float, "buif"),
    (complex, "buifc"),
    (str, "U"),
)


def to_entry(name: str, value: Any) -> Entry:
    """Return what a file stores for a value.

    Args:
        name: Full name of the entry, for the message.
        value: An array of any device, a number, a string, a list or tuple of these, or None.

    Raises:
        SerializationError: If no file can hold the value.
    """
    if value is None or isinstance(value, np.ndarray | StoredArray):
        entry: Entry = value
    elif isinstance(value, bool | int | float | complex | str | np.generic):
        entry = np.asarray(value)
    elif isinstance(value, list | tuple):
        entry = _from_sequence(name, value)
    else:
        entry = _from_device(name, value)
    if entry is not None and entry.dtype.hasobject:
        raise SerializationError(_refusal(name, f"holds Python objects (dtype {entry.dtype})"))
    if isinstance(value, str) and value.endswith("\0"):
        raise SerializationError(_refusal(name, "is a str that ends with NUL, which NumPy would drop"))
    return entry


def _from_sequence(name: str, value: Any) -> np.ndarray[Any, Any]:
    try:
        return np.asarray(value)
    except ValueError:
        raise SerializationError(_refusal(name, f"is a {type(value).__name__} of uneven length")) from None


def _from_device(name: str, value: Any) -> np.ndarray[Any, Any]:
    try:
        device_of(value)
    except ArgumentTypeError:
        hint = "; pass its .array" if hasattr(value, "array") else ""
        raise SerializationError(_refusal(name, f"is a {type(value).__name__}{hint}")) from None
    host: np.ndarray[Any, Any] = get_device("@numpy").send(value)
    return host


def _refusal(name: str, what: str) -> str:
    return f"serializer: the value for {name!r} {what}; expected an array, a number, a string, a list of these, or None"


def mismatch(stored: Entry, value: Any) -> str | None:
    """Return why a stored entry cannot become the new state of a value, or None if it can."""
    if stored is None or value is None:
        return None
    if isinstance(value, list | tuple):
        fits = stored.ndim > 0
    elif _is_scalar(value):
        fits = stored.size == 1 and _scalar_fits(stored, value)
    else:
        fits = stored.shape == value.shape and np.can_cast(stored.dtype, value.dtype, "same_kind")
    if not fits:
        return f"the file has {describe(stored)}, {describe(value)} is expected"
    if isinstance(value, np.ndarray) and not value.flags.writeable:
        return f"the array to fill, {describe(value)}, is read-only"
    return None


def restore(stored: Entry, value: Any) -> Any:
    """Return the new state of a value; arrays are filled in place.

    Args:
        stored: What the file has, and `mismatch` has let pass.
        value: The present state. None takes what comes, as a fresh array.
    """
    if isinstance(stored, StoredArray):
        if isinstance(value, np.ndarray):
            stored.fill(value)
            return value
        return _restore_array(stored.get(), value)
    if stored is None:
        return None
    return _restore_array(stored.copy() if value is None else stored, value)


def _restore_array(stored: Array, value: Any) -> Any:
    if value is None:
        return np.asarray(stored, dtype=stored.dtype.newbyteorder("="), order="C")
    if isinstance(value, list | tuple):
        return type(value)(stored.tolist())
    if isinstance(value, np.generic):
        return stored.reshape(()).astype(value.dtype)[()]
    if _is_scalar(value):
        return type(value)(stored.item())
    if isinstance(value, np.ndarray):
        np.copyto(value, stored, casting="unsafe")
    else:
        value[...] = device_of(value).send(stored.astype(value.dtype))
    return value


def describe(value: Any) -> str:
    """Return shape and dtype of an array, the type of anything else."""
    if value is None:
        return "None"
    if hasattr(value, "shape") and not isinstance(value, np.generic):
        return f"{tuple(value.shape)} {value.dtype}"
    return f"a {type(value).__name__}"


def _is_scalar(value: Any) -> bool:
    return isinstance(value, bool | int | float | complex | str | np.generic)


def _scalar_fits(stored: np.ndarray[Any, Any] | StoredArray, value: Any) -> bool:
    if isinstance(value, np.generic):
        return np.can_cast(stored.dtype, value.dtype, "same_kind")
    return next(stored.dtype.kind in kinds for base, kinds in _KINDS if isinstance(value, base))
