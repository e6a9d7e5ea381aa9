"""Matrix products with weights."""

from __future__ import annotations

import math
from typing import Any

from catenary import Variable, function, widens_half
from catenary.arithmetic import matmul
from catenary.errors import ArgumentError, ArgumentTypeError, ShapeError
from catenary.types import Array, ArrayModule
from catenary_functions.checks import check_arrays

__all__ = ["affine", "bilinear", "linear"]


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


@widens_half
def bilinear(e1: Any, e2: Any, W: Any, V1: Any = None, V2: Any = None, b: Any = None) -> Variable:
    """Return the products of all pairs of features of two inputs, weighted: sum over i, j of e1[i] e2[j] W[i, j].

    Source: Socher, Chen, Manning, Ng, "Reasoning With Neural Tensor Networks for Knowledge Base Completion" (2013).

    Args:
        e1: Shape (batch, ...); the axes after the batch are taken as one.
        e2: Shape (batch, ...).
        W: Weights of the pairs, shape (features of e1, features of e2, outputs).
        V1: Weights of `e1` alone, shape (features of e1, outputs).
        V2: Weights of `e2` alone, shape (features of e2, outputs).
        b: Bias, shape (outputs,). The last three are given together, or none of them.

    Returns:
        Shape (batch, outputs).

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentError: If only some of `V1`, `V2` and `b` are given.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.bilinear(np.ones((1, 2)), np.ones((1, 3)), np.ones((2, 3, 4))).array
        array([[6., 6., 6., 6.]])
    """
    check_arrays("bilinear", e1=e1, e2=e2, W=W)
    e1, e2 = (e.reshape((len(e), math.prod(e.shape[1:]))) for e in (e1, e2))
    if len(e1) != len(e2) or W.shape[:-1] != (e1.shape[1], e2.shape[1]):
        raise ShapeError(f"bilinear: W must have shape ({e1.shape[1]}, {e2.shape[1]}, outputs), got {W.shape}")
    outputs = W.shape[2]
    first = matmul(e1, W.reshape((len(W), -1))).reshape((len(e1), e2.shape[1], outputs))
    y = matmul(e2[:, None], first).reshape((len(e1), outputs))
    if (V1 is None) != (V2 is None) or (V1 is None) != (b is None):
        raise ArgumentError("bilinear: V1, V2 and b must be given together, or none of them")
    return y if V1 is None else y + matmul(e1, V1) + matmul(e2, V2) + b
