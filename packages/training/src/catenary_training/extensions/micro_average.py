"""The extension that divides sums instead of averaging quotients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catenary import report
from catenary_training.extension import PRIORITY_EDITOR
from catenary_training.extensions.interval_means import IntervalExtension
from catenary_training.triggers.trigger import TriggerLike

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.trainer import Trainer


class MicroAverage(IntervalExtension):
    """Report the sum of one observed value over an interval, divided by that of another.

    So batches, or sentences, of unlike sizes count by their sizes. An interval whose denominators are 0 in sum gives no
    value.

    Args:
        numerator_key: The value to add up above, such as the number of right answers of a batch.
        denominator_key: The value to add up below, such as the number of all answers.
        result_key: The key of the quotient.
        trigger: The interval, as for `get_trigger`.

    Example:
        >>> from catenary.training.extensions import MicroAverage
        >>> extension = MicroAverage("main/right", "main/answers", "main/accuracy", trigger=(100, "iteration"))
    """

    priority = PRIORITY_EDITOR

    def __init__(
        self, numerator_key: str, denominator_key: str, result_key: str, trigger: TriggerLike = (1, "epoch")
    ) -> None:
        super().__init__(trigger)
        self._numerator_key = numerator_key
        self._denominator_key = denominator_key
        self._result_key = result_key
        self._numerator = 0.0
        self._denominator = 0.0

    def __call__(self, trainer: Trainer) -> None:
        """Take the values of this iteration in, and report the quotient if the interval ends."""
        observation = trainer.observation
        if self._numerator_key in observation and self._denominator_key in observation:
            self._numerator += _number(observation[self._numerator_key])
            self._denominator += _number(observation[self._denominator_key])
        if self._trigger(trainer):
            if self._denominator:
                report({self._result_key: self._numerator / self._denominator})
            self._numerator = self._denominator = 0.0

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the sums of the interval that is going on."""
        super().serialize(serializer)
        self._numerator = serializer("_numerator", self._numerator)
        self._denominator = serializer("_denominator", self._denominator)


def _number(value: Any) -> float:
    return float(getattr(value, "array", value))
