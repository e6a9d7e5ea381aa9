"""The extension that saves training so that it can go on later."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from catenary.errors import ArgumentError, ArgumentTypeError
from catenary_training.extension import Extension
from catenary_training.extensions.snapshot_files import find_snapshots, load_newest, remove_unfinished
from catenary_training.extensions.snapshot_formats import Function, find_loadfun
from catenary_training.extensions.snapshot_writers import SimpleWriter, Writer
from catenary_training.saved_state import SavedState
from catenary_training.snapshot_contents import fit_contents

if TYPE_CHECKING:
    from catenary_training.trainer import Trainer

#: Name of the snapshots of a trainer where no other is given.
FILENAME = "snapshot_iter_{.updater.iteration}"


class Snapshot(Extension):
    """Save the trainer or another object; made by `snapshot` and `snapshot_object`.

    It runs after all other extensions, when every trigger has been asked, whatever its priority.
    """

    trigger = (1, "epoch")
    priority = -100
    default_name = "_Snapshot"  # the key of its trigger in Chainer's files

    def __init__(
        self,
        target: Any,
        filename: str | Callable[[Any], str],
        savefun: Function | str | None,
        loadfun: Function | None,
        condition: Callable[[], bool] | None,
        writer: Writer | Callable[..., Any] | None,
        snapshot_on_error: bool,
        n_retains: int,
        autoload: bool,
    ) -> None:
        self.target = target
        self._filename = filename
        self._writer = _check_writer(savefun, writer)
        self._copies = writer is not None
        self._loadfun = loadfun
        self._condition = condition
        self._snapshot_on_error = snapshot_on_error
        self._n_retains = n_retains
        self._autoload = autoload
        self._folder: Path | None = None
        if autoload:
            self._check_loadfun()
        if autoload or n_retains > 0:
            self._check_filename()

    def _check_loadfun(self) -> Function:
        savefun = getattr(self._writer, "savefun", None)
        loadfun = self._loadfun or (savefun and find_loadfun(savefun))
        if loadfun is None:
            raise ArgumentError(
                f"snapshot: nobody knows how to load what {savefun or self._writer!r} saves; give loadfun, a "
                "function of a file and an object"
            )
        return loadfun

    def _check_filename(self) -> str:
        if not isinstance(self._filename, str):
            raise ArgumentError(
                "snapshot: files that are named by a function cannot be found again (autoload, n_retains, "
                f"resume); give a format string as filename, got {self._filename!r}"
            )
        return self._filename

    def load(self, path: Path, trainer: Trainer, **options: Any) -> None:
        """Load one file into the target.

        Args:
            path: The file.
            trainer: The trainer.
            **options: For the function that loads the format.

        Raises:
            ArgumentError: If nobody knows how to load what `savefun` saves.
            LoadMismatchError: If the file does not fit the target.
        """
        load = self._check_loadfun()
        if self.target is not None:
            load(path, self.target, **options)
        else:
            load(path, trainer, **fit_contents(load, path, trainer, options))

    def load_newest(self, folder: Path, trainer: Trainer, **options: Any) -> Path | None:
        """Load the newest complete snapshot of a folder into the target.

        Args:
            folder: The folder.
            trainer: The trainer.
            **options: For the function that loads the format.

        Returns:
            The file that was loaded; None if there is none.
        """
        return load_newest(folder, self._check_filename(), lambda path: self.load(path, trainer, **options))

    def restore(self, trainer: Trainer) -> None:
        """Remove what a killed run left unfinished, and with `autoload` load the newest snapshot."""
        folder = Path(trainer.out)
        remove_unfinished(folder)
        if self._autoload:
            self.load_newest(folder, trainer)

    def __call__(self, trainer: Trainer) -> None:
        """Save the target at the end of this iteration."""
        if self._condition is None or self._condition():
            trainer.defer(lambda: self._take(trainer))

    def on_error(self, trainer: Trainer, exc: Exception, tb: TracebackType | None) -> None:
        """Save the target after an error, if asked to; the iteration that failed is then done in part."""
        if self._snapshot_on_error:
            self._take(trainer)

    def _take(self, trainer: Trainer) -> None:
        target = trainer if self.target is None else self.target
        name = self._filename(trainer) if callable(self._filename) else self._filename.format(trainer)
        self._folder = Path(trainer.out)
        self._writer(name, self._folder, SavedState.of(target) if self._copies else target)
        self._remove_old(self._folder)

    def _remove_old(self, folder: Path) -> None:
        if self._n_retains > 0:
            for path in find_snapshots(folder, self._check_filename())[: -self._n_retains]:
                path.unlink(missing_ok=True)

    def finalize(self) -> None:
        """Wait until the writer is done."""
        try:
            if hasattr(self._writer, "finalize"):
                self._writer.finalize()
        finally:
            if self._folder is not None:
                self._remove_old(self._folder)


def _check_writer(savefun: Any, writer: Any) -> Callable[..., Any]:
    if writer is None:
        return SimpleWriter(savefun)
    if savefun is not None:
        raise ArgumentError("snapshot: give savefun or writer, not both; a writer has a savefun of its own")
    if not callable(writer):
        raise ArgumentTypeError(
            f"snapshot: writer must be a Writer, or a function of a file name, a folder and a state, got {writer!r}"
        )
    return writer  # type: ignore[no-any-return]


def snapshot(
    savefun: Function | str | None = None,
    filename: str | Callable[[Trainer], str] = FILENAME,
    *,
    target: Any = None,
    condition: Callable[[], bool] | None = None,
    writer: Writer | Callable[..., Any] | None = None,
    snapshot_on_error: bool = False,
    n_retains: int = -1,
    autoload: bool = False,
    loadfun: Function | None = None,
) -> Snapshot:
    """Make an extension that saves the trainer, so that training can go on after it was interrupted.

    A snapshot holds the models, the optimizers, the iterators, the triggers, the extensions and the state of
    the random numbers: a run that goes on from it equals one that was never interrupted. The file appears
    when it is complete; a run killed at any moment leaves the one before as it was.

    Args:
        savefun: A function of a file and an object, such as `catenary.serializers.save_npz`, or the name of a
            registered format; None means `"npz"`.
        filename: Name of the file in the trainer's `out`: a format string that is filled with the trainer, or
            a function of the trainer.
        target: What to save instead of the trainer.
        condition: Called without arguments before each snapshot; it is left out if the answer is False.
        writer: What writes instead of `savefun`, at once or beside the training loop: one of `snapshot_writers`. It
            gets a copy of the state on the host, so training may go on meanwhile. What goes wrong in a thread or a
            process is raised by the next snapshot or at the end of training.
        snapshot_on_error: Whether to save also after an error in the training loop.
        n_retains: How many snapshots to keep; older ones are removed once newer ones are complete. 0 or less keeps
            all.
        autoload: Whether to go on from the newest snapshot in `out`, if there is one, when training begins.
        loadfun: How to load what `savefun` saves: a function of a file and an object; None finds the
            counterpart of registered formats.

    Raises:
        UnknownNameError: If no `savefun` is given and catenary-io, which has the default format, is not
            installed.
        ArgumentError: If `savefun` and `writer` are both given, or `autoload` or `n_retains` are asked for and cannot
            work with the other arguments.

    Example:
        >>> from catenary.training import extensions
        >>> extension = extensions.snapshot(n_retains=2, autoload=True)
        >>> extension.trigger
        (1, 'epoch')
    """
    return Snapshot(target, filename, savefun, loadfun, condition, writer, snapshot_on_error, n_retains, autoload)


def snapshot_object(
    target: Any,
    filename: str | Callable[[Trainer], str],
    savefun: Function | str | None = None,
    *,
    condition: Callable[[], bool] | None = None,
    writer: Writer | Callable[..., Any] | None = None,
    snapshot_on_error: bool = False,
    n_retains: int = -1,
    autoload: bool = False,
    loadfun: Function | None = None,
) -> Snapshot:
    """Make an extension that saves one object, such as a model, once per epoch by default.

    Args:
        target: The object.
        filename: Name of the file in the trainer's `out`: a format string that is filled with the trainer, or
            a function of the trainer.
        savefun: As for `snapshot`.
        condition: As for `snapshot`.
        writer: As for `snapshot`.
        snapshot_on_error: As for `snapshot`.
        n_retains: As for `snapshot`.
        autoload: As for `snapshot`.
        loadfun: As for `snapshot`.

    Example:
        >>> import catenary
        >>> from catenary.training import extensions
        >>> extension = extensions.snapshot_object(catenary.Chain(), "model_{.updater.epoch}.npz")
    """
    return Snapshot(target, filename, savefun, loadfun, condition, writer, snapshot_on_error, n_retains, autoload)
