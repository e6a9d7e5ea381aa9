"""What updaters share that take batches of iterators: where data and models are, and how far training is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from catenary import Variable, get_device
from catenary.errors import ArgumentTypeError, TrainingError
from catenary.serializer import AbstractSerializer, Deserializer
from catenary_training.dataset.convert import call_with
from catenary_training.dataset.iterator import Iterator
from catenary_training.named import pick
from catenary_training.snapshot_contents import describe_contents
from catenary_training.updater import TrainedBy, Updater

if TYPE_CHECKING:
    from catenary import Device

#: A function of a batch and a device that makes arrays of it.
Converter = Callable[[Any, Any], Any]


class IteratorUpdater(Updater):
    """Base of updaters that take batches of the iterator `main`; a subclass gives `update_core`.

    Args:
        iterators: The iterators by name.
        optimizers: The optimizers by name, set up with their models.
        converter: What makes arrays of a batch.
        device: Where the models and the batches go; None moves nothing.
        loss_scale: The factor on the loss in the backward pass.
        auto_new_epoch: Whether the updater counts the epochs of the optimizers.
        input_device: Where the batches go if elsewhere than `device`.

    Raises:
        ArgumentTypeError: If there is something else than iterators, or an optimizer has no target yet.
    """

    def __init__(
        self,
        iterators: Mapping[str, Iterator],
        optimizers: Mapping[str, TrainedBy],
        converter: Converter,
        device: Any = None,
        loss_scale: float | None = None,
        auto_new_epoch: bool = True,
        input_device: Any = None,
    ) -> None:
        self._iterators: dict[str, Any] = dict(iterators)
        self._optimizers: dict[str, TrainedBy] = dict(optimizers)
        self.converter = converter
        self.auto_new_epoch = auto_new_epoch
        self.iteration = 0
        self._before: tuple[int, float] | None = None
        self._device = None if device is None else get_device(device)
        self._input_device = self._device if input_device is None else get_device(input_device)
        for name, given in self._iterators.items():
            if not hasattr(given, "next"):
                raise ArgumentTypeError(
                    f"{type(self).__name__}: iterator {name!r} must be an iterator such as SerialIterator, "
                    f"got {type(given).__name__}"
                )
        for name, one in self._optimizers.items():
            self._prepare(name, one, loss_scale)

    def _prepare(self, name: str, optimizer: Any, loss_scale: float | None) -> None:
        target = getattr(optimizer, "target", None)
        if target is None:
            raise ArgumentTypeError(
                f"{type(self).__name__}: optimizer {name!r} must have a target, call optimizer.setup(model) first; "
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
        if self._before is None:
            return self._iterators["main"].previous_epoch_detail  # type: ignore[no-any-return]
        return self._before[1]

    @property
    def is_new_epoch(self) -> bool:
        """Whether the last update completed a sweep."""
        if self._before is None:
            return self._iterators["main"].is_new_epoch  # type: ignore[no-any-return]
        return self._before[0] != self.epoch

    def get_optimizer(self, name: str) -> TrainedBy:
        """Return one optimizer.

        Raises:
            ArgumentError: If there is none of this name.
        """
        return pick(type(self).__name__, "optimizer", self._optimizers, name)  # type: ignore[no-any-return]

    def get_all_optimizers(self) -> dict[str, TrainedBy]:
        """Return all optimizers by name."""
        return dict(self._optimizers)

    def get_iterator(self, name: str) -> Any:
        """Return one iterator.

        Raises:
            ArgumentError: If there is none of this name.
        """
        return pick(type(self).__name__, "iterator", self._iterators, name)

    def update(self) -> None:
        """Do the work of one iteration and count it."""
        self._before = self.epoch, self.epoch_detail  # an iteration may take several batches
        self.update_core()
        self.iteration += 1

    def update_core(self) -> None:
        """Do the work of one iteration."""
        raise NotImplementedError(f"{type(self).__name__} gives no update_core")

    def _next_arrays(self) -> Any:
        """Return the arrays of the next batch of the iterator `main`."""
        return self.converter(self._next_batch(self._iterators["main"]), self._input_device)

    def _count_epoch(self, optimizers: Iterable[TrainedBy]) -> None:
        """Tell optimizers that the last batch ended an epoch, if it did and if they want to know."""
        if self.auto_new_epoch and self._iterators["main"].is_new_epoch:
            for optimizer in optimizers:
                optimizer.new_epoch(auto=True)

    def _loss_of(self, lossfun: Callable[..., Any], arrays: Any) -> Variable:
        """Return the loss of a batch."""
        loss = call_with(lossfun, arrays)
        if not isinstance(loss, Variable):
            raise ArgumentTypeError(
                f"{type(self).__name__}: the loss function must return a Variable, got {type(loss).__name__}"
            )
        return loss

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

    def contents(self) -> dict[str, str]:
        """Describe the sizes of data sets, the kinds of optimizers and the shapes of parameters."""
        return describe_contents(self._iterators, self._optimizers)

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the iterators, the models, the optimizers and the number of iterations."""
        for name, iterator in self._iterators.items():
            iterator.serialize(serializer[f"iterator:{name}"])
        for name, optimizer in self._optimizers.items():
            # The model first: a parameter without a shape gets it there, and the optimizer's state follows.
            optimizer.target.serialize(serializer[f"model:{name}"])
            optimizer.serialize(serializer[f"optimizer:{name}"])
        self.iteration = serializer("iteration", self.iteration)
        if isinstance(serializer, Deserializer):
            self._before = None
