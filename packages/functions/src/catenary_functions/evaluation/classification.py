"""Shares of examples that a classifier gets right; they have no gradient."""

from __future__ import annotations

from catenary import function
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array, ArrayModule
from catenary_functions.checks import check_same_shape

__all__ = ["accuracy", "binary_accuracy", "top_k_accuracy"]


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
    check_classes("accuracy", y, t)
    right = y.argmax(1) == t
    if ignore_label is None:
        return xp.asarray(right.mean(dtype=y.dtype))
    return _share(xp, right, t != ignore_label, y)


@function
def top_k_accuracy(xp: ArrayModule, y: Array, t: Array, k: int = 5, ignore_label: int | None = None) -> Array:
    """Return the share of examples with less than k scores above that of the true class.

    Args:
        y: Scores, shape (batch, classes, ...).
        t: True classes, integers of shape (batch, ...).
        k: How many classes may be named.
        ignore_label: A class that is not counted.

    Returns:
        A 0-d array.

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentError: If `k` is not positive.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.top_k_accuracy(np.array([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]]), np.array([1, 2]), k=2).array
        array(0.5)
    """
    check_classes("top_k_accuracy", y, t)
    if k < 1:
        raise ArgumentError(f"top_k_accuracy: k must be positive, got {k}")
    classes = xp.arange(y.shape[1]).reshape(-1, *[1] * (y.ndim - 2))
    true_class = classes == t[:, None]
    above = (y > xp.where(true_class, y, -xp.inf).max(1, keepdims=True)).sum(1)
    counted = xp.ones(t.shape, bool) if ignore_label is None else t != ignore_label
    return _share(xp, (above < k) & true_class.any(1), counted, y)


@function
def binary_accuracy(xp: ArrayModule, y: Array, t: Array) -> Array:
    """Return the share of scores that have the right sign; label -1 is not counted.

    Args:
        y: Scores of any shape; not negative for label 1.
        t: Labels 0 and 1, integers of the same shape.

    Returns:
        A 0-d array.

    Raises:
        ShapeError: If the shapes differ.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.binary_accuracy(np.array([-1.0, 2.0, 3.0]), np.array([0, 0, -1])).array
        array(0.5)
    """
    check_same_shape("binary_accuracy", y, t)
    return _share(xp, (y >= 0) == t, t != -1, y)


def check_classes(name: str, y: Array, t: Array) -> None:
    """Raise unless there is one true class for each place that has scores."""
    if y.ndim < 2 or t.shape != y.shape[:1] + y.shape[2:]:
        raise ShapeError(f"{name}: t must have shape {y.shape[:1] + y.shape[2:]} for y of {y.shape}, got {t.shape}")


def _share(xp: ArrayModule, right: Array, counted: Array, y: Array) -> Array:
    return xp.asarray((right & counted).sum(dtype=y.dtype) / xp.maximum(counted.sum(dtype=y.dtype), 1))
