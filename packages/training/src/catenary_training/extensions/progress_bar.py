"""The extension that shows how far training has come."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import IO, TYPE_CHECKING, Any

from tqdm import tqdm

from catenary.errors import ArgumentError
from catenary_training.extension import Extension
from catenary_training.extensions.bars import make_bar

if TYPE_CHECKING:
    from catenary_training.trainer import Trainer

#: Seconds after which the bar moves on even if `update_interval` iterations are not done.
PATIENCE = 0.5
#: Seconds between lines where there is no terminal.
SILENCE = 60.0


class ProgressBar(Extension):
    """Show a progress bar with the epoch, the speed and the time that is left.

    It appears on terminals and in notebooks. Elsewhere, such as in the log of a batch job, it is a line every minute.

    Args:
        training_length: How long training lasts, such as `(20, "epoch")`; None asks the stop trigger.
        update_interval: Iterations after which the bar moves on (or half a second).
        bar_length: Width of the bar itself in characters.
        out: Where to show it; None means standard output.

    Raises:
        ArgumentError: If a number is less than 1, or there is no such unit.

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
        for name, value in (("update_interval", update_interval), ("bar_length", bar_length)):
            if value < 1:
                raise ArgumentError(f"ProgressBar: {name} must be 1 or more, got {value!r}")
        self._training_length = training_length
        self._update_interval = update_interval
        self._bar_length = bar_length
        self._out = out
        self._bar: tqdm[Any] | None = None

    def initialize(self, trainer: Trainer) -> None:
        """Show the bar."""
        self._total: float | None
        self._total, self._unit = self._training_length or _length_of(trainer.stop_trigger) or (None, "iteration")
        self._began_with = self._position(trainer)
        self._began_at = self._moved_at = time.monotonic()
        bar_format = "{n:.0f} iterations [{elapsed}, {rate_fmt}]{postfix}"
        if self._total is not None:
            bar_format = "{percentage:3.0f}% |{bar}| " + self._unit
            bar_format += " {n:.4g}/{total:g} [{elapsed}<{remaining}]{postfix}"
        options = {"total": self._total, "initial": self._began_with, "bar_format": bar_format, "leave": False}
        self._bar = make_bar(self._out, self._bar_length, **options)

    def _position(self, trainer: Trainer) -> float:
        updater = trainer.updater
        return updater.epoch_detail if self._unit == "epoch" else updater.iteration

    def __call__(self, trainer: Trainer) -> None:
        """Move the bar, or print a line, if it is time."""
        iteration, waited = trainer.updater.iteration, time.monotonic() - self._moved_at
        if self._bar is None:
            return
        if self._bar.disable:
            if waited >= SILENCE:
                self._print_line(trainer)
        elif iteration % self._update_interval == 0 or waited >= PATIENCE:
            self._move(trainer, self._bar)

    def _move(self, trainer: Trainer, bar: tqdm[Any]) -> None:
        self._moved_at = time.monotonic()
        bar.n = self._position(trainer)
        bar.set_postfix_str(_speed(trainer), refresh=False)
        bar.refresh()

    def _print_line(self, trainer: Trainer) -> None:
        self._moved_at = time.monotonic()
        line, done = _speed(trainer), self._position(trainer)
        if self._total is not None:
            seconds = (self._moved_at - self._began_at) * max(self._total - done, 0) / (done - self._began_with)
            line += f", {self._unit} {done:.4g}/{self._total:g}, {tqdm.format_interval(seconds)} left"
        print(line, file=self._out or sys.stdout, flush=True)

    def finalize(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()


def _length_of(trigger: Any) -> tuple[float, str] | None:
    """Return how long training lasts that a trigger stops; None if it does not know."""
    with contextlib.suppress(AttributeError, ArgumentError):
        number, unit = trigger.get_training_length()
        return number, unit
    return None


def _speed(trainer: Trainer) -> str:
    iteration = trainer.updater.iteration
    return f"iteration {iteration}, {iteration / trainer.elapsed_time:.3g}/s"
