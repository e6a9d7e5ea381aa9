"""A function that runs in a thread or in a process of its own, and whose errors are not lost."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Callable
from typing import Any

from catenary.errors import ArgumentTypeError, TrainingError

#: How many characters of a traceback are kept: what a pipe takes without anybody reading it.
TRACEBACK = 10_000


class Worker:
    """Runs a function beside the training loop.

    Args:
        context: A context of `multiprocessing`; its module `multiprocessing.dummy` makes threads.
        task: What the function does, for messages.
        function: The function.
        *args: Its arguments.
        **kwds: Its arguments by name.
    """

    def __init__(self, context: Any, task: str, function: Callable[..., Any], *args: Any, **kwds: Any) -> None:
        self._task = task
        self._answer, answer = context.Pipe(False)
        self._process = context.Process(target=_run, args=(answer, function, args, kwds))
        self._process.daemon = True

    def start(self) -> None:
        """Begin.

        Raises:
            ArgumentTypeError: If the function and its arguments cannot be sent to another process.
        """
        try:
            self._process.start()
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            raise ArgumentTypeError(
                f"{self._task}: what is to be done cannot be sent to another process ({error}); give functions that "
                "a module has by name, or start_method='fork'"
            ) from error

    def is_alive(self) -> bool:
        """Return whether the function is still running."""
        return self._process.is_alive()  # type: ignore[no-any-return]

    def join(self) -> None:
        """Wait for the end.

        Raises:
            TrainingError: If the function failed, or its process was killed.
        """
        self._process.join()
        error, trace = self._outcome()
        if error:
            failed = TrainingError(f"{self._task}: {error}")
            failed.add_note(trace)
            raise failed

    def _outcome(self) -> tuple[str, str]:
        """Return an error and where it happened; an empty text if there was none."""
        with contextlib.suppress(EOFError):
            if self._answer.poll():
                return self._answer.recv()  # type: ignore[no-any-return]
        return f"the process ended too early, with exit code {self._process.exitcode}", ""


def _run(answer: Any, function: Callable[..., Any], args: tuple[Any, ...], kwds: dict[str, Any]) -> None:
    if multiprocessing.parent_process() is not None and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which waits for what is being done
        threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        function(*args, **kwds)
        answer.send(("", ""))
    except Exception as error:
        notes = "".join(f" {note}" for note in getattr(error, "__notes__", ()))
        answer.send((f"{type(error).__name__}: {error}{notes}", traceback.format_exc()[-TRACEBACK:]))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
