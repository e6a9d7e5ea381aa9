"""The stop trigger that ends training when a value no longer improves."""

from __future__ import annotations

import math
import operator
import warnings
from typing import TYPE_CHECKING

from tqdm import tqdm

from catenary import DictSummary
from catenary.errors import ArgumentError
from catenary_training.triggers.get_trigger import TriggerLike, get_trigger

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.trainer import Trainer


class EarlyStoppingTrigger:
    """Fire when a value has not improved for some intervals, or at the latest with `max_trigger`.

    It is made for `Trainer(updater, stop_trigger=...)`. A mean that is NaN counts as no improvement. An
    interval in which the value is not reported does not count, and the first such interval gives a warning.

    Args:
        check_trigger: The interval over which the mean of the value is taken, as for `get_trigger`.
        monitor: The observed value, such as `"validation/main/loss"`.
        patience: The number of intervals without improvement after which to stop.
        mode: `"min"` if smaller is better, `"max"` if larger is; `"auto"` takes `"max"` for a value with
            `accuracy` in its name.
        verbose: Whether to print each interval without improvement and the stop.
        max_trigger: When to stop in any case, as for `get_trigger`.

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
        if mode not in ("auto", "min", "max"):
            raise ArgumentError(f"EarlyStoppingTrigger: mode must be 'auto', 'min' or 'max', got {mode!r}")
        if not patience > 0:
            raise ArgumentError(f"EarlyStoppingTrigger: patience must be more than 0, got {patience!r}")
        upwards = mode == "max" or (mode == "auto" and "accuracy" in monitor)
        self.monitor = monitor
        self.patience = patience
        self.verbose = verbose
        self.count = 0
        self.best = -math.inf if upwards else math.inf
        self._is_better = operator.gt if upwards else operator.lt
        self._interval_trigger = get_trigger(check_trigger)
        self._max_trigger = get_trigger(max_trigger)
        self._summary = DictSummary()
        self._warned = False

    def __call__(self, trainer: Trainer) -> bool:
        """Return whether to stop now."""
        if self.monitor in trainer.observation:
            self._summary.add({self.monitor: trainer.observation[self.monitor]})
        is_last = self._max_trigger(trainer)
        return (self._interval_trigger(trainer) and self._end_interval(trainer)) or is_last

    def _end_interval(self, trainer: Trainer) -> bool:
        means = self._summary.compute_mean()
        self._summary = DictSummary()
        if self.monitor not in means:
            self._warn(trainer)
            return False
        mean = float(means[self.monitor])
        if self._is_better(mean, self.best):
            self.best, self.count = mean, 0
            return False
        self.count += 1
        if self.verbose:
            tqdm.write(
                f"EarlyStoppingTrigger: {self.monitor} has not improved for {self.count} of {self.patience} "
                f"intervals: {mean:.6g}, best {self.best:.6g}"
            )
        return self.count >= self.patience

    def _warn(self, trainer: Trainer) -> None:
        if not self._warned:
            self._warned = True
            warnings.warn(
                f"EarlyStoppingTrigger: {self.monitor!r} was not reported during the interval that ended at "
                f"iteration {trainer.updater.iteration}; reported now are {sorted(trainer.observation)}",
                stacklevel=3,
            )

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
        for name in ("interval_trigger", "max_trigger"):
            trigger = getattr(self, f"_{name}")
            if hasattr(trigger, "serialize"):
                trigger.serialize(serializer[name])
        self._summary.serialize(serializer["summary"])
        self.best = serializer("best", self.best)
        self.count = serializer("count", self.count)
