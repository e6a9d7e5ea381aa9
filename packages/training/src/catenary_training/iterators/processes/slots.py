"""Shared memory through which batches come back from a worker.

A worker has a few pieces of memory, its slots. It pickles each example as soon as it is loaded, with the contents of
the arrays left out, and copies these into a free slot while they are in the cache. The parent makes the arrays on that
memory, without another copy; when the last of them is gone, the slot is free again. The memory has no name in the
system: it is gone when both processes are.
"""

from __future__ import annotations

import copyreg
import mmap
import os
import pickle
import weakref
from collections import deque
from collections.abc import Sequence
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np

#: Whether this system has memory without a name that can be handed to another process.
AVAILABLE = hasattr(os, "memfd_create")

#: Arrays begin at multiples of this number of bytes.
ALIGNMENT = 64

#: Batches with less than so many bytes of arrays go through the pipe.
WORTHWHILE = 2**15

#: How many slots a worker has at most. Beyond that, as when all batches are kept, they go through the pipe.
MOST = 32


class Packed(NamedTuple):
    """A batch on its way.

    Attributes:
        items: The examples, each pickled without the contents of its arrays, with the numbers of bytes of these.
        slot: Where the contents are, as far as they fit; None if there is none.
        capacity: The size of the slot if it is new and its memory follows, else 0.
        rest: The contents that are not in the slot, in order.
    """

    items: list[tuple[bytes, list[int]]]
    slot: int | None
    capacity: int
    rest: list[bytearray]


class Cursor:
    """Where the next array goes in a slot; both sides count alike.

    Args:
        capacity: The size of the slot.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity, self._end = capacity, 0

    def advance(self, size: int) -> slice | None:
        """Return the place of the next array; None if it does not fit."""
        start = _aligned(self._end)
        if start + size > self._capacity:
            return None
        self._end = start + size
        return slice(start, self._end)


class SlotWriter:
    """The worker's side of its slots: `begin` a batch, `add` its items, `finish` it.

    Args:
        limit: The largest slot in bytes; None sets no limit.
    """

    def __init__(self, limit: int | None) -> None:
        self._limit = limit if AVAILABLE else 0
        self._memories: list[memoryview] = []
        self._free: set[int] = set()
        self._files: dict[int, int] = {}  # of slots that the parent does not know yet
        self._slot: int | None = None
        self.begin(0)

    def release(self, slots: Sequence[int]) -> None:
        """Note that the parent needs the contents of these slots no longer."""
        self._free.update(slots)

    def begin(self, n_items: int) -> None:
        """Begin a batch; one that was not finished is dropped."""
        if self._slot is not None:
            self._free.add(self._slot)
        self._slot = None
        self._cursor = Cursor(0)
        self._n_items = n_items
        self._pickler = _Pickler()
        self._items: list[tuple[bytes, list[int]]] = []
        self._rest: list[bytearray] = []

    def add(self, item: Any) -> None:
        """Take an item; the slot is chosen for a batch of items like the first one."""
        pickled, contents = self._pickler.dump(item)
        sizes = [content.nbytes for content in contents]
        if not self._items:
            self._slot = self._find(sum(map(_aligned, sizes)) * self._n_items)
            self._cursor = Cursor(0 if self._slot is None else len(self._memories[self._slot]))
        for size, content in zip(sizes, contents):
            place = self._cursor.advance(size)
            if place is None:
                self._rest.append(bytearray(content.tobytes()))
            elif self._slot is not None:  # else it is an array without elements
                memory = self._memories[self._slot]
                np.ndarray(content.shape, content.dtype, memory, place.start)[...] = content
        self._items.append((pickled, sizes))

    def finish(self) -> tuple[Packed, int | None]:
        """Return the batch as it goes to the parent, and the file of its slot if that is new."""
        slot, self._slot = self._slot, None
        if slot is None:
            return Packed(self._items, None, 0, self._rest), None
        file = self._files.pop(slot, None)
        return Packed(self._items, slot, 0 if file is None else len(self._memories[slot]), self._rest), file

    def _find(self, size: int) -> int | None:
        """Return a slot of at least `size` bytes, made if there is none; None if none can be had."""
        if size < WORTHWHILE or (self._limit is not None and size > self._limit):
            return None
        slot = next((slot for slot in self._free if len(self._memories[slot]) >= size), None)
        if slot is None:
            return self._make(size + size // 8)  # examples vary a little in size
        self._free.remove(slot)
        return slot

    def _make(self, size: int) -> int | None:
        """Return a new slot, in place of a free one if there is any; None if it cannot be made."""
        if not self._free and len(self._memories) == MOST:
            return None
        try:
            file, memory = _new_memory(size)
        except OSError:
            return None
        if self._free:
            slot = self._free.pop()
            self._memories[slot] = memory
            if slot in self._files:
                os.close(self._files[slot])
        else:
            slot = len(self._memories)
            self._memories.append(memory)
        self._files[slot] = file
        return slot


class SlotReader:
    """The parent's side of the slots of a worker."""

    def __init__(self) -> None:
        self._memories: dict[int, mmap.mmap] = {}
        self._in_use: dict[int, weakref.ref[Any]] = {}
        self._freed: deque[int] = deque()

    def add(self, slot: int, file: int, capacity: int) -> None:
        """Map the memory of a new slot; its file is closed."""
        try:
            self._memories[slot] = mmap.mmap(file, capacity)
        finally:
            os.close(file)

    def take_freed(self) -> list[int]:
        """Return the slots that have become free since the last call."""
        return [self._freed.popleft() for _ in range(len(self._freed))]

    def discard(self, packed: Packed) -> None:
        """Pass over a batch that nobody wants."""
        if packed.slot is not None:
            self._freed.append(packed.slot)

    def read(self, packed: Packed) -> list[Any]:
        """Return the items. Their arrays lie in the slot, which is free again when all of them are gone."""
        memory, rest = self._lease(packed.slot), iter(packed.rest)
        cursor = Cursor(len(memory))
        items = []
        for pickled, sizes in packed.items:
            places = map(cursor.advance, sizes)
            buffers = [next(rest) if place is None else memory[place] for place in places]
            items.append(pickle.loads(pickled, buffers=buffers))
        return items

    def _lease(self, slot: int | None) -> memoryview:
        """Return the memory of a slot, to be held by what is made of it."""
        if slot is None:
            return memoryview(b"")
        freed = self._freed
        # The arrays hold this one through their buffers.
        whole = np.frombuffer(self._memories[slot], np.uint8)
        self._in_use[slot] = weakref.ref(whole, lambda _: freed.append(slot))
        return memoryview(whole)  # type: ignore[arg-type]  # an array is a buffer


