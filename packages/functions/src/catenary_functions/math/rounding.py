"""Functions that are constant in steps; where one is, its gradient is none."""

from __future__ import annotations

from catenary import as_array, function
from catenary.types import Array, ArrayModule

__all__ = ["ceil", "fix", "floor", "fmod", "sign"]


@function
def ceil(xp: ArrayModule, x: Array) -> Array:
    """Round up; there is no gradient.

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.ceil(np.array([1.5, -1.5])).array
        array([ 2., -1.])
    """
    return xp.ceil(x)


@function
def floor(xp: ArrayModule, x: Array) -> Array:
    """Round down; there is no gradient.

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.floor(np.array([1.5, -1.5])).array
        array([ 1., -2.])
    """
    return xp.floor(x)


@function
def fix(xp: ArrayModule, x: Array) -> Array:
    """Round towards zero; there is no gradient.

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.fix(np.array([1.5, -1.5])).array
        array([ 1., -1.])
    """
    return xp.trunc(x)


@function
def sign(xp: ArrayModule, x: Array) -> Array:
    """Return -1, 0 or 1 for negative, zero or positive elements; there is no gradient.

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.sign(np.array([1.5, 0.0, -1.5])).array
        array([ 1.,  0., -1.])
    """
    return xp.sign(x)


@function(keeps_numbers=True)
def fmod(xp: ArrayModule, x: Array, divisor: Array) -> Array:
    """Return the rest of a division rounded towards zero, with broadcasting; it has the sign of `x`.

    Args:
        x: Input of any shape.
        divisor: Input of a shape that broadcasts, not zero.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.fmod(np.array([7.5, -7.5]), np.array([2.0, 2.0])).array
        array([ 1.5, -1.5])
    """
    return xp.fmod(x, divisor)


fmod.gradient(
    x=lambda gy: gy,
    divisor=lambda gy, x, divisor, xp: -gy * xp.trunc(as_array(x) / as_array(divisor)),
)
