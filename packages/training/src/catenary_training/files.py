"""Files that are there in full or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catenary.errors import TrainingError


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a name beside `path` to write to; the file takes the place of `path` when the block ends well.

    Whoever reads `path` meanwhile, or after a crash, finds the old file or the new one, complete.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def check_folder(function: str, folder: str | os.PathLike[str]) -> None:
    """Make a folder where there is none, and see whether files can be written to it.

    Raises:
        TrainingError: If not.
    """
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError as error:
        raise TrainingError(f"{function}: no files can be written to the folder {str(folder)!r}: {error}") from error
