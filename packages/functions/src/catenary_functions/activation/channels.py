"""Activation functions that join or divide channels."""

from __future__ import annotations

import functools
from typing import Any

from catenary import Variable, as_array, function
from catenary.arithmetic import neg
from catenary.errors import ShapeError
from catenary.types import Array, ArrayModule
from catenary_functions.activation.rectifiers import relu
from catenary_functions.activation.smooth import sigmoid
from catenary_functions.array.joining import concat, split_axis
from catenary_functions.checks import check_axis

__all__ = ["crelu", "glu", "maxout"]


def crelu(x: Any, axis: int = 1) -> Variable:
    """Return relu(x) and relu(-x), joined along an axis.

    Source: Shang, Sohn, Almeida, Lee, "Understanding and Improving Convolutional Neural Networks via Concatenated
    Rectified Linear Units" (2016).

    Args:
        x: Input of any shape.
        axis: The axis, which gets twice as long.

    Raises:
        ArgumentError: If there is no such axis.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.crelu(np.array([[-1.0, 2.0]])).array
        array([[0., 2., 1., 0.]])
    """
    check_axis("crelu", x, axis)
    return concat([relu(x), relu(neg(x))], axis)


@function
def maxout(xp: ArrayModule, x: Array, pool_size: int, axis: int = 1) -> Array:
    """Return the largest of each `pool_size` elements that follow each other along an axis.

    Source: Goodfellow et al., "Maxout Networks" (2013).

    Args:
        x: Input of any shape.
        pool_size: How many elements compete; equal ones all get the gradient.
        axis: The axis, whose length must be divisible by it.

    Raises:
        ArgumentError: If there is no such axis.
        ShapeError: If the length is not divisible.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.maxout(np.array([[1.0, 5.0, 3.0, 2.0]]), 2).array
        array([[5., 3.]])
    """
    check_axis("maxout", x, axis)
    if pool_size < 1 or x.shape[axis] % pool_size:
        raise ShapeError(
            f"maxout: axis {axis} of length {x.shape[axis]} must be divisible by pool_size, got {pool_size}"
        )
    pools = _pools(x, pool_size, axis)
    lead = (slice(None),) * (axis % x.ndim + 1)
    return functools.reduce(xp.maximum, (pools[(*lead, i)] for i in range(pool_size)))  # quicker than one maximum


def _maxout_gx(gy: Any, x: Any, y: Any, pool_size: int, axis: int) -> Any:
    pools = _pools(as_array(x), pool_size, axis)
    kept = tuple(1 if i == axis % x.ndim + 1 else n for i, n in enumerate(pools.shape))
    return (gy.reshape(kept) * (pools == as_array(y).reshape(kept))).reshape(x.shape)


def _pools(x: Array, pool_size: int, axis: int) -> Array:
    at = axis % x.ndim
    return x.reshape(*x.shape[:at], x.shape[at] // pool_size, pool_size, *x.shape[at + 1 :])


maxout.gradient(x=_maxout_gx)


def glu(x: Any, axis: int = -1) -> Variable:
    """Return the first half along an axis times the sigmoid of the second half: the gated linear unit.

    Source: Dauphin, Fan, Auli, Grangier, "Language Modeling with Gated Convolutional Networks" (2017).

    Args:
        x: Input of any shape.
        axis: The axis, whose length must be even.

    Raises:
        ArgumentError: If there is no such axis.
        ShapeError: If the length is odd.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.glu(np.array([6.0, 8.0, 0.0, 0.0])).array
        array([3., 4.])
    """
    check_axis("glu", x, axis)
    if x.shape[axis] % 2:
        raise ShapeError(f"glu: the length of axis {axis} must be even, got {x.shape[axis]} (x: {x.shape})")
    values, gates = split_axis(x, 2, axis)
    y: Variable = values * sigmoid(gates)
    return y
