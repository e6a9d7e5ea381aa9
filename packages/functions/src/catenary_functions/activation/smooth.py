"""Smooth activation functions."""

from __future__ import annotations

from catenary import function
from catenary.types import Array, ArrayModule

__all__ = ["log_sigmoid", "sigmoid", "softplus", "softsign", "tanh"]


@function(widens_half=True)
def sigmoid(xp: ArrayModule, x: Array) -> Array:
    """Return the logistic function 1 / (1 + exp(-x)).

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.sigmoid(np.zeros(2)).array
        array([0.5, 0.5])
    """
    return xp.tanh(x * 0.5) * 0.5 + 0.5  # does not overflow


sigmoid.gradient(x=lambda gy, y: gy * (y - y * y))


@function
def tanh(xp: ArrayModule, x: Array) -> Array:
    """Return the hyperbolic tangent.

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.tanh(np.zeros(2)).array
        array([0., 0.])
    """
    return xp.tanh(x)


tanh.gradient(x=lambda gy, y: gy - gy * y * y)


@function(widens_half=True)
def softplus(xp: ArrayModule, x: Array, beta: float = 1.0) -> Array:
    """Return log(1 + exp(beta x)) / beta, a smooth form of relu.

    Args:
        x: Input of any shape.
        beta: How sharp the bend is.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.softplus(np.zeros(1)).array.round(3)
        array([0.693])
    """
    return _log_of_1_plus_exp(xp, x * beta) / beta


def _log_of_1_plus_exp(xp: ArrayModule, x: Array) -> Array:
    y = xp.exp(-abs(x))  # does not overflow; logaddexp does not, either, but takes ten times as long
    return xp.log1p(y) + xp.maximum(x, 0)


softplus.gradient(x=lambda gy, x, beta: gy * sigmoid(x * beta))


@function(widens_half=True)
def log_sigmoid(xp: ArrayModule, x: Array) -> Array:
    """Return the logarithm of sigmoid, without its loss of precision.

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.log_sigmoid(np.zeros(1)).array.round(3)
        array([-0.693])
    """
    return -_log_of_1_plus_exp(xp, -x)


log_sigmoid.gradient(x=lambda gy, x: gy * sigmoid(-x))


@function(widens_half=True)
def softsign(_: ArrayModule, x: Array) -> Array:
    """Return x / (1 + |x|).

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.softsign(np.array([-1.0, 0.0, 3.0])).array
        array([-0.5 ,  0.  ,  0.75])
    """
    return x / (abs(x) + 1)


softsign.gradient(x=lambda gy, y: gy * (1 - abs(y)) * (1 - abs(y)))
