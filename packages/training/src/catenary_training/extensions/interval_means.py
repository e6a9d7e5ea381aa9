"""What extensions share that do something at the end of intervals, such as with the means of observed values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from catenary import DictSummary
from catenary.errors import ArgumentTypeError
from catenary_training.extension import Extension
from catenary_training.serialization import lacks
from catenary_training.triggers.trigger import TriggerLike, get_trigger

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.trainer import Trainer


class IntervalExtension(Extension):
    """Base of extensions that are called after each iteration and have a trigger of their own that ends intervals.

    Args:
        trigger: When an interval ends, as for `get_trigger`.
    """

    def __init__(self, trigger: TriggerLike) -> None:
        self._trigger = get_trigger(trigger)
        self._is_behind = False

    def initialize(self, trainer: Trainer) -> None:
        """Let the trigger know where training is, if the file that was loaded did not."""
        if self._is_behind:
            self._trigger(trainer)

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the state of the trigger; of extensions of Chainer, it is saved for LogReport alone."""
        if hasattr(self._trigger, "serialize"):
            self._is_behind = lacks(serializer, "_trigger")
            if not self._is_behind:
                self._trigger.serialize(serializer["_trigger"])


class IntervalMeans(IntervalExtension):
    """Base of extensions that use the means of observed values over intervals: they give `end_interval`, and
    `values` if these are not observed ones.

    It has to be called after each iteration, to see all values. Called before the first update
    (`call_before_training`), it takes what was reported until then as an interval.

    Args:
        keys: The values; None takes all.
        trigger: When an interval ends, as for `get_trigger`. (The trigger of the extension itself is another one.)

    Raises:
        ArgumentTypeError: If `keys` is a single string.
    """

    def __init__(self, keys: Iterable[str] | None, trigger: TriggerLike) -> None:
        if isinstance(keys, str):
            raise ArgumentTypeError(
                f"{type(self).__name__}: keys must be a list of names, got {keys!r}; write [{keys!r}]"
            )
        self._keys = None if keys is None else list(keys)
        super().__init__(trigger)
        self._summary = DictSummary()

    def __call__(self, trainer: Trainer) -> None:
        """Take the values of this iteration in, and use them if the interval ends."""
        self._summary.add(self.values(trainer))
        if trainer.is_before_training or self._trigger(trainer):
            summary, self._summary = self._summary, DictSummary()
            self.end_interval(trainer, summary)

    def values(self, trainer: Trainer) -> Mapping[str, Any]:
        """Return the values of this iteration."""
        observation = trainer.observation
        if self._keys is None:
            return observation
        return {key: observation[key] for key in self._keys if key in observation}

    def end_interval(self, trainer: Trainer, summary: DictSummary) -> None:
        """Use the values of an interval that has ended."""
        raise NotImplementedError(f"{type(self).__name__} gives no end_interval")

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the interval that is going on."""
        super().serialize(serializer)
        if not lacks(serializer, "_summary"):
            self._summary.serialize(serializer["_summary"])
