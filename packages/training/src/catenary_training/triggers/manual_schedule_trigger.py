"""A trigger that fires at given points of training."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from catenary.errors import ArgumentError
from catenary_training.triggers.progress import ALMOST, Progress, check_unit, is_positive

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.trainer import Trainer


class ManualScheduleTrigger:
    """Fire at given iterations or epochs, once each.

    Args:
        points: A number or several, each more than 0; fractions are allowed.
        unit: `"iteration"` or `"epoch"`.

    Raises:
        ArgumentError: If a point is not positive or there is no such unit.

    Example:
        >>> from catenary.training.triggers import ManualScheduleTrigger
        >>> ManualScheduleTrigger([10, 15], "epoch")
        ManualScheduleTrigger([10, 15], 'epoch')
    """

    def __init__(self, points: float | Iterable[float], unit: str) -> None:
        check_unit("ManualScheduleTrigger", unit)
        self.points = list(points) if isinstance(points, Iterable) else [points]
        self.unit = unit
        if not all(is_positive(point) for point in self.points):
            raise ArgumentError(f"ManualScheduleTrigger: points must be numbers above 0, got {points!r}")
        self._progress = Progress(unit)

    def __call__(self, trainer: Trainer) -> bool:
        """Return whether one of the points was passed since the last call."""
        before, now = (position * ALMOST for position in self._progress.advance(trainer))
        return any(before < point <= now for point in self.points)

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load how far training was at the last call."""
        self._progress.serialize(serializer)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.points!r}, {self.unit!r})"
