"""The extension that sets an attribute of an optimizer by a schedule."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from catenary.errors import ArgumentError, ArgumentTypeError
from catenary_training.extension import Extension
from catenary_training.serialization import optional
from catenary_training.triggers.progress import check_unit

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.schedules import ScheduleFunction
    from catenary_training.trainer import Trainer

#: What the learning rate is called, in the order in which it is looked for.
LEARNING_RATES = ("lr", "alpha")


class OptimizerAttribute:
    """An attribute of an optimizer, found when training begins.

    Args:
        extension: Who asks, for messages.
        name: Its name; None for the learning rate.
        optimizer: The optimizer, or its name in the updater; None for `main`.
    """

    def __init__(self, extension: str, name: str | None, optimizer: Any = None) -> None:
        if not isinstance(name, str | None):
            raise ArgumentTypeError(f"{extension}: attr must be the name of an attribute or None, got {name!r}")
        self._extension = extension
        self._name = name
        self._given = optimizer

    def connect(self, trainer: Trainer) -> None:
        """Find the attribute.

        Raises:
            ArgumentError: If the optimizer has none of this name that can be set.
        """
        given = "main" if self._given is None else self._given
        self._optimizer: Any = trainer.updater.get_optimizer(given) if isinstance(given, str) else given
        names = LEARNING_RATES if self._name is None else (self._name,)
        self._found = next((name for name in names if self._can_set(name)), None)
        if self._found is None:
            raise ArgumentError(
                f"{self._extension}: attr must be an attribute of {type(self._optimizer).__name__} that can be set; "
                f"there is no {' and no '.join(map(repr, names))}"
            )

    def _can_set(self, name: str) -> bool:
        try:
            setattr(self._optimizer, name, getattr(self._optimizer, name))
        except AttributeError:  # none of this name, or a property to read
            return False
        return True

    @property
    def value(self) -> Any:
        """The value of the attribute."""
        return getattr(self._optimizer, str(self._found))

    @value.setter
    def value(self, value: float) -> None:
        setattr(self._optimizer, str(self._found), value)


class Schedule(Extension):
    """Set an attribute of an optimizer by a schedule, after each iteration by default.

    The first update sees the value for the time 0. The time is the number of calls of this extension: with the trigger
    `(1, "epoch")` it is that of epochs.

    Args:
        attr: Name of the attribute; None for `lr` or, in optimizers without, `alpha`.
        schedule: A function of the time to a value, such as those of `catenary.training.schedules`.
        optimizer: The optimizer, or its name in the updater; None for `main`.
        unit: `"epoch"` makes the time that of epochs with their fractions, whatever the trigger.

    Raises:
        ArgumentTypeError: If the schedule is not callable.
        ArgumentError: If there is no such unit, or, when training begins, no such attribute.

    Example:
        >>> from catenary.training import extensions, schedules
        >>> extension = extensions.Schedule("lr", schedules.cosine(0.1, max_count=20), unit="epoch")
    """

    def __init__(
        self, attr: str | None, schedule: ScheduleFunction, optimizer: Any = None, unit: str = "iteration"
    ) -> None:
        name = type(self).__name__
        check_unit(name, unit)
        if not callable(schedule):
            raise ArgumentTypeError(f"{name}: schedule must be a function of the time to a value, got {schedule!r}")
        self._attribute = OptimizerAttribute(name, attr, optimizer)
        self._schedule = schedule
        self._unit = unit
        self._t = 0
        self._last_value = math.nan

    def initialize(self, trainer: Trainer) -> None:
        """Set the value for the first update, or the first after a resume."""
        self._attribute.connect(trainer)
        self._begin(self._attribute.value)
        self._set(trainer)

    def _begin(self, value: float) -> None:
        """Look at the value that the attribute has before training."""

    def __call__(self, trainer: Trainer) -> None:
        """Set the value for the next update."""
        self._t += 1
        self._set(trainer)

    def _set(self, trainer: Trainer) -> None:
        time = trainer.updater.epoch_detail if self._unit == "epoch" else self._t
        self._last_value = self._attribute.value = self._schedule(time)

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the time."""
        self._t = serializer("_t", self._t)
        optional(serializer, "_last_value", float(self._last_value))  # as in Chainer's files; it follows from the time


class Shift(Schedule):
    """A schedule that begins with the value that the attribute has, unless another is given.

    Args:
        attr: As for `Schedule`.
        make: A function of the first value that makes the schedule.
        init: The first value; None for that of the attribute when training begins.
        optimizer: As for `Schedule`.
    """

    def __init__(self, attr: str | None, make: Any, init: float | None = None, optimizer: Any = None) -> None:
        super().__init__(attr, make(1.0 if init is None else init), optimizer)  # 1.0: wrong arguments are found now
        self._make = make if init is None else None

    def _begin(self, value: float) -> None:
        if self._make is not None:
            self._schedule = self._make(value)
