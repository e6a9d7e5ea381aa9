"""The updater that shares a batch among models on several devices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from catenary import get_device
from catenary.errors import ArgumentError, NotAvailableError
from catenary_training.dataset.convert import concat_examples
from catenary_training.dataset.iterator import Iterator
from catenary_training.updater import TrainedBy
from catenary_training.updaters.iterator_updater import Converter
from catenary_training.updaters.standard_updater import StandardUpdater

if TYPE_CHECKING:
    from catenary import Device
    from catenary_training.trainer import Trainer


class ParallelUpdater(StandardUpdater):
    """Share each batch among copies of the model on several devices, and make one step for all.

    Each copy gets every n-th example. The gradients of all are added, not averaged, so the learning rate counts n
    times; the other copies then get the new parameters. All of it runs in one thread.

    Args:
        iterator: The iterator of the training data, or a dict of iterators with one named `"main"`.
        optimizer: The optimizer, set up with its model, or a dict of optimizers with one named `"main"`.
        converter: What makes arrays of a part of a batch: a function of it and a device.
        models: The models by name, of which `"main"` is the target of the optimizer; None makes a copy for each device.
            What they report gets their names.
        devices: The devices by the names of the models; None leaves the models where they are.
        loss_func: What gives the loss for the arrays of a part; None takes the model.
        loss_scale: The factor on the loss in the backward pass, for half precision.
        auto_new_epoch: Whether to count the epochs of the optimizer `main`.

    Raises:
        ArgumentError: If there are neither models nor devices, a name is missing, or `"main"` is another model than the
            target of the optimizer.

    Example:
        >>> import catenary.links as L
        >>> from catenary import optimizers
        >>> from catenary.iterators import SerialIterator
        >>> from catenary.training import updaters
        >>> optimizer = optimizers.SGD().setup(L.Classifier(L.Linear(4, 2)))
        >>> devices = {"main": "@numpy", "second": "@numpy"}
        >>> updater = updaters.ParallelUpdater(SerialIterator([0], 1), optimizer, devices=devices)
    """

    def __init__(
        self,
        iterator: Iterator | Mapping[str, Iterator],
        optimizer: TrainedBy | Mapping[str, TrainedBy],
        converter: Converter = concat_examples,
        models: Mapping[str, Any] | None = None,
        devices: Mapping[str, Any] | None = None,
        loss_func: Callable[..., Any] | None = None,
        loss_scale: float | None = None,
        auto_new_epoch: bool = True,
    ) -> None:
        super().__init__(iterator, optimizer, converter, None, loss_func, loss_scale, auto_new_epoch)
        target = self._optimizers["main"].target
        names = models or devices
        if names is None:
            raise ArgumentError("ParallelUpdater: give models or devices, a dict with one of them named 'main'")
        for kind, given in (("models", models), ("devices", devices)):
            missing = [] if given is None else sorted({"main", *names} - set(given))
            if missing:
                raise ArgumentError(
                    f"ParallelUpdater: {kind} has nothing named {missing[0]!r}, got {sorted(given or ())}"
                )
        if models is not None and models["main"] is not target:
            raise ArgumentError("ParallelUpdater: models['main'] must be the target of the optimizer 'main'")
        others = [name for name in names if name != "main"]
        self._models = {"main": target} | {name: models[name] if models else target.copy("copy") for name in others}
        self._devices: dict[str, Device | None] = dict.fromkeys(self._models)
        for name, device in (devices or {}).items():
            self._devices[name] = get_device(device)
            self._models[name].to_device(self._devices[name])
        self._device = self._input_device = self._devices["main"]

    def connect_trainer(self, trainer: Trainer) -> None:
        """Let the other models report under their names."""
        for name, model in self._models.items():
            trainer.reporter.add_observer(name, model)
            trainer.reporter.add_observers(name, model.namedlinks(skipself=True))

    def update_core(self) -> None:
        """Take a batch and make one step with the gradients of all models."""
        optimizer, main = self._optimizers["main"], self._models["main"]
        batch = self._next_batch(self._iterators["main"])
        for i, (name, model) in enumerate(self._models.items()):
            part = batch[i :: len(self._models)]
            if model is not main:
                model.copyparams(main)  # before, not after the step: a snapshot has the main model alone
            model.cleargrads()
            if len(part):
                self._differentiate(model, part, self._devices[name])
            if model is not main:
                main.addgrads(model)
        optimizer.update()
        self._count_epoch([optimizer])

    def _differentiate(self, model: Any, batch: Any, device: Device | None) -> None:
        with device or nullcontext():
            loss = self._loss_of(self.loss_func or model, self.converter(batch, device))
            loss.backward(loss_scale=self._loss_scale)


class MultiprocessParallelUpdater:
    """Chainer's updater for several GPUs, one process each. It is not available here."""

    def __init__(
        self,
        iterators: Any,
        optimizer: Any,
        converter: Converter = concat_examples,
        devices: Any = None,
        auto_new_epoch: bool = True,
    ) -> None:
        raise NotAvailableError(
            "MultiprocessParallelUpdater: gradients are not exchanged between processes here, which needs NCCL; use "
            "ParallelUpdater for several devices in one process, or StandardUpdater(accumulate=n) for large batches"
        )

    @staticmethod
    def available() -> bool:
        """Return whether this updater can be used: False."""
        return False
