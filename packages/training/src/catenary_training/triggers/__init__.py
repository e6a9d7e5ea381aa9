"""Triggers: when an extension is called and when training ends (``catenary.training.triggers``)."""

from typing import TYPE_CHECKING, Any

from catenary_training.triggers.best_value_trigger import (
    BestValueTrigger as BestValueTrigger,
    MaxValueTrigger as MaxValueTrigger,
    MinValueTrigger as MinValueTrigger,
)
from catenary_training.triggers.early_stopping_trigger import EarlyStoppingTrigger as EarlyStoppingTrigger
from catenary_training.triggers.interval_trigger import IntervalTrigger as IntervalTrigger
from catenary_training.triggers.manual_schedule_trigger import ManualScheduleTrigger as ManualScheduleTrigger
from catenary_training.triggers.once_trigger import OnceTrigger as OnceTrigger
from catenary_training.triggers.time_trigger import TimeTrigger as TimeTrigger

__all__ = [
    "BestValueTrigger",
    "EarlyStoppingTrigger",
    "IntervalTrigger",
    "ManualScheduleTrigger",
    "MaxValueTrigger",
    "MinValueTrigger",
    "OnceTrigger",
    "TimeTrigger",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        from catenary.plugins import module_getattr

        return module_getattr(__name__, "triggers", name)
