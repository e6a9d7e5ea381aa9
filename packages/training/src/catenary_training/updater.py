"""What does the work of one iteration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from catenary_training.named import pick

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.trainer import Trainer


class TrainedBy(Protocol):
    """What the training loop needs of an optimizer."""

    target: Any

    def update(self, lossfun: Any = None, *args: Any, **kwds: Any) -> Any:
        """Make one step for the loss that `lossfun` gives for the arguments."""

    def new_epoch(self, auto: bool = False) -> Any:
        """Count one more sweep over the data."""

    def serialize(self, serializer: AbstractSerializer) -> Any:
        """Save or load the state."""


class Updater:
    """Base class of updaters.

    A subclass gives `update`, `get_all_optimizers` and `serialize`, and counts `iteration`; triggers in
    epochs also read `epoch`, `epoch_detail`, `previous_epoch_detail` and `is_new_epoch`.

    Attributes:
        iteration: How many updates are done.
    """

    iteration: int = 0

    @property
    def epoch(self) -> int:
        """How many sweeps over the data are complete."""
        raise NotImplementedError(f"{type(self).__name__} gives no epoch")

    @property
    def epoch_detail(self) -> float:
        """How many sweeps are done, with the fraction of the current one."""
        raise NotImplementedError(f"{type(self).__name__} gives no epoch_detail")

    @property
    def previous_epoch_detail(self) -> float | None:
        """The value of `epoch_detail` before the last update; None before the first."""
        raise NotImplementedError(f"{type(self).__name__} gives no previous_epoch_detail")

    @property
    def is_new_epoch(self) -> bool:
        """Whether the last update completed a sweep."""
        raise NotImplementedError(f"{type(self).__name__} gives no is_new_epoch")

    def connect_trainer(self, trainer: Trainer) -> None:
        """Learn which trainer runs this updater; called when the trainer is made."""

    def finalize(self) -> None:
        """Free what the updater holds; called when training ends."""

    def get_optimizer(self, name: str) -> TrainedBy:
        """Return one optimizer."""
        return pick(type(self).__name__, "optimizer", self.get_all_optimizers(), name)  # type: ignore[no-any-return]

    def get_all_optimizers(self) -> Mapping[str, TrainedBy]:
        """Return all optimizers by name; the trainer reports values of their targets under these names."""
        raise NotImplementedError(f"{type(self).__name__} gives no get_all_optimizers")

    def update(self) -> None:
        """Do the work of one iteration."""
        raise NotImplementedError(f"{type(self).__name__} gives no update")

    def contents(self) -> dict[str, str]:
        """Describe in a few words what `serialize` saves, by the first part of the names of the entries.

        What differs between a snapshot and the trainer that goes on from it is told in these words.
        """
        return {}

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the state, that of iterators, optimizers and models with it."""
        raise NotImplementedError(f"{type(self).__name__} gives no serialize")
