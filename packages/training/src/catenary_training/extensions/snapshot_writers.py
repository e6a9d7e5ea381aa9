"""What writes the files of snapshots: at once, or in a thread or process beside the training loop."""

from __future__ import annotations

import multiprocessing
import multiprocessing.dummy
from os import PathLike
from pathlib import Path
from typing import Any

from catenary_training.extensions.background import Worker
from catenary_training.extensions.snapshot_files import write_snapshot
from catenary_training.extensions.snapshot_formats import Function, find_savefun

__all__ = [
    "ProcessQueueWriter",
    "ProcessWriter",
    "QueueWriter",
    "SimpleWriter",
    "StandardWriter",
    "ThreadQueueWriter",
    "ThreadWriter",
    "Writer",
]


class Writer:
    """Base class of writers.

    A writer gets a state that training does not change any more, so it may take its time. A subclass gives
    `__call__`, and calls `save` in it.
    """

    def __call__(self, filename: str, outdir: str | PathLike[str], target: Any) -> None:
        """Write a snapshot, or see to it that it will be written.

        Args:
            filename: Name of the file.
            outdir: The folder.
            target: The state, a dict of names to arrays and numbers that can also be saved as an object.
        """
        raise NotImplementedError(f"{type(self).__name__} gives no __call__")

    def save(self, filename: str, outdir: str | PathLike[str], target: Any, savefun: Function, **kwds: Any) -> None:
        """Write a file that appears when it is complete.

        Args:
            filename: Name of the file.
            outdir: The folder.
            target: What to save.
            savefun: A function of a file and an object.
            **kwds: More arguments for it.
        """
        write_snapshot(Path(outdir) / filename, lambda path: savefun(path, target, **kwds))

    def finalize(self) -> None:
        """Wait until everything is written, and raise an error of it that nobody has seen yet."""


class SimpleWriter(Writer):
    """Writes at once; training waits.

    Args:
        savefun: A function of a file and an object, or the name of a registered format; None means `"npz"`.
        **kwds: More arguments for it.

    Attributes:
        savefun: The function.

    Example:
        >>> from catenary.training import extensions
        >>> def save(file, obj, mode):
        ...     with open(file, mode) as stream:
        ...         print(*obj, file=stream)
        >>> writer = extensions.snapshot_writers.SimpleWriter(save, mode="w")
        >>> extension = extensions.snapshot(writer=writer)
    """

    def __init__(self, savefun: Function | str | None = None, **kwds: Any) -> None:
        self.savefun = find_savefun(savefun)
        self._kwds = kwds

    def __call__(self, filename: str, outdir: str | PathLike[str], target: Any) -> None:
        """Write a snapshot."""
        self.save(filename, outdir, target, self.savefun, **self._kwds)


class StandardWriter(SimpleWriter):
    """Base of writers that give each snapshot a worker of its own; the next one waits for it.

    A subclass gives `create_worker`.
    """

    _worker: Worker | None = None

    def create_worker(self, filename: str, outdir: str | PathLike[str], target: Any, **kwds: Any) -> Worker:
        """Return a worker that writes one snapshot and is not started yet."""
        raise NotImplementedError(f"{type(self).__name__} gives no create_worker")

    def __call__(self, filename: str, outdir: str | PathLike[str], target: Any) -> None:
        """Begin to write a snapshot.

        Raises:
            TrainingError: If the one before could not be written.
        """
        self.finalize()
        worker = self.create_worker(filename, outdir, target, **self._kwds)
        worker.start()
        self._worker = worker

    def finalize(self) -> None:
        """Wait for the last snapshot.

        Raises:
            TrainingError: If it could not be written.
        """
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.join()


class ThreadWriter(StandardWriter):
    """Writes in a thread beside the training loop.

    Args:
        savefun: A function of a file and an object, or the name of a registered format; None means `"npz"`.
        **kwds: More arguments for it.

    Example:
        >>> from catenary.training import extensions
        >>> writer = extensions.snapshot_writers.ThreadWriter(lambda file, obj: None)
        >>> extension = extensions.snapshot(writer=writer)
    """

    def create_worker(self, filename: str, outdir: str | PathLike[str], target: Any, **kwds: Any) -> Worker:
        """Return a thread that writes one snapshot and is not started yet."""
        return Worker(
            multiprocessing.dummy, _task(self, filename), self.save, filename, outdir, target, self.savefun, **kwds
        )


