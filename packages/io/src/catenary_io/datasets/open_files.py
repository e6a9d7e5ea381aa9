"""Files that a data set keeps open, and that threads and worker processes do not share by accident."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

from catenary.errors import ArgumentError


class FilePerThread:
    """Open a file once in each thread and each process that reads it.

    Threads and forked processes that shared one would move each other's position. A copy by pickle is closed,
    and opens its own file when it is first read.

    Args:
        open_file: Opens the file; for worker processes that do not fork it has to be picklable.
        owner: Name of the data set, for messages.
    """

    def __init__(self, open_file: Callable[[], Any], owner: str) -> None:
        self._open_file = open_file
        self._owner = owner
        self._start()

    def _start(self) -> None:
        self._own = threading.local()
        self._opened: list[Any] = []
        self._closed = False

    @contextlib.contextmanager
    def using(self) -> Iterator[Any]:
        """Give the file of this thread.

        Raises:
            ArgumentError: If the data set was closed.
        """
        if self._closed:
            raise ArgumentError(f"{self._owner}: the data set is closed")
        if getattr(self._own, "process", None) != os.getpid():
            self._own.file = self._open_file()
            self._own.process = os.getpid()
            self._opened.append(self._own.file)
        yield self._own.file

    def close(self) -> None:
        """Close what was opened; nothing can be read afterwards."""
        self._closed = True
        while self._opened:
            self._opened.pop().close()

    def __getstate__(self) -> dict[str, Any]:
        return {"_open_file": self._open_file, "_owner": self._owner}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._start()

    def __del__(self) -> None:
        with contextlib.suppress(AttributeError):  # the constructor may have failed
            self.close()


class OneFile:
    """A file that somebody else has opened: threads take turns, and other processes are refused.

    Args:
        file: The file.
        owner: Name of the data set, for messages.
        advice: What to do in other processes, for messages.
    """

    def __init__(self, file: Any, owner: str, advice: str) -> None:
        self._file = file
        self._owner = owner
        self._advice = advice
        self._lock = threading.Lock()
        self._process = os.getpid()

    @contextlib.contextmanager
    def using(self) -> Iterator[Any]:
        """Give the file, to one thread at a time.

        Raises:
            ArgumentError: If the file is closed, or was opened in another process.
        """
        if self._process != os.getpid():
            raise ArgumentError(
                f"{self._owner}: the file was opened in another process, whose position it shares; {self._advice}"
            )
        with self._lock:
            if self._file.closed:
                raise ArgumentError(f"{self._owner}: the file is closed")
            yield self._file

    def close(self) -> None:
        """Close the file."""
        self._file.close()
