"""Products of matrices with weights by oneDNN."""

from __future__ import annotations

from typing import Any

import numpy as np

from catenary import Implementation, function
from catenary.types import Array, ArrayModule
from catenary_onednn import blas
from catenary_onednn.layouts import serves
from catenary_onednn.library import load
from catenary_onednn.matrices import multiply
from catenary_onednn.primitive import address, runtime

#: From so many multiplications on, oneDNN is the quicker one; with fewer inputs than these there seldom are so many.
WORTH_IT, INPUTS = 4_000_000, 10_000
AS_IT_IS, TRANSPOSED = b"N", b"T"


def _ordered(array: Array) -> tuple[Array, bytes, int]:
    """Return a matrix whose memory is dense, how it lies there, and how far its rows (or columns) are apart."""
    if array.flags.f_contiguous and not array.flags.c_contiguous:
        return array, TRANSPOSED, array.shape[0]
    return np.ascontiguousarray(array), AS_IT_IS, array.shape[1]


@function
def product(xp: ArrayModule, a: Array, b: Array) -> Array:
    """Return a matrix product.

    Args:
        a: Shape (rows, terms).
        b: Shape (terms, columns).
    """
    y = np.empty((a.shape[0], b.shape[1]), np.float32)
    (a, order_a, step_a), (b, order_b, step_b) = _ordered(a), _ordered(b)
    first, second = (address(a), step_a), (address(b), step_b)
    with runtime().lock:
        load().sgemm(order_a, order_b, *y.shape, a.shape[1], 1, *first, *second, 0, address(y), y.shape[1])
    return y


product.gradient(a=lambda gy, b: product(gy, b.T), b=lambda gy, a: product(a.T, gy))


@function
def affine(xp: ArrayModule, x: Array, W: Array, b: Array | None = None) -> Array:
    """`affine` by oneDNN."""
    y = np.empty((len(x), len(W)), np.float32)
    multiply(x, W.T, y, b)  # for this order of memory, and with a bias, quicker than a product of its own
    return y


def _ones(gy: Any) -> Array:
    return np.ones((1, len(gy)), np.float32)


affine.gradient(
    x=lambda gy, W: product(gy, W),
    W=lambda gy, x: product(gy.T, x),
    b=lambda gy: product(_ones(gy), gy).reshape((gy.shape[1],)),
)


def _accepts(x: Array, W: Array, b: Array | None) -> bool:
    if not x.ndim == W.ndim == 2 or x.shape[1] != W.shape[1] or x.size * len(W) < WORTH_IT:
        return False  # where shapes do not fit, NumPy's body says so
    if b is not None and b.shape != W.shape[:1]:
        return False
    return serves(x, W, *(() if b is None else (b,))) and blas.calm()


AFFINE = Implementation(affine, _accepts, from_size=INPUTS)
