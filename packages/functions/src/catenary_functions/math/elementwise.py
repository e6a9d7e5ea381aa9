"""Elementwise mathematics."""

from __future__ import annotations

from typing import Any

from catenary import Variable, as_array, function
from catenary.arithmetic import (
    absolute as absolute,
    add as _add_two,
    log as log,
    sum as sum,
)
from catenary.errors import ArgumentError
from catenary.graph.declaration import passed_on
from catenary.types import Array, ArrayModule

__all__ = [
    "absolute",
    "add",
    "clip",
    "exp",
    "identity",
    "log",
    "maximum",
    "minimum",
    "rsqrt",
    "sqrt",
    "square",
]


def add(*xs: Any) -> Variable:
    """Add two or more arrays elementwise, with broadcasting.

    Args:
        xs: Inputs of shapes that broadcast.

    Raises:
        ArgumentError: If there is no input.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.add(np.ones(2), np.ones(2), np.ones(2)).array
        array([3., 3.])
    """
    if not xs:
        raise ArgumentError("add: there must be at least one input, got none")
    total, *rest = xs
    for x in rest:
        total = _add_two(total, x)
    return total if rest else _add_two(total, 0)


@function
def exp(xp: ArrayModule, x: Array) -> Array:
    """Return e to the power x.

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.exp(np.zeros(2)).array
        array([1., 1.])
    """
    return xp.exp(x)


exp.gradient(x=lambda gy, y: gy * y)


@function
def sqrt(xp: ArrayModule, x: Array) -> Array:
    """Return square roots.

    Args:
        x: Input of any shape, not negative.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.sqrt(np.array([4.0])).array
        array([2.])
    """
    return xp.sqrt(x)


sqrt.gradient(x=lambda gy, y: gy / (2 * y))


@function(widens_half=True)
def rsqrt(xp: ArrayModule, x: Array) -> Array:
    """Return reciprocals of square roots.

    Args:
        x: Input of any shape, positive.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.rsqrt(np.array([4.0])).array
        array([0.5])
    """
    return 1 / xp.sqrt(x)


rsqrt.gradient(x=lambda gy, y: gy * (-0.5 * y * y * y))


@function
def square(_: ArrayModule, x: Array) -> Array:
    """Return x * x.

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.square(np.array([3.0])).array
        array([9.])
    """
    return x * x


square.gradient(x=lambda gy, x: gy * (2 * x))


@function(keeps_numbers=True)
def maximum(xp: ArrayModule, x1: Array, x2: Array) -> Array:
    """Return the larger elements, with broadcasting; where both are equal, `x1` gets the gradient.

    Args:
        x1: Input of any shape.
        x2: Input of a shape that broadcasts.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.maximum(np.array([1.0, 5.0]), np.array([3.0, 2.0])).array
        array([3., 5.])
    """
    return xp.maximum(x1, x2)


maximum.gradient(
    x1=lambda gy, x1, x2: gy * (as_array(x1) >= as_array(x2)),
    x2=lambda gy, x1, x2: gy * (as_array(x1) < as_array(x2)),
)


@function(keeps_numbers=True)
def minimum(xp: ArrayModule, x1: Array, x2: Array) -> Array:
    """Return the smaller elements, with broadcasting; where both are equal, `x1` gets the gradient.

    Args:
        x1: Input of any shape.
        x2: Input of a shape that broadcasts.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.minimum(np.array([1.0, 5.0]), np.array([3.0, 2.0])).array
        array([1., 2.])
    """
    return xp.minimum(x1, x2)


minimum.gradient(
    x1=lambda gy, x1, x2: gy * (as_array(x1) <= as_array(x2)),
    x2=lambda gy, x1, x2: gy * (as_array(x1) > as_array(x2)),
)


@function(widens_half=True)
def clip(xp: ArrayModule, x: Array, x_min: float | None, x_max: float | None) -> Array:
    """Limit elements to an interval; outside of it the gradient is zero.

    Args:
        x: Input of any shape.
        x_min: The lower bound, if there is one.
        x_max: The upper bound, if there is one.

    Raises:
        ArgumentError: If the lower bound is above the upper one, or if both are None.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.clip(np.array([-2.0, 0.5]), 0.0, 1.0).array
        array([0. , 0.5])
    """
    if x_min is None and x_max is None:
        raise ArgumentError("clip: x_min and x_max must not both be None")
    if x_min is not None and x_max is not None and x_min > x_max:
        raise ArgumentError(f"clip: x_min must not be above x_max, got {x_min} and {x_max}")
    return xp.clip(x, x_min, x_max)


clip.gradient(x=lambda gy, x, y: gy * (as_array(x) == as_array(y)))


@function
def _identity(_: ArrayModule, x: Array) -> Array:
    return x


_identity.gradient(x=passed_on)


def identity(*inputs: Any) -> Any:
    """Return the inputs.

    Args:
        inputs: One input or more, of any shapes.

    Returns:
        A Variable for one input, a tuple of Variables for more.

    Raises:
        ArgumentError: If there is no input.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.identity(np.ones(2)).array
        array([1., 1.])
    """
    if not inputs:
        raise ArgumentError("identity: there must be at least one input, got none")
    return _identity(inputs[0]) if len(inputs) == 1 else tuple(map(_identity, inputs))
