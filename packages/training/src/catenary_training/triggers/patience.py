"""How long a value has not improved."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING

from tqdm import tqdm

from catenary import DictSummary
from catenary.errors import ArgumentError
from catenary_training.serialization import serialize_child
from catenary_training.triggers.trigger import TriggerLike, get_trigger

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.trainer import Trainer


class Patience:
    """Count the intervals since the mean of an observed value was better than ever before.

    A mean that is NaN counts as no improvement. An interval in which the value is not reported does not count, and the
    first such interval gives a warning.

    Args:
        owner: Who asks, for messages.
        monitor: The observed value.
        patience: The number of intervals to wait.
        mode: `"min"` if smaller is better, `"max"` if larger is; `"auto"` takes `"max"` for a value with `accuracy` in
            its name.
        trigger: The interval, as for `get_trigger`.
        threshold: By how much a better value has to be better.
        verbose: Whether to print each interval without improvement.

    Attributes:
        best: The best mean so far; infinity before the first.
        count: The number of intervals since then.

    Raises:
        ArgumentError: If there is no such mode, `patience` is not positive or `threshold` is negative.
    """

    def __init__(
        self,
        owner: str,
        monitor: str,
        patience: int,
        mode: str,
        trigger: TriggerLike,
        threshold: float = 0.0,
        verbose: bool = False,
    ) -> None:
        if mode not in ("auto", "min", "max"):
            raise ArgumentError(f"{owner}: mode must be 'auto', 'min' or 'max', got {mode!r}")
        if not patience > 0:
            raise ArgumentError(f"{owner}: patience must be more than 0, got {patience!r}")
        if not threshold >= 0:
            raise ArgumentError(f"{owner}: threshold must not be negative, got {threshold!r}")
        self._owner = owner
        self.monitor = monitor
        self.patience = patience
        self.verbose = verbose
        self.count = 0
        self._sign = 1 if mode == "max" or (mode == "auto" and "accuracy" in monitor) else -1
        self._threshold = threshold
        self.best = -self._sign * math.inf
        self._interval_trigger = get_trigger(trigger)
        self._summary = DictSummary()
        self._warned = False

    @property
    def is_over(self) -> bool:
        """Whether the value has not improved for too long."""
        return self.count >= self.patience

    def look(self, trainer: Trainer) -> bool:
        """Take the value of this iteration in; return whether an interval ended in which it was reported."""
        if self.monitor in trainer.observation:
            self._summary.add({self.monitor: trainer.observation[self.monitor]})
        if not self._interval_trigger(trainer):
            return False
        means = self._summary.compute_mean()
        self._summary = DictSummary()
        if self.monitor not in means:
            self._warn(trainer)
            return False
        self._judge(float(means[self.monitor]))
        return True

    def _judge(self, mean: float) -> None:
        if self._sign * (mean - self.best) > self._threshold:
            self.best, self.count = mean, 0
            return
        self.count += 1
        if self.verbose:
            tqdm.write(
                f"{self._owner}: {self.monitor} has not improved for {self.count} of {self.patience} "
                f"intervals: {mean:.6g}, best {self.best:.6g}"
            )

    def _warn(self, trainer: Trainer) -> None:
        if not self._warned:
            self._warned = True
            warnings.warn(
                f"{self._owner}: {self.monitor!r} was not reported during the interval that ended at "
                f"iteration {trainer.updater.iteration}; reported now are {sorted(trainer.observation)}",
                stacklevel=3,
            )

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the best value, the count and the interval that is going on."""
        serialize_child(serializer, "interval_trigger", self._interval_trigger)
        self._summary.serialize(serializer["summary"])
        self.best = serializer("best", self.best)
        self.count = serializer("count", self.count)
