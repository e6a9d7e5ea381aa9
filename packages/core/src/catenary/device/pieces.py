"""Work on large host arrays in pieces that stay in the cache, in several threads.

NumPy works with one thread and goes through whole arrays, once for each operation. Several operations on one piece, and
then on the next, spare memory traffic; and NumPy leaves the interpreter to other threads while it computes.
"""

from __future__ import annotations

import contextvars
import os
from collections import deque
from collections.abc import Callable
from typing import Any

_pool: list[Any] = []  # the one executor, once it is needed


def thread_count() -> int:
    """Return how many threads to use: `CATENARY_NUM_THREADS`, `OMP_NUM_THREADS`, or else the cores of this process."""
    for name in ("CATENARY_NUM_THREADS", "OMP_NUM_THREADS"):
        given = os.environ.get(name, "").split(",")[0]
        if given.isdigit() and int(given):
            return int(given)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


THREADS = thread_count()


def run_in_pieces(function: Callable[[slice], object], size: int, limit: int) -> None:
    """Call a function for pieces of a range until all of it is done, in several threads.

    NumPy's settings for warnings (`numpy.errstate`) hold in the threads, too. Catenary's own settings do not: the
    function must not call functions of Catenary.

    Args:
        function: Gets the piece as a slice; pieces do not overlap.
        size: The length of the range.
        limit: The largest length of a piece.
    """
    waiting = deque(slice(start, min(start + limit, size)) for start in range(0, size, limit))

    def work() -> None:
        while True:
            try:
                piece = waiting.popleft()  # whoever is free takes the next
            except IndexError:
                return
            function(piece)

    count = min(THREADS, len(waiting)) - 1
    helpers = [_executor().submit(contextvars.copy_context().run, work) for _ in range(count)]
    try:
        work()
    finally:
        errors = [helper.exception() for helper in helpers]
    for error in errors:
        if error is not None:
            raise error


def _executor() -> Any:
    if not _pool:
        from concurrent.futures import ThreadPoolExecutor  # not loaded by those who do not need it

        _pool.append(ThreadPoolExecutor(THREADS - 1, thread_name_prefix="catenary"))
    return _pool[0]


# A forked process has the pool, but not its threads.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.clear)
