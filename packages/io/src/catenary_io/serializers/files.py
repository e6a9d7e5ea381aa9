"""Files that are there in full or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from typing import Any

from catenary.errors import ArgumentTypeError, FileFormatError

#: What functions that take the name of a file accept.
PathLike = str | os.PathLike[str]


@contextlib.contextmanager
def replacing(path: PathLike, caller: str) -> Iterator[str]:
    """Give a temporary name to write to, and put the file in its place once it is complete.

    After an error, or a crash at any moment, `path` is as it was before.

    Args:
        path: The file to make or replace. A symbolic link stays one.
        caller: Name of the function, for messages.

    Yields:
        Name of an empty file in the same folder.
    """
    target = os.path.realpath(check_path(path, caller))
    folder, name = os.path.split(target)
    if not os.path.isdir(folder):
        raise FileNotFoundError(errno.ENOENT, f"{caller}: there is no such folder to save into", folder)
    if os.path.isdir(target):
        raise IsADirectoryError(errno.EISDIR, f"{caller}: expected a file to write, got a folder", target)
    temporary = os.path.join(folder, f".{name}.{secrets.token_hex(4)}.tmp")
    # Not tempfile: its files are readable by their owner alone, whatever the umask says.
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    try:
        yield temporary
        _flush(temporary)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    if os.name == "posix":
        _flush(folder)


def _flush(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY if os.path.isdir(path) else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check_path(path: PathLike, caller: str) -> str:
    """Return the name of a file as a str.

    Raises:
        ArgumentTypeError: If it is neither a str nor a path object.
    """
    if not isinstance(path, str | os.PathLike):
        raise ArgumentTypeError(f"{caller}: expected the name of a file, got {type(path).__name__}")
    return os.fspath(path)


def check_stream(file: Any, caller: str, method: str) -> Any:
    """Return an open file.

    Raises:
        ArgumentTypeError: If it lacks the method that is needed.
    """
    if not hasattr(file, method):
        raise ArgumentTypeError(
            f"{caller}: expected the name of a file or an open binary file, got {type(file).__name__}"
        )
    return file


def wrong_format(caller: str, file: object, expected: str, head: bytes) -> FileFormatError:
    """Return the error for a file that is not what its reader expects.

    Args:
        caller: Name of the function.
        file: Name of the file.
        expected: What it should be, such as `"an NPZ file"`.
        head: Its first bytes.
    """
    return FileFormatError(f"{caller}: {file} is not {expected}; it {_recognize(head)}")


def _recognize(head: bytes) -> str:
    if not head:
        return "is empty"
    known = {
        b"PK\x03\x04": "looks like a zip archive (NPZ, for one)",
        b"\x89HDF\r\n\x1a\n": "looks like HDF5: use load_hdf5",
        b"\x93NUMPY": "looks like a single NumPy array: use numpy.load",
        b"\x80": "looks like a pickle, which can run code when it is loaded, and is never loaded here",
    }
    for magic, text in known.items():
        if head.startswith(magic):
            return text
    return f"begins with {head[:8]!r}"
