"""What prepares batches beside the training thread: the contract of threads and of worker processes."""

from __future__ import annotations

from typing import Any, Protocol

from catenary_training.iterators.position import Position
from catenary_training.iterators.sampler_state import State


class Ticket:
    """A batch that a crew has been asked for.

    Attributes:
        indices: The examples.
        seed: From what their random numbers are derived; None leaves the generators alone.
        position: Where the iterator stands after the batch.
        sampler_state: The state of the order sampler at that position.
        wanted: Whether anybody still waits for the batch.
        done: Whether there is a batch or an error.
        batch: The examples, when they are loaded.
        error: What the data set raised instead.
    """

    __slots__ = ("batch", "done", "error", "indices", "position", "sampler_state", "seed", "wanted")

    def __init__(self, indices: list[int], seed: int | None, position: Position, sampler_state: State) -> None:
        self.indices = indices
        self.seed = seed
        self.position = position
        self.sampler_state = sampler_state
        self.wanted = True
        self.done = False
        self.batch: list[Any] | None = None
        self.error: BaseException | None = None

    def finish(self, batch: list[Any] | None, error: BaseException | None = None) -> None:
        """Answer with a batch or an error."""
        self.batch, self.error, self.done = batch, error, True

    def take(self) -> list[Any]:
        """Return the batch, or raise what the data set raised."""
        if self.error is not None:
            raise self.error
        assert self.batch is not None
        return self.batch


class Crew(Protocol):
    """Threads or processes that load batches; it must not refer to the iterator that it works for."""

    def submit(self, ticket: Ticket) -> None:
        """Take an order, without waiting."""

    def receive(self, ticket: Ticket) -> None:
        """Wait until a ticket is done.

        Raises:
            TrainingError: If nobody can answer any more.
        """

    def stop(self) -> None:
        """End all threads or processes; a second call does nothing."""


def load(dataset: Any, indices: list[int]) -> tuple[list[Any], int, Exception | None]:
    """Load examples one after the other.

    Returns:
        The examples, the index of the last one that was tried, and what it raised.
    """
    batch: list[Any] = []
    index = -1
    try:
        for index in indices:
            batch.append(dataset[index])
    except Exception as error:
        return batch, index, error
    return batch, index, None
