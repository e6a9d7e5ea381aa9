"""Matrix products with weights."""

from __future__ import annotations

import math
from typing import Any

from catenary import Variable, function
from catenary.errors import ArgumentError, ArgumentTypeError, ShapeError
from catenary.types import Array, ArrayModule

__all__ = ["affine", "linear"]


@function(widens_half=True)
def affine(_: ArrayModule, x: Array, W: Array, b: Array | None = None) -> Array:
    """Return x W^T + b for matrices: the heart of `linear`.

    Args:
        x: Input, shape (batch, inputs).
        W: Weight, shape (outputs, inputs).
        b: Bias, shape (outputs,).

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.affine(np.ones((1, 2)), np.ones((3, 2)), np.ones(3)).array
        array([[3., 3., 3.]])
    """
    try:
        y = x.dot(W.T)  # quicker than `x @ W.T` for small matrices
    except ValueError:
        raise ShapeError(
            f"linear: x has {x.shape[-1]} features, W expects {W.shape[-1]} "
            f"(x: {x.shape} {x.dtype}, W: {W.shape} {W.dtype})"
        ) from None
    if b is None:
        return y
    if len(b) != len(W):  # NumPy would broadcast a bias of length 1
        raise ShapeError(f"linear: b has {len(b)} elements, W gives {len(W)} outputs (W: {W.shape}, b: {b.shape})")
    y += b
    return y


def _ones(xp: ArrayModule, gy: Any) -> Array:
    ones = xp.empty(len(gy), gy.dtype)
    ones.fill(1)
    return ones


affine.gradient(
    x=lambda gy, W: gy.dot(W),
    W=lambda gy, x: gy.T.dot(x),
    b=lambda gy, xp: gy.T.dot(_ones(xp, gy)),  # quicker than a sum over axis 0
)


def linear(x: Any, W: Any, b: Any = None, n_batch_axes: int = 1) -> Variable:
    """Return x W^T + b.

    Args:
        x: Input, shape (batch, ...); the axes after the batch axes are taken as one.
        W: Weight, shape (outputs, inputs).
        b: Bias, shape (outputs,).
        n_batch_axes: The number of batch axes.

    Returns:
        Shape (batch, outputs).

    Raises:
        ShapeError: If the number of features is not what `W` expects.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.linear(np.ones((4, 2)), np.ones((3, 2))).shape
        (4, 3)
    """
    try:
        shape = x.shape
    except AttributeError:
        raise ArgumentTypeError(f"linear: x must be an array, got {type(x).__name__}") from None
    if n_batch_axes == 1 and len(shape) == 2:
        return affine(x, W, b)
    if not 1 <= n_batch_axes < max(len(shape), 2):
        raise ArgumentError(f"linear: n_batch_axes must be from 1 to {len(shape) - 1} for x of shape {shape}")
    batch = shape[:n_batch_axes]
    y = affine(x.reshape((math.prod(batch), math.prod(shape[n_batch_axes:]))), W, b)
    return y if n_batch_axes == 1 else y.reshape((*batch, y.shape[1]))
