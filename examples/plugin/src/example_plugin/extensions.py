"""An extension of the trainer: what is done between updates."""

from __future__ import annotations

from time import perf_counter

import catenary
from catenary import AbstractSerializer
from catenary.training import PRIORITY_WRITER, Extension, Trainer


class Stopwatch(Extension):
    """Report how long iterations take, as `seconds_per_iteration`.

    Attributes:
        seconds: How long all iterations took together, those before a resume among them.

    Example:
        >>> from catenary.training import extensions
        >>> extensions.Stopwatch().seconds
        0.0
    """

    priority = PRIORITY_WRITER  # before the extensions that read what is reported, such as LogReport

    def __init__(self) -> None:
        self.seconds = 0.0
        self._last = 0.0

    def initialize(self, trainer: Trainer) -> None:
        """Start the watch."""
        self._last = perf_counter()

    def __call__(self, trainer: Trainer) -> None:
        """Report the time since the last call."""
        now = perf_counter()
        elapsed, self._last = now - self._last, now
        self.seconds += elapsed
        catenary.report({"seconds_per_iteration": elapsed})

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the sum."""
        self.seconds = float(serializer("seconds", self.seconds))
