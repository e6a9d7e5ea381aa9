"""The extension that averages observed values and writes them to a log."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catenary import DictSummary
from catenary_training.extension import Extension
from catenary_training.files import replacing
from catenary_training.serialization import serialize_child
from catenary_training.triggers.get_trigger import TriggerLike, get_trigger

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.trainer import Trainer

Record = dict[str, Any]


class LogReport(Extension):
    """Average observed values over intervals and write them to a JSON file.

    The file is an array of records. Each has the means of the interval and `epoch`, `iteration` and
    `elapsed_time` (seconds). JSON has no NaN and no infinity, so both are `null` in the file; in `log` they
    are floats. The file is replaced as a whole: a reader never finds half a record.

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
        self._keys = None if keys is None else list(keys)
        self._trigger = get_trigger(trigger)
        self._postprocess = postprocess
        self._filename = filename
        self._log: list[Record] = []
        self._summary = DictSummary()

    @property
    def log(self) -> list[Record]:
        """The records so far, oldest first."""
        return self._log

    def __call__(self, trainer: Trainer) -> None:
        """Take the values of this iteration in, and write a record if the interval ends."""
        observation = trainer.observation
        if self._keys is None:
            self._summary.add(observation)
        else:
            self._summary.add({key: observation[key] for key in self._keys if key in observation})
        if self._trigger(trainer):
            self._end_interval(trainer)

    def _end_interval(self, trainer: Trainer) -> None:
        record: Record = {key: float(mean) for key, mean in self._summary.compute_mean().items()}
        self._summary = DictSummary()
        record["epoch"] = trainer.updater.epoch
        record["iteration"] = trainer.updater.iteration
        record["elapsed_time"] = trainer.elapsed_time
        if self._postprocess is not None:
            self._postprocess(record)
        self._log.append(record)
        if self._filename is not None:
            self._write(Path(trainer.out) / self._filename.format(**record))

    def _write(self, path: Path) -> None:
        text = json.dumps(_without_nan(self._log), indent=4, allow_nan=False)
        with replacing(path) as temporary:
            temporary.write_text(text + "\n", "utf-8")

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the records and the interval that is going on."""
        serialize_child(serializer, "_trigger", self._trigger)
        self._summary.serialize(serializer["_summary"])
        self._log = json.loads(serializer("_log", json.dumps(self._log)))


def _without_nan(value: Any) -> Any:
    """Return the value with None for the floats that JSON does not have."""
    if isinstance(value, dict):
        return {key: _without_nan(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
