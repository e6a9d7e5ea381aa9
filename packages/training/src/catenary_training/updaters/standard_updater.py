"""The updater of ordinary training: one batch, one loss, one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from catenary import DictSummary, get_current_reporter, report
from catenary.errors import ArgumentError, ReportError
from catenary_training.dataset.convert import call_with, concat_examples
from catenary_training.dataset.iterator import Iterator
from catenary_training.named import by_name
from catenary_training.updater import TrainedBy
from catenary_training.updaters.captured import CapturableStep
from catenary_training.updaters.iterator_updater import Converter, IteratorUpdater


class StandardUpdater(IteratorUpdater):
    """Take a batch of the iterator `main` and make one step of the optimizer `main`.

    Subclasses override `update_core` for other kinds of training; for several optimizers there is `StepUpdater`.

    Args:
        iterator: The iterator of the training data, or a dict of iterators with one named `"main"`.
        optimizer: The optimizer, set up with its model, or a dict of optimizers with one named `"main"`.
        converter: What makes arrays of a batch: a function of the batch and a device.
        device: Where the models and the batches go (what `catenary.get_device` takes); None moves nothing.
        loss_func: What gives the loss for the arrays of a batch; None takes the target of the optimizer.
        loss_scale: The factor on the loss in the backward pass, for half precision.
        auto_new_epoch: Whether to count the epochs of the optimizer `main`.
        input_device: Where the batches go if elsewhere than `device`.
        accumulate: How many batches make one step. Their losses are averaged, so it is the step of one large batch, in
            the memory of a small one; what they report is averaged, too.
        capture: Whether a device that can do so may record the step once for each combination of shapes, and replay
            it: a GPU then launches it as one. If a step cannot be recorded, a warning says why, and it is run as ever.
            The model must do the same work at each step, and keep its state in arrays that stay where they are, or as
            recurrent links do: in attributes that the link's `state_names` names.

    Raises:
        ArgumentError: If a dict has no `"main"`, or `accumulate` is not positive.
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
        converter: Converter = concat_examples,
        device: Any = None,
        loss_func: Callable[..., Any] | None = None,
        loss_scale: float | None = None,
        auto_new_epoch: bool = True,
        *,
        input_device: Any = None,
        accumulate: int = 1,
        capture: bool = False,
    ) -> None:
        name = type(self).__name__
        iterators = by_name(name, "iterator", iterator)
        own = type(self).update_core is not StandardUpdater.update_core
        optimizers = (
            dict(optimizer) if own and isinstance(optimizer, Mapping) else by_name(name, "optimizer", optimizer)
        )
        super().__init__(iterators, optimizers, converter, device, loss_scale, auto_new_epoch, input_device)
        if not isinstance(accumulate, int) or accumulate < 1:
            raise ArgumentError(f"{name}: accumulate must be a positive integer, got {accumulate!r}")
        self.loss_func = loss_func
        self._loss_scale = loss_scale
        self._accumulate = accumulate
        if capture and (own or accumulate > 1):
            raise ArgumentError(f"{name}: capture is for plain steps, without accumulate or an own update_core")
        self._captured: Callable[..., None] | None = self._capture() if capture else None

    def _capture(self) -> Callable[..., None]:
        optimizer: Any = self._optimizers["main"]
        device = self._device or optimizer.target.device
        step = CapturableStep(optimizer, self.loss_func or optimizer.target)
        return device.captured(step, step.frozen)

    def update_core(self) -> None:
        """Take a batch, or `accumulate` of them, and make one step."""
        optimizer = self._optimizers["main"]
        lossfun = self.loss_func or optimizer.target
        if self._captured is not None:
            call_with(self._captured, self._next_arrays())
            self._count_epoch([optimizer])
        elif self._accumulate == 1:
            call_with(optimizer.update, self._next_arrays(), lossfun)
            self._count_epoch([optimizer])
        else:
            self._accumulate_gradients(optimizer, lossfun)
            optimizer.update()

    def _accumulate_gradients(self, optimizer: TrainedBy, lossfun: Callable[..., Any]) -> None:
        summary = DictSummary()
        optimizer.target.cleargrads()
        for _ in range(self._accumulate):
            observation: dict[str, Any] = {}
            with _scope(observation):
                loss = self._loss_of(lossfun, self._next_arrays()) / self._accumulate
            loss.backward(loss_scale=getattr(optimizer, "loss_scale", self._loss_scale))
            summary.add(observation)
            self._count_epoch([optimizer])
        report(summary.compute_mean())


def _scope(observation: dict[str, Any]) -> AbstractContextManager[Any]:
    """Let reports go to `observation`, if anybody takes reports."""
    try:
        return get_current_reporter().scope(observation)
    except ReportError:
        return nullcontext()
