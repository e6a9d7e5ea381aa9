"""Losses between numbers."""

from __future__ import annotations

from typing import Any

from catenary import PER_CALL, Saved, Variable, function, widens_half
from catenary.arithmetic import absolute, sum
from catenary.errors import ArgumentError
from catenary.types import Array, ArrayModule
from catenary_functions.checks import check_same_shape, check_word
from catenary_functions.loss.reducing import reduced
from catenary_functions.math.elementwise import clip, square

__all__ = [
    "absolute_error",
    "huber_loss",
    "mean_absolute_error",
    "mean_squared_error",
    "smooth_l1_loss",
    "squared_error",
]


@function(widens_half=True)
def mean_squared_error(_: ArrayModule, x0: Array, x1: Array, *, saved: Saved = PER_CALL) -> Array:
    """Return the mean of the squared differences.

    Args:
        x0: Input of any shape.
        x1: Input of the same shape.

    Returns:
        A 0-d array.

    Raises:
        ShapeError: If the shapes differ.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.mean_squared_error(np.array([1.0, 3.0]), np.array([1.0, 1.0])).array
        array(2.)
    """
    check_same_shape("mean_squared_error", x0, x1)
    saved.difference = d = x0 - x1
    flat = d.ravel()
    return flat.dot(flat) / d.dtype.type(max(d.size, 1))


mean_squared_error.gradient(
    x0=lambda gy, saved: saved.difference * (gy * (2.0 / max(saved.difference.size, 1))),
    x1=lambda gy, saved: saved.difference * (gy * (-2.0 / max(saved.difference.size, 1))),
)


@mean_squared_error.compose
def _mean_squared_error(x0: Any, x1: Any) -> Variable:
    d: Variable = x0 - x1
    return sum(d * d) / max(d.size, 1)


@widens_half
def mean_absolute_error(x0: Any, x1: Any) -> Variable:
    """Return the mean of the absolute differences.

    Args:
        x0: Input of any shape.
        x1: Input of the same shape.

    Raises:
        ShapeError: If the shapes differ.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.mean_absolute_error(np.array([1.0, 3.0]), np.array([1.0, 1.0])).array
        array(1.)
    """
    check_same_shape("mean_absolute_error", x0, x1)
    d = absolute(x0 - x1)
    return sum(d) / max(d.size, 1)


@widens_half
def squared_error(x0: Any, x1: Any) -> Variable:
    """Return the squared differences.

    Args:
        x0: Input of any shape.
        x1: Input of the same shape.

    Raises:
        ShapeError: If the shapes differ.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.squared_error(np.array([1.0, 3.0]), np.array([1.0, 1.0])).array
        array([0., 4.])
    """
    check_same_shape("squared_error", x0, x1)
    return square(x0 - x1)


def absolute_error(x0: Any, x1: Any) -> Variable:
    """Return the absolute differences.

    Args:
        x0: Input of any shape.
        x1: Input of the same shape.

    Raises:
        ShapeError: If the shapes differ.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.absolute_error(np.array([1.0, 3.0]), np.array([1.0, 1.0])).array
        array([0., 2.])
    """
    check_same_shape("absolute_error", x0, x1)
    return absolute(x0 - x1)


@function(widens_half=True)
def _huber(xp: ArrayModule, x: Array, t: Array, delta: float) -> Array:
    difference = x - t
    near = xp.clip(difference, -delta, delta)
    return near * (difference - 0.5 * near)


_huber.gradient(
    x=lambda gy, x, t, delta: gy * clip(x - t, -delta, delta),
    t=lambda gy, x, t, delta: gy * clip(t - x, -delta, delta),
)


def huber_loss(x: Any, t: Any, delta: float, reduce: str = "sum_along_second_axis") -> Variable:
    """Return half the squared differences up to `delta`, and from there on their tangent.

    Source: Huber, "Robust Estimation of a Location Parameter" (1964).

    Args:
        x: Input, shape (batch, features, ...).
        t: Input of the same shape.
        delta: The difference from which on the loss is linear, not negative.
        reduce: "sum_along_second_axis", or "no" for one loss per element.

    Raises:
        ShapeError: If the shapes differ.
        ArgumentError: If `delta` is negative, or `reduce` another word.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.huber_loss(np.array([[1.0, 3.0]]), np.zeros((1, 2)), delta=1.0).array
        array([3.])
    """
    check_same_shape("huber_loss", x, t)
    check_word("huber_loss", "reduce", reduce, ("sum_along_second_axis", "no"))
    if delta < 0:
        raise ArgumentError(f"huber_loss: delta must not be negative, got {delta}")
    loss = _huber(x, t, delta)
    return loss if reduce == "no" else sum(loss, 1)


def smooth_l1_loss(x: Any, t: Any, beta: float = 1.0, reduce: str = "mean") -> Variable:
    """Return the absolute differences less beta / 2, with a parabola in place of the bend at zero.

    Source: Girshick, "Fast R-CNN" (2015).

    Args:
        x: Input of any shape.
        t: Input of the same shape.
        beta: The difference up to which the loss is a parabola, not negative.
        reduce: "mean", "sum", or "no" for one loss per element.

    Raises:
        ShapeError: If the shapes differ.
        ArgumentError: If `beta` is negative, or `reduce` another word.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.smooth_l1_loss(np.array([1.0, 3.0]), np.zeros(2)).array
        array(1.5)
    """
    check_same_shape("smooth_l1_loss", x, t)
    if beta < 0:
        raise ArgumentError(f"smooth_l1_loss: beta must not be negative, got {beta}")
    loss = _huber(x, t, beta) / beta if beta else absolute(x - t)
    return reduced("smooth_l1_loss", loss, reduce, ("mean", "sum", "no"))
