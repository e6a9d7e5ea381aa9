"""Normalization over the features of each example: it does not depend on the batch."""

from __future__ import annotations

import math
from typing import Any

from catenary import PER_CALL, Saved, Variable, function
from catenary.errors import ShapeError
from catenary.types import Array, ArrayModule
from catenary_functions.math.elementwise import sqrt
from catenary_functions.normalization.batch import mean_over

__all__ = ["group_normalization", "instance_normalization", "layer_normalization", "rms_norm"]


def _check(name: str, x: Any, axis: int, **parameters: Any) -> None:
    """Raise unless the parameters have one number for each index of an axis."""
    length = x.shape[axis] if x.ndim > 1 else None
    for argument, parameter in parameters.items():
        if length is None or parameter.shape != (length,):
            raise ShapeError(
                f"{name}: x must have at least 2 axes, and {argument} the length of axis {axis}, got {x.shape} and "
                f"{parameter.shape}"
            )


def _rows(x: Array, length: int) -> Array:
    """Return an array as a matrix with rows of a length."""
    return x.reshape(x.size // length if length else math.prod(x.shape[:-1]), length)


def _standardized(xp: ArrayModule, rows: Array, eps: float) -> tuple[Array, Array]:
    """Return rows with mean 0 and variance 1, and what they were multiplied by."""
    share = _share(xp, rows)
    x_hat = rows - rows.dot(share)[:, None]  # a product is the quickest mean of rows
    inverse = 1 / xp.sqrt((x_hat * x_hat).dot(share) + eps)[:, None]
    x_hat *= inverse
    return x_hat, inverse


def _share(xp: ArrayModule, rows: Array) -> Array:
    return xp.full(rows.shape[1], 1 / max(rows.shape[1], 1), rows.dtype)


@function(widens_half=True)
def layer_normalization(
    xp: ArrayModule, x: Array, gamma: Array, beta: Array, eps: float = 1e-5, *, saved: Saved = PER_CALL
) -> Array:
    """Bring the features of each example to mean 0 and variance 1, multiply them by gamma and add beta.

    Source: Ba, Kiros, Hinton, "Layer Normalization" (2016).

    Args:
        x: Input, shape (batch, ..., features).
        gamma: A factor for each feature, shape (features,).
        beta: What is added to each feature, shape (features,).
        eps: Added to the variance.

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.layer_normalization(np.array([[1.0, 3.0]]), np.ones(2), np.zeros(2), eps=0.0).array
        array([[-1.,  1.]])
    """
    _check("layer_normalization", x, -1, gamma=gamma, beta=beta)
    saved.x_hat, saved.inverse = _standardized(xp, _rows(x, len(gamma)), eps)
    y = saved.x_hat * gamma
    y += beta
    return y.reshape(x.shape)


@layer_normalization.joint_gradient
def _layer_gradients(gy: Any, gamma: Any, saved: Any, xp: ArrayModule) -> tuple[Any, ...]:
    rows, x_hat = _rows(gy, len(gamma)), saved.x_hat
    products, weights, ones = rows * x_hat, gamma * _share(xp, rows), xp.ones(len(rows), rows.dtype)
    ggamma, gbeta = ones.dot(products), ones.dot(rows)
    gx = rows * gamma
    gx -= rows.dot(weights)[:, None]
    gx -= xp.multiply(x_hat, products.dot(weights)[:, None], out=products)
    gx *= saved.inverse
    return gx.reshape(gy.shape), ggamma, gbeta


@layer_normalization.compose
def _layer_composed(x: Any, gamma: Any, beta: Any, eps: float) -> Variable:
    centered = x - mean_over(x, (-1,))
    y: Variable = centered / sqrt(mean_over(centered * centered, (-1,)) + eps) * gamma + beta
    return y


@function(widens_half=True)
def rms_norm(xp: ArrayModule, x: Array, gamma: Array, eps: float = 1e-6, *, saved: Saved = PER_CALL) -> Array:
    """Divide the features of each example by the root of the mean of their squares, and multiply them by gamma.

    Source: Zhang, Sennrich, "Root Mean Square Layer Normalization" (2019).

    Args:
        x: Input, shape (batch, ..., features).
        gamma: A factor for each feature, shape (features,).
        eps: Added to the mean of the squares.

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.rms_norm(np.array([[1.0, 7.0]]), np.ones(2), eps=0.0).array
        array([[0.2, 1.4]])
    """
    _check("rms_norm", x, -1, gamma=gamma)
    rows = _rows(x, len(gamma))
    saved.inverse = 1 / xp.sqrt((rows * rows).dot(_share(xp, rows)) + eps)[:, None]
    saved.x_hat = rows * saved.inverse
    return (saved.x_hat * gamma).reshape(x.shape)


@rms_norm.joint_gradient
def _rms_gradients(gy: Any, gamma: Any, saved: Any, xp: ArrayModule) -> tuple[Any, ...]:
    rows, x_hat = _rows(gy, len(gamma)), saved.x_hat
    products = rows * x_hat
    ggamma = xp.ones(len(rows), rows.dtype).dot(products)
    gx = rows * gamma
    gx -= xp.multiply(x_hat, products.dot(gamma * _share(xp, rows))[:, None], out=products)
    gx *= saved.inverse
    return gx.reshape(gy.shape), ggamma


@rms_norm.compose
def _rms_composed(x: Any, gamma: Any, eps: float) -> Variable:
    y: Variable = x / sqrt(mean_over(x * x, (-1,)) + eps) * gamma
    return y


@function(widens_half=True)
def group_normalization(
    xp: ArrayModule, x: Array, groups: int, gamma: Array, beta: Array, eps: float = 1e-5, *, saved: Saved = PER_CALL
) -> Array:
    """Bring each group of channels of each example to mean 0 and variance 1, multiply by gamma and add beta.

    Source: Wu, He, "Group Normalization" (2018).

    Args:
        x: Input, shape (batch, channels, ...).
        groups: The number of groups, by which the number of channels must be divisible.
        gamma: A factor for each channel, shape (channels,).
        beta: What is added to each channel, shape (channels,).
        eps: Added to the variance.

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.group_normalization(np.array([[1.0, 3.0, 5.0, 9.0]]), 2, np.ones(4), np.zeros(4), eps=0.0).array
        array([[-1.,  1., -1.,  1.]])
    """
    _check("group_normalization", x, 1, gamma=gamma, beta=beta)
    if groups < 1 or x.shape[1] % groups:
        raise ShapeError(f"group_normalization: {x.shape[1]} channels must be divisible by groups, got {groups}")
    saved.x_hat, saved.inverse = _standardized(xp, _rows(x, math.prod(x.shape[1:]) // groups), eps)
    y = saved.x_hat.reshape(_channels(x)) * gamma[:, None]
    y += beta[:, None]
    return y.reshape(x.shape)


def _channels(x: Any) -> tuple[int, int, int]:
    return x.shape[0], x.shape[1], math.prod(x.shape[2:])


@group_normalization.joint_gradient
def _group_gradients(gy: Any, groups: int, gamma: Any, saved: Any, xp: ArrayModule) -> tuple[Any, ...]:
    x_hat, inverse = saved.x_hat, saved.inverse
    channels = gy.reshape(_channels(gy))
    products = channels * x_hat.reshape(channels.shape)
    sums, sums_of_products = channels.sum(2), products.sum(2)
    gx = (channels * gamma[:, None]).reshape(x_hat.shape)
    gx -= _group_means(sums * gamma, x_hat)
    gx -= x_hat * _group_means(sums_of_products * gamma, x_hat)
    gx *= inverse
    return gx.reshape(gy.shape), sums_of_products.sum(0), sums.sum(0)


def _group_means(sums: Array, x_hat: Array) -> Array:
    return sums.reshape(len(x_hat), sums.size // max(len(x_hat), 1)).sum(1, keepdims=True) / max(x_hat.shape[1], 1)


@group_normalization.compose
def _group_composed(x: Any, groups: int, gamma: Any, beta: Any, eps: float) -> Variable:
    rows = x.reshape((x.shape[0], groups, math.prod(x.shape[1:]) // groups))
    centered = rows - mean_over(rows, (2,))
    x_hat: Variable = centered / sqrt(mean_over(centered * centered, (2,)) + eps)
    y: Variable = x_hat.reshape(_channels(x)) * gamma.reshape((x.shape[1], 1)) + beta.reshape((x.shape[1], 1))
    return y.reshape(x.shape)


def instance_normalization(x: Any, gamma: Any, beta: Any, eps: float = 1e-5) -> Variable:
    """Bring each channel of each example to mean 0 and variance 1, multiply by gamma and add beta.

    Source: Ulyanov, Vedaldi, Lempitsky, "Instance Normalization: The Missing Ingredient for Fast Stylization" (2016).

    Args:
        x: Input, shape (batch, channels, ...).
        gamma: A factor for each channel, shape (channels,).
        beta: What is added to each channel, shape (channels,).
        eps: Added to the variance.

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.instance_normalization(np.array([[[1.0, 3.0]]]), np.ones(1), np.zeros(1), eps=0.0).array
        array([[[-1.,  1.]]])
    """
    _check("instance_normalization", x, 1, gamma=gamma, beta=beta)
    return group_normalization(x, x.shape[1], gamma, beta, eps)
