"""Checks of sizes that links are made with."""

from __future__ import annotations

from typing import Any

import numpy as np

from catenary.errors import ArgumentError, ArgumentTypeError


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
