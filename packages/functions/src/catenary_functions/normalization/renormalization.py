"""Batch renormalization: batch normalization that comes close to what is done outside of training."""

from __future__ import annotations

from typing import Any

from catenary import Variable, as_array, get_array_module
from catenary.errors import ArgumentError
from catenary.types import Array
from catenary_functions.normalization.batch import axes_and_shape, batch_normalization, fixed_batch_normalization

__all__ = ["batch_renormalization", "fixed_batch_renormalization"]


def batch_renormalization(
    x: Any,
    gamma: Any,
    beta: Any,
    rmax: float,
    dmax: float,
    eps: float = 2e-5,
    running_mean: Array | None = None,
    running_var: Array | None = None,
    decay: float = 0.9,
    update_statistics: bool = False,
) -> Variable:
    """Normalize over a batch, then move each channel towards what the running statistics would have given.

    Source: Ioffe, "Batch Renormalization: Towards Reducing Minibatch Dependence in Batch-Normalized Models" (2017).

    Args:
        x: Input, shape (batch, channels, ...).
        gamma: Standard deviations, of the shape of the axes that are not averaged over.
        beta: Means, of the same shape.
        rmax: The largest factor, and the inverse of the smallest one; it has no gradient.
        dmax: The largest shift to both sides; it has no gradient.
        eps: Added to variances.
        running_mean: The running mean.
        running_var: The running variance.
        decay: What the running values keep of themselves.
        update_statistics: Whether the running values take part of those of the batch, in place.

    Raises:
        ArgumentError: If a running value is missing.
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> x, one = np.array([[1.0], [3.0]]), np.ones(1)
        >>> F.batch_renormalization(x, one, 0 * one, 9.0, 9.0, eps=0.0, running_mean=one, running_var=one).array
        array([[0.],
               [2.]])
    """
    over, _ = axes_and_shape("batch_renormalization", x, gamma, beta, None)
    if running_mean is None or running_var is None:
        raise ArgumentError("batch_renormalization: running_mean and running_var must be given")
    array, xp = as_array(x), get_array_module(x)
    mean = array.mean(over, dtype=running_mean.dtype)
    inverse = 1 / xp.sqrt(running_var + eps)
    r = xp.clip(xp.sqrt(array.var(over, dtype=running_mean.dtype) + eps) * inverse, 1 / rmax, rmax).astype(gamma.dtype)
    d = xp.clip((mean - running_mean) * inverse, -dmax, dmax).astype(gamma.dtype)
    if not update_statistics:
        running_mean = running_var = None
    return batch_normalization(x, gamma * r, beta + gamma * d, eps, running_mean, running_var, decay)


def fixed_batch_renormalization(x: Any, gamma: Any, beta: Any, mean: Any, var: Any, eps: float = 2e-5) -> Variable:
    """Normalize with given statistics: the same as `fixed_batch_normalization`.

    Args:
        x: Input, shape (batch, channels, ...).
        gamma: Standard deviations, of the shape of the axes that are not averaged over.
        beta: Means, of the same shape.
        mean: The mean to subtract, of the same shape.
        var: The variance to divide by, of the same shape.
        eps: Added to the variance.

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> one = np.ones(1)
        >>> F.fixed_batch_renormalization(np.array([[3.0]]), one, one, one, one, eps=0.0).array
        array([[3.]])
    """
    axes_and_shape("fixed_batch_renormalization", x, gamma, beta, None)
    return fixed_batch_normalization(x, gamma, beta, mean, var, eps)
