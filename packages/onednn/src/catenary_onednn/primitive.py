"""Primitives of oneDNN on NumPy's arrays.

A primitive is made once for the shapes and strides that it works on, and kept. Where it wants an argument in another
layout than the array has (weights, mostly), the argument is reordered into scratch memory on the way. One call runs at
a time: oneDNN uses all threads for it, and all calls share the scratch memory.
"""

from __future__ import annotations

import ctypes
import math
import threading
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from catenary.types import Array
from catenary_onednn.library import Argument, Owned, StatusError, load, pointer

#: Kinds of arguments.
SRC, DST, WEIGHTS, BIAS, SCRATCHPAD = 1, 17, 33, 41, 80
MEAN, VARIANCE, SCALE, SHIFT, WORKSPACE = 49, 50, 51, 52, 64
DIFF_SRC, DIFF_DST, DIFF_WEIGHTS, DIFF_SCALE, DIFF_SHIFT = 129, 145, 161, 255, 256
#: Kinds of propagation.
TRAINING, INFERENCE, BACKWARD = 64, 96, 128
#: What `query_md` asks for: the layout of an argument of a primitive.
ARGUMENT = 255
CPU, IN_ORDER, GIVEN_BY_USER = 0x1, 0x1, 1
ALIGNMENT = 64


