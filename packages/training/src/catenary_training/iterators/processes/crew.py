"""A crew of worker processes: who gets which batch, and what happens when somebody does not answer."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from itertools import count
from multiprocessing.connection import wait
from multiprocessing.context import BaseContext
from typing import Any, NamedTuple

import numpy as np

from catenary.errors import ArgumentTypeError, TrainingError
from catenary_training.iterators.crew import Ticket
from catenary_training.iterators.processes.handle import Handle
from catenary_training.iterators.processes.worker import Parcel, held_while_forking

#: How long the end of workers is waited for before they are terminated, and again before they are killed, in seconds.
PATIENCE = 0.5

#: After how many times `timeout` a batch that does not come is an error.
GIVE_UP = 10


class TimeoutWarning(RuntimeWarning):
    """A worker has not answered for long."""


class Conditions(NamedTuple):
    """How workers work.

    Attributes:
        name: The name of the iterator, for messages.
        start_method: How processes start; None is Python's default.
        memory_limit: The largest slot of shared memory in bytes; None sets no limit.
        timeout: After how many seconds without an answer to warn; None waits for ever.
        most_examples: After how many examples a worker is replaced; None keeps it.
    """

    name: str
    start_method: str | None
    memory_limit: int | None
    timeout: float | None
    most_examples: int | None


class Processes:
    """Worker processes that load batches; implements `Crew`.

    Args:
        parcel: The data set and the converter.
        n_processes: The number of workers.
        conditions: How they work.

    Raises:
        ArgumentTypeError: If the data set cannot be sent to a worker.
        TrainingError: If this process may not start others.
    """

    def __init__(self, parcel: Parcel, n_processes: int, conditions: Conditions) -> None:
        self._conditions = conditions
        self._context: BaseContext = multiprocessing.get_context(conditions.start_method)
        self._parcel = parcel
        self._process = os.getpid()
        self._orders: deque[Ticket] = deque()
        self._lost: dict[Ticket, TrainingError] = {}
        self._numbers = count()
        self._workers: list[Handle] = []
        _check_this_process(conditions.name)
        try:
            for _ in range(n_processes):
                self._workers.append(self._start())
        except BaseException:
            self.stop()
            raise

    def _start(self) -> Handle:
        with _undisturbed_start():
            try:
                return Handle(self._conditions.name, self._context, self._parcel, self._conditions.memory_limit)
            except Exception as error:
                if isinstance(error, OSError) or self._context.get_start_method() == "fork":
                    raise
                raise ArgumentTypeError(
                    f"{self._conditions.name}: start_method={self._context.get_start_method()!r} sends the data set to "
                    f"the workers with pickle, which cannot be done with this {type(self._parcel.open()[0]).__name__}: "
                    f'{error}. Define its class and functions at the top of a module, or use start_method="fork" '
                    "where the system has it"
                ) from error

    def submit(self, ticket: Ticket) -> None:
        """Take an order, without waiting."""
        self._orders.append(ticket)
        self._give_orders()

    def _give_orders(self) -> None:
        while self._orders:
            if self._orders[0].wanted:
                workers = sorted((worker for worker in self._workers if not self._is_tired(worker)), key=_jobs_of)
                number = next(self._numbers)
                if not any(worker.submit(number, self._orders[0]) for worker in workers):
                    return
            self._orders.popleft()

    def _is_tired(self, worker: Handle) -> bool:
        most = self._conditions.most_examples
        return most is not None and worker.examples >= most

    def receive(self, ticket: Ticket) -> None:
        """Wait until a ticket is done.

        Raises:
            TrainingError: If a worker has ended, or does not answer.
        """
        begin, warned = time.monotonic(), False
        timeout = self._conditions.timeout
        while not ticket.done:
            if ticket in self._lost:
                raise self._lost[ticket]
            if timeout is None:
                self._read_answers(None)
                continue
            end = begin + timeout * (GIVE_UP if warned else 1)
            self._read_answers(max(end - time.monotonic(), 0.0))
            if time.monotonic() >= end and not ticket.done:
                self._complain(ticket, timeout, warned)
                warned = True

    def _read_answers(self, timeout: float | None) -> None:
        """Wait for messages, take all that are there, and give new orders."""
        watched: dict[Any, Handle] = {}
        for worker in self._workers:
            watched[worker.connection] = watched[worker.process.sentinel] = worker
        found = {watched[one] for one in wait(list(watched), timeout)}
        for worker in list(self._workers):
            try:
                while worker in found and worker.connection.poll():
                    worker.read()
            except (EOFError, OSError):  # at the end of the pipe, or within a message
                self._bury(worker)
                continue
            # Where a child of the worker holds the pipe open, only the process tells.
            if not worker.process.is_alive() and not worker.connection.poll():
                self._bury(worker)
            elif self._is_tired(worker) and not worker.jobs:
                self._workers[self._workers.index(worker)] = self._start()
                _end([worker])
        self._give_orders()

    def _bury(self, worker: Handle) -> None:
        """Part with a worker that has ended by itself. It is an error when a batch that it had is asked for.

        Raises:
            TrainingError: If it had none that is wanted.
        """
        self._workers.remove(worker)
        death = worker.death()
        worker.close()
        lost = dict.fromkeys((ticket for ticket, _ in worker.jobs.values() if ticket.wanted), death)
        if not lost:
            raise death
        self._lost.update(lost)

    def _complain(self, ticket: Ticket, timeout: float, warned: bool) -> None:
        """Warn of a batch that does not come, or give up."""
        owners = [worker for worker in self._workers if any(job is ticket for job, _ in worker.jobs.values())]
        places = [f"worker process {worker.process.pid}:\n{worker.stack()}".rstrip(":\n") for worker in owners]
        text = (
            f"{self._conditions.name}: no batch for {timeout * (GIVE_UP if warned else 1):g} seconds. It is loaded by "
            f"{' '.join(places) or 'no worker yet'}"
        )
        if warned:
            raise TrainingError(f"{text}\nGive a larger dataset_timeout, or None, if examples take so long")
        text += f"\nAfter {timeout * GIVE_UP:g} seconds this is an error (dataset_timeout={timeout:g})"
        warnings.warn(text, TimeoutWarning, stacklevel=4)

    def stop(self) -> None:
        """End all workers."""
        if self._process == os.getpid():
            workers, self._workers = self._workers, []
            self._orders.clear()
            _end(workers)


def _jobs_of(worker: Handle) -> int:
    return len(worker.jobs)


def _end(workers: list[Handle]) -> None:
    """End workers: by closing their pipes, by SIGTERM, by SIGKILL."""
    for worker in workers:
        worker.close()
    nothing: Callable[[Any], None] = lambda process: None  # noqa: E731
    for action in (nothing, lambda process: process.terminate(), lambda process: process.kill()):
        deadline = time.monotonic() + PATIENCE
        for worker in workers:
            if worker.process.is_alive():
                action(worker.process)
        for worker in workers:
            worker.process.join(max(deadline - time.monotonic(), 0.0))


def _check_this_process(name: str) -> None:
    process = multiprocessing.current_process()
    # Python sets it while a spawned process imports the main script.
    if getattr(process, "_inheriting", False):
        # The parent notices, and explains it once for all workers.
        raise SystemExit(1)
    if process.daemon:
        raise TrainingError(
            f"{name}: this is a worker process itself, which Python does not let start others; "
            "use SerialIterator or MultithreadIterator here"
        )


@contextmanager
def _undisturbed_start() -> Generator[None, None, None]:
    """Start a process without a moment in which Ctrl-C reaches it, or another thread draws random numbers."""
    masks = hasattr(signal, "pthread_sigmask")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masks else set()
    lock = np.random.mtrand.get_bit_generator().lock
    try:
        with lock, _no_warning_of_native_threads():
            held_while_forking.append(lock)
            yield
    finally:
        held_while_forking.clear()
        if masks:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _no_warning_of_native_threads() -> Generator[None, None, None]:
    """Suppress Python's warning of forking where it counts the threads of linear algebra only; these allow it."""
    if threading.active_count() > 1:
        yield
        return
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*multi-threaded, use of fork", DeprecationWarning)
        yield
