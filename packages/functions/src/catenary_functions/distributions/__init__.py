"""Probability distributions: use them as ``catenary.distributions``."""

from catenary_functions.distributions.base import Distribution as Distribution
from catenary_functions.distributions.discrete import (
    Bernoulli as Bernoulli,
    Categorical as Categorical,
    Geometric as Geometric,
    OneHotCategorical as OneHotCategorical,
    Poisson as Poisson,
)
from catenary_functions.distributions.divergence import (
    cross_entropy as cross_entropy,
    kl_divergence as kl_divergence,
    register_kl as register_kl,
)
from catenary_functions.distributions.location_scale import (
    Cauchy as Cauchy,
    Gumbel as Gumbel,
    Laplace as Laplace,
    LogNormal as LogNormal,
    Normal as Normal,
    Uniform as Uniform,
)
from catenary_functions.distributions.multivariate import (
    Independent as Independent,
    MultivariateNormal as MultivariateNormal,
)
from catenary_functions.distributions.positive import (
    Beta as Beta,
    Chisquare as Chisquare,
    Dirichlet as Dirichlet,
    Exponential as Exponential,
    Gamma as Gamma,
    Pareto as Pareto,
)

__all__ = [
    "Bernoulli",
    "Beta",
    "Categorical",
    "Cauchy",
    "Chisquare",
    "Dirichlet",
    "Distribution",
    "Exponential",
    "Gamma",
    "Geometric",
    "Gumbel",
    "Independent",
    "Laplace",
    "LogNormal",
    "MultivariateNormal",
    "Normal",
    "OneHotCategorical",
    "Pareto",
    "Poisson",
    "Uniform",
    "cross_entropy",
    "kl_divergence",
    "register_kl",
]
