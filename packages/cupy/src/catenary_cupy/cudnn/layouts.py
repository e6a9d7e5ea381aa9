"""Arrays as they are given to cuDNN: dense, in one of two orders.

The axes lie in memory as they stand, or with the channels last. Images of one axis are images of height 1 for cuDNN.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from catenary.types import Array, ArrayModule, Shape
from catenary_cupy.cudnn.handle import cupy, is_usable

#: The numbers of the dtypes.
FLOATS = {"float32": 0, "float64": 1, "float16": 2}
DTYPES = {**FLOATS, "bfloat16": 9}
#: cuDNN counts elements in 32 bits, and may load so many bytes at once.
MOST, AT_ONCE = 2**31 - 1, 16


class Layout(NamedTuple):
    """How an array lies in memory.

    Attributes:
        shape: Its shape, with at least four axes.
        channels_last: Whether the second axis is the last one in memory.
        dtype: The name of its dtype.
    """

    shape: Shape
    channels_last: bool
    dtype: str

    @property
    def strides(self) -> Shape:
        """The strides, in elements."""
        axes = len(self.shape)
        inner_first = (1, *range(axes - 1, 1, -1), 0) if self.channels_last else range(axes - 1, -1, -1)
        strides, step = [0] * axes, 1
        for axis in inner_first:
            strides[axis] = step
            step *= self.shape[axis]
        return tuple(strides)


def at_least_two(numbers: Shape, fill: int) -> Shape:
    """Return numbers that belong to the axes of images, with one more in front for images of a single axis.

    Args:
        numbers: The numbers.
        fill: The one in front; a second one, too, for a matrix, whose images have no axis.
    """
    return (fill,) * (2 - len(numbers)) + numbers


def has_channels_last(array: Array) -> bool:
    """Return whether the channels are last in memory, and no other order fits as well.

    Args:
        array: Images or filters, shape (batch, channels, *size).
    """
    if array.flags.c_contiguous or array.ndim < 3:
        return False
    return bool(array.transpose(0, *range(2, array.ndim), 1).flags.c_contiguous)


@lru_cache(None)
def name_of(dtype: Any) -> str:
    """Return the name of a dtype, kept: NumPy puts it together anew each time.

    Args:
        dtype: The dtype.
    """
    name: str = dtype.name
    return name


def layout(array: Array) -> Layout:
    """Return the layout of a dense array.

    Args:
        array: Images, filters or a matrix.
    """
    shape = (*array.shape[:2], *at_least_two(array.shape[2:], 1))
    return Layout(shape, has_channels_last(array), name_of(array.dtype))


def contiguous(xp: ArrayModule, array: Array) -> Array:
    """Return the array, or a copy of one that does not lie in memory as its axes stand, or at an address for vectors.

    Args:
        xp: CuPy.
        array: The array.
    """
    return _aligned(xp.ascontiguousarray(array))


def _aligned(array: Array) -> Array:
    return array if array.data.ptr % AT_ONCE == 0 else array.copy("K")


def dense(xp: ArrayModule, array: Array) -> Array:
    """Return the array, or a copy of one that has gaps or another order than the two.

    Args:
        xp: CuPy.
        array: Images or filters.
    """
    return _aligned(array) if has_channels_last(array) else contiguous(xp, array)


def ordered(xp: ArrayModule, array: Array, channels_last: bool) -> Array:
    """Return the array, or a copy of one that has not the order asked for.

    Args:
        xp: CuPy.
        array: Images or filters.
        channels_last: The order.
    """
    if not channels_last:
        return contiguous(xp, array)
    if has_channels_last(array):
        return _aligned(array)
    copy = empty(xp, array.shape, array.dtype, True)
    copy[...] = array
    return copy


def empty(xp: ArrayModule, shape: Shape, dtype: Any, channels_last: bool) -> Array:
    """Return a new array of images or filters.

    Args:
        xp: CuPy.
        shape: Its shape.
        dtype: Its dtype.
        channels_last: Whether its memory has the channels last.
    """
    if not channels_last:
        return xp.empty(shape, dtype)
    axes = len(shape)
    return xp.empty((shape[0], *shape[2:], shape[1]), dtype).transpose(0, axes - 1, *range(1, axes - 1))


def address(array: Array | None) -> int | None:
    """Return where the data of an array begin on the GPU; None for no array.

    Args:
        array: The array.
    """
    return None if array is None else array.data.ptr


def serves(*arrays: Array, dtypes: dict[str, int] = FLOATS) -> bool:
    """Return whether cuDNN is there and takes these arrays, which must be those of the current GPU.

    Args:
        arrays: The arrays of a call.
        dtypes: The dtypes that are taken.
    """
    first, device = arrays[0].dtype, cupy().cuda.runtime.getDevice()
    if name_of(first) not in dtypes or not is_usable(device):
        return False
    return all(a.dtype == first and 0 < a.size <= MOST and a.device.id == device for a in arrays)
