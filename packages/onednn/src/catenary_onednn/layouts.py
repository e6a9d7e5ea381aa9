"""Arrays as oneDNN sees them: float32, described by shape and strides.

Images (batch, channels, *size) are quickest with the channels last in memory. Results come in that order; functions of
NumPy keep it, so it is passed on from layer to layer.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from catenary.types import Array, Shape
from catenary_onednn.library import Owned, dims, is_usable, load

FLOAT32, ANY = 3, 1
#: How many descriptions, and primitives of each kind, are kept.
KEPT = 1024

_DTYPE = np.dtype(np.float32)
#: Shape and strides.
Layout = tuple[Shape, Shape]


def sizes(numbers: Shape) -> Any:
    """Return numbers as oneDNN takes them."""
    return dims(*numbers)


@lru_cache(KEPT)
def plain(shape: Shape, strides: Shape) -> Owned:
    """Return the description of a float32 array.

    Args:
        shape: Its shape.
        strides: Its strides, in bytes.
    """
    library = load()
    steps = sizes(tuple(s // 4 for s in strides))
    create = library.memory_desc_create_with_strides
    return Owned(create, len(shape), sizes(shape), FLOAT32, steps, destroy=library.memory_desc_destroy)


@lru_cache(KEPT)
def chosen(shape: Shape) -> Owned:
    """Return the description of an array whose layout the primitive chooses.

    Args:
        shape: Its shape.
    """
    library = load()
    create = library.memory_desc_create_with_tag
    return Owned(create, len(shape), sizes(shape), FLOAT32, ANY, destroy=library.memory_desc_destroy)


@lru_cache(KEPT)
def channels_last(shape: Shape) -> Shape:
    """Return the strides of an array (batch, channels, *size) whose memory has the channels last.

    Args:
        shape: Its shape.
    """
    strides = [4] * len(shape)
    step = 4 * shape[1]
    for axis in (*range(len(shape) - 1, 1, -1), 0):
        strides[axis] = step
        step *= shape[axis]
    return tuple(strides)


def empty_channels_last(shape: Shape) -> Array:
    """Return a new float32 array (batch, channels, *size) whose memory has the channels last.

    Args:
        shape: Its shape.
    """
    in_memory, axes = _channels_in_front(shape)
    return np.empty(in_memory, _DTYPE).transpose(axes)


@lru_cache(KEPT)
def _channels_in_front(shape: Shape) -> tuple[Shape, Shape]:
    """Return a shape with the channels last, and which of these axes come first, second and so on."""
    axes = len(shape)
    return (shape[0], *shape[2:], shape[1]), (0, axes - 1, *range(1, axes - 1))


def empty_beside(array: Array, shape: Shape) -> Array:
    """Return a new float32 array with memory in the order of another one: channels last, or as the axes stand.

    Args:
        array: The other one, which is dense.
        shape: The shape.
    """
    has_channels_last = layout(array)[1] == channels_last(array.shape)
    return empty_channels_last(shape) if has_channels_last else np.empty(shape, np.float32)


def ordered(array: Array, other: Array) -> Array:
    """Return the array, or a copy of it with memory in the order of another one of its shape.

    Args:
        array: The array.
        other: The other one, which is dense.
    """
    if layout(array) == layout(other):
        return array
    copy = np.empty_like(other)
    copy[...] = array
    return copy


def layout(array: Array) -> Layout:
    """Return the shape and the strides of an array; axes of length 1 do not hide that the channels are last.

    Args:
        array: The array.
    """
    return _known(array.shape, array.strides).layout


class _Known(NamedTuple):
    """What shape and strides say of an array.

    Attributes:
        layout: Its layout, with the strides of `channels_last` where they are the same but for axes of length 1.
        is_regular: Whether it neither overlaps itself nor goes backwards.
        is_dense: Whether its memory has no gaps, and one of the two common orders.
    """

    layout: Layout
    is_regular: bool
    is_dense: bool


@lru_cache(KEPT)
def _known(shape: Shape, strides: Shape) -> _Known:
    def are_those(others: Shape) -> bool:
        return all(n == 1 or one == other for n, one, other in zip(shape, strides, others))

    by_channels = len(shape) > 2 and are_those(channels_last(shape))
    in_order = are_those(tuple(4 * math.prod(shape[axis + 1 :]) for axis in range(len(shape))))
    layout = (shape, channels_last(shape)) if by_channels else (shape, strides)
    return _Known(layout, min(strides, default=1) > 0, by_channels or in_order)


def regular(array: Array) -> Array:
    """Return the array, or a copy of one that overlaps itself or goes backwards.

    Args:
        array: The array.
    """
    return array if _known(array.shape, array.strides).is_regular else np.ascontiguousarray(array)


def dense(array: Array) -> Array:
    """Return the array, or a copy of one that has gaps or another order than the common two.

    Args:
        array: The array.
    """
    return array if _known(array.shape, array.strides).is_dense else np.ascontiguousarray(array)


def serves(*arrays: Array) -> bool:
    """Return whether oneDNN is there and takes these arrays.

    Args:
        arrays: The arrays of a call.
    """
    for array in arrays:  # this is asked before most calls: no generator here
        if array.dtype != _DTYPE or not array.size or not array.flags.aligned:
            return False
    return is_usable()
