"""The files of snapshots: their names, their order, and how they come and go."""

from __future__ import annotations

import os
import re
import shutil
import string
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from catenary.errors import FileFormatError

#: What the names of the folders beside the snapshots begin with in which these are written, one in each. What is in
#: them is not complete.
UNFINISHED = ".unfinished"


def write_snapshot(path: Path, save: Callable[[Path], Any]) -> None:
    """Write a snapshot so that `path` is the complete file or what was there before, whatever happens.

    Args:
        path: The snapshot.
        save: Called with the name of a file to write, with the same last part.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f"{UNFINISHED}-", dir=path.parent) as folder:
            temporary = Path(folder) / path.name
            save(temporary)
            _flush(temporary)
            temporary.replace(path)
        if os.name == "posix":
            _flush(path.parent)
    except Exception as error:
        error.add_note(f"(while the snapshot {str(path)!r} was written; earlier snapshots are as they were)")
        raise


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_unfinished(folder: Path) -> None:
    """Remove what a killed run left half written."""
    for unfinished in folder.glob(f"{UNFINISHED}*"):
        shutil.rmtree(unfinished, ignore_errors=True)


def find_snapshots(folder: Path, filename: str) -> list[Path]:
    """Return the snapshots in a folder, oldest first.

    Args:
        folder: The folder; one that does not exist has none.
        filename: The format string of their names.
    """
    pattern = _pattern(filename)
    found = [path for path in folder.glob("[!.]*") if pattern.fullmatch(path.name) and path.is_file()]
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, _numbers(path.name)))


def _pattern(filename: str) -> re.Pattern[str]:
    parts = []
    for literal, field, _, _ in string.Formatter().parse(filename):
        parts.append(re.escape(literal))
        if field is not None:
            parts.append(r"\d+" if field.endswith(("iteration", "epoch")) else ".+")
    return re.compile("".join(parts))


def _numbers(name: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", name)]


def load_newest(folder: Path, filename: str, load: Callable[[Path], Any]) -> Path | None:
    """Load the newest snapshot of a folder; pass over damaged ones with a warning.

    Args:
        folder: The folder.
        filename: The format string of the names of snapshots.
        load: Called with a file; raises `FileFormatError` if it is damaged.

    Returns:
        The file that was loaded; None if there is no snapshot.

    Raises:
        FileFormatError: If there are snapshots and all of them are damaged.
    """
    snapshots = find_snapshots(folder, filename)
    for path in reversed(snapshots):
        try:
            load(path)
            return path
        except FileFormatError as error:
            if path == snapshots[0]:
                raise
            warnings.warn(f"snapshot {path} is passed over for an older one: {error}", stacklevel=2)
    return None
