"""Decorrelated batch normalization: channels of variance 1 without correlation."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from catenary import Variable, as_array, function, get_array_module, widens_half
from catenary.arithmetic import matmul
from catenary.errors import ShapeError
from catenary.types import Array, ArrayModule
from catenary_functions.math.products import swapped
from catenary_functions.normalization.batch import follow, mean_over

__all__ = ["decorrelated_batch_normalization", "fixed_decorrelated_batch_normalization"]


def decorrelated_batch_normalization(
    x: Any,
    *,
    groups: int = 16,
    eps: float = 2e-5,
    running_mean: Array | None = None,
    running_projection: Array | None = None,
    decay: float = 0.9,
) -> Variable:
    """Bring the channels of each group to mean 0 and covariance 1 over a batch.

    Source: Huang, Yang, Lang, Deng, "Decorrelated Batch Normalization" (2018).

    Args:
        x: Input, shape (batch, channels, ...).
        groups: The number of groups, by which the number of channels must be divisible.
        eps: Added to the variances.
        running_mean: An array that takes part of the mean of the batch, in place; shape (groups, channels / groups).
        running_projection: An array that takes part of the matrices that the groups are multiplied by (without
            bias), in place; shape (groups, channels / groups, channels / groups).
        decay: What the running values keep of themselves.

    Raises:
        ShapeError: If the channels are not divisible.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> x = np.array([[1.0, 2.0], [3.0, 2.0], [1.0, 8.0], [3.0, 8.0]])
        >>> F.decorrelated_batch_normalization(x, groups=1, eps=0.0).array.round(3)
        array([[-1., -1.],
               [ 1., -1.],
               [-1.,  1.],
               [ 1.,  1.]])
    """
    _check_groups("decorrelated_batch_normalization", x, groups)

    def update(mean: Array, projection: Array, count: int) -> None:
        follow(running_mean, mean, decay)
        follow(running_projection, projection * (count / max(count - 1, 1)), decay)

    return _whitened(x, groups, eps, update)


@widens_half
def _whitened(x: Any, groups: int, eps: float, update: Callable[[Array, Array, int], None]) -> Variable:
    rows = _grouped(x, groups)
    count, mean = rows.shape[2], mean_over(rows, (2,))
    centered = rows - mean
    covariance = centered @ swapped(centered) / count + eps * get_array_module(x).eye(rows.shape[1], dtype=x.dtype)
    projection = _inverse_root(covariance)
    update(as_array(mean)[:, :, 0], as_array(projection), count)
    return _ungrouped(projection @ centered, x.shape)


@widens_half
def fixed_decorrelated_batch_normalization(x: Any, mean: Any, projection: Any, groups: int = 16) -> Variable:
    """Decorrelate with given statistics: what decorrelated batch normalization does outside of training.

    Args:
        x: Input, shape (batch, channels, ...).
        mean: The mean to subtract, shape (groups, channels / groups).
        projection: The matrices to multiply by, shape (groups, channels / groups, channels / groups).
        groups: The number of groups, by which the number of channels must be divisible.

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> x, mean, projection = np.array([[1.0, 2.0]]), np.array([[1.0, 1.0]]), np.array([[[2.0, 0.0], [0.0, 3.0]]])
        >>> F.fixed_decorrelated_batch_normalization(x, mean, projection, groups=1).array
        array([[0., 3.]])
    """
    _check_groups("fixed_decorrelated_batch_normalization", x, groups)
    length = x.shape[1] // groups
    if mean.shape != (groups, length) or projection.shape != (groups, length, length):
        raise ShapeError(
            f"fixed_decorrelated_batch_normalization: mean and projection must have shapes {(groups, length)} and "
            f"{(groups, length, length)}, got {mean.shape} and {projection.shape}"
        )
    centered = _grouped(x, groups) - mean.reshape((groups, length, 1))
    return _ungrouped(matmul(projection, centered), x.shape)


def _check_groups(name: str, x: Any, groups: int) -> None:
    if x.ndim < 2 or groups < 1 or x.shape[1] % groups:
        raise ShapeError(f"{name}: the channels of x must be divisible by groups, got {groups} for shape {x.shape}")


def _grouped(x: Any, groups: int) -> Any:
    """Return the values of each channel as a row, shape (groups, channels / groups, values)."""
    n, channels, rest = x.shape[0], x.shape[1], math.prod(x.shape[2:])
    return x.reshape((n, channels, rest)).transpose((1, 0, 2)).reshape((groups, channels // groups, n * rest))


def _ungrouped(rows: Variable, shape: tuple[int, ...]) -> Variable:
    return rows.reshape((shape[1], shape[0], math.prod(shape[2:]))).transpose((1, 0, 2)).reshape(shape)


@function
def _inverse_root(xp: ArrayModule, a: Array) -> Array:
    """Return the symmetric matrices y with y y a = 1, for symmetric, positive definite ones."""
    values, vectors = xp.linalg.eigh(a)
    return vectors / xp.sqrt(values)[..., None, :] @ swapped(vectors)


@function
def _solved(xp: ArrayModule, s: Array, g: Array) -> Array:
    """Return the solutions y of s y + y s = g (the equation of Lyapunov), for symmetric, positive definite s."""
    values, vectors = xp.linalg.eigh(s)
    inner = swapped(vectors) @ g @ vectors
    return vectors @ (inner / (values[..., None] + values[..., None, :])) @ swapped(vectors)


def _solved_gs(gy: Any, s: Any, y: Any) -> Any:
    gg, yt = _solved(s, gy), swapped(y)
    return -(gg @ yt + yt @ gg)


# With s = 1 / y, s s = a gives s ds + ds s = da, and dy = -y ds y.
_inverse_root.gradient(a=lambda gy, a, y: _solved(a @ y, -(y @ gy @ y)))
_solved.gradient(s=_solved_gs, g=lambda gy, s: _solved(s, gy))
