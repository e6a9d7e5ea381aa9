"""Softmax by cuDNN, along any axis."""

from __future__ import annotations

import math
from typing import Any

import catenary.functions as F
from catenary import Implementation, Variable, function, get_array_module
from catenary.graph.declaration import Rule
from catenary.types import Array, ArrayModule
from catenary_cupy.cudnn import handle
from catenary_cupy.cudnn.descriptors import scalars, tensor
from catenary_cupy.cudnn.layouts import Layout, address, contiguous, name_of, serves
from catenary_cupy.cudnn.library import Owned, load
from catenary_cupy.cudnn.plain import or_plain

ACCURATE, LOGARITHM = 1, 2
#: Over all that belongs to an image, or over the channels at each place.
OVER_ALL, OVER_CHANNELS = 0, 1


def _described(array: Array, axis: int) -> tuple[int, Owned, tuple[Any, Any]]:
    """Return over what the sum runs, how cuDNN is to see a dense array for that, and one and zero."""
    axis %= array.ndim
    before, behind = array.shape[:axis], math.prod(array.shape[axis + 1 :])
    shape, dtype = (math.prod(before), array.shape[axis], behind, 1), name_of(array.dtype)
    return OVER_ALL if behind == 1 else OVER_CHANNELS, tensor(Layout(shape, False, dtype)), scalars(dtype)


def _values(xp: ArrayModule, algorithm: int, x: Array, axis: int) -> Array:
    x = contiguous(xp, x)
    y = xp.empty(x.shape, x.dtype)
    mode, what, (one, zero) = _described(x, axis)
    load().SoftmaxForward(handle.current(), algorithm, mode, one, what, address(x), zero, what, address(y))
    return y


def _gradient(algorithm: int, gy: Array, y: Array, axis: int) -> Array:
    xp = get_array_module(gy)
    gy = contiguous(xp, gy)
    gx = xp.empty(y.shape, y.dtype)
    mode, what, (one, zero) = _described(y, axis)
    given = what, address(y), what, address(gy)
    load().SoftmaxBackward(handle.current(), algorithm, mode, one, *given, zero, what, address(gx))
    return gx


@function
@or_plain(F.softmax)
def softmax(xp: ArrayModule, x: Array, axis: int = 1) -> Array:
    """`softmax` by cuDNN."""
    return _values(xp, ACCURATE, x, axis)


@function
@or_plain(F.log_softmax)
def log_softmax(xp: ArrayModule, x: Array, axis: int = 1) -> Array:
    """`log_softmax` by cuDNN."""
    return _values(xp, LOGARITHM, x, axis)


def _rule_of(plain: Any, algorithm: int) -> Rule:
    """Return the gradient rule by cuDNN; for gradients of higher order, it is the plain function's."""

    def gx(gy: Any, y: Any, axis: int) -> Any:
        if isinstance(gy, Variable):
            return plain.declaration.rules["x"](gy, y, axis)
        return _gradient(algorithm, gy, y, axis)

    return gx


softmax.gradient(x=_rule_of(F.softmax, ACCURATE))
log_softmax.gradient(x=_rule_of(F.log_softmax, LOGARITHM))


def _accepts(x: Array, axis: int) -> bool:
    return -x.ndim <= axis < x.ndim and serves(x)  # for other axes, the plain body says what is wrong


SOFTMAX = Implementation(softmax, _accepts)
LOG_SOFTMAX = Implementation(log_softmax, _accepts)
