"""The functions behind the operators of Variable, and those that the engine itself needs.

Broadcasting needs no care here: the engine sums a gradient back over the axes that were broadcast.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from catenary.config import settings
from catenary.device import get_device_from_array
from catenary.errors import DeterminismError, DeterminismWarning, ShapeError
from catenary.graph.declaration import PER_CALL, Saved, passed_on
from catenary.graph.function import function
from catenary.types import Array, ArrayModule, Axis, DType, Shape
from catenary.variable import as_array


@function(keeps_numbers=True)
def add(_: ArrayModule, x0: Array, x1: Array) -> Array:
    """Add two arrays elementwise, with broadcasting."""
    return x0 + x1


add.gradient(x0=passed_on, x1=passed_on)


@function(keeps_numbers=True)
def sub(_: ArrayModule, x0: Array, x1: Array) -> Array:
    """Subtract `x1` from `x0` elementwise, with broadcasting."""
    return x0 - x1


sub.gradient(x0=passed_on, x1=lambda gy: -gy)


@function(keeps_numbers=True)
def mul(_: ArrayModule, x0: Array, x1: Array) -> Array:
    """Multiply two arrays elementwise, with broadcasting."""
    return x0 * x1


mul.gradient(x0=lambda gy, x1: gy * x1, x1=lambda gy, x0: gy * x0)


@function(keeps_numbers=True)
def div(_: ArrayModule, x0: Array, x1: Array) -> Array:
    """Divide `x0` by `x1` elementwise, with broadcasting."""
    return x0 / x1


div.gradient(x0=lambda gy, x1: gy / x1, x1=lambda gy, x0, x1: -gy * x0 / (x1 * x1))


@function(keeps_numbers=True)
def floor_div(_: ArrayModule, x0: Array, x1: Array) -> Array:
    """Divide `x0` by `x1` elementwise and round down; there is no gradient."""
    return x0 // x1


@function
def neg(_: ArrayModule, x: Array) -> Array:
    """Negate an array."""
    return -x


neg.gradient(x=lambda gy: -gy)


@function
def absolute(_: ArrayModule, x: Array) -> Array:
    """Return absolute values; the gradient at 0 is 0."""
    return abs(x)


absolute.gradient(x=lambda gy, x, xp: gy * xp.sign(as_array(x)))


@function
def log(xp: ArrayModule, x: Array) -> Array:
    """Return natural logarithms."""
    return xp.log(x)


log.gradient(x=lambda gy, x: gy / x)


@function(keeps_numbers=True)
def power(_: ArrayModule, x0: Array, x1: Array) -> Array:
    """Raise `x0` to the power `x1` elementwise, with broadcasting."""
    return x0**x1


def _power_gx0(gy: Any, x0: Any, x1: Any) -> Any:
    # One power less, but not below 0: x**0 has the gradient 0 at x == 0, too.
    return gy * (x1 * x0 ** (x1 - (as_array(x1) != 0)))


def _power_gx1(gy: Any, x0: Any, y: Any) -> Any:
    if isinstance(x0, float | int):
        return gy * y * (math.log(x0) if x0 else 0.0)
    return gy * y * log(x0 + (as_array(x0) == 0))  # at a base of 0 the gradient is 0, not NaN


power.gradient(x0=_power_gx0, x1=_power_gx1)


@function(widens_half=True)
def matmul(_: ArrayModule, x0: Array, x1: Array) -> Array:
    """Multiply matrices as `numpy.matmul` does: vectors, matrices and stacks of them."""
    return x0.dot(x1) if x0.ndim == x1.ndim == 2 else x0 @ x1  # `dot` is quicker for small matrices


def _swapped(x: Any) -> Any:
    return x.transpose((*range(x.ndim - 2), x.ndim - 1, x.ndim - 2))


def _matmul_gx0(gy: Any, x0: Any, x1: Any) -> Any:
    if x1.ndim == 1:
        return gy * x1 if x0.ndim == 1 else gy[..., None] * x1
    return (gy[..., None, :] * x1).sum(-1) if x0.ndim == 1 else gy @ _swapped(x1)


def _matmul_gx1(gy: Any, x0: Any, x1: Any) -> Any:
    if x0.ndim == 1:
        return gy * x0 if x1.ndim == 1 else x0[:, None] * gy[..., None, :]
    return gy[..., None] * x0 if x1.ndim == 1 else _swapped(x0) @ gy


matmul.gradient(x0=_matmul_gx0, x1=_matmul_gx1)


@function
def reshape(_: ArrayModule, x: Array, shape: Shape, *, saved: Saved = PER_CALL) -> Array:
    """Return an array of another shape with the same elements in C order."""
    saved.shape = x.shape
    return x.reshape(shape)


reshape.gradient(x=lambda gy, saved: gy.reshape(saved.shape))


@function
def transpose(_: ArrayModule, x: Array, axes: Shape | None = None) -> Array:
    """Permute the axes; None reverses them."""
    return x.transpose(axes)


transpose.gradient(
    x=lambda gy, axes: gy.transpose(None if axes is None else tuple(np.argsort([a % gy.ndim for a in axes]).tolist()))
)


@function
def broadcast_to(xp: ArrayModule, x: Array, shape: Shape) -> Array:
    """Repeat an array along axes of length 1 and along new leading axes."""
    return xp.broadcast_to(x, shape)


broadcast_to.gradient(x=passed_on)  # the engine sums


@function(widens_half=True)
def sum(_: ArrayModule, x: Array, axis: Axis = None, keepdims: bool = False, *, saved: Saved = PER_CALL) -> Array:
    """Sum over axes (over all if None)."""
    y = x.sum(axis, keepdims=True)
    saved.shape, saved.kept_shape = x.shape, y.shape
    return y if keepdims else y.reshape(_without(y.shape, axis))


sum.gradient(x=lambda gy, saved: broadcast_to(gy.reshape(saved.kept_shape), saved.shape))


def _without(shape: Shape, axis: Axis) -> Shape:
    if axis is None:
        return ()
    dropped = {a % len(shape) for a in (axis if isinstance(axis, tuple) else (axis,))}
    return tuple(n for i, n in enumerate(shape) if i not in dropped)


@function(widens_half=True)
def sum_to(_: ArrayModule, x: Array, shape: Shape, *, saved: Saved = PER_CALL) -> Array:
    """Sum to a shape from which broadcasting would lead to that of `x`."""
    saved.shape = x.shape
    lead = x.ndim - len(shape)
    if lead < 0 or any(n not in (1, m) for n, m in zip(shape, x.shape[lead:], strict=True)):
        raise ShapeError(f"sum_to: cannot sum an array of shape {x.shape} to {tuple(shape)}")
    axes = tuple(i for i in range(x.ndim) if i < lead or (shape[i - lead] == 1 and x.shape[i] != 1))
    return x.sum(axes, keepdims=True).reshape(shape)


sum_to.gradient(x=lambda gy, saved: broadcast_to(gy, saved.shape))


@function
def cast(_: ArrayModule, x: Array, typ: DType) -> Array:
    """Return the array in another dtype; the gradient comes back in the old one."""
    return x.astype(typ)


cast.gradient(x=passed_on)  # the engine casts


def _moved(xp: ArrayModule, slices: Any) -> Any:
    """Return an index with its arrays on the device of `xp`."""
    if isinstance(slices, tuple):
        return tuple(_moved(xp, part) for part in slices)
    return xp.asarray(slices) if xp is not np and isinstance(slices, list | np.ndarray) else slices


@function
def get_item(xp: ArrayModule, x: Array, slices: Any, *, saved: Saved = PER_CALL) -> Array:
    """Take the part of an array that an index, a slice, or a tuple of them names."""
    saved.shape = x.shape
    return x[_moved(xp, slices)]


@function(widens_half=True)
def put_item(xp: ArrayModule, values: Array, slices: Any, shape: Shape) -> Array:
    """Return zeros of a shape with `values` added at the places that `slices` names."""
    x = xp.zeros(shape, values.dtype)
    parts = slices if isinstance(slices, tuple) else (slices,)
    if all(_names_no_place_twice(part) for part in parts):
        x[_moved(xp, slices)] = values
    else:
        add_at(x, _moved(xp, slices), values)
    return x


def _names_no_place_twice(part: Any) -> bool:
    return (
        part is None
        or part is Ellipsis
        or isinstance(part, slice | int | np.integer)
        or getattr(part, "dtype", None) == np.bool_
    )


def add_at(x: Array, slices: Any, values: Array) -> None:
    """Add values to an array in place, at places of which some may be named twice.

    It is the one way in which functions scatter: a device that adds in parallel does so in no fixed order, and the
    setting `deterministic` asks about that here.

    Raises:
        DeterminismError: If the device has no fixed order and the setting `deterministic` is True.
    """
    device = get_device_from_array(x)
    if settings.deterministic and not device.adds_in_order:
        message = f"adding at an index array has no fixed order on {device}, so results may differ in their last digits"
        if settings.deterministic != "warn":
            raise DeterminismError(f"{message}; set config.deterministic to 'warn' or False to do it all the same")
        warnings.warn(message, DeterminismWarning, stacklevel=2)
    device.xp.add.at(x, slices, values)


get_item.gradient(x=lambda gy, slices, saved: put_item(gy, slices, saved.shape))
put_item.gradient(values=lambda gy, slices: get_item(gy, slices))
