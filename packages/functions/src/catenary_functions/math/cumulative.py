"""Running sums and products, and products along axes, whose gradients come from running products."""

from __future__ import annotations

import math
from typing import Any

from catenary import Variable, as_array, function, get_array_module
from catenary.types import Array, ArrayModule, Axis
from catenary_functions.array.joining import concat, stack
from catenary_functions.checks import check_axis

__all__ = ["cumprod", "cumsum", "prod"]


def cumsum(x: Any, axis: int | None = None) -> Variable:
    """Return running sums along an axis.

    Args:
        x: Input of any shape.
        axis: The axis; None for all elements in C order, as one axis.

    Raises:
        ArgumentError: If there is no such axis.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.cumsum(np.array([1.0, 2.0, 3.0])).array
        array([1., 3., 6.])
    """
    if axis is None:
        return _cumsum(x.reshape((-1,)), 0)
    check_axis("cumsum", x, axis)
    return _cumsum(x, axis)


def cumprod(x: Any, axis: int | None = None) -> Variable:
    """Return running products along an axis.

    Args:
        x: Input of any shape.
        axis: The axis; None for all elements in C order, as one axis.

    Raises:
        ArgumentError: If there is no such axis.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.cumprod(np.array([1.0, 2.0, 3.0])).array
        array([1., 2., 6.])
    """
    if axis is None:
        return _cumprod(x.reshape((-1,)), 0)
    check_axis("cumprod", x, axis)
    return _cumprod(x, axis)


@function(widens_half=True)
def _cumsum(xp: ArrayModule, x: Array, axis: int) -> Array:
    return xp.cumsum(x, axis)


@function(widens_half=True)
def _cumprod(xp: ArrayModule, x: Array, axis: int) -> Array:
    return xp.cumprod(x, axis)


def _reversed(x: Any, axis: int) -> Any:
    return x[(slice(None),) * (axis % x.ndim) + (slice(None, None, -1),)]


def _cumprod_gx(gy: Any, x: Any, axis: int) -> Any:
    """Return the gradient without a division, which zeros would forbid."""
    lead = (slice(None),) * (axis % x.ndim)
    if x.shape[axis] == 0:
        return gy
    later = gy[(*lead, -1)]  # what the element gets from all products that it is in, but for those before it
    sums = [later]
    for i in range(x.shape[axis] - 1, 0, -1):
        later = gy[(*lead, i - 1)] + x[(*lead, i)] * later
        sums.append(later)
    return stack(sums[::-1], axis) * _products_before(x, axis)


def _products_before(x: Any, axis: int) -> Any:
    """Return the running products without the element itself; the first is 1."""
    lead = (slice(None),) * (axis % x.ndim)
    first = as_array(x)[(*lead, slice(1))]
    return concat([get_array_module(first).ones_like(first), _cumprod(x[(*lead, slice(-1))], axis)], axis)


_cumsum.gradient(x=lambda gy, axis: _reversed(_cumsum(_reversed(gy, axis), axis), axis))
_cumprod.gradient(x=_cumprod_gx)


@function(widens_half=True)
def prod(_: ArrayModule, x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """Multiply along axes.

    Args:
        x: Input of any shape.
        axis: The axes, all if None.
        keepdims: Whether the axes stay with length 1.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.prod(np.array([[2.0, 5.0]]), axis=1).array
        array([10.])
    """
    return x.prod(axis, keepdims=keepdims)


def _prod_gx(gy: Any, x: Any, axis: Axis) -> Any:
    """Return the product of all other elements, without a division, which zeros would forbid."""
    over = {a % x.ndim for a in (range(x.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,))}
    order = (*(i for i in range(x.ndim) if i not in over), *sorted(over))
    turned = x.transpose(order)
    kept = turned.shape[: x.ndim - len(over)]
    flat = turned.reshape((*kept, math.prod(turned.shape[len(kept) :])))
    others = _products_before(flat, -1) * _reversed(_products_before(_reversed(flat, -1), -1), -1)
    back = tuple(order.index(i) for i in range(x.ndim))
    return (gy.reshape((*kept, 1)) * others).reshape(turned.shape).transpose(back)


prod.gradient(x=_prod_gx)
