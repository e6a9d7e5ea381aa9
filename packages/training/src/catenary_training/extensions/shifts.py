"""Extensions that change an attribute of an optimizer, one for each schedule."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from catenary_training import schedules
from catenary_training.extensions.schedule import Schedule, Shift
from catenary_training.serialization import optional

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer


class ExponentialShift(Shift):
    """Multiply an attribute of an optimizer by a rate at each call.

    Args:
        attr: Name of the attribute; None for `lr` or, in optimizers without, `alpha`.
        rate: The factor.
        init: The first value; None for that of the attribute when training begins.
        target: Where the value stops; None for nowhere.
        optimizer: The optimizer, or its name in the updater; None for `main`.

    Raises:
        ArgumentError: If `rate` is negative.

    Example:
        >>> from catenary.training.extensions import ExponentialShift
        >>> def add_to(trainer):  # a tenth every 30 epochs
        ...     trainer.extend(ExponentialShift("lr", 0.1), trigger=(30, "epoch"))
    """

    def __init__(
        self,
        attr: str | None,
        rate: float,
        init: float | None = None,
        target: float | None = None,
        optimizer: Any = None,
    ) -> None:
        super().__init__(attr, lambda init: schedules.exponential(init, rate, target), init, optimizer)


class InverseShift(Shift):
    """Set an attribute of an optimizer to init (1 + gamma t)^-power, where t is the number of calls.

    Args:
        attr: Name of the attribute; None for `lr` or, in optimizers without, `alpha`.
        gamma: The factor of the time.
        power: The exponent.
        init: The first value; None for that of the attribute when training begins.
        target: Where the value stops; None for nowhere.
        optimizer: The optimizer, or its name in the updater; None for `main`.

    Raises:
        ArgumentError: If `gamma` is negative.

    Example:
        >>> from catenary.training.extensions import InverseShift
        >>> extension = InverseShift("lr", gamma=0.0001, power=0.75)
    """

    def __init__(
        self,
        attr: str | None,
        gamma: float,
        power: float,
        init: float | None = None,
        target: float | None = None,
        optimizer: Any = None,
    ) -> None:
        super().__init__(attr, lambda init: schedules.inverse(init, gamma, power, target), init, optimizer)


class LinearShift(Schedule):
    """Change an attribute of an optimizer on a line from one value to another.

    Args:
        attr: Name of the attribute; None for `lr` or, in optimizers without, `alpha`.
        value_range: The first and the last value.
        time_range: The numbers of calls at which the change begins and ends.
        optimizer: The optimizer, or its name in the updater; None for `main`.

    Raises:
        ArgumentError: If a range does not have two numbers, or time runs backwards.

    Example:
        >>> from catenary.training.extensions import LinearShift
        >>> extension = LinearShift("alpha", (0.001, 0.0), (1000, 2000))
    """

    def __init__(
        self, attr: str | None, value_range: Sequence[float], time_range: Sequence[float], optimizer: Any = None
    ) -> None:
        super().__init__(attr, schedules.linear(value_range, time_range), optimizer)


class MultistepShift(Schedule):
    """Multiply an attribute of an optimizer by a factor at given times.

    Args:
        attr: Name of the attribute; None for `lr` or, in optimizers without, `alpha`.
        gamma: The factor.
        step_value: The numbers of calls, in ascending order.
        init: The first value.
        optimizer: The optimizer, or its name in the updater; None for `main`.

    Raises:
        ArgumentError: If `gamma` is negative or the times are not in order.

    Example:
        >>> from catenary.training.extensions import MultistepShift
        >>> extension = MultistepShift("lr", 0.1, [30_000, 60_000], init=0.1)
    """

    def __init__(
        self, attr: str | None, gamma: float, step_value: Sequence[float], init: float, optimizer: Any = None
    ) -> None:
        super().__init__(attr, schedules.multistep(init, gamma, step_value), optimizer)
        self._step_value = step_value

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the time."""
        super().serialize(serializer)
        optional(serializer, "_current_step", bisect_right(self._step_value, self._t))  # as in Chainer's files


class PolynomialShift(Shift):
    """Set an attribute of an optimizer to init (1 - t / max_count)^rate, where t is the number of calls.

    Args:
        attr: Name of the attribute; None for `lr` or, in optimizers without, `alpha`.
        rate: The exponent.
        max_count: The number of calls after which the value is 0.
        init: The first value; None for that of the attribute when training begins.
        target: Where the value stops; None for 0.
        optimizer: The optimizer, or its name in the updater; None for `main`.

    Raises:
        ArgumentError: If `rate` is negative or `max_count` is not positive.

    Example:
        >>> from catenary.training.extensions import PolynomialShift
        >>> extension = PolynomialShift("lr", rate=0.5, max_count=10_000)
    """

    def __init__(
        self,
        attr: str | None,
        rate: float,
        max_count: float,
        init: float | None = None,
        target: float | None = None,
        optimizer: Any = None,
    ) -> None:
        super().__init__(attr, lambda init: schedules.polynomial(init, rate, max_count, target), init, optimizer)


