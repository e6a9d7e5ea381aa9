"""The folder where data sets are kept, and files that are made once."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from catenary_io.datasets.images import PathLike

_chosen: str | None = None


def get_dataset_root() -> str:
    """Return the folder where downloaded data sets are kept.

    It is what `set_dataset_root` has set; else the environment variable `CATENARY_DATASET_ROOT`; else
    `CHAINER_DATASET_ROOT`, whose files are then used as they are if their checksums are right; else
    `catenary/datasets` in `XDG_CACHE_HOME`, or in `~/.cache`.

    Example:
        >>> from catenary.datasets import get_dataset_root, set_dataset_root
        >>> set_dataset_root("/data")
        >>> get_dataset_root()
        '/data'
        >>> set_dataset_root(None)
    """
    if _chosen is not None:
        return _chosen
    for variable in ("CATENARY_DATASET_ROOT", "CHAINER_DATASET_ROOT"):
        if root := os.environ.get(variable):
            return os.path.expanduser(root)
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return os.path.join(caches, "catenary", "datasets")


def set_dataset_root(path: PathLike | None) -> None:
    """Set the folder where downloaded data sets are kept, for this process.

    Args:
        path: The folder; it is made when something is put there. None takes the default again.

    Example:
        >>> from catenary.datasets import set_dataset_root
        >>> set_dataset_root(None)
    """
    global _chosen
    _chosen = None if path is None else os.fspath(path)


def cache_or_load_file(path: PathLike, creator: Callable[[str], Any], loader: Callable[[str], Any]) -> Any:
    """Load a file, or make it if it is not there.

    The file is made in a folder beside its place and then moved, so that it is there in full or not at all.
    When several processes want it, one makes it and the others load it.

    Args:
        path: Name of the file; its folder is made if it is not there.
        creator: Takes the name of a file to write, with the last part of `path`, and returns its content.
        loader: Takes the name of the file, and returns its content.

    Returns:
        What `creator` or `loader` returns.

    Raises:
        FileNotFoundError: If `creator` writes no file of the given name.

    Example:
        >>> import os, tempfile
        >>> import numpy as np
        >>> from catenary.datasets import cache_or_load_file
        >>> def create(path):
        ...     np.save(path, np.arange(3))
        ...     return np.arange(3)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = os.path.join(folder, "numbers.npy")
        ...     cache_or_load_file(path, create, np.load), cache_or_load_file(path, None, np.load)
        (array([0, 1, 2]), array([0, 1, 2]))
    """
    path = os.path.abspath(path)
    if os.path.exists(path):
        return loader(path)
    with locked(path):
        if os.path.exists(path):
            return loader(path)
        folder, name = os.path.split(path)
        with tempfile.TemporaryDirectory(prefix=f".{name}.", dir=folder) as temporary:
            made = os.path.join(temporary, name)
            content = creator(made)
            os.replace(made, path)
        return content


def locked(path: str) -> AbstractContextManager[Any]:
    """Return a context in which no other thread or process makes a file; its folder is made.

    Args:
        path: Name of the file. The lock is a file beside it, which stays.
    """
    from filelock import FileLock

    os.makedirs(os.path.dirname(path), exist_ok=True)
    return FileLock(f"{path}.lock")
