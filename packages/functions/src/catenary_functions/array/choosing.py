"""Choose elements."""

from __future__ import annotations

from catenary import as_array, function
from catenary.arithmetic import (
    broadcast_to as broadcast_to,
    cast as cast,
    get_item as get_item,
    reshape as reshape,
    sum_to as sum_to,
    transpose as transpose,
)
from catenary.types import Array, ArrayModule

__all__ = ["get_item", "where"]


@function
def where(xp: ArrayModule, condition: Array, x: Array, y: Array) -> Array:
    """Choose elements from `x` where the condition holds, from `y` elsewhere.

    Args:
        condition: Booleans, of a shape that broadcasts.
        x: Input of any shape.
        y: Input of a shape that broadcasts.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.where(np.array([True, False]), np.ones(2), np.zeros(2)).array
        array([1., 0.])
    """
    return xp.where(condition.astype(bool), x, y)


where.gradient(
    x=lambda gy, condition: gy * as_array(condition).astype(bool),
    y=lambda gy, condition: gy * ~as_array(condition).astype(bool),
)
