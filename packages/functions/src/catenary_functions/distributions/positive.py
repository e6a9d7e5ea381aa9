"""Distributions of positive numbers: Exponential, Gamma, Chisquare, Pareto; and of parts of one: Beta, Dirichlet."""

from __future__ import annotations

import math
from typing import Any

import catenary_functions as F
from catenary import Variable, as_array, as_variable
from catenary_functions.distributions.base import Distribution, inside

__all__ = ["Beta", "Chisquare", "Dirichlet", "Exponential", "Gamma", "Pareto"]


class Exponential(Distribution):
    """Exponential distributions, with density lam exp(-lam x).

    Args:
        lam: Rates, positive, of any shape.

    Example:
        >>> import numpy as np
        >>> from catenary.distributions import Exponential
        >>> Exponential(np.full(1, 2.0)).mean.array
        array([0.5])
    """

    support = "positive"
    differentiable_samples = True
    lam: Variable

    def __init__(self, lam: Any) -> None:
        super().__init__(lam=lam)

    def log_prob(self, x: Any) -> Variable:
        return inside(as_array(x) >= 0, F.log(self.lam) - self.lam * x)

    def cdf(self, x: Any) -> Variable:
        return inside(as_array(x) >= 0, -F.expm1(-self.lam * x), 0.0)

    def icdf(self, x: Any) -> Variable:
        return -F.log1p(-x) / self.lam

    def sample_n(self, n: int) -> Variable:
        return self.icdf(self._uniform(n))

    @property
    def mean(self) -> Variable:
        return 1 / self.lam

    @property
    def mode(self) -> Variable:
        return self._filled(0.0)

    @property
    def variance(self) -> Variable:
        return 1 / F.square(self.lam)

    @property
    def entropy(self) -> Variable:
        return 1 - F.log(self.lam)


class Gamma(Distribution):
    """Gamma distributions; samples have a gradient with respect to `theta`.

    Args:
        k: Shapes, positive, of any shape.
        theta: Scales, positive.

    Example:
        >>> import numpy as np
        >>> from catenary.distributions import Gamma
        >>> Gamma(np.full(1, 3.0), np.full(1, 2.0)).mean.array
        array([6.])
    """

    support = "positive"
    k: Variable
    theta: Variable

    def __init__(self, k: Any, theta: Any) -> None:
        super().__init__(k=k, theta=theta)

    def log_prob(self, x: Any) -> Variable:
        positive = as_array(x) > 0
        log_x = F.log(inside(positive, x, 1.0))
        log_p = (self.k - 1) * log_x - x / self.theta - F.lgamma(self.k) - self.k * F.log(self.theta)
        return inside(positive, log_p)

    def sample_n(self, n: int) -> Variable:
        return as_variable(self.theta * self._draw("standard_gamma", n, self.k))

    @property
    def mean(self) -> Variable:
        return self.k * self.theta

    @property
    def variance(self) -> Variable:
        return self.k * F.square(self.theta)

    @property
    def entropy(self) -> Variable:
        return self.k + F.log(self.theta) + F.lgamma(self.k) + (1 - self.k) * F.digamma(self.k)


class Chisquare(Distribution):
    """Distributions of the sum of `k` squared standard normal numbers.

    Args:
        k: Degrees of freedom, positive, of any shape.

    Example:
        >>> import numpy as np
        >>> from catenary.distributions import Chisquare
        >>> Chisquare(np.full(1, 3.0)).variance.array
        array([6.])
    """

    support = "positive"
    k: Variable

    def __init__(self, k: Any) -> None:
        super().__init__(k=k)
        self.gamma = Gamma(self.k * 0.5, self._filled(2.0))

    def log_prob(self, x: Any) -> Variable:
        return self.gamma.log_prob(x)

    def sample_n(self, n: int) -> Variable:
        return self.gamma.sample_n(n)

    @property
    def mean(self) -> Variable:
        return self.k

    @property
    def variance(self) -> Variable:
        return 2 * self.k

    @property
    def entropy(self) -> Variable:
        return self.gamma.entropy


