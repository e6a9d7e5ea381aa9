"""What a trainer calls between updates."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from catenary_training.triggers.trigger import TriggerLike

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.trainer import Trainer

#: Extensions that report values; they run first.
PRIORITY_WRITER = 300
#: Extensions that change values others reported.
PRIORITY_EDITOR = 200
#: Extensions that read values, and all others.
PRIORITY_READER = 100


class ExtensionProtocol(Protocol):
    """What a trainer needs of an extension: a callable.

    The trainer also uses, where they exist: `trigger`, `priority`, `name`, `default_name`,
    `restore(trainer)`, `initialize(trainer)`, `finalize()`, `on_error(trainer, exc, tb)` and
    `serialize(serializer)`, with the meanings and defaults that `Extension` gives them.
    """

    def __call__(self, trainer: Trainer, /) -> Any:
        """Do the work; the trainer calls this after the updates for which the trigger fires."""


class Extension:
    """Base class of extensions, with the defaults.

    Attributes:
        trigger: When to call the extension, as for `get_trigger`; `Trainer.extend` may say otherwise.
        priority: Extensions with a larger number are called earlier.
        name: The name in the trainer; None takes `default_name`.

    Example:
        >>> from catenary.training import Extension
        >>> class PrintIteration(Extension):
        ...     trigger = (100, "iteration")
        ...     def __call__(self, trainer):
        ...         print(trainer.updater.iteration)
        >>> PrintIteration().default_name
        'PrintIteration'
    """

    trigger: TriggerLike = (1, "iteration")
    priority: int = PRIORITY_READER
    name: str | None = None

    @property
    def default_name(self) -> str:
        """The name of the extension where none is given: that of its class."""
        return type(self).__name__

    def __call__(self, trainer: Trainer) -> Any:
        """Do the work; the trainer calls this after the updates for which the trigger fires."""
        raise NotImplementedError(f"{type(self).__name__} gives no __call__")

    def restore(self, trainer: Trainer) -> None:
        """Bring back saved state when `Trainer.run` begins, before any extension is initialized."""

    def initialize(self, trainer: Trainer) -> None:
        """Prepare for training; called once, when `Trainer.run` begins."""

    def finalize(self) -> None:
        """Free what the extension holds; called when training ends, also after an error."""

    def on_error(self, trainer: Trainer, exc: Exception, tb: TracebackType | None) -> None:
        """Look at an error of the training loop, before extensions are finalized and it is raised again."""

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the state; the base class has none."""


Function = TypeVar("Function", bound=Callable[..., Any])


def make_extension(
    trigger: TriggerLike = None,
    default_name: str | None = None,
    priority: int | None = None,
    finalizer: Callable[[], Any] | None = None,
    initializer: Callable[[Trainer], Any] | None = None,
    on_error: Callable[[Trainer, Exception, TracebackType | None], Any] | None = None,
) -> Callable[[Function], Function]:
    """Give a function of the trainer the attributes of an extension.

    Args:
        trigger: When to call it, as for `get_trigger`; None means after each iteration.
        default_name: The name in the trainer; None takes the function's.
        priority: Extensions with a larger number are called earlier; None means `PRIORITY_READER`.
        finalizer: What to call when training ends.
        initializer: What to call with the trainer when training begins.
        on_error: What to call with the trainer, the exception and the traceback after an error.

    Returns:
        A decorator that returns the same function.

    Example:
        >>> from catenary.training import make_extension
        >>> @make_extension(trigger=(1, "epoch"))
        ... def say_epoch(trainer):
        ...     print(trainer.updater.epoch)
        >>> say_epoch.trigger
        (1, 'epoch')
    """

    def decorate(function: Function) -> Function:
        attributes = {
            "trigger": trigger or Extension.trigger,
            "default_name": default_name or getattr(function, "__name__", None),
            "priority": Extension.priority if priority is None else priority,
            "finalize": finalizer,
            "initialize": initializer,
            "on_error": on_error,
        }
        for name, value in attributes.items():
            setattr(function, name, value)
        return function

    return decorate
