"""A hook that measures each link, and reports by its class."""

from __future__ import annotations

from typing import Any, TextIO

from catenary import LinkHook, function_hooks
from catenary.link_hook import ForwardPostprocessArgs, ForwardPreprocessArgs


class TimerHook(LinkHook):
    """Takes the time of the call of each link, that of the links inside it included.

    It waits for the device of the link before it looks at the clock.

    Attributes:
        call_history: A pair of the link's class and the seconds, for each call.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> from catenary.link_hooks import TimerHook
        >>> with TimerHook() as hook:
        ...     y = L.Linear(3, 2)(np.ones((4, 3), np.float32))
        >>> hook.summary()["Linear"]["occurrence"]
        1
    """

    name = "TimerHook"

    def __init__(self) -> None:
        self._times = function_hooks.TimerHook()  # keeps the times, and writes the report
        self._times.measured = "link"
        self._open: list[tuple[Any, float]] = []
        self._outer: list[tuple[float, float]] = []  # begin and seconds of the calls that no other one has made

    @property
    def call_history(self) -> list[tuple[str, float]]:
        """The calls, each as it ended."""
        return self._times.call_history

    def added(self, link: Any) -> None:
        self._open.clear()  # an error in a link leaves its begin behind

    def forward_preprocess(self, args: ForwardPreprocessArgs) -> None:
        self._open.append((args.link, self._times.measure(args.link.device)))

    def forward_postprocess(self, args: ForwardPostprocessArgs) -> None:
        now = self._times.measure(args.link.device)
        while self._open:
            link, before = self._open.pop()
            if link is args.link:
                self.call_history.append((type(link).__name__, now - before))
                while self._outer and self._outer[-1][0] >= before:
                    self._outer.pop()
                self._outer.append((before, now - before))
                return

    def total_time(self) -> float:
        """Return the time in seconds of the calls that were not made by other links."""
        return sum(seconds for _, seconds in self._outer)

    def summary(self) -> dict[str, dict[str, float]]:
        """Return for each class the sum under "elapsed_time", and its number of calls under "occurrence"."""
        return self._times.summary()

    def print_report(self, unit: str = "auto", file: TextIO | None = None) -> None:
        """Print a table with one row per class.

        Args:
            unit: "ns", "us", "ms" or "sec"; "auto" chooses one for each number.
            file: Where to print; standard output if None.

        Raises:
            ArgumentError: If there is no such unit.
        """
        self._times.print_report(unit, file)