class Runtime:
    """What all primitives share: the engine, the stream, the scratch memory and who uses them.

    Attributes:
        lock: Held during a call.
    """

    def __init__(self) -> None:
        library = load()
        self.engine = Owned(library.engine_create, CPU, 0, destroy=None)
        self.stream = Owned(library.stream_create, self.engine, IN_ORDER, destroy=None)
        self.attributes = Owned(library.primitive_attr_create, destroy=None)
        library.primitive_attr_set_scratchpad_mode(self.attributes, GIVEN_BY_USER)
        self.lock = threading.Lock()
        self._scratch = np.empty(0, np.uint8)
        self._place = 0

    def scratch(self, size: int) -> int:
        """Return the address of so many bytes, which the next call uses again.

        Args:
            size: How many.
        """
        if self._scratch.size < size + ALIGNMENT:
            self._scratch = np.empty(0, np.uint8)  # the old one goes before the new one comes
            self._scratch = np.empty(size + ALIGNMENT, np.uint8)
            self._place = -(-address(self._scratch) // ALIGNMENT) * ALIGNMENT
        return self._place


@cache
def runtime() -> Runtime:
    """Return what all primitives share, made when the first one is."""
    return Runtime()


#: Where the address of the data stands in what `__array_struct__` gives: after an int (twice), a char, an int (twice),
#: the address of the shape and that of the strides.
_DATA = sum(map(ctypes.sizeof, (ctypes.c_int,) * 6 + (pointer,) * 2))
_struct = ctypes.PyDLL(None).PyCapsule_GetPointer
_struct.argtypes, _struct.restype = (ctypes.py_object, ctypes.c_char_p), pointer
_at = ctypes.c_size_t.from_address


def address(array: Array) -> int:
    """Return where the data of an array begin."""
    found: int = _at(_struct(array.__array_struct__, None) + _DATA).value  # half of what __array_interface__ takes
    return found


def described(kind: str, *arguments: Any) -> Owned:
    """Return the description of a primitive without the need to name what all of them share.

    Args:
        kind: Its kind and direction, such as `"convolution_forward"`.
        arguments: What its function takes after the engine; the attributes stand where it takes them.
    """
    library = load()
    create = getattr(library, f"{kind}_primitive_desc_create")
    return Owned(create, runtime().engine, *arguments, destroy=library.primitive_desc_destroy)


def _reorder(source: Any, target: Any) -> Owned:
    """Return the primitive that copies from one layout to another."""
    library, shared = load(), runtime()
    description = Owned(
        *(library.reorder_primitive_desc_create, source, shared.engine, target, shared.engine, shared.attributes),
        destroy=library.primitive_desc_destroy,
    )
    return Owned(library.primitive_create, description, destroy=library.primitive_destroy)


def _memory(layout: Any) -> Owned:
    """Return the memory of an argument, which gets its address at each call."""
    library = load()
    return Owned(library.memory_create, layout, runtime().engine, None, destroy=library.memory_destroy)


class _Slot:
    """An argument of a primitive: its memory and, if the user's array has another layout, the way between the two.

    Args:
        description: The description of the primitive.
        kind: Which argument.
        mine: How the user's array is laid out; None if nobody but the primitive reads it.
        is_output: Whether the primitive writes it.
    """

    def __init__(self, description: Owned, kind: int, mine: Owned | None, is_output: bool) -> None:
        library = load()
        theirs = library.query_md(description, ARGUMENT, kind)
        self.memory = self._outside = _memory(theirs)
        self.size: int = library.size_of(theirs)
        self.is_output = is_output
        self.is_private = mine is not None and not library.are_equal(mine, theirs)
        if self.is_private:
            self._outside = _memory(mine)
            ends = (theirs, mine) if is_output else (mine, theirs)
            memories = (self.memory, self._outside) if is_output else (self._outside, self.memory)
            self._copy = Call(_reorder(*ends), dict(zip((SRC, DST), memories)))
        self._put = library.memory_set_data_handle
        self._outside_handle, self._address = self._outside.handle, 0

    def lay(self, address: int) -> None:
        """Say where the user's array is, and copy what the primitive reads in a layout of its own.

        Args:
            address: The address of its data.
        """
        if address != self._address:
            self._put(self._outside_handle, address)
            self._address = address
        if self.is_private and not self.is_output:
            self.copy()

    def copy(self) -> None:
        """Copy to where the primitive reads, or from where it has written."""
        self._copy()


class Call:
    """A primitive with its arguments.

    Args:
        primitive: The primitive.
        memories: The memory of each kind of argument.
    """

    def __init__(self, primitive: Owned, memories: Mapping[int, Owned]) -> None:
        arguments = (Argument * len(memories))(*(Argument(kind, memory.handle) for kind, memory in memories.items()))
        self._kept = primitive, memories, arguments
        self._execute = load().primitive_execute
        self._given = primitive.handle, runtime().stream.handle, len(memories), ctypes.addressof(arguments)

    def __call__(self) -> None:
        """Run it."""
        if status := self._execute(*self._given):
            raise StatusError(f"dnnl_primitive_execute: status {status}")


class Primitive:
    """A computation of oneDNN, made for fixed shapes.

    Args:
        description: Its description.
        layouts: For each kind of argument, how the user's array is laid out; None for bytes that only oneDNN reads.
        outputs: Which of them it writes.

    Attributes:
        description: Its description.
    """

    def __init__(self, description: Owned, layouts: Mapping[int, Owned | None], outputs: tuple[int, ...]) -> None:
        self.description = description
        self._slots = {kind: _Slot(description, kind, layout, kind in outputs) for kind, layout in layouts.items()}
        scratchpad = _Slot(description, SCRATCHPAD, None, False)
        memories = {kind: slot.memory for kind, slot in self._slots.items()}
        library = load()
        primitive = Owned(library.primitive_create, description, destroy=library.primitive_destroy)
        self._run = Call(primitive, {**memories, SCRATCHPAD: scratchpad.memory})
        reordered = [slot for slot in self._slots.values() if slot.is_private]
        self._private = [*reordered, scratchpad]
        self._outputs = [slot for slot in reordered if slot.is_output]
        self._bytes = sum(_rounded(slot.size) for slot in self._private)
        self._shared, self._place = runtime(), 0

    def size(self, kind: int) -> int:
        """Return how many bytes an argument takes.

        Args:
            kind: Which one.
        """
        return self._slots[kind].size

    def __call__(self, arrays: Mapping[int, Array]) -> None:
        """Run it.

        Args:
            arrays: The array of each kind of argument; those that it writes are changed in place.
        """
        slots, shared = self._slots, self._shared
        with shared.lock:
            place = shared.scratch(self._bytes)
            if place != self._place:
                self._move(place)
            for kind, array in arrays.items():
                slots[kind].lay(address(array))
            self._run()
            for slot in self._outputs:
                slot.copy()

    def _move(self, place: int) -> None:
        """Have what only the primitive reads and writes begin at another address."""
        self._place = place
        put = load().memory_set_data_handle
        for slot in self._private:
            put(slot.memory.handle, place)
            place += _rounded(slot.size)


def _rounded(size: int) -> int:
    return math.ceil(size / ALIGNMENT) * ALIGNMENT
