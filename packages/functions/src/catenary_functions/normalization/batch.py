"""Normalization over a batch."""

from __future__ import annotations

from typing import Any

from catenary import PER_CALL, Saved, Variable, function, widens_half
from catenary.arithmetic import sum, sum_to
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array, ArrayModule, Axis
from catenary_functions.math.elementwise import sqrt

__all__ = ["batch_normalization", "fixed_batch_normalization"]


def axes_and_shape(name: str, x: Any, gamma: Any, beta: Any, axis: Axis) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the axes to average over, and the shape of gamma that broadcasts to `x`."""
    if axis is None:
        over: tuple[int, ...] = (0, *range(1 + gamma.ndim, x.ndim))
    else:
        over = tuple(sorted(a % x.ndim for a in (axis if isinstance(axis, tuple) else (axis,))))
    kept = tuple(n for i, n in enumerate(x.shape) if i not in over)
    if gamma.shape != kept or beta.shape != kept:
        raise ShapeError(
            f"{name}: gamma and beta must have shape {kept} for x of {x.shape}, got {gamma.shape} and {beta.shape}"
        )
    return over, tuple(1 if i in over else n for i, n in enumerate(x.shape))


def follow(running: Any, value: Array, decay: float) -> None:
    """Let a running value, if there is one, take part of a new value in place.

    Args:
        running: The array that is changed, or None.
        value: What was found in a batch, of as many elements.
        decay: What the running value keeps of itself.
    """
    if running is not None:
        running *= decay
        running += (1 - decay) * value.reshape(running.shape)


@function(widens_half=True)
def batch_normalization(
    xp: ArrayModule,
    x: Array,
    gamma: Array,
    beta: Array,
    eps: float = 2e-5,
    running_mean: Any = None,
    running_var: Any = None,
    decay: float = 0.9,
    axis: Axis = None,
    *,
    saved: Saved = PER_CALL,
) -> Array:
    """Bring each channel to mean beta and standard deviation gamma over a batch.

    Source: Ioffe, Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate
    Shift" (2015).

    Args:
        x: Input, shape (batch, channels, ...).
        gamma: Standard deviations, of the shape of the axes that are not averaged over.
        beta: Means, of the same shape.
        eps: Added to the variance.
        running_mean: An array that takes part of the mean of the batch, in place.
        running_var: An array that takes part of the variance of the batch (without bias), in place.
        decay: What the running values keep of themselves.
        axis: The axes to average over; the batch and all axes after the channels if None.

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.batch_normalization(np.array([[1.0], [3.0]]), np.ones(1), np.zeros(1), eps=0.0).array
        array([[-1.],
               [ 1.]])
    """
    over, shape = axes_and_shape("batch_normalization", x, gamma, beta, axis)
    if x.size == 0:
        raise ArgumentError(f"batch_normalization: x must not be empty, got shape {x.shape}")
    mean = x.mean(over, keepdims=True)
    x_hat = x - mean
    var = (x_hat * x_hat).mean(over, keepdims=True)
    inverse = 1 / xp.sqrt(var + eps)
    x_hat *= inverse
    saved.over, saved.shape, saved.inverse, saved.x_hat = over, shape, inverse, x_hat
    count = x.size // mean.size
    follow(running_mean, mean, decay)
    follow(running_var, var * (count / max(count - 1, 1)), decay)
    return x_hat * gamma.reshape(shape) + beta.reshape(shape)


@batch_normalization.joint_gradient
def _gradients(gy: Any, gamma: Any, saved: Any) -> tuple[Any, ...]:
    over, x_hat = saved.over, saved.x_hat
    gbeta, ggamma = gy.sum(over, keepdims=True), (gy * x_hat).sum(over, keepdims=True)
    count = gy.size // gbeta.size
    gx = gy - gbeta / count
    gx -= x_hat * (ggamma / count)
    gx *= gamma.reshape(saved.shape) * saved.inverse
    return gx, ggamma.reshape(gamma.shape), gbeta.reshape(gamma.shape)


@batch_normalization.compose
def _composed(
    x: Any, gamma: Any, beta: Any, eps: float, running_mean: Any, running_var: Any, decay: float, axis: Axis
) -> Variable:
    over, shape = axes_and_shape("batch_normalization", x, gamma, beta, axis)
    mean = mean_over(x, over)
    centered: Variable = x - mean
    x_hat: Variable = centered / sqrt(mean_over(centered * centered, over) + eps)
    y: Variable = x_hat * gamma.reshape(shape) + beta.reshape(shape)
    return y


def mean_over(x: Any, over: tuple[int, ...]) -> Variable:
    """Return means along axes, which stay with length 1."""
    total = sum(x, over, True)
    return total * (total.size / max(int(x.size), 1))


@widens_half
def fixed_batch_normalization(
    x: Any, gamma: Any, beta: Any, mean: Any, var: Any, eps: float = 2e-5, axis: Axis = None
) -> Variable:
    """Normalize with given statistics: what batch normalization does outside of training.

    Args:
        x: Input, shape (batch, channels, ...).
        gamma: Standard deviations, of the shape of the axes that are not averaged over.
        beta: Means, of the same shape.
        mean: The mean to subtract, of the same shape.
        var: The variance to divide by, of the same shape.
        eps: Added to the variance.
        axis: The axes to average over; the batch and all axes after the channels if None.

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> one = np.ones(1)
        >>> F.fixed_batch_normalization(np.array([[3.0]]), one, one, one, one, eps=0.0).array
        array([[3.]])
    """
    _, shape = axes_and_shape("fixed_batch_normalization", x, gamma, beta, axis)
    scale: Variable = gamma / sqrt(var + eps)
    return scale_and_shift(x, scale.reshape(shape), (beta - mean * scale).reshape(shape))


@function(widens_half=True)
def scale_and_shift(_: ArrayModule, x: Array, scale: Array, shift: Array) -> Array:
    """Return x * scale + shift: what `fixed_batch_normalization` calls after its checks.

    Args:
        x: Input of any shape.
        scale: The factors, of as many axes; those of length 1 are stretched.
        shift: What is added, of the same shape.
    """
    y = x * scale
    y += shift
    return y


scale_and_shift.gradient(
    x=lambda gy, scale: gy * scale,
    scale=lambda gy, x, scale: sum_to(gy * x, scale.shape),
    shift=lambda gy, shift: sum_to(gy, shift.shape),
)
