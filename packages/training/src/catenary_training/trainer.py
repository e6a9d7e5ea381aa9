"""The training loop: updates, and extensions between them."""

from __future__ import annotations

import inspect
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from os import PathLike
from typing import TYPE_CHECKING, Any

from catenary import Reporter
from catenary.errors import ArgumentError, ArgumentTypeError, TrainingError
from catenary.plugins import registry
from catenary_training.extension import Extension
from catenary_training.files import check_folder
from catenary_training.finishing import call_all, finishing
from catenary_training.serialization import optional, serialize_child
from catenary_training.snapshot_state import serialize_manifest, serialize_observation, serialize_random_state
from catenary_training.triggers.trigger import Trigger, TriggerLike, get_trigger
from catenary_training.updater import Updater

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.extension import ExtensionProtocol


@dataclass(frozen=True)
class Entry:
    """An extension as one trainer knows it."""

    name: str
    extension: ExtensionProtocol
    trigger: Trigger
    priority: int
    call_before_training: bool

    def call(self, method: str, *args: Any) -> None:
        """Call a method that an extension may have or not."""
        function = getattr(self.extension, method, None)
        if function is not None:
            function(*args)


class Trainer:
    """Run updates until the stop trigger fires, and call extensions after each of them.

    After an update the extensions whose triggers fire are called, those with a larger priority first. Values
    that are reported meanwhile, by links and by extensions, are in `observation`. Everything that changes
    during training can be saved and loaded with the trainer: models, optimizers, iterators, triggers,
    extensions and the state of the random numbers. A run that goes on from a snapshot equals one that was
    never interrupted.

    Args:
        updater: What does the work of one iteration.
        stop_trigger: When to stop: a trigger or a tuple such as `(20, "epoch")`. None means not before `stop`
            is called.
        out: Folder for the files that extensions write.
        extensions: Extensions to begin with, as for `extend`.

    Attributes:
        updater: The updater.
        stop_trigger: The stop trigger.
        observation: What was reported since the last update began.
        out: Folder for the files that extensions write.
        reporter: What collects reported values; the targets of the optimizers are its observers.

    Example:
        >>> import tempfile
        >>> from catenary.training import Trainer, Updater
        >>> class Count(Updater):
        ...     def update(self):
        ...         self.iteration += 1
        ...     def get_all_optimizers(self):
        ...         return {}
        ...     epoch = epoch_detail = 0
        >>> trainer = Trainer(Count(), (3, "iteration"), out=tempfile.mkdtemp())
        >>> trainer.extend(lambda trainer: print("iteration", trainer.updater.iteration), name="say")
        >>> trainer.run()
        iteration 1
        iteration 2
        iteration 3
    """

    def __init__(
        self,
        updater: Updater,
        stop_trigger: TriggerLike = None,
        out: str | PathLike[str] = "result",
        extensions: Iterable[ExtensionProtocol | str] | None = None,
    ) -> None:
        if not hasattr(updater, "get_all_optimizers"):
            raise ArgumentTypeError(f"Trainer: updater must be an Updater, got {type(updater).__name__}")
        self.updater = updater
        self.stop_trigger = get_trigger(stop_trigger)
        self.observation: dict[str, Any] = {}
        self.out = out
        self.reporter = Reporter()
        for name, optimizer in updater.get_all_optimizers().items():
            self.reporter.add_observer(name, optimizer.target)
            self.reporter.add_observers(name, optimizer.target.namedlinks(skipself=True))
        self._entries: dict[str, Entry] = {}
        self._deferred: list[Callable[[], Any]] = []
        self._in_iteration = False
        self._stop_requested = False
        self._done = False
        self._started_at: float | None = None
        self._elapsed_before = 0.0
        updater.connect_trainer(self)
        for extension in extensions or ():
            self.extend(extension)

    # Extensions

    def extend(
        self,
        extension: ExtensionProtocol | str,
        name: str | None = None,
        trigger: TriggerLike = None,
        priority: int | None = None,
        *,
        call_before_training: bool = False,
        **kwargs: Any,
    ) -> None:
        """Add an extension.

        Its name is the key under which it is saved. If the name is taken already, `_1`, `_2`, ... is
        appended; the extension itself is not changed.

        Args:
            extension: An `Extension`, any callable that takes the trainer, or a registered name such as
                `"LogReport"`.
            name: Its name; None takes its attribute `name`, else `default_name`, else the name of the
                function.
            trigger: When to call it, as for `get_trigger`; None takes its attribute `trigger`, else after
                each iteration. For a registered name whose constructor has an argument `trigger`, it goes
                there.
            priority: Extensions with a larger number are called earlier; None takes its attribute.
            call_before_training: Whether to call it also before the first update.
            **kwargs: Arguments of the constructor, for a registered name.

        Raises:
            UnknownNameError: If no such name is registered.
            ArgumentTypeError: If the extension is not callable, or arguments are given for one that is made
                already.
            ArgumentError: If it has no name, or the name cannot be used.
        """
        if isinstance(extension, str):
            extension, trigger = _make_extension(extension, trigger, kwargs)
        elif kwargs:
            raise ArgumentTypeError(
                f"Trainer.extend: the arguments {sorted(kwargs)} are for extensions given by name; got an "
                f"extension that is made already ({type(extension).__name__})"
            )
        if not callable(extension):
            raise ArgumentTypeError(
                f"Trainer.extend: expected an extension, a callable or a registered name, got {extension!r}"
            )
        key = self._free_name(_name_of(extension, name))
        if trigger is None:
            trigger = getattr(extension, "trigger", Extension.trigger)
        if priority is None:
            priority = getattr(extension, "priority", Extension.priority)
        self._entries[key] = Entry(key, extension, get_trigger(trigger), priority, call_before_training)

    def _free_name(self, name: str) -> str:
        key, ordinal = name, 0
        while key in self._entries:
            ordinal += 1
            key = f"{name}_{ordinal}"
        return key

    def get_extension(self, name: str) -> Any:
        """Return an extension by its name in this trainer.

        Raises:
            ArgumentError: If there is none of this name.
        """
        if name not in self._entries:
            raise ArgumentError(
                f"Trainer.get_extension: there is no extension {name!r}; it has {sorted(self._entries)}"
            )
        return self._entries[name].extension

    def extension_name(self, extension: Any) -> str:
        """Return the name that an extension has in this trainer.

        Raises:
            ArgumentError: If it was not added to this trainer.
        """
        for entry in self._entries.values():
            if entry.extension is extension:
                return entry.name
        raise ArgumentError(f"Trainer.extension_name: {extension!r} is not an extension of this trainer")

    def get_all_extensions(self) -> dict[str, Any]:
        """Return all extensions by name, in the order in which they were added."""
        return {name: entry.extension for name, entry in self._entries.items()}

    # State

    @property
    def is_before_training(self) -> bool:
        """Whether no update has been done yet."""
        return self.updater.iteration == 0

    @property
    def elapsed_time(self) -> float:
        """Seconds of training so far, with those before a resume.

        Raises:
            TrainingError: If training has not begun.
        """
        if self._started_at is None and not self._done:
            raise TrainingError("Trainer.elapsed_time: training has not begun; it is known once run() is called")
        return self._elapsed(time.perf_counter())

    def _elapsed(self, now: float) -> float:
        return self._elapsed_before + (0.0 if self._started_at is None else now - self._started_at)

    # The loop

    def run(self, show_loop_exception_msg: bool = True) -> None:
        """Train until the stop trigger fires or `stop` is called.

        Extensions and the updater are finalized in any case, also when the user interrupts. If the loop fails,
        `on_error` of the extensions is called before, and the error is raised again after. What fails meanwhile is
        noted at the first error.

        Args:
            show_loop_exception_msg: Whether to print an error of the loop before the extensions are
                finalized, in case one of them hangs.

        Raises:
            TrainingError: If this trainer has run already, or no file can be written to `out`.
        """
        if self._done or self._started_at is not None:
            raise TrainingError("Trainer.run: this trainer has run already; make a new one to train again")
        with finishing() as finalizers:
            finalizers.append(self.updater.finalize)
            self._run(show_loop_exception_msg)

    def _run(self, show_loop_exception_msg: bool) -> None:
        entries = sorted(self._entries.values(), key=lambda entry: -entry.priority)
        with finishing() as finalizers:
            finalizers.append(self._end)
            finalizers += [partial(entry.call, "finalize") for entry in entries]
            self._begin(entries)
            try:
                self._loop(entries)
            except Exception as error:
                if show_loop_exception_msg:
                    _show(error)
                call_all((partial(one.call, "on_error", self, error, error.__traceback__) for one in entries), error)
                raise

    def stop(self) -> None:
        """End training after the current iteration, from wherever this is called.

        The other extensions of the iteration still have their turn, so a snapshot is complete. A training
        that was stopped can be resumed.
        """
        self._stop_requested = True

    def defer(self, action: Callable[[], Any]) -> None:
        """Run `action` at the end of the iteration, when all extensions had their turn.

        Between iterations it runs at once. What saves the trainer does so then: all triggers have been asked,
        and none is asked again for the same iteration after a resume.
        """
        if self._in_iteration:
            self._deferred.append(action)
        else:
            action()

    def _begin(self, entries: list[Entry]) -> None:
        check_folder("Trainer.run", self.out)
        self._started_at = time.perf_counter()
        for method in ("restore", "initialize"):
            for entry in entries:
                entry.call(method, self)
        if self.is_before_training:
            self._iteration([entry for entry in entries if entry.call_before_training], first=True)

    def _loop(self, entries: list[Entry]) -> None:
        while not (self._stop_requested or self.stop_trigger(self)):
            self._iteration(entries)

    def _iteration(self, entries: list[Entry], first: bool = False) -> None:
        self.observation = {}
        self._in_iteration = True
        try:
            with self.reporter.scope(self.observation):
                if not first:
                    self.updater.update()
                for entry in entries:
                    if first or entry.trigger(self):
                        entry.extension(self)
        finally:
            self._in_iteration = False
            deferred, self._deferred = self._deferred, []
        for action in deferred:
            action()

    def _end(self) -> None:
        self._elapsed_before, self._started_at = self._elapsed(time.perf_counter()), None
        self._done = True

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load everything that changes during training."""
        serialize_manifest(serializer, self.updater.contents())
        self.updater.serialize(serializer["updater"])
        serialize_child(serializer, "stop_trigger", self.stop_trigger)
        for entry in self._entries.values():
            serialize_child(serializer["extensions"], entry.name, entry.extension)
            serialize_child(serializer["extension_triggers"], entry.name, entry.trigger)
        self.observation = serialize_observation(serializer, self.observation)
        self._serialize_elapsed_time(serializer)
        serialize_random_state(serializer)

    def _serialize_elapsed_time(self, serializer: AbstractSerializer) -> None:
        now = time.perf_counter()
        self._elapsed_before = optional(serializer, "_snapshot_elapsed_time", self._elapsed(now))
        if self._started_at is not None:
            self._started_at = now


def _make_extension(name: str, trigger: TriggerLike, kwargs: dict[str, Any]) -> tuple[ExtensionProtocol, TriggerLike]:
    """Make an extension that is registered; return it and the trigger that is left to the trainer."""
    factory = registry.get("extensions", name)
    if trigger is not None and "trigger" in inspect.signature(factory).parameters:
        kwargs, trigger = {**kwargs, "trigger": trigger}, None
    return factory(**kwargs), trigger


def _name_of(extension: Any, name: str | None) -> str:
    attributes = ("name", "default_name", "__name__")
    candidates = (name, *(getattr(extension, attribute, None) for attribute in attributes))
    found = next((candidate for candidate in candidates if candidate is not None), None)
    if found is None:
        raise ArgumentError(f"Trainer.extend: give a name for the extension {extension!r}, which has none")
    if found == "training":
        raise ArgumentError(f"Trainer.extend: an extension cannot be named {found!r}; choose another name")
    return str(found)


def _show(error: Exception) -> None:
    print("Exception in the training loop:", *traceback.format_exception_only(error), file=sys.stderr)
    traceback.print_tb(error.__traceback__)
    print("Extensions and the updater are finalized now; then it is raised again.", file=sys.stderr)
