"""The iterator whose batches are loaded by threads."""

from __future__ import annotations

from typing import Any

from catenary_training.iterators.crew import Crew
from catenary_training.iterators.order_samplers import OrderSampler
from catenary_training.iterators.ordered_iterator import check_count
from catenary_training.iterators.prefetch_iterator import PrefetchIterator
from catenary_training.iterators.threads import Threads


class MultithreadIterator(PrefetchIterator):
    """Give a data set as batches that threads have loaded in advance.

    The batches and their order are those of `SerialIterator`. Threads help where loading waits, for files or a
    network, or runs in libraries that release the lock of the interpreter. Several examples are loaded at the same
    time, so `dataset[i]` has to allow that. Threads share the global random generators with training, so examples
    that draw from these differ from run to run; `MultiprocessIterator` repeats them.

    Args:
        dataset: Anything with `len` and integer indices.
        batch_size: The number of examples in a batch.
        repeat: Whether to begin again after the last example.
        shuffle: Whether to draw a new order for each sweep; None means yes, unless there is an
            `order_sampler`.
        n_threads: The number of threads. Each loads whole batches; one more batch than threads is prepared.
        order_sampler: What gives the order of each sweep, instead of `shuffle`.

    Attributes:
        dataset: The data set.
        batch_size: The number of examples in a batch.
        n_threads: The number of threads.

    Raises:
        ArgumentError: If the data set is empty, a number is not positive, or both `shuffle` and `order_sampler` are
            given.

    Example:
        >>> from catenary.iterators import MultithreadIterator
        >>> with MultithreadIterator(["a", "b", "c"], 2, repeat=False, shuffle=False) as iterator:
        ...     list(iterator)
        [['a', 'b'], ['c']]
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int,
        repeat: bool = True,
        shuffle: bool | None = None,
        n_threads: int = 1,
        order_sampler: OrderSampler | None = None,
    ) -> None:
        super().__init__(dataset, batch_size, repeat, shuffle, order_sampler)
        check_count(type(self).__name__, "n_threads", n_threads)
        self.n_threads = int(n_threads)

    def _hire(self) -> tuple[Crew, int]:
        return Threads(self.dataset, self.n_threads), self.n_threads + 1
