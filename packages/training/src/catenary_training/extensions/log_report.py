"""The extension that averages observed values and writes them to a log."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catenary import DictSummary
from catenary_training.extensions.interval_means import IntervalMeans
from catenary_training.files import replacing
from catenary_training.triggers.trigger import TriggerLike

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.trainer import Trainer

Record = dict[str, Any]


class LogReport(IntervalMeans):
    """Average observed values over intervals and write them to a JSON file.

    The file is an array of records. Each has the means of the interval and `epoch`, `iteration` and
    `elapsed_time` (seconds). JSON has no NaN and no infinity, so both are `null` in the file; in `log` they
    are floats. The file is replaced as a whole: a reader never finds half a record.

    For long runs, a name that ends in `.jsonl` makes a file of JSON lines, to which each record is appended. After a
    resume, records that were written later than the snapshot are cut off with the first new one.

    Called before the first update (`call_before_training`), it writes what was reported until then.

    Args:
        keys: The values to log; None takes all.
        trigger: When an interval ends, as for `get_trigger`. (The trigger of the extension itself is another
            one: it has to be called after each iteration to see all values.)
        postprocess: Called with each new record, which it may change.
        filename: Name of the file in the trainer's `out`, a format string that is filled with the record;
            None writes no file.

    Example:
        >>> from catenary.training.extensions import LogReport
        >>> report = LogReport(["main/loss"], trigger=(100, "iteration"))
        >>> report.log
        []
    """

    def __init__(
        self,
        keys: Iterable[str] | None = None,
        trigger: TriggerLike = (1, "epoch"),
        postprocess: Callable[[Record], Any] | None = None,
        filename: str | None = "log",
    ) -> None:
        super().__init__(keys, trigger)
        self._postprocess = postprocess
        self._filename = filename
        self._log: list[Record] = []
        self._appends_to: Path | None = None

    @property
    def log(self) -> list[Record]:
        """The records so far, oldest first."""
        return self._log

    def end_interval(self, trainer: Trainer, summary: DictSummary) -> None:
        """Write a record."""
        record: Record = {key: float(mean) for key, mean in summary.compute_mean().items()}
        record["epoch"] = trainer.updater.epoch
        record["iteration"] = trainer.updater.iteration
        record["elapsed_time"] = trainer.elapsed_time
        if self._postprocess is not None:
            self._postprocess(record)
        self._log.append(record)
        if self._filename is not None:
            self._write(Path(trainer.out) / self._filename.format(**record))

    def _write(self, path: Path) -> None:
        if path.suffix != ".jsonl":
            _replace(path, _to_json(self._log, indent=4))
        elif path == self._appends_to:
            with path.open("a", encoding="utf-8") as file:
                file.write(_to_json(self._log[-1]))
        else:  # once in a run: the file may hold records of a run before that the snapshot does not know
            _replace(path, "".join(map(_to_json, self._log)))
            self._appends_to = path

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the records and the interval that is going on."""
        super().serialize(serializer)
        self._log = json.loads(serializer("_log", json.dumps(self._log)))


def _replace(path: Path, text: str) -> None:
    with replacing(path) as temporary:
        temporary.write_text(text, "utf-8")


def _to_json(value: Any, indent: int | None = None) -> str:
    return json.dumps(_without_nan(value), indent=indent, allow_nan=False) + "\n"


def _without_nan(value: Any) -> Any:
    """Return the value with None for the floats that JSON does not have."""
    if isinstance(value, dict):
        return {key: _without_nan(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
