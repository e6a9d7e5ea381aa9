"""Short runs before the real one, which leave nothing behind."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Iterable, Iterator as Iterates
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catenary import Summary
from catenary.errors import ArgumentError
from catenary_training.dataset.iterator import Iterator
from catenary_training.extensions.evaluator import Evaluator
from catenary_training.extensions.snapshots import Snapshot
from catenary_training.saved_state import SavedState
from catenary_training.updaters.iterator_updater import IteratorUpdater

if TYPE_CHECKING:
    from catenary_training.trainer import Entry, Trainer
    from catenary_training.triggers.trigger import Trigger

#: How many batches an evaluation gets in a trial.
BATCHES = 2


def trial(trainer: Trainer, iterations: int = 3) -> dict[str, Any]:
    """Do a little of everything that a run will do, to find mistakes in the first minute and not after an epoch.

    A few updates are done. Each extension is called when its trigger fires, or else after the last update; so are the
    intervals of logs. Evaluators look at two batches. Snapshots are written and read back. All files go to a temporary
    folder, and the trainer is then as it was: what snapshots save, the attributes of extensions, the random numbers.

    Args:
        trainer: The trainer, before `run`.
        iterations: The number of updates.

    Returns:
        What was observed in the last one.

    Raises:
        ArgumentError: If `iterations` is not positive.
        Exception: Whatever fails.

    Example:
        >>> from catenary.training import trial
        >>> def go(trainer):
        ...     trial(trainer)
        ...     trainer.run()
    """
    _check_iterations("trial", iterations)
    with _restoring(trainer), tempfile.TemporaryDirectory() as folder:
        last = trainer.updater.iteration + iterations
        trainer.out = folder
        trainer.stop_trigger = _Until(trainer.stop_trigger, last)
        trainer._entries = {name: _tried(entry, last) for name, entry in trainer._entries.items()}
        for extension in trainer.get_all_extensions().values():
            if isinstance(extension, Evaluator):
                extension._iterators = {name: _Few(one) for name, one in extension._iterators.items()}
            if callable(getattr(extension, "_trigger", None)):
                extension._trigger = _AtLeastOnce(extension._trigger, last)
        trainer._run(show_loop_exception_msg=False)
        observation = trainer.observation
        for extension in trainer.get_all_extensions().values():
            if isinstance(extension, Snapshot):
                with suppress(ArgumentError):  # of files that cannot be found or loaded again, by the user's choice
                    extension.load_newest(Path(folder), trainer)
        return observation


def overfit(trainer: Trainer, iterations: int = 100, key: str = "main/loss") -> list[float]:
    """Train on one batch again and again: if the loss does not become small, something is wrong with the model.

    No extension is called, and the trainer is then as it was, as after a `trial`.

    Args:
        trainer: The trainer, before `run`; its updater takes batches of iterators, as all first-party ones do.
        iterations: The number of updates.
        key: The observed value.

    Returns:
        The value after each update.

    Raises:
        ArgumentError: If `iterations` is not positive, the updater is of another kind, or there is no such value.

    Example:
        >>> from catenary.training import overfit
        >>> def check(trainer):
        ...     losses = overfit(trainer)
        ...     assert losses[-1] < 0.1 * losses[0], losses
    """
    _check_iterations("overfit", iterations)
    updater = trainer.updater
    if not isinstance(updater, IteratorUpdater):
        raise ArgumentError(
            "overfit: the updater must take batches of iterators, as StandardUpdater does, got "
            f"{type(updater).__name__}"
        )
    values = []
    with _restoring(trainer):
        updater._iterators = {**updater._iterators, "main": _OneBatch(updater._iterators["main"])}
        for _ in range(iterations):
            observation: dict[str, Any] = {}
            with trainer.reporter.scope(observation):
                updater.update()
            if key not in observation:
                raise ArgumentError(f"overfit: no value {key!r} is observed, there are {sorted(observation)}")
            summary = Summary()
            summary.add(observation[key])
            values.append(float(summary.compute_mean()))
    return values


def _tried(entry: Entry, last: int) -> Entry:
    if getattr(entry.trigger, "__self__", None) is entry.extension:  # it knows by itself when it can be called
        return entry
    return replace(entry, trigger=_AtLeastOnce(entry.trigger, last))


def _check_iterations(function: str, iterations: int) -> None:
    if not isinstance(iterations, int) or iterations < 1:
        raise ArgumentError(f"{function}: iterations must be a positive integer, got {iterations!r}")


@contextmanager
def _restoring(trainer: Trainer) -> Iterates[None]:
    """Let a trainer and all that it changes be afterwards as before."""
    before = [(one, dict(vars(one))) for one in _parts(trainer) if isinstance(getattr(one, "__dict__", None), dict)]
    state = SavedState.of(trainer)
    try:
        yield
    finally:
        for one, attributes in before:
            vars(one).clear()
            vars(one).update(attributes)
        state.load_into(trainer)
        vars(trainer).update(before[0][1])  # loading has set the clock


def _parts(trainer: Trainer) -> Iterable[Any]:
    """Yield what has attributes that training changes; iterators are left to what they save."""
    yield from (trainer, trainer.updater, trainer.reporter, trainer.stop_trigger)
    for entry in trainer._entries.values():
        yield from (entry.extension, entry.trigger)
    for optimizer in trainer.updater.get_all_optimizers().values():
        yield from (optimizer, getattr(optimizer, "hyperparam", None))
        yield from getattr(optimizer.target, "links", tuple)()
        for param in getattr(optimizer.target, "params", tuple)():
            yield from (param, param.update_rule, getattr(param.update_rule, "hyperparam", None))


class _AtLeastOnce:
    """Fires when a trigger does, and at the last iteration if that did not fire before."""

    def __init__(self, trigger: Trigger, last: int) -> None:
        self._trigger, self._last = trigger, last
        self._fired = False

    def __call__(self, trainer: Trainer) -> bool:
        fires = self._trigger(trainer) or (trainer.updater.iteration >= self._last and not self._fired)
        self._fired |= fires
        return fires

    def __getattr__(self, name: str) -> Any:
        return getattr(self._trigger, name)


class _Until(_AtLeastOnce):
    """Asks a trigger, and fires at the last iteration alone."""

    def __call__(self, trainer: Trainer) -> bool:
        self._trigger(trainer)
        return trainer.updater.iteration >= self._last


class _Replaced(Iterator):
    """Stands in the place of an iterator, which is not finalized."""

    def __init__(self, iterator: Any) -> None:
        self._iterator = iterator

    def __getattr__(self, name: str) -> Any:
        return getattr(self._iterator, name)

    def serialize(self, serializer: Any) -> None:
        self._iterator.serialize(serializer)


class _Few(_Replaced):
    """Gives the first batches of each sweep."""

    _given = 0

    def reset(self) -> None:
        self._given = 0
        if hasattr(self._iterator, "reset"):
            self._iterator.reset()
        else:
            self._iterator = copy.copy(self._iterator)

    def __next__(self) -> Any:
        if self._given == BATCHES:
            raise StopIteration
        self._given += 1
        return self._iterator.next()


class _OneBatch(_Replaced):
    """Gives the next batch of an iterator again and again."""

    def __init__(self, iterator: Any) -> None:
        super().__init__(iterator)
        self._batch = iterator.next()

    def __next__(self) -> Any:
        return self._batch
