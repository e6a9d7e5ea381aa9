"""Triggers that fire when an observed value is the best so far."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from catenary import DictSummary
from catenary.errors import TrainingError
from catenary_training.triggers.trigger import TriggerLike, get_trigger

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.trainer import Trainer


class BestValueTrigger:
    """Fire when the mean of a value over an interval is better than those of all intervals before.

    A mean that is NaN is never the best.

    Args:
        key: The observed value, such as `"validation/main/loss"`.
        compare: A function of the best value so far and the new one that returns whether the new one is
            better.
        trigger: The interval, as for `get_trigger`.

    Raises:
        TrainingError: When an interval ends in which the value was not reported.

    Example:
        >>> from catenary.training.triggers import BestValueTrigger
        >>> trigger = BestValueTrigger("main/loss", lambda best, new: new < best - 0.1)
    """

    def __init__(self, key: str, compare: Callable[[float, float], bool], trigger: TriggerLike = (1, "epoch")) -> None:
        self._key = key
        self._compare = compare
        self._interval_trigger = get_trigger(trigger)
        self._summary = DictSummary()
        self._best_value = math.nan  # none yet

    def __call__(self, trainer: Trainer) -> bool:
        """Return whether an interval ended with a new best value."""
        if self._key in trainer.observation:
            self._summary.add({self._key: trainer.observation[self._key]})
        if not self._interval_trigger(trainer):
            return False
        mean = self._take_mean(trainer)
        if math.isnan(mean) or not (math.isnan(self._best_value) or self._compare(self._best_value, mean)):
            return False
        self._best_value = mean
        return True

    def _take_mean(self, trainer: Trainer) -> float:
        means = self._summary.compute_mean()
        self._summary = DictSummary()
        if self._key not in means:
            raise TrainingError(
                f"{type(self).__name__}: {self._key!r} was not reported during the interval that ended at "
                f"iteration {trainer.updater.iteration}; reported now are {sorted(trainer.observation)}"
            )
        return float(means[self._key])

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the best value and the interval that is going on."""
        if hasattr(self._interval_trigger, "serialize"):
            self._interval_trigger.serialize(serializer["interval_trigger"])
        self._summary.serialize(serializer["summary"])
        best = serializer("best_value", self._best_value)
        self._best_value = math.nan if best is None else best  # Chainer saves None for "none yet"


class MaxValueTrigger(BestValueTrigger):
    """Fire when the mean of a value over an interval is the largest so far.

    Args:
        key: The observed value, such as `"validation/main/accuracy"`.
        trigger: The interval, as for `get_trigger`.

    Example:
        >>> from catenary.training.triggers import MaxValueTrigger
        >>> trigger = MaxValueTrigger("validation/main/accuracy")
    """

    def __init__(self, key: str, trigger: TriggerLike = (1, "epoch")) -> None:
        super().__init__(key, lambda best, new: new > best, trigger)


class MinValueTrigger(BestValueTrigger):
    """Fire when the mean of a value over an interval is the smallest so far.

    Args:
        key: The observed value, such as `"validation/main/loss"`.
        trigger: The interval, as for `get_trigger`.

    Example:
        >>> from catenary.training.triggers import MinValueTrigger
        >>> trigger = MinValueTrigger("validation/main/loss")
    """

    def __init__(self, key: str, trigger: TriggerLike = (1, "epoch")) -> None:
        super().__init__(key, lambda best, new: new < best, trigger)
