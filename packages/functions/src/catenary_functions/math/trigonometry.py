"""Trigonometric and hyperbolic functions."""

from __future__ import annotations

from catenary import function
from catenary.types import Array, ArrayModule
from catenary_functions.math.elementwise import sqrt

__all__ = ["arccos", "arcsin", "arctan", "arctan2", "arctanh", "cos", "cosh", "sin", "sinh", "tan"]


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


@function
def tan(xp: ArrayModule, x: Array) -> Array:
    """Return tangents.

    Args:
        x: Input of any shape, in radians.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.tan(np.zeros(1)).array
        array([0.])
    """
    return xp.tan(x)


@function
def arcsin(xp: ArrayModule, x: Array) -> Array:
    """Return the angles whose sines are given, from -π/2 to π/2.

    Args:
        x: Input of any shape, from -1 to 1.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.arcsin(np.ones(1)).array.round(3)
        array([1.571])
    """
    return xp.arcsin(x)


@function
def arccos(xp: ArrayModule, x: Array) -> Array:
    """Return the angles whose cosines are given, from 0 to π.

    Args:
        x: Input of any shape, from -1 to 1.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.arccos(np.ones(1)).array
        array([0.])
    """
    return xp.arccos(x)


@function
def arctan(xp: ArrayModule, x: Array) -> Array:
    """Return the angles whose tangents are given, from -π/2 to π/2.

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.arctan(np.ones(1)).array.round(3)
        array([0.785])
    """
    return xp.arctan(x)


@function
def arctan2(xp: ArrayModule, x1: Array, x2: Array) -> Array:
    """Return the angles of the points (x2, x1), from -π to π, with broadcasting.

    Args:
        x1: The second coordinates.
        x2: The first coordinates, of a shape that broadcasts.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.arctan2(np.array([1.0]), np.array([-1.0])).array.round(3)
        array([2.356])
    """
    return xp.arctan2(x1, x2)


@function
def sinh(xp: ArrayModule, x: Array) -> Array:
    """Return hyperbolic sines.

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.sinh(np.zeros(1)).array
        array([0.])
    """
    return xp.sinh(x)


@function
def cosh(xp: ArrayModule, x: Array) -> Array:
    """Return hyperbolic cosines.

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.cosh(np.zeros(1)).array
        array([1.])
    """
    return xp.cosh(x)


@function
def arctanh(xp: ArrayModule, x: Array) -> Array:
    """Return the numbers whose hyperbolic tangents are given.

    Args:
        x: Input of any shape, from -1 to 1.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.arctanh(np.zeros(1)).array
        array([0.])
    """
    return xp.arctanh(x)


sin.gradient(x=lambda gy, x: gy * cos(x))
cos.gradient(x=lambda gy, x: -gy * sin(x))
tan.gradient(x=lambda gy, y: gy * (y * y + 1))
arcsin.gradient(x=lambda gy, x: gy / sqrt(1 - x * x))
arccos.gradient(x=lambda gy, x: -gy / sqrt(1 - x * x))
arctan.gradient(x=lambda gy, x: gy / (x * x + 1))
arctan2.gradient(
    x1=lambda gy, x1, x2: gy * x2 / (x1 * x1 + x2 * x2),
    x2=lambda gy, x1, x2: -gy * x1 / (x1 * x1 + x2 * x2),
)
sinh.gradient(x=lambda gy, x: gy * cosh(x))
cosh.gradient(x=lambda gy, x: gy * sinh(x))
arctanh.gradient(x=lambda gy, x: gy / (1 - x * x))
