"""A trigger that fires at regular intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from catenary.errors import ArgumentError
from catenary_training.triggers.progress import ALMOST, Progress, check_unit, is_positive

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.trainer import Trainer


class IntervalTrigger:
    """Fire every `period` iterations or epochs.

    Args:
        period: The length of the interval, more than 0; a fraction is allowed.
        unit: `"iteration"` or `"epoch"`.

    Raises:
        ArgumentError: If the period is not positive or there is no such unit.

    Example:
        >>> from catenary.training.triggers import IntervalTrigger
        >>> IntervalTrigger(0.5, "epoch")
        IntervalTrigger(0.5, 'epoch')
    """

    def __init__(self, period: float, unit: str) -> None:
        check_unit("IntervalTrigger", unit)
        if not is_positive(period):
            raise ArgumentError(f"IntervalTrigger: period must be a number above 0, got {period!r}")
        self.period = period
        self.unit = unit
        self._progress = Progress(unit)

    def __call__(self, trainer: Trainer) -> bool:
        """Return whether an interval ended since the last call."""
        before, now = self._progress.advance(trainer)
        return self._intervals(before) != self._intervals(now)

    def _intervals(self, position: float) -> int:
        return math.floor(position / self.period * ALMOST)

    def get_training_length(self) -> tuple[float, str]:
        """Return the period and the unit: how long training lasts that this trigger stops."""
        return self.period, self.unit

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load how far training was at the last call."""
        self._progress.serialize(serializer)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.period!r}, {self.unit!r})"
