"""The parent's side of one worker process."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
import time
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.reduction import recv_handle
from typing import Any

from catenary.errors import ArgumentTypeError, TrainingError
from catenary_training.iterators.crew import Ticket
from catenary_training.iterators.processes.slots import AVAILABLE, SlotReader
from catenary_training.iterators.processes.worker import (
    Answer,
    Failure,
    Job,
    Parcel,
    ends_of_parent,
    main,
)

#: How many bytes of jobs may wait in a pipe. Less than any system's pipe holds, so that sending never blocks while the
#: worker in turn waits for its answers to be read.
PIPE_ROOM = 2**15

#: How long to wait for a worker to write where it is, in seconds.
STACK_PATIENCE = 1.0


class Handle:
    """A worker process, its pipe, and what it has been asked for.

    Args:
        name: The name of the iterator, for messages.
        context: Starts processes.
        parcel: The data set and the converter.
        memory_limit: The largest slot of shared memory in bytes; None sets no limit.

    Attributes:
        process: The process.
        connection: This side of the pipe.
        jobs: The tickets that are not answered yet, by number, oldest first.
        examples: How many examples it has been asked for so far.
        is_ready: Whether it has told that the data set is there.
    """

    def __init__(self, name: str, context: BaseContext, parcel: Parcel, memory_limit: int | None) -> None:
        self.jobs: dict[int, tuple[Ticket, int]] = {}
        self.examples = 0
        self.is_ready = False
        self._converts = parcel.converts
        self._name = name
        self._method = context.get_start_method()
        self._slots = SlotReader()
        self._stack_file: int | None = None
        self.connection: Connection
        self.connection, theirs = context.Pipe()
        ends_of_parent.add(self.connection)
        self.process: Any = context.Process(  # type: ignore[attr-defined]
            target=main, args=(parcel, theirs, memory_limit), daemon=True
        )
        try:
            self.process.start()
        except BaseException:
            self.connection.close()
            raise
        finally:
            theirs.close()

    def submit(self, number: int, ticket: Ticket) -> bool:
        """Give the worker a job, unless its pipe is full."""
        job = pickle.dumps(Job(number, ticket.indices, ticket.seed or 0, self._slots.take_freed()))
        if self.jobs and sum(size for _, size in self.jobs.values()) + len(job) > PIPE_ROOM:
            return False
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the end of the worker is noticed later
            self.connection.send_bytes(job)
        self.jobs[number] = (ticket, len(job))
        self.examples += len(ticket.indices)
        return True

    def read(self) -> None:
        """Take one message.

        Raises:
            EOFError: If the worker has ended.
            ArgumentTypeError: If it could not unpack the data set.
        """
        message = self.connection.recv()
        if self.is_ready:
            self._take(message)
            return
        if message is not None:
            raise ArgumentTypeError(
                f"{self._name}: the data set cannot be unpacked in a worker process (start_method={self._method!r}); "
                f"define its class and functions in a module that can be imported. In the worker:\n{message.text}"
            )
        self.is_ready = True
        if AVAILABLE:
            self._stack_file = recv_handle(self.connection)

    def _take(self, answer: Answer) -> None:
        ticket, _ = self.jobs.pop(answer.number)
        if answer.failure is not None:
            ticket.finish(None, self._error(answer.failure))
            return
        assert answer.packed is not None
        packed = answer.packed
        if packed.capacity:
            assert packed.slot is not None
            self._slots.add(packed.slot, recv_handle(self.connection), packed.capacity)
        if not ticket.wanted:
            self._slots.discard(packed)
            return
        try:
            items = self._slots.read(packed)
            ticket.finish(items[0] if self._converts else items)
        except Exception as error:
            ticket.finish(None, error)

    def _error(self, failure: Failure) -> BaseException:
        """Return what the worker raised, with its traceback as a note."""
        error: BaseException | None = None
        if failure.error is not None:
            with contextlib.suppress(Exception):
                error = pickle.loads(failure.error)
        if error is None or isinstance(error, StopIteration):  # that would look like the end of the data
            error = TrainingError(f"{self._name}: the data set raised {failure.text.splitlines()[-1]}")
        error.add_note(f"{self._name}: raised in worker process {self.process.pid} {failure.where}:\n{failure.text}")
        return error

    def death(self) -> TrainingError:
        """Return what to raise when the worker has ended without being asked to."""
        self.process.join()
        code = self.process.exitcode
        how = f"ended with exit code {code}" if code >= 0 else f"was killed by {signal.Signals(-code).name}"
        if self.jobs:
            ticket, _ = next(iter(self.jobs.values()))
            where = f"while it loaded the examples {_outline(ticket.indices)}"
        else:
            where = "while it waited for work"
        hint = ""
        if not self.is_ready:
            where = "before it was ready; what it printed may say more"
            if self._method != "fork":
                hint = (
                    f". With start_method={self._method!r} each worker imports the main script: "
                    'what runs there has to be under  if __name__ == "__main__":'
                )
        elif code == -signal.SIGKILL:
            hint = ". Systems do that when memory runs out: use smaller batches, fewer processes or less n_prefetch"
        return TrainingError(f"{self._name}: worker process {self.process.pid} {how} {where}{hint}")

    def stack(self) -> str:
        """Return where the threads of the data set are in the worker; an empty text if it does not say."""
        if self._stack_file is None:
            return ""
        begin = end = os.fstat(self._stack_file).st_size
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid, signal.SIGUSR1)
        deadline = time.monotonic() + STACK_PATIENCE
        while time.monotonic() < deadline:
            time.sleep(0.05)
            before, end = end, os.fstat(self._stack_file).st_size
            if begin < before == end:
                break
        return _within_data_set(os.pread(self._stack_file, end - begin, begin).decode(errors="replace"))

    def close(self) -> None:
        """Close the pipe; an idle worker then ends by itself."""
        self.connection.close()
        if self._stack_file is not None:
            os.close(self._stack_file)
            self._stack_file = None


def _within_data_set(stacks: str) -> str:
    """Return the part of each stack that lies within the data set."""
    own = f'File "{sys.modules[main.__module__].__file__}"'
    threads = [stack.partition(f"\n  {own}")[0] for stack in stacks.strip().split("\n\n")]
    return "\n".join(stack for stack in threads if "\n" in stack)


def _outline(indices: list[int]) -> str:
    shown = ", ".join(map(str, indices[:8]))
    return f"{shown}, ... ({len(indices)} in all)" if len(indices) > 8 else shown