class Pareto(Distribution):
    """Pareto distributions: x is at least `scale`, with density alpha scale^alpha / x^(alpha + 1).

    Args:
        scale: The least values, positive, of any shape.
        alpha: Exponents, positive.

    Example:
        >>> import numpy as np
        >>> from catenary.distributions import Pareto
        >>> Pareto(np.ones(1), np.full(1, 3.0)).mean.array
        array([1.5])
    """

    support = "[scale, inf]"
    differentiable_samples = True
    scale: Variable
    alpha: Variable

    def __init__(self, scale: Any, alpha: Any) -> None:
        super().__init__(scale=scale, alpha=alpha)

    def log_prob(self, x: Any) -> Variable:
        reached = as_array(x) >= self.scale.array
        log_x = F.log(inside(reached, x, 1.0))
        return inside(reached, F.log(self.alpha) + self.alpha * F.log(self.scale) - (self.alpha + 1) * log_x)

    def sample_n(self, n: int) -> Variable:
        return self.scale * F.exp(-F.log(self._uniform(n)) / self.alpha)

    @property
    def mean(self) -> Variable:
        above = inside(self.alpha.array > 1, self.alpha, 2.0)
        return inside(self.alpha.array > 1, above * self.scale / (above - 1), math.inf)

    @property
    def variance(self) -> Variable:
        above = inside(self.alpha.array > 2, self.alpha, 3.0)
        value = above * F.square(self.scale / (above - 1)) / (above - 2)
        return inside(self.alpha.array > 2, value, math.inf)

    @property
    def entropy(self) -> Variable:
        return F.log(self.scale / self.alpha) + 1 / self.alpha + 1


def _log_beta(a: Any, b: Any) -> Variable:
    return F.lgamma(a) + F.lgamma(b) - F.lgamma(a + b)


class Beta(Distribution):
    """Beta distributions over numbers from 0 to 1; samples have no gradient.

    Args:
        a: First shapes, positive, of any shape.
        b: Second shapes, positive.

    Example:
        >>> import numpy as np
        >>> from catenary.distributions import Beta
        >>> Beta(np.ones(1), np.full(1, 3.0)).mean.array
        array([0.25])
    """

    support = "[0, 1]"
    a: Variable
    b: Variable

    def __init__(self, a: Any, b: Any) -> None:
        super().__init__(a=a, b=b)

    def log_prob(self, x: Any) -> Variable:
        between = (as_array(x) > 0) & (as_array(x) < 1)
        x = inside(between, x, 0.5)
        log_p = (self.a - 1) * F.log(x) + (self.b - 1) * F.log1p(-x) - _log_beta(self.a, self.b)
        return inside(between, log_p)

    def sample_n(self, n: int) -> Variable:
        return as_variable(self._draw("beta", n, self.a, self.b))

    @property
    def mean(self) -> Variable:
        return self.a / (self.a + self.b)

    @property
    def variance(self) -> Variable:
        total = self.a + self.b
        return self.a * self.b / (F.square(total) * (total + 1))

    @property
    def entropy(self) -> Variable:
        a, b, total = self.a, self.b, self.a + self.b
        shift = (a - 1) * F.digamma(a) + (b - 1) * F.digamma(b) - (total - 2) * F.digamma(total)
        return _log_beta(a, b) - shift


class Dirichlet(Distribution):
    """Dirichlet distributions over vectors of positive parts of one; samples have no gradient.

    Args:
        alpha: Concentrations, positive, shape (..., parts).

    Example:
        >>> import numpy as np
        >>> from catenary.distributions import Dirichlet
        >>> Dirichlet(np.array([1.0, 3.0])).mean.array
        array([0.25, 0.75])
    """

    support = "[0, 1]"
    event_ndim = 1
    alpha: Variable

    def __init__(self, alpha: Any) -> None:
        super().__init__(alpha=alpha)

    @property
    def alpha0(self) -> Variable:
        """The sums of the concentrations."""
        return F.sum(self.alpha, -1)

    @property
    def log_normalizer(self) -> Variable:
        """The logarithms of the integrals of the density without its factor."""
        return F.sum(F.lgamma(self.alpha), -1) - F.lgamma(self.alpha0)

    def log_prob(self, x: Any) -> Variable:
        return F.sum((self.alpha - 1) * F.log(x), -1) - self.log_normalizer

    def sample_n(self, n: int) -> Variable:
        parts = self._draw("standard_gamma", n, self.alpha)
        return as_variable(parts / parts.sum(-1, keepdims=True))

    @property
    def mean(self) -> Variable:
        return self.alpha / F.expand_dims(self.alpha0, -1)

    @property
    def variance(self) -> Variable:
        total = F.expand_dims(self.alpha0, -1)
        return self.alpha * (total - self.alpha) / (F.square(total) * (total + 1))

    @property
    def entropy(self) -> Variable:
        shift = (self.alpha0 - self.event_shape[0]) * F.digamma(self.alpha0)
        return self.log_normalizer + shift - F.sum((self.alpha - 1) * F.digamma(self.alpha), -1)
