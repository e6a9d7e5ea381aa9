"""Checks that several functions share; each says which function, which argument, what was expected, what came."""

from __future__ import annotations

from typing import Any

import numpy as np

from catenary import as_array, config
from catenary.errors import ArgumentError, ArgumentTypeError, ShapeError
from catenary.types import Array


def check_axis(name: str, x: Any, axis: int) -> None:
    """Raise unless `axis` is one of `x`."""
    check_arrays(name, x=x)
    if not -x.ndim <= axis < x.ndim:
        raise ArgumentError(f"{name}: axis must be from {-x.ndim} to {x.ndim - 1}, got {axis} (x: {x.shape})")


def check_same_shape(name: str, x0: Any, x1: Any) -> None:
    """Raise unless two inputs have the same shape, where NumPy would broadcast."""
    if not (hasattr(x0, "shape") and hasattr(x1, "shape")):
        raise ArgumentTypeError(f"{name}: the inputs must be arrays, got {type(x0).__name__} and {type(x1).__name__}")
    if x0.shape != x1.shape:
        raise ShapeError(f"{name}: the inputs must have the same shape, got {x0.shape} and {x1.shape}")


def check_arrays(name: str, **inputs: Any) -> None:
    """Raise unless all inputs, by the names of the arguments, are arrays."""
    for argument, x in inputs.items():
        if not hasattr(x, "shape"):
            kind = type(x).__name__
            raise ArgumentTypeError(f"{name}: {argument} must be an array, got {kind}; make one with numpy.array")


def check_ndim(name: str, argument: str, x: Any, ndim: int, meaning: str) -> None:
    """Raise unless an input has so many axes; `meaning` names them, as in "(batch, features)"."""
    check_arrays(name, **{argument: x})
    if x.ndim != ndim:
        raise ShapeError(f"{name}: {argument} must have {ndim} axes {meaning}, got shape {x.shape}")


def check_word(name: str, argument: str, value: Any, words: tuple[str, ...]) -> None:
    """Raise unless `value` is one of some words."""
    if value not in words:
        raise ArgumentError(f"{name}: {argument} must be {' or '.join(map(repr, words))}, got {value!r}")


def integers(name: str, argument: str, x: Any, kinds: str = "iu") -> Array:
    """Return an input as an array; raise unless it holds integers (booleans too, if `kinds` has "b")."""
    array = as_array(x)
    if getattr(array, "dtype", None) is None or array.dtype.kind not in kinds:
        got = getattr(array, "dtype", type(array).__name__)
        raise ArgumentTypeError(f"{name}: {argument} must hold integers, got {got}")
    return array


def can_look_at(array: Array) -> bool:
    """Return whether to look at the values of an array: on the host, or in debug mode.

    The host would have to wait for another device, at each call.
    """
    return isinstance(array, np.ndarray) or config.debug


def check_range(name: str, argument: str, indices: Array, count: int) -> None:
    """Raise if indices are no numbers from 0 to below `count`; those of other devices are looked at in debug mode.

    Raises:
        ArgumentError: If one is out of range.
    """
    if indices.size and can_look_at(indices):
        low, high = int(indices.min()), int(indices.max())
        if not 0 <= low <= high < count:
            raise ArgumentError(f"{name}: {argument} must be from 0 to {count - 1}, got {low} to {high}")
