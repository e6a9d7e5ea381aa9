"""Distributions of loc + scale * z with a standard z: Normal, Laplace, Cauchy, Gumbel, Uniform; and LogNormal."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import catenary_functions as F
from catenary import Variable, as_array, as_variable
from catenary.errors import ArgumentError
from catenary_functions.distributions.base import Distribution, as_float, inside, one_of

__all__ = ["Cauchy", "Gumbel", "Laplace", "LocationScale", "LogNormal", "Normal", "Uniform"]


class LocationScale(Distribution):
    """The base of distributions of loc + scale * z; a subclass describes z by the methods that begin with `_z`.

    Args:
        loc: Where z = 0 lies, of any shape.
        scale: What z is multiplied by, positive, of a shape that broadcasts.
    """

    loc: Variable
    scale: Variable
    differentiable_samples = True

    def __init__(self, loc: Any, scale: Any) -> None:
        super().__init__(loc=loc, scale=scale)

    def _z_log_prob(self, z: Any) -> Any:
        raise self._unknown("log_prob")

    def _z_cdf(self, z: Any) -> Any:
        raise self._unknown("cdf")

    def _z_icdf(self, p: Any) -> Any:
        raise self._unknown("icdf")

    def _z_sample(self, n: int) -> Any:
        return self._z_icdf(self._uniform(n))

    def log_prob(self, x: Any) -> Variable:
        return as_variable(self._z_log_prob((x - self.loc) / self.scale) - F.log(self.scale))

    def cdf(self, x: Any) -> Variable:
        return as_variable(self._z_cdf((x - self.loc) / self.scale))

    def icdf(self, x: Any) -> Variable:
        return as_variable(self.loc + self.scale * self._z_icdf(x))

    def sample_n(self, n: int) -> Variable:
        return as_variable(self.loc + self.scale * self._z_sample(n))

    @property
    def mean(self) -> Variable:
        return self.loc

    @property
    def mode(self) -> Variable:
        return self.loc


class Normal(LocationScale):
    """Normal distributions.

    Args:
        loc: Means, of any shape.
        scale: Standard deviations, positive.
        log_scale: Their logarithms, instead of `scale`.

    Raises:
        ArgumentError: If not exactly one of `scale` and `log_scale` is given.

    Example:
        >>> import numpy as np
        >>> from catenary.distributions import Normal
        >>> Normal(np.zeros(1), np.ones(1)).log_prob(np.zeros(1)).array.round(3)
        array([-0.919])
    """

    def __init__(self, loc: Any, scale: Any = None, *, log_scale: Any = None) -> None:
        if one_of("Normal", scale=scale, log_scale=log_scale) == "scale":
            super().__init__(loc, scale)
        else:
            super().__init__(loc, F.exp(as_float(log_scale)))

    @property
    def log_scale(self) -> Variable:
        """The logarithms of the standard deviations."""
        return F.log(self.scale)

    def _z_log_prob(self, z: Any) -> Any:
        return z * z * -0.5 - 0.5 * math.log(2 * math.pi)

    def _z_cdf(self, z: Any) -> Any:
        return F.ndtr(z)

    def _z_icdf(self, p: Any) -> Any:
        return F.ndtri(p)

    def _z_sample(self, n: int) -> Any:
        return self._draw("standard_normal", n)

    def log_cdf(self, x: Any) -> Variable:
        return F.log_ndtr((x - self.loc) / self.scale)

    def survival_function(self, x: Any) -> Variable:
        return F.ndtr((self.loc - x) / self.scale)

    def log_survival_function(self, x: Any) -> Variable:
        return F.log_ndtr((self.loc - x) / self.scale)

    @property
    def variance(self) -> Variable:
        return F.square(self.scale)

    @property
    def stddev(self) -> Variable:
        return self.scale

    @property
    def entropy(self) -> Variable:
        return F.log(self.scale) + 0.5 * (1 + math.log(2 * math.pi))


class Laplace(LocationScale):
    """Laplace distributions, with density exp(-|x - loc| / scale) / (2 scale).

    Args:
        loc: Means, of any shape.
        scale: Scales, positive.

    Example:
        >>> import numpy as np
        >>> from catenary.distributions import Laplace
        >>> Laplace(np.zeros(1), np.ones(1)).prob(np.zeros(1)).array
        array([0.5])
    """

    def _z_log_prob(self, z: Any) -> Any:
        return -abs(z) - math.log(2)

    def _z_cdf(self, z: Any) -> Any:
        return 0.5 - 0.5 * F.sign(z) * F.expm1(-abs(z))

    def _z_icdf(self, p: Any) -> Any:
        centered = p - 0.5
        return -F.sign(centered) * F.log1p(-2 * abs(centered))

    @property
    def variance(self) -> Variable:
        return 2 * F.square(self.scale)

    @property
    def entropy(self) -> Variable:
        return F.log(self.scale) + (1 + math.log(2))


class Cauchy(LocationScale):
    """Cauchy distributions; they have neither mean nor variance.

    Args:
        loc: Medians, of any shape.
        scale: Scales, positive.

    Example:
        >>> import numpy as np
        >>> from catenary.distributions import Cauchy
        >>> Cauchy(np.zeros(1), np.ones(1)).cdf(np.ones(1)).array
        array([0.75])
    """

    def _z_log_prob(self, z: Any) -> Any:
        return -math.log(math.pi) - F.log1p(z * z)

    def _z_cdf(self, z: Any) -> Any:
        return F.arctan(z) / math.pi + 0.5

    def _z_icdf(self, p: Any) -> Any:
        return F.tan((p - 0.5) * math.pi)

    @property
    def mean(self) -> Variable:
        return self._filled(math.nan)

    @property
    def variance(self) -> Variable:
        return self._filled(math.nan)

    @property
    def entropy(self) -> Variable:
        return F.log(self.scale) + math.log(4 * math.pi)


class Gumbel(LocationScale):
    """Gumbel distributions: of the largest of many numbers.

    Args:
        loc: Modes, of any shape.
        scale: Scales, positive.

    Example:
        >>> import numpy as np
        >>> from catenary.distributions import Gumbel
        >>> Gumbel(np.zeros(1), np.ones(1)).mean.array.round(3)
        array([0.577])
    """

    def _z_log_prob(self, z: Any) -> Any:
        return -z - F.exp(-z)

    def _z_cdf(self, z: Any) -> Any:
        return F.exp(-F.exp(-z))

    def _z_icdf(self, p: Any) -> Any:
        return -F.log(-F.log(p))

    @property
    def mean(self) -> Variable:
        return self.loc + self.scale * np.euler_gamma

    @property
    def variance(self) -> Variable:
        return F.square(self.scale) * (math.pi**2 / 6)

    @property
    def entropy(self) -> Variable:
        return F.log(self.scale) + (1 + np.euler_gamma)


class Uniform(LocationScale):
    """Uniform distributions over intervals.

    Args:
        low: Lower ends, of any shape.
        high: Upper ends.
        loc: Lower ends, with `scale` instead of `low` and `high`.
        scale: Lengths of the intervals.

    Raises:
        ArgumentError: If neither `low` and `high` nor `loc` and `scale` are given.

    Example:
        >>> import numpy as np
        >>> from catenary.distributions import Uniform
        >>> Uniform(low=np.zeros(1), high=np.full(1, 4.0)).prob(np.ones(1)).array
        array([0.25])
    """

    support = "[low, high]"

    def __init__(self, *, low: Any = None, high: Any = None, loc: Any = None, scale: Any = None) -> None:
        if low is not None and high is not None and loc is None and scale is None:
            low, high = as_variable(as_float(low)), as_variable(as_float(high))
            super().__init__(low, high - low)
        elif low is None and high is None and loc is not None and scale is not None:
            super().__init__(loc, scale)
        else:
            raise ArgumentError("Uniform: give either low and high or loc and scale")

    @property
    def low(self) -> Variable:
        """The lower ends."""
        return self.loc

    @property
    def high(self) -> Variable:
        """The upper ends."""
        return self.loc + self.scale

    def _z_log_prob(self, z: Any) -> Any:
        a = as_array(z)
        return inside((a >= 0) & (a <= 1), z * 0.0)

    def _z_cdf(self, z: Any) -> Any:
        return F.clip(z, 0.0, 1.0)

    def _z_icdf(self, p: Any) -> Any:
        return p

    @property
    def mean(self) -> Variable:
        return self.loc + self.scale * 0.5

    @property
    def variance(self) -> Variable:
        return F.square(self.scale) / 12

    @property
    def entropy(self) -> Variable:
        return F.log(self.scale)


class LogNormal(Distribution):
    """Distributions of exp(x), where x is normal.

    Args:
        mu: Means of x, of any shape.
        sigma: Standard deviations of x, positive.

    Example:
        >>> import numpy as np
        >>> from catenary.distributions import LogNormal
        >>> LogNormal(np.zeros(1), np.ones(1)).mean.array.round(3)
        array([1.649])
    """

    support = "positive"
    differentiable_samples = True
    mu: Variable
    sigma: Variable

    def __init__(self, mu: Any, sigma: Any) -> None:
        super().__init__(mu=mu, sigma=sigma)
        self.normal = Normal(self.mu, self.sigma)

    def log_prob(self, x: Any) -> Variable:
        positive = as_array(x) > 0
        log_x = F.log(inside(positive, x, 1.0))
        return inside(positive, self.normal.log_prob(log_x) - log_x)

    def sample_n(self, n: int) -> Variable:
        return F.exp(self.normal.sample_n(n))

    @property
    def mean(self) -> Variable:
        return F.exp(self.mu + F.square(self.sigma) * 0.5)

    @property
    def mode(self) -> Variable:
        return F.exp(self.mu - F.square(self.sigma))

    @property
    def variance(self) -> Variable:
        variance = F.square(self.sigma)
        return F.expm1(variance) * F.exp(2 * self.mu + variance)

    @property
    def entropy(self) -> Variable:
        return self.normal.entropy + self.mu
