"""Extensions that report values of the training itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from catenary.errors import ArgumentError
from catenary_training.extension import PRIORITY_WRITER, ExtensionProtocol, make_extension
from catenary_training.extensions.schedule import LEARNING_RATES

if TYPE_CHECKING:
    from catenary_training.trainer import Trainer


def observe_value(observation_key: str, target_func: Callable[[Trainer], Any]) -> ExtensionProtocol:
    """Make an extension that reports what a function of the trainer returns, once per epoch by default.

    Args:
        observation_key: The key of the value.
        target_func: The function.

    Example:
        >>> from catenary.training import extensions
        >>> extension = extensions.observe_value("batch", lambda trainer: trainer.updater.iteration % 100)
    """

    @make_extension(trigger=(1, "epoch"), priority=PRIORITY_WRITER)
    def _observe_value(trainer: Trainer) -> None:
        trainer.observation[observation_key] = target_func(trainer)

    return _observe_value


def observe_lr(optimizer_name: str = "main", observation_key: str = "lr") -> ExtensionProtocol:
    """Make an extension that reports the learning rate of an optimizer, once per epoch by default.

    It is the attribute `lr` or, in optimizers without, `alpha`.

    Args:
        optimizer_name: Name of the optimizer in the updater.
        observation_key: The key of the value.

    Raises:
        ArgumentError: During training, if the optimizer has neither attribute.

    Example:
        >>> from catenary.training import extensions
        >>> extension = extensions.observe_lr()
    """

    def learning_rate(trainer: Trainer) -> Any:
        optimizer: Any = trainer.updater.get_optimizer(optimizer_name)
        found = next((name for name in LEARNING_RATES if hasattr(optimizer, name)), None)
        if found is None:
            raise ArgumentError(
                f"observe_lr: the optimizer {optimizer_name!r}, of type {type(optimizer).__name__}, has no "
                f"{' and no '.join(map(repr, LEARNING_RATES))}"
            )
        return getattr(optimizer, found)

    return observe_value(observation_key, learning_rate)
