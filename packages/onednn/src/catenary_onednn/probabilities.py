"""Softmax by oneDNN, over the last axis, or another one whose elements follow each other in memory.

Over any other axis it is slower than NumPy by far. The logarithm of softmax is not served: it is off by 1e-5.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

import catenary.functions as F
from catenary import Implementation, Variable, function
from catenary.types import Array, ArrayModule
from catenary_onednn.layouts import KEPT, plain, serves
from catenary_onednn.library import Owned
from catenary_onednn.primitive import DIFF_DST, DIFF_SRC, DST, SRC, TRAINING, Primitive, described, runtime

ACCURATE = 0x30000
#: From so many elements on, oneDNN is the quicker one.
WORTH_IT = 10_000


def _matrix(rows: int, length: int) -> Owned:
    return plain((rows, length), (4 * length, 4))


@lru_cache(KEPT)
def _forward(rows: int, length: int) -> Primitive:
    matrix = _matrix(rows, length)
    description = described("softmax_forward", TRAINING, ACCURATE, matrix, matrix, 1, runtime().attributes)
    return Primitive(description, {SRC: matrix, DST: matrix}, (DST,))


@lru_cache(KEPT)
def _backward(rows: int, length: int) -> Primitive:
    matrix = _matrix(rows, length)
    wanted = ACCURATE, matrix, matrix, matrix, 1, _forward(rows, length).description
    description = described("softmax_backward", *wanted, runtime().attributes)
    return Primitive(description, {DST: matrix, DIFF_DST: matrix, DIFF_SRC: matrix}, (DIFF_SRC,))


def weigh(x: Array, y: Array) -> None:
    """Write the softmax over the last axis.

    Args:
        x: The scores; in the order of their axes in memory, as all of these.
        y: Where it goes, which may be `x`.
    """
    _forward(x.size // x.shape[-1], x.shape[-1])({SRC: x, DST: y})


def slopes(y: Array, gy: Array, gx: Array) -> None:
    """Write the gradients of the scores.

    Args:
        y: What softmax gave.
        gy: The gradients of that.
        gx: Where they go, which may be `gy`.
    """
    _backward(y.size // y.shape[-1], y.shape[-1])({DST: y, DIFF_DST: gy, DIFF_SRC: gx})


@function
def softmax(xp: ArrayModule, x: Array, axis: int = 1) -> Array:
    """`softmax` by oneDNN."""
    x = np.ascontiguousarray(np.moveaxis(x, axis, -1))
    y = np.empty(x.shape, x.dtype)
    weigh(x, y)
    return np.moveaxis(y, -1, axis)


def _gradient(gy: Any, y: Any, axis: int) -> Any:
    if isinstance(gy, Variable):
        return F.softmax.declaration.rules["x"](gy, y, axis)
    y, gy = np.moveaxis(y, axis, -1), np.ascontiguousarray(np.moveaxis(gy, axis, -1))
    gx = np.empty(y.shape, y.dtype)
    slopes(y, gy, gx)
    return np.moveaxis(gx, -1, axis)


softmax.gradient(x=_gradient)


def _accepts(x: Array, axis: int) -> bool:
    if not -x.ndim <= axis < x.ndim:
        return False  # NumPy says what is wrong
    follows = axis in (-1, x.ndim - 1) or np.moveaxis(x, axis, -1).flags.c_contiguous
    return follows and serves(x)


SOFTMAX = Implementation(softmax, _accepts, from_size=WORTH_IT)
