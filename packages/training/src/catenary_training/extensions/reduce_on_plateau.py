"""The extension that makes the learning rate smaller when a value no longer improves."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from catenary.errors import ArgumentError
from catenary_training.extension import Extension
from catenary_training.extensions.schedule import OptimizerAttribute
from catenary_training.triggers.patience import Patience
from catenary_training.triggers.trigger import TriggerLike

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.trainer import Trainer


class ReduceOnPlateau(Extension):
    """Multiply an attribute of an optimizer by a factor when the mean of a value has not improved for some intervals.

    Then the intervals are counted anew; the best value stays. A mean that is NaN counts as no improvement. An interval
    in which the value is not reported does not count, and the first one gives a warning.

    Args:
        key: The observed value, such as `"validation/main/loss"`.
        attr: Name of the attribute; None for `lr` or, in optimizers without, `alpha`.
        factor: What the attribute is multiplied by, between 0 and 1.
        patience: The number of intervals without improvement.
        mode: `"min"` if smaller is better, `"max"` if larger is; `"auto"` takes `"max"` for a value with `accuracy` in
            its name.
        trigger: The interval over which the mean is taken, as for `get_trigger`.
        threshold: By how much a better value has to be better.
        target: The smallest value of the attribute.
        optimizer: The optimizer, or its name in the updater; None for `main`.

    Raises:
        ArgumentError: If there is no such mode, `factor` is not between 0 and 1, `patience` is not positive or
            `threshold` is negative; or, when training begins, if there is no such attribute.

    Example:
        >>> from catenary.training.extensions import ReduceOnPlateau
        >>> extension = ReduceOnPlateau("validation/main/loss", factor=0.5, patience=3)
    """

    def __init__(
        self,
        key: str,
        attr: str | None = None,
        factor: float = 0.1,
        patience: int = 10,
        mode: str = "auto",
        trigger: TriggerLike = (1, "epoch"),
        threshold: float = 0.0,
        target: float = 0.0,
        optimizer: Any = None,
    ) -> None:
        if not 0 < factor < 1:
            raise ArgumentError(f"ReduceOnPlateau: factor must be between 0 and 1, got {factor!r}")
        self._patience = Patience("ReduceOnPlateau", key, patience, mode, trigger, threshold)
        self._attribute = OptimizerAttribute("ReduceOnPlateau", attr, optimizer)
        self._factor = factor
        self._target = target
        self._value = math.nan  # none yet

    def initialize(self, trainer: Trainer) -> None:
        """Find the attribute; after a resume, set the value that was saved."""
        self._attribute.connect(trainer)
        if not math.isnan(self._value):
            self._attribute.value = self._value

    def __call__(self, trainer: Trainer) -> None:
        """Take the value of this iteration in, and make the attribute smaller if it is time."""
        if self._patience.look(trainer) and self._patience.is_over:
            self._patience.count = 0
            self._attribute.value = max(self._attribute.value * self._factor, self._target)
        self._value = float(self._attribute.value)

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the best value, the count, the interval that is going on and the value of the attribute."""
        self._patience.serialize(serializer)
        self._value = serializer("value", self._value)
