"""What runs in a worker process."""

from __future__ import annotations

import contextlib
import faulthandler
import multiprocessing
import os
import pickle
import signal
import threading
import traceback
import weakref
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import ForkingPickler, send_handle
from typing import Any, NamedTuple

import catenary
from catenary_training.iterators.crew import load
from catenary_training.iterators.processes.libraries import keep_freed_memory, use_one_thread
from catenary_training.iterators.processes.slots import AVAILABLE, Packed, SlotWriter

#: The ends of all pipes that this process keeps for itself. A forked worker closes its copies: a pipe that somebody
#: else holds open does not tell of the death of the parent.
ends_of_parent: weakref.WeakSet[Connection] = weakref.WeakSet()

#: Locks that the parent holds while it forks a worker, so that no other thread of it does: the copy of such a lock
#: would never be released. The worker releases its own copies.
held_while_forking: list[Any] = []

#: How often a worker looks whether its parent still lives, in seconds.
LOOK_INTERVAL = 0.5


#: What a worker passes a batch through.
Converter = Callable[[list[Any]], Any]


class Job(NamedTuple):
    """What a worker is asked for: a number for the answer, examples, the seed of their random numbers.

    `freed` are slots whose contents the parent needs no longer.
    """

    number: int
    indices: list[int]
    seed: int
    freed: list[int]


class Answer(NamedTuple):
    """What a worker answers: a batch, or what went wrong."""

    number: int
    packed: Packed | None
    failure: Failure | None


class Failure(NamedTuple):
    """What went wrong in a worker: the exception as bytes, if these can be had, and its traceback as text."""

    text: str
    where: str
    error: bytes | None


class Parcel:
    """A data set and a converter on their way to a worker; they are unpacked where errors can be reported.

    Args:
        dataset: The data set.
        converter: What a batch is passed through; None leaves it as a list.

    Attributes:
        converts: Whether there is a converter.
    """

    def __init__(self, dataset: Any, converter: Converter | None) -> None:
        self.converts = converter is not None
        self._content: Any = (dataset, converter)
        self._packed: bytes | None = None

    def open(self) -> Any:
        """Return the data set and the converter."""
        return self._content if self._packed is None else pickle.loads(self._packed)

    def __getstate__(self) -> dict[str, Any]:
        return {"converts": self.converts, "_content": None, "_packed": bytes(ForkingPickler.dumps(self._content))}


def main(parcel: Parcel, connection: Connection, memory_limit: int | None) -> None:
    """Answer jobs until the parent closes the pipe.

    Args:
        parcel: The data set and the converter.
        connection: The pipe.
        memory_limit: The largest slot of shared memory in bytes; None sets no limit.
    """
    prepare()
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            dataset, converter = parcel.open()
        except Exception as error:
            connection.send(Failure(describe(error), "", None))
            return
        connection.send(None)
        if AVAILABLE:
            send_stack_file(connection)
        serve(dataset, converter, connection, SlotWriter(memory_limit))


def prepare() -> None:
    """Make a worker of this process: it ends with its parent, and leaves Ctrl-C to that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    for end in list(ends_of_parent):
        end.close()
    for lock in held_while_forking:
        lock.release()
    threading.Thread(target=end_with_parent, daemon=True).start()
    use_one_thread()
    keep_freed_memory()


def end_with_parent() -> None:
    """End this process when its parent has ended, whatever it is doing."""
    process = multiprocessing.parent_process()
    assert process is not None
    assert process.pid is not None
    watched: list[int] = [process.sentinel]
    if hasattr(os, "pidfd_open"):
        # The sentinel is a pipe, which other children of the parent may keep open.
        try:
            watched.append(os.pidfd_open(process.pid))
        except ProcessLookupError:
            os._exit(1)
        except OSError:  # the kernel is older, or does not permit it
            pass
    first = os.getppid()
    while os.getppid() == first and not wait(watched, LOOK_INTERVAL):
        pass
    os._exit(1)


def send_stack_file(connection: Connection) -> None:
    """Give the parent a file to which SIGUSR1 makes this process write where it is."""
    file = os.memfd_create("catenary-stack")
    faulthandler.register(signal.SIGUSR1, file, all_threads=True)
    send_handle(connection, file, None)


def serve(dataset: Any, converter: Converter | None, connection: Connection, slots: SlotWriter) -> None:
    """Answer jobs."""
    while True:
        job: Job = connection.recv()
        slots.release(job.freed)
        catenary.seed(job.seed)
        failure = pack(dataset, converter, job.indices, slots)
        if failure is not None:
            connection.send(Answer(job.number, None, failure))
            continue
        packed, file = slots.finish()
        connection.send(Answer(job.number, packed, None))
        if file is not None:
            send_handle(connection, file, None)
            os.close(file)


def pack(dataset: Any, converter: Converter | None, indices: list[int], slots: SlotWriter) -> Failure | None:
    """Load a batch into a slot; return what went wrong."""
    where = ""
    try:
        if converter is None:
            slots.begin(len(indices))
            for index in indices:
                where = f"for example {index}"
                slots.add(dataset[index])
            return None
        slots.begin(1)
        examples, index, error = load(dataset, indices)
        if error is not None:
            where = f"for example {index}"
            raise error
        where = "in the converter"
        slots.add(converter(examples))
    except Exception as error:
        return Failure(describe(error), where, pickle_error(error))
    return None


def describe(error: BaseException) -> str:
    """Return the traceback of an exception as text."""
    return "".join(traceback.format_exception(error)).rstrip()


def pickle_error(error: Exception) -> bytes | None:
    """Return an exception as bytes; None if it cannot be had back from them."""
    try:
        data = pickle.dumps(error)
        pickle.loads(data)
    except Exception:
        return None
    return data
