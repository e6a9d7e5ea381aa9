"""Distributions of whole arrays: MultivariateNormal, and Independent ones taken together."""

from __future__ import annotations

import math
from typing import Any

import catenary_functions as F
from catenary import Variable, as_variable
from catenary.errors import ArgumentError, ArgumentTypeError, ShapeError
from catenary.types import Shape
from catenary_functions.distributions.base import Distribution

__all__ = ["Independent", "MultivariateNormal"]


class MultivariateNormal(Distribution):
    """Normal distributions of vectors.

    Args:
        loc: Means, shape (..., d).
        scale_tril: Lower triangular matrices L with covariance L L^T, shape (..., d, d).

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np
        >>> from catenary.distributions import MultivariateNormal
        >>> d = MultivariateNormal(np.zeros(2), scale_tril=np.eye(2))
        >>> d.log_prob(np.zeros(2)).array.round(3)
        np.float64(-1.838)
    """

    event_ndim = 1
    differentiable_samples = True
    loc: Variable

    def __init__(self, loc: Any, *, scale_tril: Any) -> None:
        super().__init__(loc=loc)
        self.scale_tril = as_variable(scale_tril)
        self.params["scale_tril"] = self.scale_tril
        if self.scale_tril.shape != (*self.loc.shape, *self.loc.shape[-1:]):
            raise ShapeError(
                f"MultivariateNormal: for loc of shape {self.loc.shape}, scale_tril must have shape "
                f"{(*self.loc.shape, *self.loc.shape[-1:])}, got {self.scale_tril.shape}"
            )

    @property
    def d(self) -> int:
        """The length of the vectors."""
        return self.loc.shape[-1]

    @property
    def log_det(self) -> Variable:
        """The logarithms of the determinants of `scale_tril`."""
        return F.sum(F.log(F.diagonal(self.scale_tril, axis1=-2, axis2=-1)), -1)

    @property
    def inverse(self) -> Variable:
        """The inverse matrices of `scale_tril`."""
        matrices = self.scale_tril.reshape((-1, self.d, self.d))
        return F.batch_inv(matrices).reshape(self.scale_tril.shape)

    def log_prob(self, x: Any) -> Variable:
        z = F.matmul(self.inverse, F.expand_dims(x - self.loc, -1))
        return F.sum(z * z, (-2, -1)) * -0.5 - self.log_det - 0.5 * self.d * math.log(2 * math.pi)

    def sample_n(self, n: int) -> Variable:
        z = self._draw("standard_normal", n)
        return self.loc + F.squeeze(F.matmul(self.scale_tril, z[..., None]), -1)

    @property
    def mean(self) -> Variable:
        return self.loc

    @property
    def mode(self) -> Variable:
        return self.loc

    @property
    def covariance(self) -> Variable:
        return F.matmul(self.scale_tril, self.scale_tril, transb=True)

    @property
    def variance(self) -> Variable:
        return F.sum(F.square(self.scale_tril), -1)

    @property
    def entropy(self) -> Variable:
        return self.log_det + 0.5 * self.d * (1 + math.log(2 * math.pi))


class Independent(Distribution):
    """Independent distributions, taken together: their last batch axes become axes of an event.

    Args:
        distribution: A batch of distributions.
        reinterpreted_batch_ndims: How many of the last batch axes; all but the first if None.

    Raises:
        ArgumentError: If there are not so many batch axes.

    Example:
        >>> import numpy as np
        >>> from catenary.distributions import Independent, Normal
        >>> d = Independent(Normal(np.zeros((2, 3)), np.ones((2, 3))))
        >>> d.log_prob(np.zeros((2, 3))).shape
        (2,)
    """

    def __init__(self, distribution: Distribution, reinterpreted_batch_ndims: int | None = None) -> None:
        if not isinstance(distribution, Distribution):
            raise ArgumentTypeError(
                f"Independent: distribution must be a Distribution, got {type(distribution).__name__}"
            )
        ndim = len(distribution.batch_shape)
        taken = max(ndim - 1, 0) if reinterpreted_batch_ndims is None else reinterpreted_batch_ndims
        if not 0 <= taken <= ndim:
            raise ArgumentError(f"Independent: reinterpreted_batch_ndims must be from 0 to {ndim}, got {taken}")
        self.distribution = distribution
        self.reinterpreted_batch_ndims = taken
        self.params = distribution.params
        self.support = distribution.support
        self.differentiable_samples = distribution.differentiable_samples

    @property
    def batch_shape(self) -> Shape:
        shape = self.distribution.batch_shape
        return shape[: len(shape) - self.reinterpreted_batch_ndims]

    @property
    def event_shape(self) -> Shape:
        shape = self.distribution.batch_shape
        return (*shape[len(shape) - self.reinterpreted_batch_ndims :], *self.distribution.event_shape)

    @property
    def _over(self) -> tuple[int, ...]:
        return tuple(range(-self.reinterpreted_batch_ndims, 0))

    def total(self, values: Any) -> Variable:
        """Return values of the single distributions summed over those that are taken together."""
        return F.sum(values, self._over) if self._over else as_variable(values)

    def log_prob(self, x: Any) -> Variable:
        return self.total(self.distribution.log_prob(x))

    def cdf(self, x: Any) -> Variable:
        cdf = self.distribution.cdf(x)
        return F.prod(cdf, self._over) if self._over else cdf

    def log_cdf(self, x: Any) -> Variable:
        return self.total(self.distribution.log_cdf(x))

    def sample_n(self, n: int) -> Variable:
        return self.distribution.sample_n(n)

    @property
    def mean(self) -> Variable:
        return self.distribution.mean

    @property
    def mode(self) -> Variable:
        return self.distribution.mode

    @property
    def variance(self) -> Variable:
        return self.distribution.variance

    @property
    def stddev(self) -> Variable:
        return self.distribution.stddev

    @property
    def covariance(self) -> Variable:
        """The covariance matrices of the elements of an event, shape (*batch_shape, size, size)."""
        if self.distribution.event_shape:
            raise self._unknown("covariance")
        flat = self.variance.reshape((*self.batch_shape, -1, 1))
        return as_variable(flat * self.xp.eye(flat.shape[-2], dtype=flat.dtype))

    @property
    def entropy(self) -> Variable:
        return self.total(self.distribution.entropy)
