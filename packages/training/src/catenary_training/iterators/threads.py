"""A crew of threads."""

from __future__ import annotations

import threading
from queue import SimpleQueue
from typing import Any

from catenary_training.iterators.crew import Ticket, load

#: How long the end of a thread is waited for, in seconds. One that is stuck does not keep the process from ending.
PATIENCE = 1.0


class Threads:
    """Threads that load batches; implements `Crew`.

    Args:
        dataset: The data set.
        n_threads: The number of threads.
    """

    def __init__(self, dataset: Any, n_threads: int) -> None:
        self._orders: SimpleQueue[Ticket | None] = SimpleQueue()
        self._answered = threading.Condition()
        arguments = (dataset, self._orders, self._answered)
        self._threads = [threading.Thread(target=_work, args=arguments, daemon=True) for _ in range(n_threads)]
        for thread in self._threads:
            thread.start()

    def submit(self, ticket: Ticket) -> None:
        """Take an order, without waiting."""
        self._orders.put(ticket)

    def receive(self, ticket: Ticket) -> None:
        """Wait until a ticket is done."""
        with self._answered:
            self._answered.wait_for(lambda: ticket.done)

    def stop(self) -> None:
        """End the threads, after the batches that they are loading."""
        threads, self._threads = self._threads, []
        for _ in threads:
            self._orders.put(None)
        for thread in threads:
            if thread is not threading.current_thread():  # garbage is collected in any thread
                thread.join(PATIENCE)


def _work(dataset: Any, orders: SimpleQueue[Ticket | None], answered: threading.Condition) -> None:
    while (ticket := orders.get()) is not None:
        if not ticket.wanted:
            continue
        batch, index, error = load(dataset, ticket.indices)
        if error is not None:
            error.add_note(f"MultithreadIterator: raised for example {index}")
        with answered:
            ticket.finish(batch, error)
            answered.notify_all()
        del ticket, batch, error  # or the last batch lives until the next one
