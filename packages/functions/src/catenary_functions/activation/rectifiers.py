"""Rectifiers: activation functions with a bend at zero."""

from __future__ import annotations

from catenary import PER_CALL, Saved, as_array, function
from catenary.types import Array, ArrayModule

__all__ = ["elu", "leaky_relu", "relu"]


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


@function(widens_half=True)
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


@function(widens_half=True)
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
