"""Logarithms and exponentials other than the natural ones."""

from __future__ import annotations

import math

from catenary import function
from catenary.types import Array, ArrayModule

__all__ = ["expm1", "log1p", "log2", "log10"]


@function
def expm1(xp: ArrayModule, x: Array) -> Array:
    """Return exp(x) - 1, exact for small x, too.

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.expm1(np.array([0.0, 1e-20])).array
        array([0.e+00, 1.e-20])
    """
    return xp.expm1(x)


@function
def log1p(xp: ArrayModule, x: Array) -> Array:
    """Return log(1 + x), exact for small x, too.

    Args:
        x: Input of any shape, above -1.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.log1p(np.array([0.0, 1e-20])).array
        array([0.e+00, 1.e-20])
    """
    return xp.log1p(x)


@function
def log2(xp: ArrayModule, x: Array) -> Array:
    """Return logarithms with base 2.

    Args:
        x: Input of any shape, positive.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.log2(np.array([8.0])).array
        array([3.])
    """
    return xp.log2(x)


@function
def log10(xp: ArrayModule, x: Array) -> Array:
    """Return logarithms with base 10.

    Args:
        x: Input of any shape, positive.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.log10(np.array([100.0])).array
        array([2.])
    """
    return xp.log10(x)


expm1.gradient(x=lambda gy, y: gy * (y + 1))
log1p.gradient(x=lambda gy, x: gy / (x + 1))
log2.gradient(x=lambda gy, x: gy / (x * math.log(2)))
log10.gradient(x=lambda gy, x: gy / (x * math.log(10)))
