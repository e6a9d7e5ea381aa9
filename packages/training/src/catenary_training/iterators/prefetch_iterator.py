"""What iterators share that prepare batches before they are asked for them."""

from __future__ import annotations

import contextlib
import os
import weakref
from collections import deque
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from catenary.serializer import Deserializer
from catenary_training.iterators.crew import Crew, Ticket
from catenary_training.iterators.order_samplers import OrderSampler
from catenary_training.iterators.ordered_iterator import OrderedIterator
from catenary_training.iterators.sampler_state import State, put_state, take_state

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer


class PrefetchIterator(OrderedIterator):
    """Base class of iterators with a crew.

    What the iterator shows and saves belongs to the batch that was given last, not to those that are being
    prepared. These are dropped, and the order sampler goes back, whenever the way before them changes: at `reset`,
    after loading, when the crew ends, in a copy. The crew starts when the first batch is asked for.

    A subclass gives `_hire`. Arguments are those of `OrderedIterator`.
    """

    def __init__(
        self, dataset: Any, batch_size: int, repeat: bool, shuffle: bool | None, order_sampler: OrderSampler | None
    ) -> None:
        self._forget_crew()
        super().__init__(dataset, batch_size, repeat, shuffle, order_sampler)

    def _hire(self) -> tuple[Crew, int]:
        """Start a crew; return it, and for how many batches it is asked at a time."""
        raise NotImplementedError(f"{type(self).__name__} gives no _hire")

    def _forget_crew(self) -> None:
        self._crew: Crew | None = None
        self._crew_process = 0
        self._ahead = 0
        self._stop_crew: weakref.finalize[Any, Any] | None = None
        self._pending: deque[Ticket] = deque()
        self._sampler_state: State = {}

    def __next__(self) -> list[Any]:
        self._stop_at_end()
        crew = self._present_crew()
        try:
            self._order_batches(crew)
            ticket = self._pending[0]
            crew.receive(ticket)
        except BaseException:
            # A crew that was interrupted may be in the middle of a message.
            self.finalize()
            raise
        self._pending.popleft()
        self._position, self._sampler_state = ticket.position, ticket.sampler_state
        return ticket.take()

    def _present_crew(self) -> Crew:
        if self._crew is None or self._crew_process != os.getpid():
            self._leave_crew_of_parent()
            self._crew, self._ahead = self._hire()
            self._crew_process = os.getpid()
            self._stop_crew = weakref.finalize(self, self._crew.stop)
        return self._crew

    def _leave_crew_of_parent(self) -> None:
        """Forget a crew that works for the process from which this one was forked."""
        if self._stop_crew is not None:
            self._stop_crew.detach()
        self._drop()
        self._forget_crew()

    def _order_batches(self, crew: Crew) -> None:
        if not self._pending:
            self._sampler_state = take_state(self.order_sampler)
        position, state = (self._pending[-1].position if self._pending else self._position), self._state_ahead()
        while len(self._pending) < self._ahead and not self._is_end(position):
            seed = self._seed_after(position.epoch, position.current_position)
            before, (indices, position) = position, self._after(position)
            if position.order is not before.order:
                state = take_state(self.order_sampler)
            self._pending.append(Ticket(indices, seed, position, state))
            crew.submit(self._pending[-1])

    def _seed_after(self, epoch: int, place: int) -> int | None:
        """Return from what the random numbers of the next batch are derived."""
        return None

    def _state_ahead(self) -> State:
        """Return the state of the order sampler after all batches that were asked for."""
        return self._pending[-1].sampler_state if self._pending else self._sampler_state

    def _drop(self) -> None:
        """Forget the batches that were prepared."""
        if self._state_ahead() is not self._sampler_state:
            put_state(self.order_sampler, self._sampler_state)
        for ticket in self._pending:
            ticket.wanted = False
        self._pending.clear()

    def reset(self) -> None:
        """Begin again at epoch 0, in a new order if there is an order sampler."""
        self._drop()
        super().reset()

    def finalize(self) -> None:
        """End the threads or processes. If another batch is asked for, they start again."""
        if self._stop_crew is not None and self._crew_process == os.getpid():
            self._drop()
            self._stop_crew()
            self._forget_crew()

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load where the iterator stands, with the order and the state of the random numbers."""
        if isinstance(serializer, Deserializer):
            self._drop()
        with self._sampler_as_of_last_batch():
            super().serialize(serializer)

    @contextlib.contextmanager
    def _sampler_as_of_last_batch(self) -> Generator[None, None, None]:
        ahead = self._state_ahead()
        if ahead is self._sampler_state:
            yield
            return
        put_state(self.order_sampler, self._sampler_state)
        try:
            yield
        finally:
            put_state(self.order_sampler, ahead)

    def __getstate__(self) -> dict[str, Any]:
        """Return the attributes of a copy, which stands at the same place and starts a crew of its own."""
        self._drop()
        state = self.__dict__.copy()
        for name in ("_crew", "_crew_process", "_ahead", "_stop_crew", "_pending", "_sampler_state"):
            del state[name]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._forget_crew()
        self.__dict__.update(state)
