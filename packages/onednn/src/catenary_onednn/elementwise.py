"""Elementwise functions by oneDNN, for arrays that are larger than a cache: NumPy works on them with one thread."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from catenary import Implementation, function
from catenary.types import Array, ArrayModule
from catenary_onednn.layouts import KEPT, dense, ordered, plain, serves
from catenary_onednn.primitive import DIFF_DST, DIFF_SRC, DST, SRC, TRAINING, Primitive, described, runtime

#: The algorithm whose gradient takes the result in place of the input.
RELU_BY_RESULT = 0x100
#: From so many elements on, oneDNN is the quicker one.
WORTH_IT = 100_000


@lru_cache(KEPT)
def _forward(size: int) -> Primitive:
    flat = plain((size,), (4,))
    description = described("eltwise_forward", TRAINING, RELU_BY_RESULT, flat, flat, 0.0, 0.0, runtime().attributes)
    return Primitive(description, {SRC: flat, DST: flat}, (DST,))


@lru_cache(KEPT)
def _backward(size: int) -> Primitive:
    flat = plain((size,), (4,))
    wanted = RELU_BY_RESULT, flat, flat, flat, 0.0, 0.0, _forward(size).description
    description = described("eltwise_backward", *wanted, runtime().attributes)
    return Primitive(description, {DST: flat, DIFF_DST: flat, DIFF_SRC: flat}, (DIFF_SRC,))


@function
def relu(xp: ArrayModule, x: Array) -> Array:
    """`relu` by oneDNN."""
    x = dense(x)
    y = np.empty_like(x)
    _forward(x.size)({SRC: x, DST: y})
    return y


@function
def relu_gradient(xp: ArrayModule, g: Array, y: Array) -> Array:
    """Return the gradient of `relu`, which has none itself with respect to `y`."""
    y = dense(y)
    g = ordered(g, y)
    gx = np.empty_like(y)
    _backward(y.size)({DST: y, DIFF_DST: g, DIFF_SRC: gx})
    return gx


relu_gradient.gradient(g=lambda gy, y: relu_gradient(gy, y))
relu.gradient(x=lambda gy, y: relu_gradient(gy, y))


RELU = Implementation(relu, lambda x: x.size >= WORTH_IT and serves(x))
