"""Activation functions."""

from __future__ import annotations

from catenary import PER_CALL, Saved, as_array, function
from catenary.types import Array, ArrayModule, Axis
from catenary_functions.math import exp, sum


@function
def relu(xp: ArrayModule, x: Array) -> Array:
    """Set negative elements to zero: max(x, 0).

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.relu(np.array([-1.0, 2.0])).array
        array([0., 2.])
    """
    return xp.maximum(x, 0)


relu.gradient(x=lambda gy, y: gy * (as_array(y) > 0))


@function
def leaky_relu(_: ArrayModule, x: Array, slope: float = 0.2, *, saved: Saved = PER_CALL) -> Array:
    """Multiply negative elements by a small slope.

    Args:
        x: Input of any shape.
        slope: The factor for negative elements.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.leaky_relu(np.array([-1.0, 2.0])).array
        array([-0.2,  2. ])
    """
    # Arithmetic on the condition is quicker than a choice between two numbers.
    factor = (x > 0).astype(x.dtype)
    factor *= 1 - slope
    factor += slope
    saved.factor = factor
    return x * factor


leaky_relu.gradient(x=lambda gy, saved: gy * saved.factor)


@function
def elu(xp: ArrayModule, x: Array, alpha: float = 1.0, *, saved: Saved = PER_CALL) -> Array:
    """Return x where it is positive, alpha (exp(x) - 1) elsewhere.

    Source: Clevert, Unterthiner, Hochreiter, "Fast and Accurate Deep Network Learning by Exponential Linear
    Units" (2015).

    Args:
        x: Input of any shape.
        alpha: The limit for very negative elements, with its sign reversed.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.elu(np.array([0.0, 2.0])).array
        array([0., 2.])
    """
    saved.positive = x > 0
    return xp.where(saved.positive, x, alpha * xp.expm1(xp.minimum(x, 0)))


elu.gradient(x=lambda gy, y, alpha, saved: gy * (saved.positive + (y + alpha) * ~saved.positive))


@function
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


@function
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
    return xp.logaddexp(x * beta, 0).astype(x.dtype, copy=False) / beta


softplus.gradient(x=lambda gy, x, beta: gy * sigmoid(x * beta))


@function
def softmax(xp: ArrayModule, x: Array, axis: int = 1) -> Array:
    """Return exp(x) divided by its sum along an axis.

    Args:
        x: Input of any shape.
        axis: The axis of classes.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.softmax(np.zeros((1, 2))).array
        array([[0.5, 0.5]])
    """
    y = xp.exp(x - _maximum(x, axis))
    return y / y.sum(axis, keepdims=True)


softmax.gradient(x=lambda gy, y, axis: y * (gy - sum(gy * y, axis, True)))


@function
def log_softmax(xp: ArrayModule, x: Array, axis: int = 1) -> Array:
    """Return the logarithm of softmax, without its loss of precision.

    Args:
        x: Input of any shape.
        axis: The axis of classes.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.log_softmax(np.zeros((1, 2))).array.round(3)
        array([[-0.693, -0.693]])
    """
    y = x - _maximum(x, axis)
    return y - xp.log(xp.exp(y).sum(axis, keepdims=True))


log_softmax.gradient(x=lambda gy, y, axis: gy - exp(y) * sum(gy, axis, True))


def _maximum(x: Array, axis: Axis) -> Array:
    return x.max(axis, keepdims=True) if x.size else x.sum(axis, keepdims=True)
