"""Checks of sizes that links are made with."""

from __future__ import annotations

from typing import Any

import numpy as np

from catenary.errors import ArgumentError, ArgumentTypeError
from catenary.types import Shape


def checked_size(link: str, argument: str, value: Any) -> int:
    """Return a size as an int.

    Raises:
        ArgumentTypeError: If it is no integer.
        ArgumentError: If it is not positive.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise ArgumentTypeError(f"{link}: {argument} must be an integer, got {value!r}")
    if value < 1:
        raise ArgumentError(f"{link}: {argument} must be positive, got {value}")
    return int(value)


def checked_shape(link: str, argument: str, value: Any) -> Shape:
    """Return a shape as a tuple; one number is a tuple of one.

    Raises:
        ArgumentError: If it holds anything else than integers from 0.
    """
    shape = tuple(value) if isinstance(value, list | tuple) else (value,)
    if not all(isinstance(n, int | np.integer) and not isinstance(n, bool) and n >= 0 for n in shape):
        raise ArgumentError(f"{link}: {argument} must be a tuple of sizes from 0, got {value!r}")
    return shape


def checked_ratio(link: str, argument: str, value: float) -> float:
    """Return a probability of zeros.

    Raises:
        ArgumentError: If it is not from 0 to 1, or 1.
    """
    if not 0.0 <= value < 1.0:
        raise ArgumentError(f"{link}: {argument} must be at least 0 and below 1, got {value}")
    return value
