"""Descriptors of arrays and operations: made once for each layout or kind, and kept."""

from __future__ import annotations

import ctypes
import os
from functools import lru_cache
from typing import Any

from catenary.functions.kernels import Grid
from catenary.types import Shape
from catenary_cupy.cudnn.layouts import DTYPES, Layout, at_least_two
from catenary_cupy.cudnn.library import Owned, load

#: How many descriptors of each kind are kept, and how many choices of algorithms.
KEPT = 1024
#: Kinds of arithmetic: with TF32 for float32, in tensor cores for halves, and without either.
DEFAULT_MATH, TENSOR_OP_MATH, FMA_MATH = 0, 1, 3
CHANNELS_FIRST, CHANNELS_LAST = 0, 1
CROSS_CORRELATION = 1
PROPAGATE_NAN = 1


# --- numbers ---


@lru_cache(None)
def scalars(dtype: str) -> tuple[Any, Any]:
    """Return one and zero as cuDNN takes factors.

    Args:
        dtype: The dtype of the arrays.
    """
    return scalar(1, dtype), scalar(0, dtype)


@lru_cache(KEPT)
def scalar(value: float, dtype: str) -> Any:
    """Return a factor as cuDNN takes it: an address.

    Args:
        value: The factor.
        dtype: The dtype of the arrays; halves have factors in float32.
    """
    return ctypes.byref(ctypes.c_double(value) if dtype == "float64" else ctypes.c_float(value))


def integers(numbers: Shape) -> Any:
    """Return numbers as cuDNN takes them.

    Args:
        numbers: The numbers.
    """
    return (ctypes.c_int * len(numbers))(*numbers)


def compute_dtype(dtype: str) -> int:
    """Return the number of the dtype in which sums are formed.

    Args:
        dtype: The dtype of the arrays.
    """
    return DTYPES["float64" if dtype == "float64" else "float32"]


def math_type(dtype: str) -> int:
    """Return the kind of arithmetic; that of float32 is the one that CuPy's own products have.

    Args:
        dtype: The dtype of the arrays.
    """
    if dtype == "float32":
        return DEFAULT_MATH if os.environ.get("CUPY_TF32") == "1" else FMA_MATH
    return DEFAULT_MATH if dtype == "float64" else TENSOR_OP_MATH


# --- descriptors ---


@lru_cache(KEPT)
def tensor(array: Layout) -> Owned:
    """Return the descriptor of an array.

    Args:
        array: Its layout.
    """
    made = Owned("TensorDescriptor")
    sizes, strides = integers(array.shape), integers(array.strides)
    load().SetTensorNdDescriptor(made, DTYPES[array.dtype], len(array.shape), sizes, strides)
    return made


def by_channel(images: Layout, dtype: str | None = None) -> Owned:
    """Return the descriptor of an array with one number for each channel of images.

    Args:
        images: The layout of the images.
        dtype: The dtype of the array, if it is not that of the images.
    """
    shape = (1, images.shape[1], *[1] * (len(images.shape) - 2))
    return tensor(Layout(shape, False, dtype or images.dtype))


@lru_cache(KEPT)
def filters(array: Layout) -> Owned:
    """Return the descriptor of filters.

    Args:
        array: Their layout.
    """
    made = Owned("FilterDescriptor")
    order = CHANNELS_LAST if array.channels_last else CHANNELS_FIRST
    load().SetFilterNdDescriptor(made, DTYPES[array.dtype], order, len(array.shape), integers(array.shape))
    return made


@lru_cache(KEPT)
def convolution(grid: Grid, groups: int, dtype: str, arithmetic: int) -> Owned:
    """Return the descriptor of a convolution.

    Args:
        grid: Where the windows lie.
        groups: The number of groups.
        dtype: The dtype of the arrays.
        arithmetic: Its kind of arithmetic.
    """
    library, made = load(), Owned("ConvolutionDescriptor")
    fields = (grid.pad, 0), (grid.stride, 1), (grid.dilate, 1)
    geometry = [integers(at_least_two(numbers, fill)) for numbers, fill in fields]
    axes, mode = max(len(grid.size), 2), CROSS_CORRELATION
    library.SetConvolutionNdDescriptor(made, axes, *geometry, mode, compute_dtype(dtype))
    library.SetConvolutionGroupCount(made, groups)
    library.SetConvolutionMathType(made, arithmetic)
    return made


@lru_cache(KEPT)
def pooling(grid: Grid, mode: int) -> Owned:
    """Return the descriptor of a pooling.

    Args:
        grid: Where the windows lie.
        mode: What is taken of a window.
    """
    made = Owned("PoolingDescriptor")
    fields = (grid.kernel, 1), (grid.pad, 0), (grid.stride, 1)
    geometry = [integers(at_least_two(numbers, fill)) for numbers, fill in fields]
    load().SetPoolingNdDescriptor(made, mode, PROPAGATE_NAN, max(len(grid.size), 2), *geometry)
    return made
