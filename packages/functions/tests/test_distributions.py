"""Distributions against scipy.stats; divergences against sums and integrals."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import scipy.integrate
import scipy.stats as st

import catenary
import catenary.distributions as D
import catenary.functions as F
from catenary import Variable
from catenary.errors import ArgumentError, ArgumentTypeError, NotAvailableError, ShapeError
from catenary.testing import WrongCall, check_backward, wrong_call_tests

Array = np.ndarray[Any, Any]


@dataclass
class Case:
    """A distribution, the same of SciPy, and which of its members SciPy can check."""

    make: Callable[..., D.Distribution]
    scipy: Callable[..., Any]
    params: dict[str, Any]
    members: str = "log_prob prob mean variance stddev entropy"
    rename: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.make.__name__}-{'-'.join(self.params)}"

    @property
    def arrays(self) -> dict[str, Array]:
        return {name: np.asarray(value, float) for name, value in self.params.items()}

    @property
    def discrete(self) -> bool:
        return hasattr(self.reference, "pmf")

    @property
    def reference(self) -> Any:
        return self.scipy(**self.arrays)

    def drawn(self) -> Array:
        return np.asarray(
            self.reference.rvs((4, *next(iter(self.arrays.values())).shape), random_state=np.random.default_rng(0))
        )


TAILS = "cdf icdf log_cdf survival_function log_survival_function"
ALL = f"log_prob prob mean variance stddev entropy {TAILS}"
POSITIVE = [0.7, 1.5, 3.0]
DISTRIBUTIONS = [
    Case(D.Normal, lambda loc, scale: st.norm(loc, scale), {"loc": [-1.0, 0.0, 2.0], "scale": POSITIVE}, ALL),
    Case(
        D.Normal, lambda loc, log_scale: st.norm(loc, np.exp(log_scale)), {"loc": [-1, 0, 2], "log_scale": [-1, 0, 1]}
    ),
    Case(D.Laplace, lambda loc, scale: st.laplace(loc, scale), {"loc": [-1.0, 0.0, 2.0], "scale": POSITIVE}, ALL),
    Case(
        D.Cauchy,
        lambda loc, scale: st.cauchy(loc, scale),
        {"loc": [-1.0, 0.0, 2.0], "scale": POSITIVE},
        f"log_prob prob entropy {TAILS}",
    ),
    Case(D.Gumbel, lambda loc, scale: st.gumbel_r(loc, scale), {"loc": [-1.0, 0.0, 2.0], "scale": POSITIVE}, ALL),
    Case(D.Uniform, lambda low, high: st.uniform(low, high - low), {"low": [-1, 0, 2], "high": [0.5, 1, 5]}, ALL),
    Case(D.Uniform, lambda loc, scale: st.uniform(loc, scale), {"loc": [-1.0, 0.0, 2.0], "scale": POSITIVE}, ALL),
    Case(
        D.LogNormal, lambda mu, sigma: st.lognorm(sigma, scale=np.exp(mu)), {"mu": [-1, 0, 1], "sigma": [0.3, 0.5, 1]}
    ),
    Case(D.Exponential, lambda lam: st.expon(scale=1 / lam), {"lam": POSITIVE}, ALL),
    Case(D.Gamma, lambda k, theta: st.gamma(k, scale=theta), {"k": POSITIVE, "theta": [2.0, 0.5, 1.0]}),
    Case(D.Chisquare, lambda k: st.chi2(k), {"k": [1.0, 2.5, 7.0]}),
    Case(D.Pareto, lambda scale, alpha: st.pareto(alpha, scale=scale), {"scale": POSITIVE, "alpha": [2.5, 3.0, 4.0]}),
    Case(D.Beta, st.beta, {"a": POSITIVE, "b": [2.0, 0.5, 1.0]}),
    Case(D.Bernoulli, st.bernoulli, {"p": [0.2, 0.5, 0.9]}),
    Case(D.Bernoulli, lambda logit: st.bernoulli(1 / (1 + np.exp(-logit))), {"logit": [-1.0, 0.0, 3.0]}),
    Case(D.Geometric, st.geom, {"p": [0.2, 0.5, 0.9]}),
    Case(D.Poisson, lambda lam: st.poisson(lam), {"lam": POSITIVE}, "log_prob prob mean variance stddev"),
]
NAMES = {
    "log_prob": "logpdf", "prob": "pdf", "variance": "var", "stddev": "std", "icdf": "ppf", "log_cdf": "logcdf",
    "survival_function": "sf", "log_survival_function": "logsf",
}  # fmt: skip
MEMBERS = [(case, member) for case in DISTRIBUTIONS for member in case.members.split()]


def close(found: Any, expected: Any, rtol: float = 1e-9) -> None:
    np.testing.assert_allclose(found.array, expected, rtol=rtol, atol=1e-12)


@pytest.mark.parametrize(("case", "member"), MEMBERS, ids=str)
def test_members_against_scipy(case: Case, member: str) -> None:
    dist, name = case.make(**case.arrays), NAMES.get(member, member)
    theirs = getattr(case.reference, name.replace("pdf", "pmf") if case.discrete else name)
    ours = getattr(dist, member)
    if isinstance(ours, Variable):
        close(ours, np.broadcast_to(theirs(), dist.batch_shape))
    else:
        x = np.random.default_rng(0).uniform(0.1, 0.9, (4, *dist.batch_shape)) if member == "icdf" else case.drawn()
        close(ours(x), theirs(x))


@pytest.mark.parametrize("case", [c for c in DISTRIBUTIONS if c.make(**c.arrays).support != "real"], ids=str)
def test_log_prob_outside_of_the_support(case: Case) -> None:
    dist = case.make(**case.arrays)
    if isinstance(dist, D.Bernoulli):
        dist.binary_check = True
    for x in (np.full(dist.batch_shape, -1000.0), np.full(dist.batch_shape, 1000.0)):
        expected = case.reference.logpmf(x) if case.discrete else case.reference.logpdf(x)
        close(dist.log_prob(x.astype(int) if case.discrete else x), expected)


@pytest.mark.parametrize("case", DISTRIBUTIONS, ids=str)
def test_gradients_of_parameters(case: Case) -> None:
    x = case.drawn()

    def outputs(*params: Any) -> tuple[Variable, ...]:
        dist = case.make(**dict(zip(case.params, params, strict=True)))
        return dist.log_prob(x), F.exp(dist.log_prob(x))

    for order in (1, 2):
        check_backward(outputs, list(case.arrays.values()), order=order)


@pytest.mark.parametrize("case", DISTRIBUTIONS, ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_samples(case: Case, dtype: str) -> None:
    catenary.seed(0)
    dist = case.make(**{name: Variable(a.astype(dtype)) for name, a in case.arrays.items()})
    assert dist.sample().shape == dist.batch_shape
    assert dist.sample(5).shape == (5, *dist.batch_shape)
    assert dist.sample((5, 2)).shape == (5, 2, *dist.batch_shape)
    samples = dist.sample_n(4000)
    assert samples.dtype == ("int32" if case.discrete else dtype)
    for i, column in enumerate(samples.array.T):
        one = case.scipy(**{name: a[i] for name, a in case.arrays.items()})
        ends = one.ppf([0.1, 0.3, 0.5, 0.7, 0.9])
        np.testing.assert_allclose([(column <= end).mean() for end in ends], one.cdf(ends), atol=0.03)
    if dist.differentiable_samples:
        F.sum(dist.sample_n(3)).backward()
        assert all(p.grad is not None for p in dist.params.values() if p.creator is None)
    else:
        assert isinstance(dist, D.Gamma) or not samples.requires_grad


@pytest.mark.parametrize("case", [c for c in DISTRIBUTIONS if c.make(**c.arrays).differentiable_samples], ids=str)
def test_gradients_of_samples(case: Case) -> None:
    def sampled(*params: Any) -> Variable:
        device = catenary.get_device("@numpy")
        device.random = device.make_random(3)
        return case.make(**dict(zip(case.params, params, strict=True))).sample_n(2)

    check_backward(sampled, list(case.arrays.values()))


@pytest.mark.parametrize("case", DISTRIBUTIONS, ids=str)
def test_nothing_touches_the_host_on_another_device(case: Case) -> None:
    device = catenary.get_device("@tripwire")
    dist = case.make(**device.send(case.arrays))
    x = dist.sample_n(2)
    for found in (x, dist.log_prob(x), dist.mean, *([dist.entropy] if "entropy" in case.members else [])):
        assert device.is_array_supported(found.array)


def test_modes() -> None:
    one = np.ones(1)
    close(D.Normal(one, one).mode, [1])
    close(D.Exponential(one).mode, [0])
    close(D.LogNormal(one, one).mode, [1])
    close(D.Geometric(one / 2).mode, [1])
    close(D.Poisson(one * 2.5).mode, [2])
    close(D.Categorical(np.array([[0.1, 0.7, 0.2]])).mode, [1])


P = np.array([[0.2, 0.5, 0.3], [0.0, 0.4, 0.6]])


def test_categorical() -> None:
    for dist in (D.Categorical(P), D.Categorical(logit=np.log(np.maximum(P, 1e-300)))):
        assert (dist.batch_shape, dist.event_shape) == ((2,), ())
        x = np.array([[0, 1], [2, 2], [1, 1]])
        close(dist.prob(x), [[0.2, 0.4], [0.3, 0.6], [0.5, 0.4]])
        close(dist.entropy, [st.entropy(p) for p in P])
        close(dist.perplexity, np.exp([st.entropy(p) for p in P]))
        catenary.seed(0)
        samples = dist.sample_n(5000).array
        assert (samples.dtype, samples.shape) == (np.dtype("int32"), (5000, 2))
        for i in range(2):
            np.testing.assert_allclose(np.bincount(samples[:, i], minlength=3) / 5000, P[i], atol=0.03)
    assert D.Categorical(P).log_prob(np.array([0, 0])).array[1] == -math.inf
    check_backward(lambda p: D.Categorical(p).log_prob(np.array([[0, 1], [2, 2]])), [P + 0.1], order=2)


def test_one_hot_categorical() -> None:
    dist = D.OneHotCategorical(P)
    assert (dist.batch_shape, dist.event_shape) == ((2,), (3,))
    close(dist.log_prob(np.eye(3)[[1, 2]]), np.log([0.5, 0.6]))
    close(dist.mean, P)
    close(dist.variance, P * (1 - P))
    close(dist.entropy, [st.entropy(p) for p in P])
    catenary.seed(0)
    samples = dist.sample_n(5000).array
    assert set(np.unique(samples)) == {0, 1}
    assert (samples.sum(-1) == 1).all()
    np.testing.assert_allclose(samples.mean(0), P, atol=0.03)


def test_dirichlet() -> None:
    alpha = np.array([[0.7, 1.5, 3.0], [2.0, 2.0, 1.0]])
    dist, theirs = D.Dirichlet(alpha), [st.dirichlet(a) for a in alpha]
    assert (dist.batch_shape, dist.event_shape) == ((2,), (3,))
    x = np.stack([t.rvs(4, random_state=np.random.default_rng(0)) for t in theirs], 1)
    close(dist.log_prob(x), np.stack([t.logpdf(x[:, i].T) for i, t in enumerate(theirs)], 1))
    for member, name in [("mean", "mean"), ("variance", "var"), ("entropy", "entropy")]:
        close(getattr(dist, member), [getattr(t, name)() for t in theirs])
    catenary.seed(0)
    np.testing.assert_allclose(dist.sample_n(4000).array.mean(0), dist.mean.array, atol=0.02)
    check_backward(lambda a: D.Dirichlet(a).log_prob(x), [alpha], order=2)


def test_multivariate_normal() -> None:
    rng = np.random.default_rng(0)
    loc, L = rng.standard_normal((2, 3)), np.tril(rng.uniform(0.5, 1.5, (2, 3, 3)))
    dist, theirs = D.MultivariateNormal(loc, scale_tril=L), [st.multivariate_normal(m, c @ c.T) for m, c in zip(loc, L)]
    x = rng.standard_normal((4, 2, 3))
    close(dist.log_prob(x), np.stack([t.logpdf(x[:, i]) for i, t in enumerate(theirs)], 1))
    close(dist.entropy, [t.entropy() for t in theirs])
    close(dist.covariance, L @ L.swapaxes(1, 2))
    close(dist.variance, np.einsum("bij,bij->bi", L, L))
    catenary.seed(0)
    samples = dist.sample_n(20000).array
    np.testing.assert_allclose(samples.mean(0), loc, atol=0.05)
    np.testing.assert_allclose(np.cov(samples[:, 0].T), L[0] @ L[0].T, atol=0.15)
    check_backward(lambda m, c: D.MultivariateNormal(m, scale_tril=c).log_prob(x), [loc, L], order=2)


def test_independent() -> None:
    loc, scale = np.arange(12.0).reshape(2, 3, 2), np.full((2, 3, 2), 2.0)
    inner = D.Normal(loc, scale)
    dist = D.Independent(inner)
    assert (dist.batch_shape, dist.event_shape) == ((2,), (3, 2))
    x = loc + 1
    close(dist.log_prob(x), inner.log_prob(x).array.sum((1, 2)))
    close(dist.cdf(x), inner.cdf(x).array.prod((1, 2)))
    close(dist.entropy, inner.entropy.array.sum((1, 2)))
    close(dist.covariance, np.stack([np.eye(6) * 4] * 2))
    assert dist.sample_n(5).shape == (5, 2, 3, 2)
    assert D.Independent(inner, 0).event_shape == ()
    q = D.Independent(D.Normal(loc * 0, scale))
    close(D.kl_divergence(dist, q), D.kl_divergence(inner, q.distribution).array.sum((1, 2)))


def test_parameters_broadcast_and_may_be_numbers() -> None:
    dist = D.Normal(np.zeros((2, 3), np.float32), 2.0)
    assert dist.batch_shape == (2, 3)
    assert D.Normal(0.0, 1.0).batch_shape == ()
    assert repr(dist) == "<Normal batch_shape=(2, 3) event_shape=()>"


PAIRS: list[tuple[D.Distribution, D.Distribution]] = [
    (D.Normal(1.0, 2.0), D.Normal(0.0, 1.5)),
    (D.Laplace(1.0, 2.0), D.Laplace(0.0, 1.5)),
    (D.Gumbel(0.5, 1.0), D.Gumbel(0.0, 1.5)),
    (D.Uniform(low=0.0, high=1.0), D.Uniform(low=-1.0, high=1.5)),
    (D.LogNormal(0.2, 0.5), D.LogNormal(0.0, 0.8)),
    (D.Exponential(2.0), D.Exponential(0.7)),
    (D.Gamma(2.0, 1.5), D.Gamma(1.5, 0.8)),
    (D.Chisquare(3.0), D.Chisquare(5.0)),
    (D.Pareto(2.0, 3.0), D.Pareto(1.0, 1.5)),
    (D.Beta(2.0, 1.5), D.Beta(1.5, 3.0)),
    (D.Bernoulli(0.3), D.Bernoulli(0.8)),
    (D.Geometric(0.3), D.Geometric(0.8)),
    (D.Poisson(2.0), D.Poisson(3.5)),
    (D.Categorical(np.array([0.2, 0.8, 0.0])), D.Categorical(np.array([0.5, 0.4, 0.1]))),
]


@pytest.mark.parametrize(("p", "q"), PAIRS, ids=lambda d: type(d).__name__)
def test_divergence_against_its_definition(p: D.Distribution, q: D.Distribution) -> None:
    if isinstance(p, D.Bernoulli | D.Geometric | D.Poisson | D.Categorical):
        first = 1 if isinstance(p, D.Geometric) else 0
        x = np.arange(first, 2 if isinstance(p, D.Bernoulli) else 3 if isinstance(p, D.Categorical) else 60)
        logs = (p.log_prob(x).array.astype(float), q.log_prob(x).array.astype(float))
        expected = sum(math.exp(a) * (a - b) for a, b in zip(*logs, strict=True) if a > -math.inf)
    else:
        low = {"[0, 1]": 0.0, "positive": 0.0, "[scale, inf]": 2.0, "[low, high]": 0.0}.get(p.support, -60.0)
        high = {"[0, 1]": 1.0, "[low, high]": 1.0}.get(p.support, 400.0 if p.support != "real" else 60.0)

        def density(x: float) -> float:
            at = np.array(x)
            a, b = p.log_prob(at).item(), q.log_prob(at).item()
            return math.exp(a) * (a - b) if a > -50 else 0.0

        middle = float(p.mean.array)
        expected = sum(scipy.integrate.quad(density, *ends, limit=200)[0] for ends in [(low, middle), (middle, high)])
    np.testing.assert_allclose(D.kl_divergence(p, q).array, expected, rtol=1e-3)
    np.testing.assert_allclose(D.kl_divergence(p, p).array, 0, atol=1e-6)
    np.testing.assert_allclose(
        D.cross_entropy(p, q).array - D.kl_divergence(p, q).array, p.entropy.array, rtol=1e-4
    ) if (not isinstance(p, D.Poisson)) else None


def test_divergence_of_multivariate_normals_dirichlets_and_one_hots() -> None:
    rng = np.random.default_rng(0)
    locs, Ls = rng.standard_normal((2, 3)), np.tril(rng.uniform(0.5, 1.5, (2, 3, 3)))
    p, q = (D.MultivariateNormal(m, scale_tril=c) for m, c in zip(locs, Ls))
    (S, T), d = Ls @ Ls.swapaxes(1, 2), locs[1] - locs[0]
    inverse = np.linalg.inv(T)
    expected = np.trace(inverse @ S) + d @ inverse @ d - 3 + np.log(np.linalg.det(T) / np.linalg.det(S))
    close(D.kl_divergence(p, q), 0.5 * expected)
    a, b = D.Dirichlet(np.array([2.0, 1.5])), D.Dirichlet(np.array([1.5, 3.0]))
    close(D.kl_divergence(a, b), D.kl_divergence(D.Beta(2.0, 1.5), D.Beta(1.5, 3.0)).array, rtol=1e-5)
    close(D.kl_divergence(D.OneHotCategorical(P), D.OneHotCategorical(P[::-1] + 0.1)), [
        sum(x * math.log(x / y) for x, y in zip(r, s, strict=True) if x) for r, s in zip(P, P[::-1] + 0.1, strict=True)
    ])  # fmt: skip


def test_divergence_is_infinite_outside_of_the_support() -> None:
    close(D.kl_divergence(D.Uniform(low=0.0, high=2.0), D.Uniform(low=0.0, high=1.0)), math.inf)
    close(D.kl_divergence(D.Pareto(1.0, 2.0), D.Pareto(2.0, 2.0)), math.inf)


def test_a_rule_for_a_new_distribution_goes_before_that_of_its_base() -> None:
    class Point(D.Normal):
        pass

    @D.register_kl(Point, D.Normal)
    def rule(p: Point, q: D.Normal) -> Variable:
        return -q.log_prob(p.loc)

    one = np.ones(1)
    close(D.kl_divergence(Point(one, one), D.Normal(one, one)), [0.5 * math.log(2 * math.pi)])
    close(D.kl_divergence(D.Normal(one, one), Point(one, one)), [0])


def test_means_and_variances_that_do_not_exist() -> None:
    one = np.ones(1)
    assert np.isnan(D.Cauchy(one, one).mean.array).all()
    assert np.isinf(D.Pareto(one, one).mean.array).all()
    assert np.isinf(D.Pareto(one, 2 * one).variance.array).all()


one = np.ones(2)
WRONG = [
    WrongCall("Normal", lambda: D.Normal(one), ArgumentError, "give either scale or log_scale, got neither"),
    WrongCall("Bernoulli", lambda: D.Bernoulli(one, one), ArgumentError, "give either p or logit, got p and logit"),
    WrongCall("Uniform", lambda: D.Uniform(low=one), ArgumentError, "give either low and high or loc and scale"),
    WrongCall("Categorical", lambda: D.Categorical(), ArgumentError, "give either p or logit, got neither"),
    WrongCall(
        "MultivariateNormal",
        lambda: D.MultivariateNormal(one, scale_tril=one),
        ShapeError,
        "for loc of shape (2,), scale_tril must have shape (2, 2), got (2,)",
    ),
    WrongCall(
        "Independent", lambda: D.Independent(3), ArgumentTypeError, "distribution must be a Distribution, got int"
    ),
    WrongCall(
        "Independent",
        lambda: D.Independent(D.Normal(one, one), 2),
        ArgumentError,
        "reinterpreted_batch_ndims must be from 0 to 1, got 2",
    ),
    WrongCall("Poisson", lambda: D.Poisson(one).entropy, NotAvailableError, "no entropy is known"),
    WrongCall(
        "kl_divergence",
        lambda: D.kl_divergence(D.Normal(one, one), D.Gamma(one, one)),
        NotAvailableError,
        "no rule for Normal and Gamma; give one with register_kl",
    ),
]
test_wrong_calls = wrong_call_tests(WRONG)
