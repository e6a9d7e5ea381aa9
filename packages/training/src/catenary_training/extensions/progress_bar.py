"""The extension that shows how far training has come."""

from __future__ import annotations

import sys
import time
from typing import IO, TYPE_CHECKING, Any

from tqdm import tqdm

from catenary.errors import ArgumentError
from catenary_training.extension import Extension

if TYPE_CHECKING:
    from catenary_training.trainer import Trainer

#: Seconds after which the bar moves on even if `update_interval` iterations are not done.
PATIENCE = 0.5


class ProgressBar(Extension):
    """Show a progress bar with the epoch, the speed and the time that is left.

    It appears only if `out` is a terminal, so that logs stay clean.

    Args:
        training_length: How long training lasts, such as `(20, "epoch")`; None asks the stop trigger.
        update_interval: Iterations after which the bar moves on (or half a second).
        bar_length: Width of the bar itself in characters.
        out: Where to show it; None means standard output.

    Example:
        >>> from catenary.training.extensions import ProgressBar
        >>> bar = ProgressBar(training_length=(1000, "iteration"))
    """

    def __init__(
        self,
        training_length: tuple[float, str] | None = None,
        update_interval: int = 100,
        bar_length: int = 50,
        out: IO[str] | None = None,
    ) -> None:
        if training_length is not None and training_length[1] not in ("epoch", "iteration"):
            raise ArgumentError(
                f"ProgressBar: the unit of training_length must be 'epoch' or 'iteration', got {training_length[1]!r}"
            )
        self._training_length = training_length
        self._update_interval = update_interval
        self._bar_length = bar_length
        self._out = out
        self._bar: tqdm[Any] | None = None
        self._moved_at = 0.0

    def initialize(self, trainer: Trainer) -> None:
        """Show the bar."""
        length = self._training_length
        if length is None and hasattr(trainer.stop_trigger, "get_training_length"):
            length = trainer.stop_trigger.get_training_length()
        total, self._unit = length or (None, "iteration")
        self._bar = tqdm(
            total=total,
            initial=self._position(trainer),
            file=self._out or sys.stdout,
            disable=None,  # shown on terminals only
            bar_format=self._format(total is not None),
            leave=False,
        )

    def _format(self, total_known: bool) -> str:
        if not total_known:
            return "{n:.0f} iterations [{elapsed}, {rate_fmt}]{postfix}"
        bar = f"{{percentage:3.0f}}% |{{bar:{self._bar_length}}}| "
        return bar + self._unit + " {n:.4g}/{total:g} [{elapsed}<{remaining}]{postfix}"

    def _position(self, trainer: Trainer) -> float:
        updater = trainer.updater
        return updater.epoch_detail if self._unit == "epoch" else updater.iteration

    def __call__(self, trainer: Trainer) -> None:
        """Move the bar if it is time."""
        bar = self._bar
        if bar is None or bar.disable:
            return
        iteration, now = trainer.updater.iteration, time.monotonic()
        if iteration % self._update_interval and now - self._moved_at < PATIENCE:
            return
        self._moved_at = now
        bar.n = self._position(trainer)
        bar.set_postfix_str(f"iteration {iteration}, {iteration / trainer.elapsed_time:.3g}/s", refresh=False)
        bar.refresh()

    def finalize(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()
