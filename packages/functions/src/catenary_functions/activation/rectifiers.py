"""Rectifiers: activation functions with a bend at zero."""

from __future__ import annotations

from typing import Any

from catenary import PER_CALL, Saved, Variable, as_array, config, function, get_device_from_array
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array, ArrayModule
from catenary_functions.math.channels import along

__all__ = ["celu", "elu", "leaky_relu", "prelu", "relu", "rrelu", "selu"]


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
    return xp.expm1(xp.minimum(x, 0)) * alpha + xp.maximum(x, 0)


elu.gradient(x=lambda gy, y, alpha, saved: gy * (saved.positive + (y + alpha) * ~saved.positive))


@function(widens_half=True)
def selu(
    xp: ArrayModule,
    x: Array,
    alpha: float = 1.6732632423543772,
    scale: float = 1.0507009873554805,
    *,
    saved: Saved = PER_CALL,
) -> Array:
    """Return scale times elu(x, alpha).

    With the default numbers, layers after each other keep mean 0 and variance 1.

    Source: Klambauer, Unterthiner, Mayr, Hochreiter, "Self-Normalizing Neural Networks" (2017).

    Args:
        x: Input of any shape.
        alpha: As for `elu`.
        scale: The factor.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.selu(np.array([-1.0, 2.0])).array.round(3)
        array([-1.111,  2.101])
    """
    saved.positive = x > 0
    return xp.expm1(xp.minimum(x, 0)) * (scale * alpha) + xp.maximum(x, 0) * scale


selu.gradient(
    x=lambda gy, y, alpha, scale, saved: gy * (saved.positive * scale + (y + scale * alpha) * ~saved.positive)
)


@function(widens_half=True)
def celu(xp: ArrayModule, x: Array, alpha: float = 1.0, *, saved: Saved = PER_CALL) -> Array:
    """Return x where it is positive, alpha (exp(x / alpha) - 1) elsewhere; the slope is the same on both sides of 0.

    Source: Barron, "Continuously Differentiable Exponential Linear Units" (2017).

    Args:
        x: Input of any shape.
        alpha: The limit for very negative elements, with its sign reversed.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.celu(np.array([-1.0, 2.0]), alpha=0.5).array.round(3)
        array([-0.432,  2.   ])
    """
    saved.positive = x > 0
    return xp.expm1(xp.minimum(x, 0) / alpha) * alpha + xp.maximum(x, 0)


celu.gradient(x=lambda gy, y, alpha, saved: gy * (saved.positive + (y / alpha + 1) * ~saved.positive))


def prelu(x: Any, W: Any) -> Variable:
    """Multiply negative elements by slopes that are learnt.

    Source: He, Zhang, Ren, Sun, "Delving Deep into Rectifiers: Surpassing Human-Level Performance on ImageNet
    Classification" (2015).

    Args:
        x: Input, shape (batch, channels, ...).
        W: The slopes, with the lengths of the axes of `x` from 1 on, such as (channels,); or a number for all.

    Raises:
        ShapeError: If the lengths differ.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.prelu(np.array([[-1.0, -1.0], [1.0, 1.0]]), np.array([0.1, 0.2])).array
        array([[-0.1, -0.2],
               [ 1. ,  1. ]])
    """
    return _rectified(x, along("prelu", "W", x, W, 1))


@function(widens_half=True)
def _rectified(xp: ArrayModule, x: Array, slope: Array) -> Array:
    y = xp.minimum(x, 0) * slope
    y += xp.maximum(x, 0)
    return y


_rectified.gradient(
    x=lambda gy, x, slope: gy * (as_array(x) > 0) + gy * (slope * (as_array(x) <= 0)),
    slope=lambda gy, x: gy * (x * (as_array(x) <= 0)),
)


def rrelu(
    x: Any,
    l: float = 1.0 / 8,  # noqa: E741  # Chainer's name
    u: float = 1.0 / 3,
    *,
    r: Array | None = None,
    return_r: bool = False,
) -> Any:
    """Multiply negative elements by random slopes in training, by the mean slope outside of it.

    Source: Xu, Wang, Chen, Li, "Empirical Evaluation of Rectified Activations in Convolutional Network" (2015).

    Args:
        x: Input of any shape.
        l: The smallest slope.
        u: The largest slope.
        r: The slopes to use in training instead of drawing them, of the shape of `x`.
        return_r: Whether to return the slopes, too.

    Returns:
        A Variable; a tuple of it and the slopes if `return_r`.

    Raises:
        ArgumentError: If `l` is above `u`.
        ShapeError: If `r` has another shape than `x`.

    Example:
        >>> import numpy as np, catenary, catenary.functions as F
        >>> with catenary.using_config("train", False):
        ...     F.rrelu(np.array([-1.0, 1.0])).array.round(3)
        array([-0.229,  1.   ])
    """
    if l > u:
        raise ArgumentError(f"rrelu: l must not be above u, got {l} and {u}")
    device = get_device_from_array(x)
    if not config.train:
        r = device.xp.full(x.shape, (l + u) / 2, x.dtype)
    elif r is None:
        r = (device.random.random(x.shape, "float32") * (u - l) + l).astype(x.dtype)
    elif r.shape != x.shape:
        raise ShapeError(f"rrelu: r must have the shape of x, {x.shape}, got {r.shape}")
    y = _rectified(x, r)
    return (y, r) if return_r else y