class ProcessWriter(StandardWriter):
    """Writes in a process beside the training loop.

    Args:
        savefun: A function of a file and an object, or the name of a registered format; None means `"npz"`.
        start_method: How the process begins: `"fork"`, `"spawn"` or `"forkserver"`; None means Python's default.
        **kwds: More arguments for `savefun`.
    """

    def __init__(self, savefun: Function | str | None = None, *, start_method: str | None = None, **kwds: Any) -> None:
        super().__init__(savefun, **kwds)
        self._context = multiprocessing.get_context(start_method)

    def create_worker(self, filename: str, outdir: str | PathLike[str], target: Any, **kwds: Any) -> Worker:
        """Return a process that writes one snapshot and is not started yet."""
        return Worker(self._context, _task(self, filename), self.save, filename, outdir, target, self.savefun, **kwds)


class QueueWriter(Writer):
    """Base of writers with one worker that writes all snapshots, one after the other.

    A subclass gives `create_queue` and `create_consumer`.

    Args:
        savefun: A function of a file and an object, or the name of a registered format; None means `"npz"`.
        task: What to do with each snapshot instead: a function of its file name, the folder and the state, such
            as a `SimpleWriter`.

    Attributes:
        savefun: The function that saves, if the task says which one it is.
    """

    def __init__(self, savefun: Function | str | None = None, task: Function | None = None) -> None:
        self._task = self.create_task(savefun) if task is None else task
        self.savefun: Function | None = getattr(self._task, "savefun", None)
        self._queue: Any = None
        self._consumer: Worker | None = None

    def create_task(self, savefun: Function | str | None) -> Function:
        """Return what writes one snapshot."""
        return SimpleWriter(savefun)

    def create_queue(self) -> Any:
        """Return a queue for the arguments of the task."""
        raise NotImplementedError(f"{type(self).__name__} gives no create_queue")

    def create_consumer(self, q: Any) -> Worker:
        """Return a worker that runs `consume` and is not started yet."""
        raise NotImplementedError(f"{type(self).__name__} gives no create_consumer")

    def consume(self, q: Any) -> None:
        """Write what the queue has, until it has None."""
        while (item := q.get()) is not None:
            self._task(*item)

    def __call__(self, filename: str, outdir: str | PathLike[str], target: Any) -> None:
        """Put a snapshot at the end of the queue.

        Raises:
            TrainingError: If an earlier one could not be written.
        """
        if self._consumer is not None and not self._consumer.is_alive():
            self.finalize()
        if self._consumer is None:
            queue = self.create_queue()
            consumer = self.create_consumer(queue)
            consumer.start()
            self._queue, self._consumer = queue, consumer
        self._queue.put((filename, outdir, target))

    def finalize(self) -> None:
        """Wait for all snapshots.

        Raises:
            TrainingError: If one could not be written; those after it are not written either.
        """
        queue, consumer = self._queue, self._consumer
        self._queue = self._consumer = None
        if consumer is not None:
            queue.put(None)
            consumer.join()


class ThreadQueueWriter(QueueWriter):
    """Writes in one thread beside the training loop, which never waits.

    Args:
        savefun: A function of a file and an object, or the name of a registered format; None means `"npz"`.
        task: What to do with each snapshot instead: a function of its file name, the folder and the state, such
            as a `SimpleWriter`.

    Attributes:
        savefun: The function that saves, if the task says which one it is.

    Example:
        >>> from catenary.training import extensions
        >>> writer = extensions.snapshot_writers.ThreadQueueWriter(lambda file, obj: None)
        >>> extension = extensions.snapshot(writer=writer)
    """

    def create_queue(self) -> Any:
        """Return a queue for the arguments of the task."""
        return multiprocessing.dummy.Queue()

    def create_consumer(self, q: Any) -> Worker:
        """Return a thread that runs `consume` and is not started yet."""
        return Worker(multiprocessing.dummy, _task(self), self.consume, q)


class ProcessQueueWriter(QueueWriter):
    """Writes in one process beside the training loop, which never waits.

    Args:
        savefun: A function of a file and an object, or the name of a registered format; None means `"npz"`.
        task: What to do with each snapshot instead: a function of its file name, the folder and the state, such
            as a `SimpleWriter`.
        start_method: How the process begins: `"fork"`, `"spawn"` or `"forkserver"`; None means Python's default.

    Attributes:
        savefun: The function that saves, if the task says which one it is.
    """

    def __init__(
        self,
        savefun: Function | str | None = None,
        task: Function | None = None,
        *,
        start_method: str | None = None,
    ) -> None:
        super().__init__(savefun, task)
        self._context = multiprocessing.get_context(start_method)

    def create_queue(self) -> Any:
        """Return a queue for the arguments of the task."""
        queue = self._context.Queue()
        queue.cancel_join_thread()  # finalize waits for the consumer; if that was killed, nobody empties the queue
        return queue

    def create_consumer(self, q: Any) -> Worker:
        """Return a process that runs `consume` and is not started yet."""
        return Worker(self._context, _task(self), self.consume, q)


def _task(writer: Writer, filename: str = "a snapshot") -> str:
    return f"{type(writer).__name__}: writing {filename}"
