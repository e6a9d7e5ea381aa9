"""How far training has come, in the unit of a trigger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catenary.errors import ArgumentError

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.trainer import Trainer

# Epochs are sums and quotients of floats: 0.3 / 0.1 is a little less than 3.
ALMOST = 1 + 1e-12


def check_unit(trigger: str, unit: str) -> None:
    """Check the unit of a trigger.

    Raises:
        ArgumentError: If it is neither `"epoch"` nor `"iteration"`.
    """
    if unit not in ("epoch", "iteration"):
        raise ArgumentError(f"{trigger}: unit must be 'epoch' or 'iteration', got {unit!r}")


def is_positive(value: object) -> bool:
    """Return whether a value is a number above 0."""
    return isinstance(value, int | float | np.integer | np.floating) and bool(value > 0)


class Progress:
    """Measure the piece of training between two looks at it, also across a save and a resume."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._iteration = 0
        self._epoch_detail = 0.0

    def advance(self, trainer: Trainer) -> tuple[float, float]:
        """Return where training was at the last look and where it is now, in the unit."""
        updater = trainer.updater
        before: tuple[float, float] = (self._iteration, self._epoch_detail)
        self._iteration, self._epoch_detail = updater.iteration, updater.epoch_detail
        if self._unit == "iteration":
            return before[0], self._iteration
        return before[1], self._epoch_detail

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the last look."""
        self._iteration = serializer("previous_iteration", self._iteration)
        self._epoch_detail = serializer("previous_epoch_detail", self._epoch_detail)
