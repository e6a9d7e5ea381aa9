"""What an iterator over batches offers to updaters and evaluators."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer


class Iterator:
    """Base class of iterators that give a data set batch by batch.

    A subclass gives `__next__`. To drive a training loop it also has `batch_size`, `epoch` (complete sweeps
    so far), `is_new_epoch` (whether the last batch ended a sweep), `epoch_detail` (sweeps so far, with the
    fraction) and `previous_epoch_detail` (the same before the last batch). As a context manager it finalizes
    itself.
    """

    def __iter__(self) -> Self:
        """Return the iterator itself: going over it goes on where it stands."""
        return self

    def __next__(self) -> Any:
        """Return the next batch.

        Raises:
            StopIteration: If there are no more batches.
        """
        raise NotImplementedError(f"{type(self).__name__} gives no __next__")

    def next(self) -> Any:
        """Return the next batch, as `next(iterator)` does."""
        return self.__next__()

    def finalize(self) -> None:
        """Free what the iterator holds, such as worker processes; the base class holds nothing."""

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load where the iterator stands; the base class has no state."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.finalize()
