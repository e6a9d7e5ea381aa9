"""Add or multiply an array along some axes of another one."""

from __future__ import annotations

from typing import Any

from catenary import Variable
from catenary.arithmetic import add, mul
from catenary.errors import ShapeError

__all__ = ["bias", "scale"]


def along(name: str, argument: str, x: Any, y: Any, axis: int) -> Any:
    """Return `y` in the shape that broadcasts along the axes of `x` that begin with `axis`.

    Args:
        name: The function that asks, for messages.
        argument: What it calls `y`.
        x: The larger one.
        y: The smaller one, with the lengths of these axes.
        axis: The first of them.

    Raises:
        ShapeError: If the lengths differ.
    """
    start = axis + x.ndim if axis < 0 else axis
    expected = tuple(x.shape[start : start + y.ndim])
    if y.shape != expected:
        raise ShapeError(
            f"{name}: {argument} must have the lengths of the axes of x from {axis} on, {expected}, got {y.shape} "
            f"(x: {x.shape})"
        )
    return y.reshape((*y.shape, *[1] * (x.ndim - start - y.ndim))) if y.ndim else y


def bias(x: Any, y: Any, axis: int = 1) -> Variable:
    """Add an array along some axes of another one.

    Args:
        x: Input of any shape.
        y: What is added, with the lengths of some axes of `x` that follow each other.
        axis: The first of these axes.

    Raises:
        ShapeError: If the lengths differ.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.bias(np.zeros((1, 2, 2)), np.array([1.0, 2.0])).array
        array([[[1., 1.],
                [2., 2.]]])
    """
    return add(x, along("bias", "y", x, y, axis))


def scale(x: Any, y: Any, axis: int = 1) -> Variable:
    """Multiply by an array along some axes of another one.

    Args:
        x: Input of any shape.
        y: The factors, with the lengths of some axes of `x` that follow each other.
        axis: The first of these axes.

    Raises:
        ShapeError: If the lengths differ.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.scale(np.ones((1, 2, 2)), np.array([1.0, 2.0])).array
        array([[[1., 1.],
                [2., 2.]]])
    """
    return mul(x, along("scale", "y", x, y, axis))