class StepShift(Shift):
    """Multiply an attribute of an optimizer by a factor at regular intervals.

    Args:
        attr: Name of the attribute; None for `lr` or, in optimizers without, `alpha`.
        gamma: The factor.
        step: The number of calls in an interval.
        init: The first value; None for that of the attribute when training begins.
        target: Where the value stops; None for nowhere.
        optimizer: The optimizer, or its name in the updater; None for `main`.

    Raises:
        ArgumentError: If `gamma` is negative or `step` is not positive.

    Example:
        >>> from catenary.training.extensions import StepShift
        >>> extension = StepShift("lr", gamma=0.1, step=30_000)
    """

    def __init__(
        self,
        attr: str | None,
        gamma: float,
        step: float,
        init: float | None = None,
        target: float | None = None,
        optimizer: Any = None,
    ) -> None:
        super().__init__(attr, lambda init: schedules.step(init, gamma, step, target), init, optimizer)


class WarmupShift(Schedule):
    """Begin with another value of an attribute of an optimizer and come to the usual one on a line.

    Args:
        attr: Name of the attribute; None for `lr` or, in optimizers without, `alpha`.
        warmup_start: The first value.
        warmup_iter: The number of calls after which the value is `init`.
        init: The value after the warm-up.
        optimizer: The optimizer, or its name in the updater; None for `main`.

    Raises:
        ArgumentError: If `warmup_iter` is negative.

    Example:
        >>> from catenary.training.extensions import WarmupShift
        >>> extension = WarmupShift("lr", warmup_start=0.01, warmup_iter=500, init=0.1)
    """

    def __init__(
        self, attr: str | None, warmup_start: float, warmup_iter: float, init: float, optimizer: Any = None
    ) -> None:
        super().__init__(attr, schedules.warmup(init, warmup_start, warmup_iter), optimizer)


class CosineShift(Shift):
    """Change an attribute of an optimizer as half a cosine wave, after a warm-up.

    Source: Loshchilov, Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts" (2016), equation 5, without
    restarts.

    Args:
        attr: Name of the attribute; None for `lr` or, in optimizers without, `alpha`.
        max_count: The number of calls after which the value is `target`.
        init: The value after the warm-up; None for that of the attribute when training begins.
        target: The last value.
        warmup_iter: The number of calls that the warm-up takes.
        warmup_start: The first value if there is a warm-up.
        optimizer: The optimizer, or its name in the updater; None for `main`.

    Raises:
        ArgumentError: If `warmup_iter` is negative or not less than `max_count`.

    Example:
        >>> from catenary.training.extensions import CosineShift
        >>> extension = CosineShift("alpha", max_count=10_000, warmup_iter=500)
    """

    def __init__(
        self,
        attr: str | None,
        max_count: float,
        init: float | None = None,
        target: float = 0.0,
        warmup_iter: float = 0,
        warmup_start: float = 0.0,
        optimizer: Any = None,
    ) -> None:
        super().__init__(
            attr, lambda init: schedules.cosine(init, max_count, target, warmup_iter, warmup_start), init, optimizer
        )


class OneCycleShift(Schedule):
    """Let an attribute of an optimizer rise to a large value and fall to a very small one.

    Source: Smith, "A disciplined approach to neural network hyper-parameters: Part 1" (2018), section 4.1, with waves
    in place of lines.

    Args:
        attr: Name of the attribute; None for `lr` or, in optimizers without, `alpha`.
        peak: The largest value.
        max_count: The number of calls after which the value is `target`.
        init: The first value; None for a 25th of `peak`.
        target: The last value; None for a 10,000th of `init`.
        rise: The part of the time that the rise takes, between 0 and 1.
        optimizer: The optimizer, or its name in the updater; None for `main`.

    Raises:
        ArgumentError: If `rise` is not between 0 and 1 or `max_count` is not positive.

    Example:
        >>> from catenary.training.extensions import OneCycleShift
        >>> extension = OneCycleShift("lr", peak=0.4, max_count=10_000)
    """

    def __init__(
        self,
        attr: str | None,
        peak: float,
        max_count: float,
        init: float | None = None,
        target: float | None = None,
        rise: float = 0.3,
        optimizer: Any = None,
    ) -> None:
        super().__init__(attr, schedules.one_cycle(peak, max_count, init, target, rise), optimizer)
