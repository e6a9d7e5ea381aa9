"""A trigger that fires once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.trainer import Trainer


class OnceTrigger:
    """Fire at the first iteration, and no more.

    Args:
        call_on_resume: Whether to fire also at the first iteration after training was resumed from a
            snapshot.

    Example:
        >>> from catenary.training.triggers import OnceTrigger
        >>> trigger = OnceTrigger()
        >>> trigger(None), trigger(None)
        (True, False)
    """

    def __init__(self, call_on_resume: bool = False) -> None:
        self._call_on_resume = call_on_resume
        self._is_first = True
        self._called_here = False

    @property
    def finished(self) -> bool:
        """Whether the trigger will not fire any more."""
        return not self._is_first and (self._called_here or not self._call_on_resume)

    def __call__(self, trainer: Trainer) -> bool:
        """Return whether this is the first call of the training (or after a resume)."""
        fire = not self.finished
        self._is_first = False
        self._called_here = True
        return fire

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load whether the trigger has still to fire."""
        self._is_first = serializer("_flag_first", self._is_first)
