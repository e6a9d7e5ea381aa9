"""Products of matrices and of stacks of them by oneDNN."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from catenary.types import Array
from catenary_onednn.layouts import KEPT, Layout, plain
from catenary_onednn.primitive import BIAS, DST, SRC, WEIGHTS, Primitive, described, runtime


@lru_cache(KEPT)
def _product(a: Layout, b: Layout, y: Layout, has_bias: bool) -> Primitive:
    layouts = {SRC: plain(*a), WEIGHTS: plain(*b), DST: plain(*y)}
    left, right, result = layouts.values()
    if has_bias:
        columns = y[0][-1]
        layouts[BIAS] = plain((1, columns), (4 * columns, 4))
    description = described("matmul", left, right, layouts.get(BIAS), result, runtime().attributes)
    return Primitive(description, layouts, (DST,))


def multiply(a: Array, b: Array, y: Array, bias: Array | None = None) -> None:
    """Write products of matrices.

    Args:
        a: The left ones, shape (..., rows, terms).
        b: The right ones, shape (..., terms, columns).
        y: Where the products go, shape (..., rows, columns).
        bias: What is added to each row of a matrix; not for stacks.
    """
    a, b = _regular(a), _regular(b)
    into = y if y.strides[-1] == y.itemsize else np.empty(y.shape, y.dtype)
    run = _product((a.shape, a.strides), (b.shape, b.strides), (into.shape, into.strides), bias is not None)
    arrays = {SRC: a, WEIGHTS: b, DST: into}
    run(arrays if bias is None else {**arrays, BIAS: np.ascontiguousarray(bias)})
    if into is not y:
        y[...] = into


def _regular(x: Array) -> Array:
    """Return matrices, or a copy of those in which neither rows nor columns lie densely."""
    return x if min(x.strides) > 0 and x.itemsize in x.strides[-2:] else np.ascontiguousarray(x)
