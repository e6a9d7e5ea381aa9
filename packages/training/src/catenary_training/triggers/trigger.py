"""What decides when an extension is called and when training ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from catenary.errors import ArgumentTypeError
from catenary_training.triggers.interval_trigger import IntervalTrigger

if TYPE_CHECKING:
    from catenary_training.trainer import Trainer

#: A callable that looks at the trainer after an update and says whether it fires. One that also has
#: `serialize(serializer)` is saved and loaded with the trainer.
Trigger: TypeAlias = "Callable[[Trainer], bool]"
#: What may stand for a trigger: `(period, unit)` for an `IntervalTrigger`, None for one that never fires.
TriggerLike: TypeAlias = "Trigger | tuple[float, str] | None"


def get_trigger(trigger: Any) -> Trigger:
    """Return a trigger for what may stand in its place.

    Args:
        trigger: A trigger, `(period, unit)` with the unit `"epoch"` or `"iteration"`, or None for one that
            never fires.

    Raises:
        ArgumentTypeError: If it is nothing of these.
        ArgumentError: If the period or the unit is wrong.

    Example:
        >>> from catenary.training import get_trigger
        >>> get_trigger((2, "epoch"))
        IntervalTrigger(2, 'epoch')
    """
    if trigger is None:
        return never
    if isinstance(trigger, tuple | list) and len(trigger) == 2:
        return IntervalTrigger(*trigger)
    if callable(trigger):
        return trigger  # type: ignore[no-any-return]
    raise ArgumentTypeError(
        f"get_trigger: expected a trigger, a tuple such as (1, 'epoch') or (100, 'iteration'), or None, got {trigger!r}"
    )


def never(trainer: Trainer) -> bool:
    """Never fire."""
    return False
