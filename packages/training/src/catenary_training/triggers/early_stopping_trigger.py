"""The stop trigger that ends training when a value no longer improves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catenary.errors import ArgumentError
from catenary_training.serialization import serialize_child
from catenary_training.triggers.patience import Patience
from catenary_training.triggers.trigger import TriggerLike, get_trigger

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.trainer import Trainer


class EarlyStoppingTrigger(Patience):
    """Fire when a value has not improved for some intervals, or at the latest with `max_trigger`.

    It is made for `Trainer(updater, stop_trigger=...)`. A mean that is NaN counts as no improvement. An
    interval in which the value is not reported does not count, and the first such interval gives a warning.

    Args:
        check_trigger: The interval over which the mean of the value is taken, as for `get_trigger`.
        monitor: The observed value, such as `"validation/main/loss"`.
        patience: The number of intervals without improvement after which to stop.
        mode: `"min"` if smaller is better, `"max"` if larger is; `"auto"` takes `"max"` for a value with
            `accuracy` in its name.
        verbose: Whether to print each interval without improvement.
        max_trigger: When to stop in any case, as for `get_trigger`.

    Attributes:
        best: The best mean so far; infinity before the first.
        count: The number of intervals since then.

    Raises:
        ArgumentError: If there is no such mode, or `patience` is not positive.

    Example:
        >>> from catenary.training.triggers import EarlyStoppingTrigger
        >>> stop = EarlyStoppingTrigger(monitor="validation/main/loss", patience=5, max_trigger=(50, "epoch"))
        >>> stop.get_training_length()
        (50, 'epoch')
    """

    def __init__(
        self,
        check_trigger: TriggerLike = (1, "epoch"),
        monitor: str = "main/loss",
        patience: int = 3,
        mode: str = "auto",
        verbose: bool = False,
        max_trigger: TriggerLike = (100, "epoch"),
    ) -> None:
        super().__init__("EarlyStoppingTrigger", monitor, patience, mode, check_trigger, verbose=verbose)
        self._max_trigger = get_trigger(max_trigger)

    def __call__(self, trainer: Trainer) -> bool:
        """Return whether to stop now."""
        is_last = self._max_trigger(trainer)
        return (self.look(trainer) and self.is_over) or is_last

    def get_training_length(self) -> tuple[float, str]:
        """Return the number and the unit after which training ends at the latest.

        Raises:
            ArgumentError: If `max_trigger` does not know its length.
        """
        if not hasattr(self._max_trigger, "get_training_length"):
            raise ArgumentError(f"EarlyStoppingTrigger: {self._max_trigger!r} does not know how long training lasts")
        number, unit = self._max_trigger.get_training_length()
        return number, unit

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the best value, the count and the interval that is going on."""
        super().serialize(serializer)
        serialize_child(serializer, "max_trigger", self._max_trigger)
