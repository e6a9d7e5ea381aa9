"""Initializers that fill in given values."""

from __future__ import annotations

from typing import Any

from catenary import Initializer, get_device_from_array
from catenary.errors import ShapeError
from catenary.types import Array, DType


class Constant(Initializer):
    """Fills in a number, or the values of an array.

    Args:
        fill_value: The number or array.
        dtype: The dtype of the parameter; None for the setting `dtype`.

    Example:
        >>> import catenary
        >>> from catenary import initializers
        >>> catenary.Parameter(initializers.Constant(2), (2,)).array
        array([2., 2.], dtype=float32)
    """

    def __init__(self, fill_value: Any, dtype: DType | None = None) -> None:
        super().__init__(dtype)
        self.fill_value = fill_value

    def __call__(self, array: Array) -> None:
        value = self.fill_value
        array[...] = get_device_from_array(array).send(value) if hasattr(value, "shape") else value


class Zero(Constant):
    """Fills in zeros.

    Args:
        dtype: The dtype of the parameter; None for the setting `dtype`.
    """

    def __init__(self, dtype: DType | None = None) -> None:
        super().__init__(0.0, dtype)


class One(Constant):
    """Fills in ones.

    Args:
        dtype: The dtype of the parameter; None for the setting `dtype`.
    """

    def __init__(self, dtype: DType | None = None) -> None:
        super().__init__(1.0, dtype)


class NaN(Constant):
    """Fills in NaN, so that a parameter that nobody sets is noticed.

    Args:
        dtype: The dtype of the parameter; None for the setting `dtype`.
    """

    def __init__(self, dtype: DType | None = None) -> None:
        super().__init__(float("nan"), dtype)


class Identity(Initializer):
    """Fills a square matrix with a multiple of the identity.

    Args:
        scale: The multiple.
        dtype: The dtype of the parameter; None for the setting `dtype`.

    Example:
        >>> import catenary
        >>> from catenary import initializers
        >>> catenary.Parameter(initializers.Identity(), (2, 2)).array
        array([[1., 0.],
               [0., 1.]], dtype=float32)
    """

    def __init__(self, scale: float = 1.0, dtype: DType | None = None) -> None:
        super().__init__(dtype)
        self.scale = scale

    def __call__(self, array: Array) -> None:
        if array.ndim != 2 or array.shape[0] != array.shape[1]:
            raise ShapeError(f"Identity: expected a square matrix, got shape {array.shape}")
        array[...] = get_device_from_array(array).xp.eye(len(array)) * self.scale
