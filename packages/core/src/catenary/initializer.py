"""Initializer: the base of objects that fill new parameters; the collection is in `catenary.initializers`."""

from __future__ import annotations

from catenary.errors import ArgumentError
from catenary.types import Array, DType, Shape


class Initializer:
    """Base of initializers: callable with an array, which it fills in place.

    Args:
        dtype: The dtype of the arrays that it is for; None for the setting `dtype`.

    Example:
        >>> import numpy as np, catenary
        >>> class Ramp(catenary.Initializer):
        ...     def __call__(self, array):
        ...         array[...] = np.arange(array.size).reshape(array.shape)
        >>> catenary.Parameter(Ramp(), (3,)).array
        array([0., 1., 2.], dtype=float32)
    """

    def __init__(self, dtype: DType | None = None) -> None:
        self.dtype = dtype

    def __call__(self, array: Array) -> None:
        """Fill the array in place."""
        raise NotImplementedError(f"{type(self).__name__} gives no __call__")


def get_fans(shape: Shape) -> tuple[int, int]:
    """Return how many inputs and outputs a weight of this shape connects.

    Args:
        shape: `(outputs, inputs, *kernel)`.

    Raises:
        ArgumentError: If there are fewer than two axes.
    """
    if len(shape) < 2:
        raise ArgumentError(f"get_fans: expected a weight with two axes or more, got shape {tuple(shape)}")
    receptive = 1
    for n in shape[2:]:
        receptive *= n
    return shape[1] * receptive, shape[0] * receptive
