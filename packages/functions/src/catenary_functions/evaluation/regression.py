"""Measures of regression; they have no gradient."""

from __future__ import annotations

from catenary import function
from catenary.errors import ShapeError
from catenary.types import Array, ArrayModule
from catenary_functions.checks import check_same_shape, check_word

__all__ = ["r2_score"]


@function(widens_half=True)
def r2_score(
    xp: ArrayModule,
    pred: Array,
    true: Array,
    sample_weight: Array | None = None,
    multioutput: str = "uniform_average",
) -> Array:
    """Return which share of the variance of `true` is explained; at most 1, and 0 where there is no variance.

    Args:
        pred: What was predicted, shape (batch, ...).
        true: What is true, of the same shape.
        sample_weight: How much each example counts, shape (batch,).
        multioutput: "uniform_average" for the mean over all axes but the batch, "raw_values" for one value each.

    Returns:
        A 0-d array, or one of shape (...).

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentError: If `multioutput` is another word.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.r2_score(np.array([1.0, 2.0, 2.0]), np.array([1.0, 2.0, 3.0])).array
        array(0.5)
    """
    check_same_shape("r2_score", pred, true)
    check_word("r2_score", "multioutput", multioutput, ("uniform_average", "raw_values"))
    weight = xp.ones(len(true), true.dtype) if sample_weight is None else sample_weight
    if weight.shape != true.shape[:1]:
        raise ShapeError(f"r2_score: sample_weight must have shape {true.shape[:1]}, got {weight.shape}")
    weight = (weight / weight.sum()).reshape(-1, *[1] * (true.ndim - 1))
    unexplained = (weight * (true - pred) ** 2).sum(0)
    variance = (weight * (true - (weight * true).sum(0)) ** 2).sum(0)
    scores = xp.where(variance > 0, 1 - unexplained / xp.where(variance > 0, variance, 1), 0)
    return xp.asarray(scores if multioutput == "raw_values" else scores.mean())
