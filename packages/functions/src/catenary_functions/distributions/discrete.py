"""Distributions of integers and classes."""

from __future__ import annotations

import math
from typing import Any

import catenary_functions as F
from catenary import Variable, as_array, as_variable
from catenary.arithmetic import get_item
from catenary.types import Array, Shape
from catenary_functions.distributions.base import Distribution, as_float, inside, one_of

__all__ = ["Bernoulli", "Categorical", "Geometric", "OneHotCategorical", "Poisson"]


class Bernoulli(Distribution):
    """Bernoulli distributions of 0 and 1.

    Args:
        p: Probabilities of 1, of any shape.
        logit: log(p / (1 - p)), instead of `p`.
        binary_check: Whether `log_prob` of other values than 0 and 1 is minus infinity; else it is interpolated.

    Raises:
        ArgumentError: If not exactly one of `p` and `logit` is given.

    Example:
        >>> import numpy as np
        >>> from catenary.distributions import Bernoulli
        >>> Bernoulli(np.array([0.25])).prob(np.array([1])).array
        array([0.25])
    """

    support = "{0, 1}"
    logit: Variable

    def __init__(self, p: Any = None, logit: Any = None, binary_check: bool = False) -> None:
        given = one_of("Bernoulli", p=p, logit=logit)
        if given == "p":
            p = as_variable(as_float(p))
            logit = F.log(p) - F.log1p(-p)
        super().__init__(logit=logit)
        self.p = p if given == "p" else F.sigmoid(self.logit)
        self.params = {given: self.p if given == "p" else self.logit}
        self.binary_check = binary_check

    def log_prob(self, x: Any) -> Variable:
        value = self.logit * as_array(x).astype(self.logit.dtype) - F.softplus(self.logit)
        if not self.binary_check:
            return as_variable(value)
        x = as_array(x)
        return inside((x == 0) | (x == 1), value)

    def sample_n(self, n: int) -> Variable:
        return as_variable((self._draw("random", n) < self.p.array).astype("int32"))

    @property
    def mean(self) -> Variable:
        return self.p

    @property
    def variance(self) -> Variable:
        return self.p * (1 - self.p)

    @property
    def entropy(self) -> Variable:
        return F.softplus(self.logit) - self.p * self.logit


def _log(p: Any) -> Variable:
    """Return the logarithms of probabilities, minus infinity for 0 (without a warning)."""
    positive = as_array(p) > 0
    return inside(positive, F.log(inside(positive, p, 1.0)))


def expected_log(p: Any, log_p: Any) -> Variable:
    """Return the sum of p log_p over the last axis, where 0 times infinity is 0."""
    return F.sum(p * inside(as_array(p) > 0, log_p, 0.0), -1)


class Categorical(Distribution):
    """Distributions over classes 0, 1, 2, ...

    Args:
        p: Probabilities, shape (..., classes), that sum to one.
        logit: Scores of that shape, instead of `p`; `p` is their softmax.

    Raises:
        ArgumentError: If not exactly one of `p` and `logit` is given.

    Example:
        >>> import numpy as np
        >>> from catenary.distributions import Categorical
        >>> Categorical(np.array([0.25, 0.75])).prob(np.array(1)).array.round(6)
        np.float64(0.75)
    """

    support = "non-negative integers"

    def __init__(self, p: Any = None, *, logit: Any = None) -> None:
        if one_of("Categorical", p=p, logit=logit) == "p":
            super().__init__(p=p)
            self.p = self.params["p"]
            self.log_p = _log(self.p)
        else:
            super().__init__(logit=logit)
            self.log_p = F.log_softmax(self.params["logit"], -1)
            self.p = F.exp(self.log_p)

    @property
    def batch_shape(self) -> Shape:
        return self.p.shape[:-1]

    @property
    def event_shape(self) -> Shape:
        return ()

    def log_prob(self, x: Any) -> Variable:
        classes = as_array(x)
        log_p = F.broadcast_to(self.log_p, (*classes.shape, self.p.shape[-1])).reshape((-1, self.p.shape[-1]))
        flat = classes.reshape(-1).astype("intp")
        return get_item(log_p, (self.xp.arange(flat.size), flat)).reshape(classes.shape)

    def sample_n(self, n: int) -> Variable:
        return as_variable(self._sample(n))

    def _sample(self, n: int) -> Array:
        ends = self.p.array.cumsum(-1)
        drawn = self._draw("random", n)[..., :1] * ends[..., -1:]  # the last end may miss 1 by rounding
        return (drawn >= ends[..., :-1]).sum(-1).astype("int32")

    @property
    def mode(self) -> Variable:
        return as_variable(self.p.array.argmax(-1).astype("int32"))

    @property
    def entropy(self) -> Variable:
        return -expected_log(self.p, self.log_p)


