"""Dropout and its kin."""

from __future__ import annotations

from typing import Any

from catenary import PER_CALL, Saved, config, function, get_device_from_array
from catenary.errors import ArgumentError
from catenary.types import Array, ArrayModule
from catenary_functions.math.elementwise import identity

__all__ = ["dropout"]


def dropout(x: Any, ratio: float = 0.5, *, mask: Array | None = None, return_mask: bool = False) -> Any:
    """Set elements to zero at random and scale the others up, in training only.

    Source: Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting" (2014).

    Args:
        x: Input of any shape.
        ratio: The probability of zero, at least 0 and below 1.
        mask: The factors to use instead of drawing them, of the shape of `x`.
        return_mask: Whether to return the factors, too.

    Returns:
        A Variable; a tuple of it and the factors (None outside of training) if `return_mask`.

    Raises:
        ArgumentError: If the ratio is out of range.

    Example:
        >>> import numpy as np, catenary, catenary.functions as F
        >>> with catenary.using_config("train", False):
        ...     F.dropout(np.ones(3)).array
        array([1., 1., 1.])
    """
    if not 0.0 <= ratio < 1.0:
        raise ArgumentError(f"dropout: ratio must be at least 0 and below 1, got {ratio}")
    if not config.train:
        y, mask = identity(x), None
    else:
        if mask is None:
            mask = draw_mask(x, ratio)
        y = scaled(x, mask)
    return (y, mask) if return_mask else y


def draw_mask(x: Any, ratio: float) -> Array:
    """Return random factors for dropout: 0, or what keeps the expected value.

    Args:
        x: The input, for shape, dtype and device.
        ratio: The probability of 0.
    """
    random = get_device_from_array(x).random
    keep = random.random(x.shape, "float32") >= ratio
    return keep * x.dtype.type(1 / (1 - ratio))


@function
def scaled(_: ArrayModule, x: Array, mask: Array, *, saved: Saved = PER_CALL) -> Array:
    """Multiply by constant factors."""
    saved.mask = mask
    return x * mask


scaled.gradient(x=lambda gy, saved: gy * saved.mask)
