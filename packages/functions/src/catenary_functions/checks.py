"""Checks that several functions share; each says which function, which argument, what was expected, what came."""

from __future__ import annotations

from typing import Any

from catenary import as_array
from catenary.errors import ArgumentError, ArgumentTypeError, ShapeError
from catenary.types import Array


def check_axis(name: str, x: Any, axis: int) -> None:
    """Raise unless `axis` is one of `x`."""
    if not -x.ndim <= axis < x.ndim:
        raise ArgumentError(f"{name}: axis must be from {-x.ndim} to {x.ndim - 1}, got {axis} (x: {x.shape})")


def check_same_shape(name: str, x0: Any, x1: Any) -> None:
    """Raise unless two inputs have the same shape, where NumPy would broadcast."""
    if x0.shape != x1.shape:
        raise ShapeError(f"{name}: the inputs must have the same shape, got {x0.shape} and {x1.shape}")


def check_ndim(name: str, argument: str, x: Any, ndim: int, meaning: str) -> None:
    """Raise unless an input has so many axes; `meaning` names them, as in "(batch, features)"."""
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
