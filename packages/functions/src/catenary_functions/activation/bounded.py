"""Activation functions made of straight pieces, with bounds."""

from __future__ import annotations

from typing import Any

from catenary import as_array, function
from catenary.types import Array, ArrayModule
from catenary_functions.math.elementwise import clip

__all__ = ["clipped_relu", "hard_sigmoid", "hard_swish", "relu6"]


@function(widens_half=True)
def clipped_relu(xp: ArrayModule, x: Array, z: float = 20.0) -> Array:
    """Limit elements to the interval from 0 to z.

    Args:
        x: Input of any shape.
        z: The upper bound, positive.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.clipped_relu(np.array([-1.0, 2.0, 50.0])).array
        array([ 0.,  2., 20.])
    """
    return xp.clip(x, 0, z)


@function(widens_half=True)
def relu6(xp: ArrayModule, x: Array) -> Array:
    """Limit elements to the interval from 0 to 6.

    Source: Krizhevsky, "Convolutional Deep Belief Networks on CIFAR-10" (2010).

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.relu6(np.array([-1.0, 2.0, 50.0])).array
        array([0., 2., 6.])
    """
    return xp.clip(x, 0, 6)


@function(widens_half=True)
def hard_sigmoid(xp: ArrayModule, x: Array) -> Array:
    """Return 0.2 x + 0.5, limited to the interval from 0 to 1.

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.hard_sigmoid(np.array([-3.0, 0.0, 3.0])).array
        array([0. , 0.5, 1. ])
    """
    return xp.clip(x * 0.2 + 0.5, 0, 1)


@function(widens_half=True)
def hard_swish(xp: ArrayModule, x: Array) -> Array:
    """Return x times x / 6 + 0.5, the latter limited to the interval from 0 to 1.

    Source: Howard et al., "Searching for MobileNetV3" (2019).

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.hard_swish(np.array([-3.0, 0.0, 3.0])).array
        array([-0.,  0.,  3.])
    """
    return x * xp.clip(x / 6 + 0.5, 0, 1)


def _inside(y: Any, top: float) -> Array:
    return (as_array(y) > 0) & (as_array(y) < top)


clipped_relu.gradient(x=lambda gy, y, z: gy * _inside(y, z))
relu6.gradient(x=lambda gy, y: gy * _inside(y, 6))
hard_sigmoid.gradient(x=lambda gy, y: gy * (_inside(y, 1) * 0.2))
hard_swish.gradient(x=lambda gy, x: gy * (clip(x / 6 + 0.5, 0, 1) + x * _inside(x + 3, 6) / 6))
