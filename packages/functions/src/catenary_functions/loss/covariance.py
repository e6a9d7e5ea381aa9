"""Losses that keep features from going together."""

from __future__ import annotations

from typing import Any

from catenary import Variable, get_array_module, widens_half
from catenary.arithmetic import matmul, sum
from catenary.errors import ShapeError
from catenary_functions.checks import check_ndim, check_word
from catenary_functions.math.reduction import mean

__all__ = ["cross_covariance", "decov"]

WORDS = ("half_squared_sum", "no")


def _covariance(name: str, y: Any, z: Any, reduce: str) -> Variable:
    check_word(name, "reduce", reduce, WORDS)
    return matmul((y - mean(y, 0)).T, z - mean(z, 0)) / len(y)


@widens_half
def cross_covariance(y: Any, z: Any, reduce: str = "half_squared_sum") -> Variable:
    """Return half the squared sum of the covariances between two groups of features.

    Source: Cheung et al., "Discovering Hidden Factors of Variation in Deep Networks" (2014).

    Args:
        y: Input, shape (batch, features).
        z: Input, shape (batch, other features).
        reduce: "half_squared_sum", or "no" for the covariances, shape (features, other features).

    Raises:
        ShapeError: If the inputs have other shapes.
        ArgumentError: If `reduce` is another word.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.cross_covariance(np.array([[0.0], [2.0]]), np.array([[0.0], [4.0]])).array
        array(2.)
    """
    check_ndim("cross_covariance", "y", y, 2, "(batch, features)")
    check_ndim("cross_covariance", "z", z, 2, "(batch, features)")
    if len(y) != len(z):
        raise ShapeError(f"cross_covariance: y and z must have the same batch size, got {len(y)} and {len(z)}")
    covariance = _covariance("cross_covariance", y, z, reduce)
    return covariance if reduce == "no" else sum(covariance * covariance) * 0.5


@widens_half
def decov(h: Any, reduce: str = "half_squared_sum") -> Variable:
    """Return half the squared sum of the covariances between different features.

    Source: Cogswell et al., "Reducing Overfitting in Deep Networks by Decorrelating Representations" (2016).

    Args:
        h: Input, shape (batch, features).
        reduce: "half_squared_sum", or "no" for the covariances with a diagonal of zeros, shape (features, features).

    Raises:
        ShapeError: If the input has another shape.
        ArgumentError: If `reduce` is another word.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.decov(np.array([[0.0, 0.0], [2.0, 4.0]])).array
        array(4.)
    """
    check_ndim("decov", "h", h, 2, "(batch, features)")
    others = 1 - get_array_module(h).eye(h.shape[1], dtype=h.dtype)
    covariance = _covariance("decov", h, h, reduce) * others
    return covariance if reduce == "no" else sum(covariance * covariance) * 0.5
