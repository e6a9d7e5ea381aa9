"""Products of vectors, matrices and stacks of them."""

from __future__ import annotations

from typing import Any

from catenary import Variable
from catenary.arithmetic import (
    absolute as absolute,
    log as log,
    matmul as _matmul,
    sum as sum,
)

__all__ = ["matmul"]


def matmul(a: Any, b: Any, transa: bool = False, transb: bool = False) -> Variable:
    """Multiply matrices, or stacks of them.

    Args:
        a: The left one, shape (..., m, k).
        b: The right one, shape (..., k, n).
        transa: Whether the last two axes of `a` are swapped first.
        transb: Whether the last two axes of `b` are swapped first.

    Returns:
        Shape (..., m, n).

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.matmul(np.ones((2, 3)), np.ones((4, 3)), transb=True).shape
        (2, 4)
    """
    return _matmul(_swapped(a) if transa else a, _swapped(b) if transb else b)


def _swapped(x: Any) -> Any:
    return x.transpose((*range(x.ndim - 2), x.ndim - 1, x.ndim - 2)) if x.ndim > 1 else x
