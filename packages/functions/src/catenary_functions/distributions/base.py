"""What every probability distribution answers."""

from __future__ import annotations

import math
from typing import Any

import catenary_functions as F
from catenary import Variable, as_array, as_variable, get_array_module, get_device_from_array, get_dtype
from catenary.errors import ArgumentError, NotAvailableError
from catenary.types import Array, Shape


class Distribution:
    """A batch of probability distributions of one kind.

    A subclass passes its parameters to `__init__` by name (they become attributes) and gives `log_prob`, `sample_n`
    and what it knows of `mean`, `variance`, `entropy`, `cdf` and `icdf`; the rest follows here. Whatever is computed
    has gradients with respect to the parameters; so have samples where `differentiable_samples` is set.

    Args:
        parameters: Arrays, Variables or numbers; they are broadcast to one shape.

    Attributes:
        params: The parameters by name.
        support: Which numbers may come: a word such as "real", "positive" or "[0, 1]".
        event_ndim: How many of the last axes of a sample are one event.
        differentiable_samples: Whether samples have gradients with respect to the parameters.
    """

    support = "real"
    event_ndim = 0
    differentiable_samples = False

    def __init__(self, **parameters: Any) -> None:
        values = [as_variable(as_float(value)) for value in parameters.values()]
        if len({value.shape for value in values}) > 1:
            values = list(F.broadcast(*values))
        self.params: dict[str, Variable] = dict(zip(parameters, values, strict=True))
        for name, value in self.params.items():
            setattr(self, name, value)

    @property
    def _like(self) -> Variable:
        """A parameter, for shape, dtype and device."""
        return next(iter(self.params.values()))

    @property
    def batch_shape(self) -> Shape:
        """The shape of the batch of distributions."""
        shape = self._like.shape
        return shape[: len(shape) - self.event_ndim]

    @property
    def event_shape(self) -> Shape:
        """The shape of one event."""
        shape = self._like.shape
        return shape[len(shape) - self.event_ndim :]

    @property
    def xp(self) -> Any:
        """The array module of the parameters."""
        return get_array_module(self._like)

    def log_prob(self, x: Any) -> Variable:
        """Return the logarithm of the density (or of the probability) at `x`.

        Args:
            x: Events, shape (..., *batch_shape, *event_shape).

        Returns:
            Shape (..., *batch_shape).
        """
        raise self._unknown("log_prob")

    def prob(self, x: Any) -> Variable:
        """Return the density, or the probability, at `x`."""
        return F.exp(self.log_prob(x))

    def cdf(self, x: Any) -> Variable:
        """Return the probability of values up to `x`."""
        raise self._unknown("cdf")

    def icdf(self, x: Any) -> Variable:
        """Return the quantiles of probabilities `x`: the inverse of `cdf`."""
        raise self._unknown("icdf")

    def log_cdf(self, x: Any) -> Variable:
        """Return the logarithm of `cdf`."""
        return F.log(self.cdf(x))

    def survival_function(self, x: Any) -> Variable:
        """Return the probability of values above `x`."""
        return 1.0 - self.cdf(x)

    def log_survival_function(self, x: Any) -> Variable:
        """Return the logarithm of `survival_function`."""
        return F.log(self.survival_function(x))

    def sample(self, sample_shape: Shape | int = ()) -> Variable:
        """Draw from the distributions.

        Args:
            sample_shape: The shape of the samples to draw from each.

        Returns:
            Shape (*sample_shape, *batch_shape, *event_shape).
        """
        shape = (sample_shape,) if isinstance(sample_shape, int) else tuple(sample_shape)
        samples = self.sample_n(math.prod(shape))
        return samples.reshape((*shape, *samples.shape[1:]))

    def sample_n(self, n: int) -> Variable:
        """Draw `n` samples from each of the distributions, shape (n, *batch_shape, *event_shape)."""
        raise self._unknown("sample_n")

    @property
    def mean(self) -> Variable:
        """The means."""
        raise self._unknown("mean")

    @property
    def mode(self) -> Variable:
        """The most probable values."""
        raise self._unknown("mode")

    @property
    def variance(self) -> Variable:
        """The variances."""
        raise self._unknown("variance")

    @property
    def stddev(self) -> Variable:
        """The standard deviations."""
        return F.sqrt(self.variance)

    @property
    def covariance(self) -> Variable:
        """The covariance matrices of events that are vectors."""
        raise self._unknown("covariance")

    @property
    def entropy(self) -> Variable:
        """The entropies, in nats."""
        raise self._unknown("entropy")

    @property
    def perplexity(self) -> Variable:
        """The exponential of the entropy."""
        return F.exp(self.entropy)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} batch_shape={self.batch_shape} event_shape={self.event_shape}>"

    def _unknown(self, what: str) -> NotAvailableError:
        return NotAvailableError(f"{type(self).__name__}: no {what} is known for this distribution")

    def _draw(self, method: str, n: int, *args: Any) -> Array:
        """Return random numbers of shape (n, *batch_shape, *event_shape) from a method of the device's generator."""
        random = get_device_from_array(self._like).random
        shape = (n, *self._like.shape)
        return getattr(random, method)(*map(as_array, args), size=shape).astype(self._like.dtype)

    def _uniform(self, n: int) -> Array:
        """Return random numbers inside the open interval from 0 to 1."""
        tiny = float(self.xp.finfo(self._like.dtype).eps)
        return self._draw("random", n) * (1 - tiny) + tiny / 2

    def _filled(self, value: float) -> Variable:
        """Return one number in the shape of the batch."""
        return as_variable(self.xp.full(self.batch_shape, value, self._like.dtype))


def as_float(value: Any) -> Any:
    """Return a number as an array of the setting `dtype`; anything else as it is."""
    return get_array_module().asarray(value, get_dtype()) if isinstance(value, float | int) else value


def inside(condition: Any, value: Any, elsewhere: float = -math.inf) -> Variable:
    """Return `value` where the condition holds, and a number elsewhere."""
    return F.where(condition, value, get_array_module(value).asarray(elsewhere, value.dtype))


def one_of(name: str, **alternatives: Any) -> str:
    """Return which of several alternative parameters was given.

    Raises:
        ArgumentError: If it is not exactly one.
    """
    given = [key for key, value in alternatives.items() if value is not None]
    if len(given) != 1:
        raise ArgumentError(f"{name}: give either {' or '.join(alternatives)}, got {' and '.join(given) or 'neither'}")
    return given[0]
