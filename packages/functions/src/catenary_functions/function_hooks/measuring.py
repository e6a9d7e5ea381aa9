"""Hooks that measure each function, and report by its name."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Any, TextIO

from catenary import Device, FunctionHook, get_device, get_device_from_array
from catenary.errors import ArgumentError

__all__ = ["MemoryProfileHook", "TimerHook"]


class MeasuringHook(FunctionHook):
    """Measures something before and after each function; what it grew by is kept.

    A subclass gives `measure` and `units`.

    Attributes:
        call_history: A pair of the function's label and the number measured, for each function that ran forward and
            for each whose gradient rules ran ("Backward" and the label).
        measured: What the first column of a report holds.
        units: The words for multiples of the unit, with their sizes, from the smallest.
    """

    measured = "function"
    quantity = ""
    units: Sequence[tuple[str, float]] = ()

    def __init__(self) -> None:
        self.call_history: list[tuple[str, float]] = []
        self._open: list[tuple[Any, float]] = []

    def measure(self, device: Device) -> float:
        """Return the number to be subtracted."""
        raise NotImplementedError(f"{type(self).__name__} gives no measure")

    def added(self, function: Any) -> None:
        self._open.clear()  # an error in a function leaves its begin behind

    def forward_preprocess(self, function: Any, in_data: tuple[Any, ...]) -> None:
        self._begin(function, in_data)

    def forward_postprocess(self, function: Any, in_data: tuple[Any, ...]) -> None:
        self._end(function, in_data, function.label)

    def backward_preprocess(self, function: Any, in_data: tuple[Any, ...], out_grad: tuple[Any, ...]) -> None:
        self._begin(function, (*in_data, *out_grad))

    def backward_postprocess(self, function: Any, in_data: tuple[Any, ...], out_grad: tuple[Any, ...]) -> None:
        self._end(function, (*in_data, *out_grad), f"Backward {function.label}")

    def _begin(self, function: Any, arrays: tuple[Any, ...]) -> None:
        self._open.append((function, self.measure(device_of(arrays))))

    def _end(self, function: Any, arrays: tuple[Any, ...], label: str) -> None:
        now = self.measure(device_of(arrays))
        while self._open:
            begun, before = self._open.pop()
            if begun is function:
                self.call_history.append((label, now - before))
                return

    def total(self) -> float:
        """Return the sum over all functions."""
        return sum(value for _, value in self.call_history)

    def summary(self) -> dict[str, dict[str, float]]:
        """Return for each function the sum under `quantity`, and its number of calls under "occurrence"."""
        table: dict[str, dict[str, float]] = {}
        for label, value in self.call_history:
            row = table.setdefault(label, {self.quantity: 0, "occurrence": 0})
            row[self.quantity] += value
            row["occurrence"] += 1
        return table

    def print_report(self, unit: str = "auto", file: TextIO | None = None) -> None:
        """Print a table with one row per function.

        Args:
            unit: The word for the unit; "auto" chooses one for each number.
            file: Where to print; standard output if None.

        Raises:
            ArgumentError: If there is no such unit.
        """
        words = [word for word, _ in self.units]
        if unit not in ("auto", *words):
            raise ArgumentError(f"{self.name}.print_report: unit must be 'auto' or one of {words}, got {unit!r}")
        rows = [(self.measured, self.quantity, "occurrence")]
        for label, row in self.summary().items():
            rows.append((label, self._text(row[self.quantity], unit), f"{row['occurrence']:.0f}"))
        widths = [max(len(row[i]) for row in rows) for i in range(3)]
        for name, value, count in rows:
            print(f"{name:{widths[0]}}  {value:>{widths[1]}}  {count:>{widths[2]}}", file=file or sys.stdout)

    def _text(self, value: float, unit: str) -> str:
        fitting = [(w, size) for w, size in self.units if (abs(value) >= size if unit == "auto" else w == unit)]
        word, size = fitting[-1] if fitting else self.units[0]
        return f"{value / size:.2f} {word}"


def device_of(arrays: tuple[Any, ...]) -> Device:
    """Return the device of the arrays among some values; the current one if there is none."""
    arrays = tuple(a for a in arrays if hasattr(a, "dtype"))
    return get_device_from_array(*arrays) if arrays else get_device()


class TimerHook(MeasuringHook):
    """Takes the time of each function, forward and backward.

    It waits for the device before it looks at the clock, so that work that runs beside Python is counted where it
    belongs.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> from catenary.function_hooks import TimerHook
        >>> hook = TimerHook()
        >>> with hook:
        ...     y = F.exp(np.ones(3))
        >>> hook.summary()["exp"]["occurrence"]
        1
    """

    name = "TimerHook"
    quantity = "elapsed_time"
    units = (("ns", 1e-9), ("us", 1e-6), ("ms", 1e-3), ("sec", 1.0))

    def measure(self, device: Device) -> float:
        device.synchronize()
        return time.perf_counter()

    def total_time(self) -> float:
        """Return the time of all functions in seconds."""
        return self.total()


class MemoryProfileHook(MeasuringHook):
    """Counts the bytes that each function leaves allocated, forward and backward: its outputs and what it keeps.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> from catenary.function_hooks import MemoryProfileHook
        >>> hook = MemoryProfileHook()
        >>> with hook:
        ...     y = F.exp(np.ones(100_000))
        >>> hook.summary()["exp"]["used_bytes"] >= 800_000
        True
    """

    name = "MemoryProfileHook"
    quantity = "used_bytes"
    units = (("B", 1), ("KB", 2**10), ("MB", 2**20), ("GB", 2**30))

    def measure(self, device: Device) -> float:
        return device.used_bytes()

    def total_used_bytes(self) -> int:
        """Return the bytes of all functions."""
        return int(self.total())
