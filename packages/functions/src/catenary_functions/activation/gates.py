"""Activation functions that multiply the input by a smooth gate between 0 and 1."""

from __future__ import annotations

import math
from typing import Any

from catenary import PER_CALL, Saved, Variable, function
from catenary.types import Array, ArrayModule
from catenary_functions.activation.smooth import sigmoid
from catenary_functions.checks import check_word
from catenary_functions.math.channels import along
from catenary_functions.math.elementwise import exp, minimum
from catenary_functions.math.special import ndtr, special_of

__all__ = ["gelu", "mish", "silu", "swish"]


@function(widens_half=True)
def silu(xp: ArrayModule, x: Array, *, saved: Saved = PER_CALL) -> Array:
    """Return x sigmoid(x).

    Source: Elfwing, Uchibe, Doya, "Sigmoid-Weighted Linear Units for Neural Network Function Approximation in
    Reinforcement Learning" (2017).

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.silu(np.array([-1.0, 0.0, 1.0])).array.round(3)
        array([-0.269,  0.   ,  0.731])
    """
    saved.gate = xp.tanh(x * 0.5) * 0.5 + 0.5
    return x * saved.gate


silu.gradient(x=lambda gy, y, saved: gy * (saved.gate * (1 - y) + y))


@silu.compose
def _silu(x: Any) -> Variable:
    y: Variable = x * sigmoid(x)
    return y


def swish(x: Any, beta: Any) -> Variable:
    """Return x sigmoid(beta x).

    Source: Ramachandran, Zoph, Le, "Searching for Activation Functions" (2017).

    Args:
        x: Input, shape (batch, channels, ...).
        beta: How sharp the gate is, with the lengths of the axes of `x` from 1 on, such as (channels,); or a number
            for all.

    Raises:
        ShapeError: If the lengths differ.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.swish(np.array([[-1.0, 1.0]]), np.array([1.0, 100.0])).array.round(3)
        array([[-0.269,  1.   ]])
    """
    return _swish(x, along("swish", "beta", x, beta, 1))


@function(widens_half=True)
def _swish(xp: ArrayModule, x: Array, beta: Array) -> Array:
    return x * (xp.tanh(x * beta * 0.5) * 0.5 + 0.5)


@_swish.joint_gradient
def _swish_gradients(gy: Any, x: Any, beta: Any, y: Any) -> tuple[Any, ...]:
    gate = sigmoid(x * beta)
    slope = y * (1 - gate)
    return gy * (gate + beta * slope), gy * (x * slope)


@function(widens_half=True)
def mish(xp: ArrayModule, x: Array) -> Array:
    """Return x tanh(softplus(x)).

    Source: Misra, "Mish: A Self Regularized Non-Monotonic Activation Function" (2019).

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.mish(np.array([-1.0, 0.0, 1.0])).array.round(3)
        array([-0.303,  0.   ,  0.865])
    """
    e = xp.exp(xp.minimum(x, 20))
    n = e * (e + 2)
    return x * (n / (n + 2))  # the tanh of the logarithm of 1 + e


def _mish_gx(gy: Any, x: Any) -> Any:
    e = exp(minimum(x, 20))
    n = e * (e + 2)
    gate = n / (n + 2)
    return gy * (gate + x * sigmoid(x) * (1 - gate * gate))


mish.gradient(x=_mish_gx)


@function(widens_half=True)
def gelu(xp: ArrayModule, x: Array, approximate: str = "none", *, saved: Saved = PER_CALL) -> Array:
    """Return x times the distribution function of the standard normal distribution at x.

    Source: Hendrycks, Gimpel, "Gaussian Error Linear Units (GELUs)" (2016).

    Args:
        x: Input of any shape.
        approximate: "none", or "tanh" for the formula with tanh that many models were trained with.

    Raises:
        ArgumentError: If `approximate` is another word.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.gelu(np.array([-1.0, 0.0, 1.0])).array.round(3)
        array([-0.159,  0.   ,  0.841])
    """
    check_word("gelu", "approximate", approximate, ("none", "tanh"))
    saved.gate = special_of(x).ndtr(x) if approximate == "none" else xp.tanh(_inner(x)) * 0.5 + 0.5
    return x * saved.gate


def _inner(x: Any) -> Any:
    return (x * x * (0.044715 * _ROOT) + _ROOT) * x


def _gelu_gx(gy: Any, x: Any, approximate: str, saved: Any) -> Any:
    gate = saved.gate
    if approximate == "none":
        slope = exp(x * x * -0.5) * (0.5 * _ROOT)
    else:
        slope = gate * (1 - gate) * (x * x * (6 * 0.044715 * _ROOT) + 2 * _ROOT)
    return gy * (gate + x * slope)


_ROOT = math.sqrt(2 / math.pi)
gelu.gradient(x=_gelu_gx)


@gelu.compose
def _gelu(x: Any, approximate: str) -> Variable:
    y: Variable = x * (ndtr(x) if approximate == "none" else sigmoid(_inner(x) * 2))
    return y
