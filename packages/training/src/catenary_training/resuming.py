"""Going on from a snapshot in one call."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catenary_training.extensions.snapshots import Snapshot, snapshot

if TYPE_CHECKING:
    from catenary_training.trainer import Trainer


def resume(trainer: Trainer, path: str | PathLike[str] | None = None, **options: Any) -> Path | None:
    """Load a snapshot into a trainer that is built as the one which wrote it; `run` then goes on from there.

    Where the trainer has a `snapshot` extension, its file names and format are used.

    Args:
        trainer: The trainer, before `run`.
        path: A snapshot, or a folder of which the newest complete snapshot is taken; None means the trainer's
            `out`.
        **options: For the function that loads the format. `strict=False` passes over what the file and the trainer
            do not have in common: a model with new layers, another optimizer and a data set of another size begin
            anew, and all the rest is taken over.

    Returns:
        The file that was loaded; None if the folder has no snapshot, so that training begins from the start.

    Raises:
        LoadMismatchError: If the snapshot does not fit the trainer; the message has what differs.
        FileFormatError: If the file, or each one in the folder, is damaged.
        ArgumentError: If the trainer's snapshots are named by a function, or nobody knows how to load them.
        OSError: If there is no such file.

    Example:
        >>> import os
        >>> from catenary.training import resume
        >>> def go_on(trainer):
        ...     if os.environ.get("RESUME") == "1":
        ...         resume(trainer, "result")
        ...     trainer.run()
    """
    extensions = trainer.get_all_extensions().values()
    own = (one for one in extensions if isinstance(one, Snapshot) and one.target is None)
    extension = next(own, None) or snapshot()
    path = Path(trainer.out if path is None else path)
    if path.is_dir() or path == Path(trainer.out):
        return extension.load_newest(path, trainer, **options)
    extension.load(path, trainer, **options)
    return path
