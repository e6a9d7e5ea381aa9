"""A trigger that fires by the clock."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from catenary.errors import ArgumentError
from catenary_training.triggers.progress import is_positive

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.trainer import Trainer


class TimeTrigger:
    """Fire every `period` seconds of training time.

    The time of the training before a resume counts. If several periods passed between two iterations, it
    fires once for all of them.

    Args:
        period: Seconds, more than 0.

    Raises:
        ArgumentError: If the period is not positive.

    Example:
        >>> from catenary.training.triggers import TimeTrigger
        >>> trigger = TimeTrigger(600)
    """

    def __init__(self, period: float) -> None:
        if not is_positive(period):
            raise ArgumentError(f"TimeTrigger: period must be a number of seconds above 0, got {period!r}")
        self._period = period
        self._next_time = float(period)

    def __call__(self, trainer: Trainer) -> bool:
        """Return whether a period ended since the last call."""
        elapsed = trainer.elapsed_time
        if elapsed <= self._next_time:
            return False
        self._next_time = self._period * math.ceil(elapsed / self._period)
        return True

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load when the trigger fires next."""
        self._next_time = serializer("next_time", self._next_time)
