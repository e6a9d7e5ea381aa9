"""The factor on the loss that keeps small gradients from vanishing in half precision."""

from __future__ import annotations

from collections.abc import Sequence

from catenary import AbstractSerializer, Deserializer, Parameter, get_array_module
from catenary.errors import OptimizerError

#: Below this a loss or a gradient that is not finite is not a matter of the scale.
SMALLEST = 2.0**-14


class DynamicLossScale:
    """A scale that is halved when a gradient is not finite, and doubled after a number of updates without one.

    Source: Micikevicius et al., "Mixed Precision Training" (2017), section 3.2.

    Args:
        interval: How many updates in a row have to go well before the scale is doubled.

    Attributes:
        value: The scale.
        since: How many updates went well since it last changed.
    """

    def __init__(self, interval: int) -> None:
        self.interval = interval
        self.value = 2.0**15
        self.since = 0

    def adapt(self, finite: bool) -> None:
        """Take into account whether the gradients of an update were finite.

        Raises:
            OptimizerError: If they are not although the scale is tiny already.
        """
        self.since = self.since + 1 if finite else 0
        if not finite:
            self.value /= 2
            if self.value < SMALLEST:
                raise OptimizerError("loss scaling: gradients are not finite with any scale; the loss or the model is")
        elif self.since == self.interval:
            self.value *= 2
            self.since = 0

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the scale; a file without it leaves it as it is."""
        if not isinstance(serializer, Deserializer) or "loss_scale" in serializer:
            self.value = serializer("loss_scale", self.value)
            self.since = serializer("loss_scale_since", self.since)


def all_finite(params: Sequence[Parameter]) -> bool:
    """Return whether there is neither NaN nor infinity in the gradients; asks each device only once."""
    finite: dict[str, list[object]] = {}
    for param in params:
        if param.grad is not None:
            finite.setdefault(param.device.name, []).append(get_array_module(param.grad).isfinite(param.grad).all())
    return all(bool(get_array_module(flags[0]).stack(flags).all()) for flags in finite.values())