class OneHotCategorical(Distribution):
    """Distributions over classes, as vectors with a single one.

    Args:
        p: Probabilities, shape (..., classes), that sum to one.

    Example:
        >>> import numpy as np
        >>> from catenary.distributions import OneHotCategorical
        >>> OneHotCategorical(np.array([0.0, 1.0])).sample().array
        array([0., 1.])
    """

    support = "one-hot vectors"
    event_ndim = 1
    p: Variable

    def __init__(self, p: Any) -> None:
        super().__init__(p=p)
        self.categorical = Categorical(self.p)

    @property
    def log_p(self) -> Variable:
        """The logarithms of the probabilities."""
        return self.categorical.log_p

    def log_prob(self, x: Any) -> Variable:
        return F.sum(inside(as_array(x) > 0, self.log_p, 0.0) * x, -1)

    def sample_n(self, n: int) -> Variable:
        classes = self.categorical._sample(n)
        return as_variable((classes[..., None] == self.xp.arange(self.p.shape[-1])).astype(self.p.dtype))

    @property
    def mean(self) -> Variable:
        return self.p

    @property
    def variance(self) -> Variable:
        return self.p * (1 - self.p)

    @property
    def entropy(self) -> Variable:
        return self.categorical.entropy


class Geometric(Distribution):
    """Distributions of the number of trials up to the first success: 1, 2, 3, ...

    Args:
        p: Probabilities of success, of any shape.

    Example:
        >>> import numpy as np
        >>> from catenary.distributions import Geometric
        >>> Geometric(np.array([0.25])).mean.array
        array([4.])
    """

    support = "positive integers"
    p: Variable

    def __init__(self, p: Any) -> None:
        super().__init__(p=p)

    def log_prob(self, x: Any) -> Variable:
        trials = as_array(x).astype(self.p.dtype)
        return inside(trials >= 1, (trials - 1) * F.log1p(-self.p) + F.log(self.p))

    def sample_n(self, n: int) -> Variable:
        xp = self.xp
        failures = xp.ceil(xp.log(self._uniform(n)) / xp.log1p(-self.p.array))
        return as_variable(xp.maximum(failures, 1).astype("int32"))

    @property
    def mean(self) -> Variable:
        return 1 / self.p

    @property
    def mode(self) -> Variable:
        return self._filled(1.0)

    @property
    def variance(self) -> Variable:
        return (1 - self.p) / F.square(self.p)

    @property
    def entropy(self) -> Variable:
        return -((1 - self.p) * F.log1p(-self.p) + self.p * F.log(self.p)) / self.p


class Poisson(Distribution):
    """Poisson distributions of counts.

    Args:
        lam: Means, positive, of any shape.

    Example:
        >>> import numpy as np
        >>> from catenary.distributions import Poisson
        >>> Poisson(np.array([2.0])).log_prob(np.array([0])).array
        array([-2.])
    """

    support = "non-negative integers"
    lam: Variable

    def __init__(self, lam: Any) -> None:
        super().__init__(lam=lam)

    def log_prob(self, x: Any) -> Variable:
        counts = as_array(x).astype(self.lam.dtype)
        valid = counts >= 0
        counts = self.xp.where(valid, counts, 0)
        return inside(valid, counts * F.log(self.lam) - self.lam - F.lgamma(counts + 1), -math.inf)

    def sample_n(self, n: int) -> Variable:
        return as_variable(self._draw("poisson", n, self.lam).astype("int32"))

    @property
    def mean(self) -> Variable:
        return self.lam

    @property
    def mode(self) -> Variable:
        return F.floor(self.lam)

    @property
    def variance(self) -> Variable:
        return self.lam
