"""Division by the length of vectors, and by what stands nearby."""

from __future__ import annotations

from typing import Any

from catenary import Variable, as_array, function, widens_half
from catenary.arithmetic import mul
from catenary.errors import ArgumentError
from catenary.types import Array, ArrayModule, Axis
from catenary_functions.checks import check_axis

__all__ = ["local_response_normalization", "normalize"]


@widens_half
def normalize(x: Any, eps: float = 1e-5, axis: Axis = 1) -> Variable:
    """Divide vectors by their Euclidean length.

    Args:
        x: Input of any shape.
        eps: Added to the length.
        axis: The axis along which the vectors lie, or several.

    Raises:
        ArgumentError: If there is no such axis.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.normalize(np.array([[3.0, 4.0]]), eps=0.0).array
        array([[0.6, 0.8]])
    """
    for one in axis if isinstance(axis, tuple) else (axis,) if axis is not None else ():
        check_axis("normalize", x, one)
    y: Variable = x / (_length(x, axis) + eps)
    return y


@function
def _length(xp: ArrayModule, x: Array, axis: Axis) -> Array:
    return xp.sqrt((x * x).sum(axis, keepdims=True))


# The gradient at length 0 is 0.
_length.gradient(x=lambda gy, x, y: gy * (x / (y + (as_array(y) == 0))))


@widens_half
def local_response_normalization(x: Any, n: int = 5, k: float = 2, alpha: float = 1e-4, beta: float = 0.75) -> Variable:
    """Divide by (k + alpha times the sum of squares over `n` neighbouring channels) to the power beta.

    Source: Krizhevsky, Sutskever, Hinton, "ImageNet Classification with Deep Convolutional Neural Networks" (2012).

    Args:
        x: Input, shape (batch, channels, ...).
        n: The number of channels; for an even number, one more.
        k: Added to the sum.
        alpha: The factor of the sum.
        beta: The power.

    Raises:
        ArgumentError: If there is no axis of channels, or `n` is not positive.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.local_response_normalization(np.ones((1, 3)), n=3, k=0.0, alpha=1.0, beta=1.0).array.round(3)
        array([[0.5  , 0.333, 0.5  ]])
    """
    check_axis("local_response_normalization", x, 1)
    if n < 1:
        raise ArgumentError(f"local_response_normalization: n must be positive, got {n}")
    return mul(x, (_sum_of_neighbours(x * x, n // 2) * alpha + k) ** -beta)


@function
def _sum_of_neighbours(_: ArrayModule, x: Array, reach: int) -> Array:
    y = x.copy()
    for i in range(1, min(reach + 1, x.shape[1])):
        y[:, i:] += x[:, :-i]
        y[:, :-i] += x[:, i:]
    return y


_sum_of_neighbours.gradient(x=lambda gy, reach: _sum_of_neighbours(gy, reach))
