"""Shapes of arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

import chainer
from catenary import get_array_module


def as_vec(x: Any) -> Any:
    """Return an array with all elements along one axis.

    Args:
        x: The array.
    """
    return x.reshape(-1)


def as_mat(x: Any) -> Any:
    """Return an array as a matrix: the first axis as it is, all others as one.

    Args:
        x: The array; a vector becomes a column.
    """
    return x.reshape(len(x), -1)


def empty_like(x: Any) -> Any:
    """Return a new array of the same shape, dtype and device, not filled.

    Args:
        x: The array.
    """
    return get_array_module(x).empty_like(x)


def size_of_shape(shape: Any) -> int:
    """Return how many elements an array of a shape has.

    Args:
        shape: The shape.
    """
    return int(np.prod(shape, dtype=np.int64))


def sum_to(x: Any, shape: Any) -> Any:
    """Return sums over the axes that broadcasting a shape to that of an array would repeat.

    Args:
        x: The array.
        shape: The shape of the result.
    """
    return chainer.functions.sum_to(x, shape).array
