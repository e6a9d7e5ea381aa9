"""The extension that prints the log as a table."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from tqdm import tqdm

from catenary.errors import ArgumentTypeError
from catenary_training.extension import Extension
from catenary_training.extensions.log_report import LogReport, Record
from catenary_training.serialization import serialize_child

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.trainer import Trainer

#: The least width of a column: almost all numbers fit.
WIDTH = 11
GAP = "  "


@dataclass(frozen=True)
class Column:
    """One column of the table: the key of its values, and its head line by line."""

    entry: str
    head: list[str]

    @property
    def width(self) -> int:
        """Characters in a line."""
        return max(WIDTH, *map(len, self.head))

    def cell(self, record: Record) -> str:
        """Return the text of a record in this column."""
        value = record.get(self.entry, "")
        return (f"{value:.6g}" if isinstance(value, float) else str(value)).ljust(self.width)


class PrintReport(Extension):
    """Print chosen values of the log as a table, a line for each record.

    On a terminal the table is kept within its width: long names are broken at their slashes, and columns that
    do not fit are left out, which is said once. A progress bar below the table stays where it is.

    Args:
        entries: Keys of the values, such as `["epoch", "main/loss", "elapsed_time"]`.
        log_report: The `LogReport` to print: its name in the trainer, or an object that is not in the
            trainer.
        out: Where to print; None means standard output.

    Raises:
        ArgumentTypeError: If `entries` is a single string, or, when it is called, `log_report` is no `LogReport`.

    Example:
        >>> from catenary.training.extensions import PrintReport
        >>> report = PrintReport(["epoch", "main/loss", "validation/main/loss", "elapsed_time"])
    """

    def __init__(
        self, entries: Iterable[str], log_report: str | LogReport = "LogReport", out: IO[str] | None = None
    ) -> None:
        if isinstance(entries, str):
            raise ArgumentTypeError(f"PrintReport: entries must be a list of names, got {entries!r}")
        self._entries = list(entries)
        self._log_report = log_report
        self._out = out
        self._printed = 0
        self._columns: list[Column] | None = None

    def __call__(self, trainer: Trainer) -> None:
        """Print the records that are new."""
        for record in self._find_log(trainer)[self._printed :]:
            self._print_record(record)
            self._printed += 1

    def _find_log(self, trainer: Trainer) -> list[Record]:
        report: Any = self._log_report
        if isinstance(report, str):
            report = trainer.get_extension(report)
        else:
            report(trainer)
        if not hasattr(report, "log"):
            raise ArgumentTypeError(
                f"PrintReport: log_report must be a LogReport or its name, got {type(report).__name__}"
            )
        log: list[Record] = report.log
        return log

    def _print_record(self, record: Record) -> None:
        if self._columns is None:
            self._columns = self._print_header()
        self._write(GAP.join(column.cell(record) for column in self._columns))

    def _print_header(self) -> list[Column]:
        """Print the names of the columns that fit; return these columns."""
        out = self._out or sys.stdout
        columns = fit(self._entries, shutil.get_terminal_size().columns if out.isatty() else None)
        for line in range(max(len(column.head) for column in columns)):
            self._write(GAP.join("".join(c.head[line : line + 1]).ljust(c.width) for c in columns))
        if len(columns) < len(self._entries):
            self._write(f"(the terminal is too narrow for: {', '.join(self._entries[len(columns) :])})")
        return columns

    def _write(self, line: str) -> None:
        tqdm.write(line.rstrip(), file=self._out or sys.stdout)

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load a log report that is not in the trainer; after a resume the whole log is printed."""
        if not isinstance(self._log_report, str):
            serialize_child(serializer, "_log_report", self._log_report)


def fit(entries: Sequence[str], width: int | None) -> list[Column]:
    """Return the columns that fit into a width (None: any), with long names broken if need be."""
    columns = [Column(entry, [entry]) for entry in entries]
    if width is None or sum(column.width + len(GAP) for column in columns) <= width + len(GAP):
        return columns
    number = max(1, (width + len(GAP)) // (WIDTH + len(GAP)))
    return [Column(entry, _break(entry)) for entry in entries[:number]]


def _break(name: str) -> list[str]:
    """Break a name into lines no longer than a column, at slashes where there are some."""
    lines = [""]
    for part in name.replace("/", "/\n").split("\n"):
        if lines[-1] and len(lines[-1]) + len(part) > WIDTH:
            lines.append("")
        lines[-1] += part
        while len(lines[-1]) > WIDTH:
            lines[-1:] = [lines[-1][:WIDTH], lines[-1][WIDTH:]]
    return lines