def array_on(buffer: Any, kind: str, shape: tuple[int, ...]) -> Any:
    """Return an array whose contents are in `buffer`; pickled arrays are made by it."""
    return np.ndarray(shape, kind, buffer)


#: Types of numbers that `array_on` takes by their character, and that Python's numbers hold exactly.
_PLAIN = "?bBhHiIlLqQefdFD"

#: Stands in the pickled item for the contents of an array, which may have steps; pickle itself takes no such contents.
_PLACEHOLDER = pickle.PickleBuffer(bytearray())


class _Pickler:
    """Pickles items, and gathers the contents of their arrays without copying them."""

    def __init__(self) -> None:
        self._contents: list[np.ndarray[Any, Any]] = []
        numbers = {np.dtype(kind).type: _reduce_number for kind in _PLAIN}
        self._reducers: dict[type, Any] = copyreg.dispatch_table | numbers | {np.ndarray: self._reduce_array}

    def dump(self, item: Any) -> tuple[bytes, list[np.ndarray[Any, Any]]]:
        """Return an item as bytes, and the contents that are not in these."""
        self._contents = []
        file = BytesIO()
        pickler = pickle.Pickler(file, 5, buffer_callback=self._take)
        pickler.dispatch_table = self._reducers
        pickler.dump(item)
        contents, self._contents = self._contents, []
        return file.getvalue(), contents

    def _reduce_array(self, array: Any) -> Any:
        if array.dtype.char not in _PLAIN or not array.dtype.isnative or (array.flags.fnc and array.ndim > 1):
            return array.__reduce_ex__(5)
        self._contents.append(array)
        return array_on, (_PLACEHOLDER, array.dtype.char, array.shape)

    def _take(self, buffer: pickle.PickleBuffer) -> None:
        if buffer is not _PLACEHOLDER:
            self._contents.append(np.frombuffer(buffer.raw(), np.uint8))


def _reduce_number(number: Any) -> Any:
    return type(number), (number.item(),)


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT


def _new_memory(size: int) -> tuple[int, memoryview]:
    file = os.memfd_create("catenary-batch")
    try:
        os.ftruncate(file, size)
        return file, memoryview(mmap.mmap(file, size))
    except OSError:
        os.close(file)
        raise
