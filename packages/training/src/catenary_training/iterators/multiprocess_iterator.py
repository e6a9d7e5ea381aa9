"""The iterator whose batches are loaded by worker processes."""

from __future__ import annotations

import copy
import multiprocessing
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from catenary import get_device
from catenary.errors import ArgumentError
from catenary_training.iterators.crew import Crew
from catenary_training.iterators.order_samplers import OrderSampler
from catenary_training.iterators.ordered_iterator import check_count
from catenary_training.iterators.prefetch_iterator import PrefetchIterator
from catenary_training.iterators.processes import crew
from catenary_training.iterators.processes.worker import Parcel


class MultiprocessIterator(PrefetchIterator):
    """Give a data set as batches that worker processes have loaded in advance.

    The batches and their order are those of `SerialIterator`, and each can load the snapshots of the other. Examples
    that draw random numbers (of `catenary.get_device("@numpy").random`, `numpy.random` or `random`) are repeatable:
    the generators are seeded for each batch from the seed of the iterator and the place of the batch, so the numbers
    do not depend on how many workers there are, and go on after a resume. A generator that the data set itself holds
    is copied to each worker, and is not repeatable.

    A batch is loaded by one worker. Its arrays come through shared memory on Linux, and through pipes elsewhere. A
    worker takes one thread for linear algebra. Workers start with the first batch, and end with `finalize`, with the
    iterator, or with the process, however that ends.

    What a data set raises is raised here, with the traceback of the worker as a note; the next call gives the next
    batch. After other failures, the next call starts new workers and loads the same batch.

    Args:
        dataset: Anything with `len` and integer indices.
        batch_size: The number of examples in a batch.
        repeat: Whether to begin again after the last example.
        shuffle: Whether to draw a new order for each sweep; None means yes, unless there is an
            `order_sampler`.
        n_processes: The number of workers; None means one for each processor.
        n_prefetch: How many batches are prepared besides those that the workers are loading.
        shared_mem: Shared memory for an example in bytes; larger ones go through a pipe. None takes what is needed,
            0 takes none.
        order_sampler: What gives the order of each sweep, instead of `shuffle`.
        dataset_timeout: After how many seconds without the next batch there is a `TimeoutWarning` that says where the
            worker is; after ten times as many there is an error. None waits for ever.
        maxtasksperchild: After how many examples a worker is replaced by a new one; None keeps it.
        start_method: How workers start: `"fork"`, `"spawn"`, `"forkserver"`, or None for Python's default. Only a
            forked worker shares the memory of the data set and may get one that cannot be pickled; the two
            others import the main script, and are safe where the process has threads.
        converter: What each worker passes its batches through, such as `catenary.dataset.concat_examples`: then the
            iterator gives arrays instead of lists of examples, and the training thread has less to do. The updater
            takes `converter=lambda arrays, device: to_device(device, arrays)` with that. None gives lists.

    Attributes:
        dataset: The data set.
        batch_size: The number of examples in a batch.
        n_processes: The number of workers.
        n_prefetch: How many batches are prepared besides those that the workers are loading.
        shared_mem: Shared memory for an example in bytes.
        dataset_timeout: After how many seconds without the next batch there is a warning.
        maxtasksperchild: After how many examples a worker is replaced by a new one.
        start_method: How workers start.
        converter: What each worker passes its batches through.

    Raises:
        ArgumentError: If the data set is empty, an argument is out of range, or both `shuffle` and `order_sampler`
            are given.

    Example:
        >>> from catenary.iterators import MultiprocessIterator
        >>> with MultiprocessIterator(["a", "b", "c"], 2, repeat=False, shuffle=False, n_processes=1) as iterator:
        ...     list(iterator)
        [['a', 'b'], ['c']]
    """

    TimeoutWarning = crew.TimeoutWarning

    def __init__(
        self,
        dataset: Any,
        batch_size: int,
        repeat: bool = True,
        shuffle: bool | None = None,
        n_processes: int | None = None,
        n_prefetch: int = 1,
        shared_mem: int | None = None,
        order_sampler: OrderSampler | None = None,
        dataset_timeout: float | None = 30.0,
        maxtasksperchild: int | None = None,
        *,
        start_method: str | None = None,
        converter: Callable[[list[Any]], Any] | None = None,
    ) -> None:
        super().__init__(dataset, batch_size, repeat, shuffle, order_sampler)
        n_processes = _n_processors() if n_processes is None else n_processes
        _check(type(self).__name__, n_processes, n_prefetch, shared_mem, dataset_timeout, maxtasksperchild)
        methods = multiprocessing.get_all_start_methods()
        if start_method is not None and start_method not in methods:
            raise ArgumentError(
                f"{type(self).__name__}: start_method must be None or one of {', '.join(methods)}, got {start_method!r}"
            )
        self.n_processes = int(n_processes)
        self.n_prefetch = int(n_prefetch)
        self.shared_mem = shared_mem
        self.dataset_timeout = dataset_timeout
        self.maxtasksperchild = maxtasksperchild
        self.start_method = start_method
        self.converter = converter
        # A copy draws it, so that what is drawn after this does not depend on the kind of iterator.
        self._example_seed = int(copy.deepcopy(get_device("@numpy").random).integers(2**63 - 1))

    def _hire(self) -> tuple[Crew, int]:
        limit = None if self.shared_mem is None else self.shared_mem * self.batch_size
        conditions = crew.Conditions(
            type(self).__name__, self.start_method, limit, self.dataset_timeout, self.maxtasksperchild
        )
        processes = crew.Processes(Parcel(self.dataset, self.converter), self.n_processes, conditions)
        return processes, self.n_processes + self.n_prefetch

    def _seed_after(self, epoch: int, place: int) -> int:
        words = np.random.SeedSequence([self._example_seed or 0, epoch, place]).generate_state(1)
        return int(words[0])


def _n_processors() -> int:
    """Return how many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _check(
    name: str,
    n_processes: int,
    n_prefetch: int,
    shared_mem: int | None,
    dataset_timeout: float | None,
    maxtasksperchild: int | None,
) -> None:
    check_count(name, "n_processes", n_processes)
    check_count(name, "n_prefetch", n_prefetch, least=0)
    if shared_mem is not None:
        check_count(name, "shared_mem", shared_mem, least=0)
    if maxtasksperchild is not None:
        check_count(name, "maxtasksperchild", maxtasksperchild)
    if dataset_timeout is not None and not dataset_timeout > 0:
        raise ArgumentError(
            f"{name}: dataset_timeout must be a positive number of seconds or None, got {dataset_timeout!r}"
        )
