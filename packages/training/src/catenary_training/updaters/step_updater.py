"""The updater for everything that is not one loss and one step: a function does the work of an iteration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from catenary import report
from catenary.errors import ArgumentTypeError
from catenary_training.dataset.convert import call_with, concat_examples
from catenary_training.dataset.iterator import Iterator
from catenary_training.named import by_name
from catenary_training.updater import TrainedBy
from catenary_training.updaters.iterator_updater import Converter, IteratorUpdater


class StepUpdater(IteratorUpdater):
    """Take a batch of the iterator `main` and call a function with its arrays, which does what it likes.

    So networks that are trained against each other, or in turns, need no class: the function computes the losses and
    calls the optimizers. The updater counts iterations and epochs, and saves the optimizers with their models.

    Args:
        iterator: The iterator of the training data, or a dict of iterators with one named `"main"`.
        optimizers: The optimizers by any names, set up with their models; what a model reports gets the name of its
            optimizer. A single one is called `"main"`.
        step: The function. What it returns, if it is a dict of values, is reported.
        converter: What makes arrays of a batch: a function of the batch and a device.
        device: Where the models and the batches go (what `catenary.get_device` takes); None moves nothing.
        auto_new_epoch: Whether to count the epochs of the optimizers.
        input_device: Where the batches go if elsewhere than `device`.

    Raises:
        ArgumentError: If a dict of iterators has no `"main"`.
        ArgumentTypeError: If `step` is no function, or an optimizer has no target yet.

    Example:
        >>> import catenary
        >>> from catenary import optimizers
        >>> from catenary.iterators import SerialIterator
        >>> from catenary.training import updaters
        >>> slow, fast = catenary.Link(x=()), catenary.Link(x=())
        >>> opts = {name: optimizers.SGD(lr).setup(link) for name, link, lr in [("s", slow, 0.1), ("f", fast, 0.5)]}
        >>> def step(goal):
        ...     for name, link in [("s", slow), ("f", fast)]:
        ...         opts[name].update(lambda: ((link.x - goal) ** 2).sum() / 2)
        ...     return {"distance": abs(slow.x - fast.x)}
        >>> slow.x.array[...] = fast.x.array[...] = 0
        >>> updater = updaters.StepUpdater(SerialIterator([4.0], 1), opts, step)
        >>> updater.update()
        >>> float(slow.x.array), float(fast.x.array), updater.epoch
        (0.4..., 2.0, 1)
    """

    def __init__(
        self,
        iterator: Iterator | Mapping[str, Iterator],
        optimizers: TrainedBy | Mapping[str, TrainedBy],
        step: Callable[..., Any],
        converter: Converter = concat_examples,
        device: Any = None,
        auto_new_epoch: bool = True,
        *,
        input_device: Any = None,
    ) -> None:
        name = type(self).__name__
        iterators = by_name(name, "iterator", iterator)
        named = optimizers if isinstance(optimizers, Mapping) else {"main": optimizers}
        super().__init__(iterators, named, converter, device, None, auto_new_epoch, input_device)
        if not callable(step):
            raise ArgumentTypeError(f"{name}: step must be a function of the arrays of a batch, got {step!r}")
        self.step = step

    def update_core(self) -> None:
        """Take a batch, call the function and report what it returns."""
        result = call_with(self.step, self._next_arrays())
        if isinstance(result, Mapping):
            report(result)
        self._count_epoch(self._optimizers.values())
