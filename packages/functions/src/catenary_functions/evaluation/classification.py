"""Measures of classifiers; they have no gradient."""

from __future__ import annotations

from catenary import function
from catenary.errors import ShapeError
from catenary.types import Array, ArrayModule

__all__ = ["accuracy"]


@function
def accuracy(xp: ArrayModule, y: Array, t: Array, ignore_label: int | None = None) -> Array:
    """Return the share of examples whose largest score is that of the true class.

    Args:
        y: Scores, shape (batch, classes, ...).
        t: True classes, integers of shape (batch, ...).
        ignore_label: A class that is not counted.

    Returns:
        A 0-d array.

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.accuracy(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1])).array
        array(0.5)
    """
    if t.shape != y.shape[:1] + y.shape[2:]:
        raise ShapeError(f"accuracy: t must have shape {y.shape[:1] + y.shape[2:]} for y of {y.shape}, got {t.shape}")
    right = y.argmax(1) == t
    if ignore_label is None:
        return xp.asarray(right.mean(dtype=y.dtype))
    counted = t != ignore_label
    return xp.asarray((right & counted).sum(dtype=y.dtype) / xp.maximum(counted.sum(dtype=y.dtype), 1))
