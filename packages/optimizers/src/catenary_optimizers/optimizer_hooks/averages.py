"""Hooks that keep a second model with means of the weights."""

from __future__ import annotations

from typing import Any

from catenary import AbstractSerializer, Link, Parameter
from catenary.device.repeating import refuse_recording
from catenary.errors import ArgumentError, ArgumentTypeError


class WeightAverage:
    """Base of hooks that move the parameters of a copy of the model towards those of the model after each update.

    Persistent values, such as the statistics of batch normalization, are copied as they are.

    Args:
        model: The model that the optimizer updates.

    Attributes:
        model: The copy with the means, to be evaluated and saved like any link; it has no update rules.
    """

    name: str
    call_for_each_param = False
    timing = "post"

    def __init__(self, model: Link) -> None:
        if not isinstance(model, Link):
            raise ArgumentTypeError(f"{type(self).__name__}: model must be a Link, got {type(model).__name__}")
        self.model = model.copy(mode="copy")
        for param in self.model.params():
            param.update_rule = None

    def weight(self, t: int) -> float:
        """Return the weight of the new parameters in the mean.

        Args:
            t: How many updates were done; the last one is included.
        """
        raise NotImplementedError(f"{type(self).__name__} gives no weight")

    def __call__(self, optimizer: Any) -> None:
        """Take the parameters of the optimizer's target into the means."""
        refuse_recording(f"{type(self).__name__} takes a number from the host at each step")
        weight = self.weight(optimizer.t)
        if weight == 0:
            return
        means = dict(self.model.namedparams())
        self._check_same(optimizer.target, means)
        old = {name: mean.array.copy() for name, mean in means.items() if mean.is_initialized}
        self.model.copyparams(optimizer.target)
        for name, array in old.items():
            mean = means[name].array  # holds the new parameters now
            mean[...] = array + weight * (mean - array)

    def _check_same(self, target: Link, means: dict[str, Parameter]) -> None:
        names = {name for name, _ in target.namedparams()}
        if names != means.keys():
            raise ArgumentError(
                f"{type(self).__name__}: model must be the one that the optimizer updates; one of them alone has "
                f"{', '.join(sorted(names ^ means.keys()))}"
            )

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the means."""
        self.model.serialize(serializer["model"])


class ExponentialMovingAverage(WeightAverage):
    """Keeps a second model with an exponential moving average of the weights.

    Source: Polyak, Juditsky, "Acceleration of Stochastic Approximation by Averaging" (1992).

    Args:
        model: The model that the optimizer updates.
        decay: What the average keeps of itself at each update; less in the first updates, (1 + t) / (10 + t), so that
            random initial weights are soon forgotten.

    Attributes:
        model: The copy with the average.

    Example:
        >>> import catenary.links as L
        >>> from catenary import optimizer_hooks, optimizers
        >>> model = L.Linear(2, 1)
        >>> optimizer = optimizers.SGD().setup(model)
        >>> average = optimizer_hooks.ExponentialMovingAverage(model, decay=0.999)
        >>> optimizer.add_hook(average)
    """

    name = "ExponentialMovingAverage"

    def __init__(self, model: Link, decay: float = 0.999) -> None:
        if not 0 <= decay < 1:
            raise ArgumentError(f"ExponentialMovingAverage: decay must be from 0 to below 1, got {decay}")
        super().__init__(model)
        self.decay = decay

    def weight(self, t: int) -> float:
        """Return the weight of the new parameters in the mean."""
        return 1 - min(self.decay, (1 + t) / (10 + t))


class StochasticWeightAveraging(WeightAverage):
    """Keeps a second model with the plain mean of the weights, taken every now and then late in training.

    The statistics of batch normalization are the model's own; pass some batches through the copy in training mode to
    have them fit the means.

    Source: Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization" (2018).

    Args:
        model: The model that the optimizer updates.
        start: The update after which the first weights are taken.
        interval: After how many updates the next ones are taken.

    Attributes:
        model: The copy with the mean.

    Example:
        >>> import catenary.links as L
        >>> from catenary import optimizer_hooks, optimizers
        >>> model = L.Linear(2, 1)
        >>> optimizer = optimizers.SGD().setup(model)
        >>> optimizer.add_hook(optimizer_hooks.StochasticWeightAveraging(model, start=1000, interval=100))
    """

    name = "StochasticWeightAveraging"

    def __init__(self, model: Link, start: int, interval: int = 1) -> None:
        if start < 1 or interval < 1:
            raise ArgumentError(
                f"StochasticWeightAveraging: start and interval must be positive, got {start} and {interval}"
            )
        super().__init__(model)
        self.start = start
        self.interval = interval

    def weight(self, t: int) -> float:
        """Return the weight of the new parameters in the mean."""
        taken, rest = divmod(t - self.start, self.interval)
        return 1 / (taken + 1) if t >= self.start and rest == 0 else 0.0
