"""The extension that ends training when a value no longer improves."""

from __future__ import annotations

import math
from types import TracebackType
from typing import TYPE_CHECKING

from catenary import Link
from catenary.errors import ArgumentTypeError
from catenary_training.extension import Extension
from catenary_training.triggers.patience import Patience
from catenary_training.triggers.trigger import TriggerLike

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.trainer import Trainer


class EarlyStopping(Extension):
    """Stop the trainer when the mean of a value has not improved for some intervals.

    It leaves the stop trigger alone: training still ends with it at the latest. A mean that is NaN counts as no
    improvement. An interval in which the value is not reported does not count, and the first one gives a warning.

    Args:
        monitor: The observed value, such as `"validation/main/loss"`.
        patience: The number of intervals without improvement after which to stop.
        mode: `"min"` if smaller is better, `"max"` if larger is; `"auto"` takes `"max"` for a value with `accuracy` in
            its name.
        trigger: The interval over which the mean is taken, as for `get_trigger`.
        threshold: By how much a better value has to be better.
        verbose: Whether to print each interval without improvement.
        restore_best: A link, such as the model, whose parameters and persistent values are set back to those of the
            best interval when training ends, for whatever reason but an error. They are kept in memory, and saved with
            the trainer. None sets nothing back.

    Raises:
        ArgumentError: If there is no such mode, `patience` is not positive or `threshold` is negative.
        ArgumentTypeError: If `restore_best` is neither a link nor None.

    Example:
        >>> from catenary.training.extensions import EarlyStopping
        >>> extension = EarlyStopping("validation/main/loss", patience=5)
    """

    def __init__(
        self,
        monitor: str = "main/loss",
        patience: int = 3,
        mode: str = "auto",
        trigger: TriggerLike = (1, "epoch"),
        threshold: float = 0.0,
        verbose: bool = False,
        restore_best: Link | None = None,
    ) -> None:
        if not isinstance(restore_best, Link | None):
            raise ArgumentTypeError(
                f"EarlyStopping: restore_best must be the link to set back, such as the model, got {restore_best!r}"
            )
        self._patience = Patience("EarlyStopping", monitor, patience, mode, trigger, threshold, verbose)
        self._target = restore_best
        self._best = None if restore_best is None else restore_best.copy("copy")
        self._failed = False

    def __call__(self, trainer: Trainer) -> None:
        """Take the value of this iteration in, and stop the trainer if it is time."""
        if not self._patience.look(trainer):
            return
        if self._best is not None and self._target is not None and self._patience.count == 0:
            self._best.copyparams(self._target)
        if self._patience.is_over:
            trainer.stop()

    def on_error(self, trainer: Trainer, exc: Exception, tb: TracebackType | None) -> None:
        """Leave the link as the error left it."""
        self._failed = True

    def finalize(self) -> None:
        """Set the link back to the best interval, if there was one."""
        found = math.isfinite(self._patience.best) and not self._failed
        if self._best is not None and self._target is not None and found:
            self._target.copyparams(self._best)

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the best value, the count, the interval that is going on and the best parameters."""
        self._patience.serialize(serializer)
        if self._best is not None:
            self._best.serialize(serializer["best_link"])
