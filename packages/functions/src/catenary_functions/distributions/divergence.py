"""Kullback-Leibler divergence and cross entropy between distributions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

import catenary_functions as F
from catenary import Variable
from catenary.errors import NotAvailableError
from catenary_functions.distributions.base import Distribution, inside
from catenary_functions.distributions.discrete import (
    Bernoulli,
    Categorical,
    Geometric,
    OneHotCategorical,
    Poisson,
    expected_log,
)
from catenary_functions.distributions.location_scale import Gumbel, Laplace, LogNormal, Normal, Uniform
from catenary_functions.distributions.multivariate import Independent, MultivariateNormal
from catenary_functions.distributions.positive import Beta, Chisquare, Dirichlet, Exponential, Gamma, Pareto

__all__ = ["cross_entropy", "kl_divergence", "register_kl"]

Rule = TypeVar("Rule", bound=Callable[..., Any])
_rules: dict[tuple[type, type], Callable[[Any, Any], Variable]] = {}


def register_kl(first: type[Distribution], second: type[Distribution]) -> Callable[[Rule], Rule]:
    """Give the Kullback-Leibler divergence between two kinds of distributions (as a decorator).

    Args:
        first: The class of the distribution that the expectation is over.
        second: The class of the other one.

    Example:
        >>> from catenary.distributions import Normal, register_kl
        >>> class Point(Normal):
        ...     pass
        >>> @register_kl(Point, Normal)
        ... def kl_of_point(p, q):
        ...     return -q.log_prob(p.loc)
    """

    def register(rule: Rule) -> Rule:
        _rules[first, second] = rule
        return rule

    return register


def kl_divergence(dist1: Distribution, dist2: Distribution) -> Variable:
    """Return the Kullback-Leibler divergence of two distributions, in nats.

    Args:
        dist1: The distribution that the expectation is over.
        dist2: The other one, of the same batch shape.

    Returns:
        Shape batch_shape.

    Raises:
        NotAvailableError: If no rule is registered for their classes.

    Example:
        >>> import numpy as np
        >>> from catenary.distributions import Normal, kl_divergence
        >>> one = np.ones(1)
        >>> kl_divergence(Normal(one, one), Normal(0 * one, one)).array
        array([0.5])
    """
    for first in type(dist1).__mro__:
        for second in type(dist2).__mro__:
            if (first, second) in _rules:
                return _rules[first, second](dist1, dist2)
    raise NotAvailableError(
        f"kl_divergence: no rule for {type(dist1).__name__} and {type(dist2).__name__}; give one with register_kl"
    )


def cross_entropy(dist1: Distribution, dist2: Distribution) -> Variable:
    """Return the cross entropy of two distributions: the entropy of the first plus their divergence.

    Args:
        dist1: The distribution that the expectation is over.
        dist2: The other one.

    Example:
        >>> import numpy as np
        >>> from catenary.distributions import Categorical, cross_entropy
        >>> p = Categorical(np.array([0.5, 0.5]))
        >>> cross_entropy(p, p).array.round(3)
        np.float64(0.693)
    """
    return dist1.entropy + kl_divergence(dist1, dist2)


@register_kl(Bernoulli, Bernoulli)
def _bernoulli(p: Bernoulli, q: Bernoulli) -> Variable:
    return p.p * (p.logit - q.logit) - F.softplus(p.logit) + F.softplus(q.logit)


@register_kl(Beta, Beta)
def _beta(p: Beta, q: Beta) -> Variable:
    a, b = p.a - q.a, p.b - q.b
    logs = F.lgamma(q.a) + F.lgamma(q.b) - F.lgamma(q.a + q.b)
    logs = logs - F.lgamma(p.a) - F.lgamma(p.b) + F.lgamma(p.a + p.b)
    return logs + a * F.digamma(p.a) + b * F.digamma(p.b) - (a + b) * F.digamma(p.a + p.b)


@register_kl(Categorical, Categorical)
@register_kl(OneHotCategorical, OneHotCategorical)
def _categorical(p: Any, q: Any) -> Variable:
    return expected_log(p.p, p.log_p) - expected_log(p.p, q.log_p)


@register_kl(Chisquare, Chisquare)
def _chisquare(p: Chisquare, q: Chisquare) -> Variable:
    return _gamma(p.gamma, q.gamma)


@register_kl(Dirichlet, Dirichlet)
def _dirichlet(p: Dirichlet, q: Dirichlet) -> Variable:
    shift = F.digamma(p.alpha) - F.expand_dims(F.digamma(p.alpha0), -1)
    return q.log_normalizer - p.log_normalizer + F.sum((p.alpha - q.alpha) * shift, -1)


@register_kl(Exponential, Exponential)
def _exponential(p: Exponential, q: Exponential) -> Variable:
    return F.log(p.lam / q.lam) + q.lam / p.lam - 1


@register_kl(Gamma, Gamma)
def _gamma(p: Gamma, q: Gamma) -> Variable:
    logs = F.lgamma(q.k) - F.lgamma(p.k) + q.k * F.log(q.theta / p.theta)
    return (p.k - q.k) * F.digamma(p.k) + logs + p.k * (p.theta / q.theta - 1)


@register_kl(Geometric, Geometric)
def _geometric(p: Geometric, q: Geometric) -> Variable:
    return F.log(p.p / q.p) + (1 / p.p - 1) * (F.log1p(-p.p) - F.log1p(-q.p))


@register_kl(Gumbel, Gumbel)
def _gumbel(p: Gumbel, q: Gumbel) -> Variable:
    ratio, shift = p.scale / q.scale, (p.loc - q.loc) / q.scale
    rest = F.exp(F.lgamma(ratio + 1) - shift) + shift - 1
    return (ratio - 1) * np.euler_gamma - F.log(ratio) + rest


@register_kl(Independent, Independent)
def _independent(p: Independent, q: Independent) -> Variable:
    return p.total(kl_divergence(p.distribution, q.distribution))


@register_kl(Laplace, Laplace)
def _laplace(p: Laplace, q: Laplace) -> Variable:
    distance = abs(p.loc - q.loc)
    return F.log(q.scale / p.scale) + (distance + p.scale * F.exp(-distance / p.scale)) / q.scale - 1


@register_kl(LogNormal, LogNormal)
def _log_normal(p: LogNormal, q: LogNormal) -> Variable:
    return _normal(p.normal, q.normal)


@register_kl(MultivariateNormal, MultivariateNormal)
def _multivariate_normal(p: MultivariateNormal, q: MultivariateNormal) -> Variable:
    spread = F.sum(F.square(F.matmul(q.inverse, p.scale_tril)), (-2, -1))
    distance = F.sum(F.square(F.matmul(q.inverse, F.expand_dims(q.loc - p.loc, -1))), (-2, -1))
    return q.log_det - p.log_det + 0.5 * (spread + distance - p.d)


@register_kl(Normal, Normal)
def _normal(p: Normal, q: Normal) -> Variable:
    spread = F.square(p.scale) + F.square(p.loc - q.loc)
    return F.log(q.scale / p.scale) + spread / (2 * F.square(q.scale)) - 0.5


@register_kl(Pareto, Pareto)
def _pareto(p: Pareto, q: Pareto) -> Variable:
    value = q.alpha * F.log(p.scale / q.scale) + F.log(p.alpha / q.alpha) + q.alpha / p.alpha - 1
    return inside(p.scale.array >= q.scale.array, value, math.inf)


@register_kl(Poisson, Poisson)
def _poisson(p: Poisson, q: Poisson) -> Variable:
    return p.lam * F.log(p.lam / q.lam) - p.lam + q.lam


@register_kl(Uniform, Uniform)
def _uniform(p: Uniform, q: Uniform) -> Variable:
    within = (p.low.array >= q.low.array) & (p.high.array <= q.high.array)
    return inside(within, F.log(q.scale / p.scale), math.inf)
