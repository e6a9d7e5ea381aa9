"""Trigonometric and hyperbolic functions."""

from __future__ import annotations

from catenary import function
from catenary.arithmetic import (
    absolute as absolute,
    log as log,
    sum as sum,
)
from catenary.types import Array, ArrayModule

__all__ = ["cos", "sin"]


@function
def sin(xp: ArrayModule, x: Array) -> Array:
    """Return sines.

    Args:
        x: Input of any shape, in radians.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.sin(np.zeros(1)).array
        array([0.])
    """
    return xp.sin(x)


@function
def cos(xp: ArrayModule, x: Array) -> Array:
    """Return cosines.

    Args:
        x: Input of any shape, in radians.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.cos(np.zeros(1)).array
        array([1.])
    """
    return xp.cos(x)


sin.gradient(x=lambda gy, x: gy * cos(x))
cos.gradient(x=lambda gy, x: -gy * sin(x))
