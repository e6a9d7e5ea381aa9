"""Determinants, inverses and roots of matrices."""

from __future__ import annotations

from typing import Any

from catenary import function
from catenary.types import Array, ArrayModule
from catenary_functions.checks import check_ndim
from catenary_functions.math.products import swapped

__all__ = ["batch_det", "batch_inv", "cholesky", "det", "inv"]


@function(widens_half=True)
def inv(xp: ArrayModule, a: Array) -> Array:
    """Return the inverse of a matrix.

    Args:
        a: A matrix, shape (n, n).

    Raises:
        ArgumentError: If it has no inverse.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.inv(np.array([[2.0, 0.0], [0.0, 4.0]])).array
        array([[0.5 , 0.  ],
               [0.  , 0.25]])
    """
    check_ndim("inv", "a", a, 2, "(n, n)")
    return xp.linalg.inv(a)


@function(widens_half=True)
def batch_inv(xp: ArrayModule, a: Array) -> Array:
    """Return the inverse of each matrix of a batch.

    Args:
        a: Matrices, shape (batch, n, n).

    Raises:
        ArgumentError: If one has no inverse.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.batch_inv(np.array([[[2.0]], [[4.0]]])).array.ravel()
        array([0.5 , 0.25])
    """
    check_ndim("batch_inv", "a", a, 3, "(batch, n, n)")
    return xp.linalg.inv(a)


@function(widens_half=True)
def det(xp: ArrayModule, a: Array) -> Array:
    """Return the determinant of a matrix.

    Args:
        a: A matrix, shape (n, n); for the gradient it must have an inverse.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.det(np.array([[2.0, 0.0], [0.0, 4.0]])).array
        array(8.)
    """
    check_ndim("det", "a", a, 2, "(n, n)")
    return xp.linalg.det(a)


@function(widens_half=True)
def batch_det(xp: ArrayModule, a: Array) -> Array:
    """Return the determinant of each matrix of a batch.

    Args:
        a: Matrices, shape (batch, n, n); for the gradient they must have inverses.

    Returns:
        Shape (batch,).

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.batch_det(np.array([[[2.0]], [[4.0]]])).array
        array([2., 4.])
    """
    check_ndim("batch_det", "a", a, 3, "(batch, n, n)")
    return xp.linalg.det(a)


@function(widens_half=True)
def cholesky(xp: ArrayModule, a: Array) -> Array:
    """Return the lower triangular matrix L with L L^T = a.

    Source of the gradient: Murray, "Differentiation of the Cholesky decomposition" (2016).

    Args:
        a: A symmetric, positive definite matrix, shape (n, n), or a batch of them.

    Raises:
        ArgumentError: If a matrix is not positive definite.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.cholesky(np.array([[4.0, 0.0], [0.0, 9.0]])).array
        array([[2., 0.],
               [0., 3.]])
    """
    return xp.linalg.cholesky((a + swapped(a)) / 2)


def _cholesky_ga(gy: Any, y: Any, xp: ArrayModule) -> Any:
    n = y.shape[-1]
    lower = xp.tri(n, dtype=y.dtype) - xp.eye(n, dtype=y.dtype) / 2
    inverse = (inv if y.ndim == 2 else batch_inv)(y)
    ga = swapped(inverse) @ (swapped(y) @ gy * lower) @ inverse
    return (ga + swapped(ga)) / 2


cholesky.gradient(a=_cholesky_ga)
inv.gradient(a=lambda gy, y: -(y.T @ gy @ y.T))
batch_inv.gradient(a=lambda gy, y: -(swapped(y) @ gy @ swapped(y)))
det.gradient(a=lambda gy, a, y: gy * y * inv(a).T)
batch_det.gradient(a=lambda gy, a, y: (gy * y)[:, None, None] * swapped(batch_inv(a)))
