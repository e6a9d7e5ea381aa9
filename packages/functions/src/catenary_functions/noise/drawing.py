"""Random numbers through which gradients go: reparametrised draws."""

from __future__ import annotations

from typing import Any

from catenary import Variable, get_array_module, get_device_from_array, widens_half
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array
from catenary_functions.activation.probabilities import softmax
from catenary_functions.checks import check_axis, check_same_shape
from catenary_functions.math.elementwise import exp

__all__ = ["gaussian", "gumbel_softmax"]


def gaussian(mean: Any, ln_var: Any, *, eps: Array | None = None, return_eps: bool = False) -> Any:
    """Draw from normal distributions.

    Source: Kingma, Welling, "Auto-Encoding Variational Bayes" (2014).

    Args:
        mean: Means, of any shape.
        ln_var: Logarithms of the variances, of the same shape.
        eps: Standard normal numbers to use instead of drawing them, of the same shape.
        return_eps: Whether to return them, too.

    Returns:
        A Variable; a tuple of it and the standard normal numbers if `return_eps`.

    Raises:
        ShapeError: If the shapes differ.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.gaussian(np.zeros(2), np.zeros(2), eps=np.ones(2)).array
        array([1., 1.])
    """
    check_same_shape("gaussian", mean, ln_var)
    if eps is None:
        eps = get_device_from_array(mean).random.standard_normal(mean.shape, "float32").astype(mean.dtype)
    if eps.shape != mean.shape:
        raise ShapeError(f"gaussian: eps must have shape {mean.shape} as mean has, got {eps.shape}")
    y = _scaled(mean, ln_var, eps)
    return (y, eps) if return_eps else y


@widens_half
def _scaled(mean: Any, ln_var: Any, eps: Array) -> Variable:
    y: Variable = mean + exp(ln_var * 0.5) * eps
    return y


@widens_half
def gumbel_softmax(log_pi: Any, tau: float = 0.1, axis: int = 1) -> Variable:
    """Draw from categorical distributions, smoothed so that gradients go through.

    Source: Jang, Gu, Poole, "Categorical Reparameterization with Gumbel-Softmax" (2017).

    Args:
        log_pi: Logarithms of the probabilities, of any shape; not necessarily normalised.
        tau: The temperature, positive; the lower, the nearer to 0 and 1 the result is.
        axis: The axis of classes.

    Raises:
        ArgumentError: If the temperature is not positive, or there is no such axis.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.gumbel_softmax(np.zeros((2, 3))).array.sum(1)
        array([1., 1.])
    """
    check_axis("gumbel_softmax", log_pi, axis)
    if tau <= 0:
        raise ArgumentError(f"gumbel_softmax: tau must be positive, got {tau}")
    waits = get_device_from_array(log_pi).random.standard_exponential(log_pi.shape, "float32").astype(log_pi.dtype)
    noise = -get_array_module(waits).log(waits + 1e-30)  # Gumbel distributed
    return softmax((log_pi + noise) / tau, axis)
