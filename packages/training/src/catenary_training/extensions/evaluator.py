"""The extension that measures a model on other data."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator as Batches, Mapping
from typing import TYPE_CHECKING, Any

from catenary import DictSummary, Reporter, evaluation_mode, get_device, report, report_scope
from catenary.errors import ArgumentError
from catenary_training.dataset.convert import call_with, concat_examples
from catenary_training.dataset.iterator import Iterator
from catenary_training.extension import PRIORITY_WRITER, Extension
from catenary_training.extensions.bars import make_bar
from catenary_training.named import by_name, pick

if TYPE_CHECKING:
    from catenary import Link
    from catenary_training.trainer import Trainer


class Evaluator(Extension):
    """Report the means of a model's values over a data set, once per epoch by default.

    The model runs in evaluation mode, also if a subclass overrides `evaluate`: `train` is False, for links with a mode
    of their own, too, and no graph is recorded. The values carry the name of the extension: `main/loss` becomes
    `validation/main/loss`. The means are those over batches, whatever their sizes.

    Args:
        iterator: The iterator of the data, which must not repeat, or a dict of iterators with one named
            `"main"`. It is reset before each evaluation, or copied if it has no `reset`.
        target: The model, or a dict of links with one named `"main"`.
        converter: What makes arrays of a batch: a function of the batch and a device.
        device: Where the batches go (what `catenary.get_device` takes); None leaves them where they are.
        eval_hook: Called with the evaluator before each evaluation.
        eval_func: Called with the arrays of each batch; None takes the target `main`.
        progress_bar: Whether to show a progress bar on terminals.

    Raises:
        ArgumentError: If a dict has no `"main"`, or the iterator repeats and would never end.

    Example:
        >>> import catenary
        >>> from catenary.iterators import SerialIterator
        >>> from catenary.training.extensions import Evaluator
        >>> class Model(catenary.Chain):
        ...     def __call__(self, x):
        ...         catenary.report({"mean": x.mean()}, self)
        >>> data = SerialIterator([1.0, 2.0, 3.0], 3, repeat=False, shuffle=False)
        >>> {key: float(mean) for key, mean in Evaluator(data, Model())().items()}
        {'validation/main/mean': 2.0}
    """

    trigger = (1, "epoch")
    priority = PRIORITY_WRITER
    default_name = "validation"

    def __init__(
        self,
        iterator: Iterator | Mapping[str, Iterator],
        target: Link | Mapping[str, Link],
        converter: Callable[[Any, Any], Any] = concat_examples,
        device: Any = None,
        eval_hook: Callable[[Evaluator], Any] | None = None,
        eval_func: Callable[..., Any] | None = None,
        *,
        progress_bar: bool = False,
    ) -> None:
        self._iterators: dict[str, Any] = by_name("Evaluator", "iterator", iterator)
        self._targets: dict[str, Any] = by_name("Evaluator", "target", target)
        self.converter = converter
        self.device = None if device is None else get_device(device)
        self.eval_hook = eval_hook
        self.eval_func = eval_func
        self._progress_bar = progress_bar
        for name, one in self._iterators.items():
            if getattr(one, "repeat", False):
                raise ArgumentError(
                    f"Evaluator: iterator {name!r} repeats, so an evaluation would never end; make it with repeat=False"
                )

    def get_iterator(self, name: str) -> Any:
        """Return one iterator.

        Raises:
            ArgumentError: If there is none of this name.
        """
        return pick("Evaluator", "iterator", self._iterators, name)

    def get_all_iterators(self) -> dict[str, Any]:
        """Return all iterators by name."""
        return dict(self._iterators)

    def get_target(self, name: str) -> Any:
        """Return one target.

        Raises:
            ArgumentError: If there is none of this name.
        """
        return pick("Evaluator", "target", self._targets, name)

    def get_all_targets(self) -> dict[str, Any]:
        """Return all targets by name."""
        return dict(self._targets)

    def __call__(self, trainer: Trainer | None = None) -> dict[str, Any]:
        """Evaluate and report the means.

        Args:
            trainer: The trainer, which knows the name of the extension; None to evaluate by hand.

        Returns:
            The means by name.
        """
        prefix = self._prefix(trainer)
        reporter = Reporter()
        for key, target in self._targets.items():
            reporter.add_observer(prefix + key, target)
            reporter.add_observers(prefix + key, target.namedlinks(skipself=True))
        with reporter, evaluation_mode(*self._targets.values(), self.eval_func):
            result = self.evaluate()
        report(result)
        return result

    def _prefix(self, trainer: Trainer | None) -> str:
        """Return what stands in front of all names of results."""
        name = self.name or self.default_name if trainer is None else trainer.extension_name(self)
        return f"{name}/"

    def evaluate(self) -> dict[str, Any]:
        """Run the model over the data and return the means of what it reports.

        Subclasses may override it; they find the data with `get_iterator` and the model with `get_target`.
        """
        if self.eval_hook is not None:
            self.eval_hook(self)
        eval_func = self.eval_func or self._targets["main"]
        summary = DictSummary()
        with evaluation_mode(*self._targets.values(), self.eval_func):
            for batch in self._batches():
                observation: dict[str, Any] = {}
                with report_scope(observation):
                    call_with(eval_func, self.converter(batch, self.device))
                summary.add(observation)
        means: dict[str, Any] = summary.compute_mean()
        return means

    def _batches(self) -> Batches[Any]:
        iterator = self._iterators["main"]
        if hasattr(iterator, "reset"):
            iterator.reset()
        else:
            iterator = copy.copy(iterator)
        if not self._progress_bar:
            yield from iterator
            return
        with make_bar(None, iterable=iterator, desc="evaluation", leave=False) as batches:
            yield from batches

    def finalize(self) -> None:
        """Finalize the iterators."""
        for iterator in self._iterators.values():
            iterator.finalize()
