"""The updater of ordinary training: one batch, one loss, one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from catenary import get_device
from catenary.errors import ArgumentTypeError, TrainingError
from catenary_training.dataset.convert import call_with, concat_examples
from catenary_training.dataset.iterator import Iterator
from catenary_training.named import by_name, pick
from catenary_training.updater import TrainedBy, Updater

if TYPE_CHECKING:
    from catenary import Device
    from catenary.serializer import AbstractSerializer


class StandardUpdater(Updater):
    """Take a batch of the iterator `main` and make one step of the optimizer `main`.

    Subclasses override `update_core`, for several optimizers for instance.

    Args:
        iterator: The iterator of the training data, or a dict of iterators with one named `"main"`.
        optimizer: The optimizer, set up with its model, or a dict of optimizers with one named `"main"`.
        converter: What makes arrays of a batch: a function of the batch and a device.
        device: Where the models and the batches go (what `catenary.get_device` takes); None moves nothing.
        loss_func: What gives the loss for the arrays of a batch; None takes the target of the optimizer.
        loss_scale: The factor on the loss in the backward pass, for half precision.
        auto_new_epoch: Whether to count the epochs of the optimizer `main`.
        input_device: Where the batches go if elsewhere than `device`.

    Raises:
        ArgumentError: If a dict has no `"main"`.
        ArgumentTypeError: If an optimizer has no target yet.

    Example:
        >>> import numpy as np
        >>> from catenary.iterators import SerialIterator
        >>> from catenary.training import StandardUpdater
        >>> class Optimizer:  # stands for one of catenary.optimizers
        ...     target = object()
        ...     def update(self, lossfun, x):
        ...         print("loss of", x)
        ...     def new_epoch(self, auto=False):
        ...         print("new epoch")
        >>> updater = StandardUpdater(SerialIterator([1, 2], 2, shuffle=False), Optimizer(), loss_func=print)
        >>> updater.update()
        loss of [1 2]
        new epoch
    """

    def __init__(
        self,
        iterator: Iterator | Mapping[str, Iterator],
        optimizer: TrainedBy | Mapping[str, TrainedBy],
        converter: Callable[[Any, Any], Any] = concat_examples,
        device: Any = None,
        loss_func: Callable[..., Any] | None = None,
        loss_scale: float | None = None,
        auto_new_epoch: bool = True,
        *,
        input_device: Any = None,
    ) -> None:
        self._iterators: dict[str, Any] = by_name("StandardUpdater", "iterator", iterator)
        self._optimizers: dict[str, TrainedBy] = by_name("StandardUpdater", "optimizer", optimizer)
        self.converter = converter
        self.loss_func = loss_func
        self.auto_new_epoch = auto_new_epoch
        self.iteration = 0
        self._device = None if device is None else get_device(device)
        self._input_device = self._device if input_device is None else get_device(input_device)
        for name, given in self._iterators.items():
            if not hasattr(given, "next"):
                raise ArgumentTypeError(
                    f"StandardUpdater: iterator {name!r} must be an iterator such as SerialIterator, "
                    f"got {type(given).__name__}"
                )
        for name, one in self._optimizers.items():
            self._prepare(name, one, loss_scale)

    def _prepare(self, name: str, optimizer: Any, loss_scale: float | None) -> None:
        target = getattr(optimizer, "target", None)
        if target is None:
            raise ArgumentTypeError(
                f"StandardUpdater: optimizer {name!r} must have a target, call optimizer.setup(model) first; "
                f"got {type(optimizer).__name__} without one"
            )
        if self._device is not None:
            target.to_device(self._device)
        if loss_scale is not None:
            optimizer.set_loss_scale(loss_scale)
        if self.auto_new_epoch:
            optimizer.use_auto_new_epoch = True

    @property
    def device(self) -> Device | None:
        """Where the models are; None if they were not moved."""
        return self._device

    @property
    def input_device(self) -> Device | None:
        """Where the batches go; None if they are not moved."""
        return self._input_device

    @property
    def epoch(self) -> int:
        """How many sweeps over the data of the iterator `main` are complete."""
        return self._iterators["main"].epoch  # type: ignore[no-any-return]

    @property
    def epoch_detail(self) -> float:
        """How many sweeps are done, with the fraction of the current one."""
        return self._iterators["main"].epoch_detail  # type: ignore[no-any-return]

    @property
    def previous_epoch_detail(self) -> float | None:
        """The value of `epoch_detail` before the last update; None before the first."""
        return self._iterators["main"].previous_epoch_detail  # type: ignore[no-any-return]

    @property
    def is_new_epoch(self) -> bool:
        """Whether the last update completed a sweep."""
        return self._iterators["main"].is_new_epoch  # type: ignore[no-any-return]

    def get_optimizer(self, name: str) -> TrainedBy:
        """Return one optimizer.

        Raises:
            ArgumentError: If there is none of this name.
        """
        return pick("StandardUpdater", "optimizer", self._optimizers, name)  # type: ignore[no-any-return]

    def get_all_optimizers(self) -> dict[str, TrainedBy]:
        """Return all optimizers by name."""
        return dict(self._optimizers)

    def get_iterator(self, name: str) -> Any:
        """Return one iterator.

        Raises:
            ArgumentError: If there is none of this name.
        """
        return pick("StandardUpdater", "iterator", self._iterators, name)

    def update(self) -> None:
        """Make one step and count it."""
        self.update_core()
        self.iteration += 1

    def update_core(self) -> None:
        """Take a batch and make one step."""
        iterator, optimizer = self._iterators["main"], self._optimizers["main"]
        arrays = self.converter(self._next_batch(iterator), self._input_device)
        call_with(optimizer.update, arrays, self.loss_func or optimizer.target)
        if self.auto_new_epoch and iterator.is_new_epoch:
            optimizer.new_epoch(auto=True)

    def _next_batch(self, iterator: Any) -> Any:
        try:
            return iterator.next()
        except StopIteration:
            raise TrainingError(
                f"{type(self).__name__}: the training iterator ended after {self.iteration} iterations, "
                "before the stop trigger fired; make it with repeat=True, or stop training earlier"
            ) from None

    def finalize(self) -> None:
        """Finalize the iterators."""
        for iterator in self._iterators.values():
            iterator.finalize()

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the iterators, the models, the optimizers and the number of iterations."""
        for name, iterator in self._iterators.items():
            iterator.serialize(serializer[f"iterator:{name}"])
        for name, optimizer in self._optimizers.items():
            # The model first: a parameter without a shape gets it there, and the optimizer's state follows.
            optimizer.target.serialize(serializer[f"model:{name}"])
            optimizer.serialize(serializer[f"optimizer:{name}"])
        self.iteration = serializer("iteration", self.iteration)
