"""Negative log likelihoods and divergences, as variational autoencoders use them."""

from __future__ import annotations

import math
from typing import Any

from catenary import Variable, widens_half
from catenary_functions.activation.smooth import softplus
from catenary_functions.checks import check_same_shape
from catenary_functions.loss.reducing import reduced
from catenary_functions.math.elementwise import exp

__all__ = ["bernoulli_nll", "gaussian_kl_divergence", "gaussian_nll"]

WORDS = ("sum", "mean", "no")


@widens_half
def bernoulli_nll(x: Any, y: Any, reduce: str = "sum") -> Variable:
    """Return the negative log likelihood of `x` where sigmoid(y) is the probability of 1.

    Args:
        x: Values from 0 to 1, of any shape.
        y: Scores of the same shape.
        reduce: "sum", "mean", or "no" for one per element.

    Raises:
        ShapeError: If the shapes differ.
        ArgumentError: If `reduce` is another word.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.bernoulli_nll(np.ones(1), np.zeros(1)).array.round(3)
        np.float64(0.693)
    """
    check_same_shape("bernoulli_nll", x, y)
    return reduced("bernoulli_nll", softplus(y) - x * y, reduce, WORDS)


@widens_half
def gaussian_nll(x: Any, mean: Any, ln_var: Any, reduce: str = "sum") -> Variable:
    """Return the negative log likelihood of `x` under normal distributions.

    Args:
        x: Values of any shape.
        mean: Means of the same shape.
        ln_var: Logarithms of the variances, of the same shape.
        reduce: "sum", "mean", or "no" for one per element.

    Raises:
        ShapeError: If the shapes differ.
        ArgumentError: If `reduce` is another word.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.gaussian_nll(np.zeros(1), np.zeros(1), np.zeros(1)).array.round(3)
        np.float64(0.919)
    """
    check_same_shape("gaussian_nll", x, mean)
    check_same_shape("gaussian_nll", x, ln_var)
    difference: Variable = x - mean
    loss = (difference * difference * exp(-ln_var) + ln_var + math.log(2 * math.pi)) * 0.5
    return reduced("gaussian_nll", loss, reduce, WORDS)


@widens_half
def gaussian_kl_divergence(mean: Any, ln_var: Any, reduce: str = "sum") -> Variable:
    """Return the Kullback-Leibler divergence from normal distributions to the standard one.

    Source: Kingma, Welling, "Auto-Encoding Variational Bayes" (2014), appendix B.

    Args:
        mean: Means of any shape.
        ln_var: Logarithms of the variances, of the same shape.
        reduce: "sum", "mean", or "no" for one per element.

    Raises:
        ShapeError: If the shapes differ.
        ArgumentError: If `reduce` is another word.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.gaussian_kl_divergence(np.ones(2), np.zeros(2)).array
        array(1.)
    """
    check_same_shape("gaussian_kl_divergence", mean, ln_var)
    loss = (mean * mean + exp(ln_var) - ln_var - 1) * 0.5
    return reduced("gaussian_kl_divergence", loss, reduce, WORDS)
