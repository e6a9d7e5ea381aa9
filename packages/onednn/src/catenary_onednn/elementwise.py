"""Elementwise functions by oneDNN, for arrays that are larger than a cache: NumPy works on them with one thread.

Served is what oneDNN computes as exactly as NumPy does. Its exp, elu, softplus, logarithm and the gelu by the error
function are coarser, or make something else of NaN.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

import catenary.functions as F
from catenary import Implementation, Variable, as_array, disable_implementations, function
from catenary.types import Array, ArrayModule
from catenary_onednn.layouts import KEPT, dense, ordered, plain, serves
from catenary_onednn.primitive import DIFF_DST, DIFF_SRC, DST, SRC, TRAINING, Primitive, described, runtime

#: Algorithms with this bit compute the gradient from the result, the others from the input.
BY_RESULT = 0x100


class Algorithm(NamedTuple):
    """What oneDNN computes of each element: the number of the algorithm, and what its formula has."""

    number: int
    alpha: float = 0.0
    beta: float = 0.0


@lru_cache(KEPT)
def _forward(size: int, algorithm: Algorithm) -> Primitive:
    flat = plain((size,), (4,))
    number, *factors = algorithm
    description = described("eltwise_forward", TRAINING, number, flat, flat, *factors, runtime().attributes)
    return Primitive(description, {SRC: flat, DST: flat}, (DST,))


@lru_cache(KEPT)
def _backward(size: int, algorithm: Algorithm) -> Primitive:
    flat = plain((size,), (4,))
    number, *factors = algorithm
    wanted = number, flat, flat, flat, *factors, _forward(size, algorithm).description
    description = described("eltwise_backward", *wanted, runtime().attributes)
    return Primitive(description, {_kept(algorithm): flat, DIFF_DST: flat, DIFF_SRC: flat}, (DIFF_SRC,))


def _kept(algorithm: Algorithm) -> int:
    """Return what the gradient is computed from."""
    return DST if algorithm.number & BY_RESULT else SRC


def value(x: Array, algorithm: Algorithm) -> Array:
    """Return what an algorithm makes of each element.

    Args:
        x: The elements.
        algorithm: The algorithm.
    """
    x = dense(x)
    y = np.empty_like(x)
    _forward(x.size, algorithm)({SRC: x, DST: y})
    return y


def gradient(g: Array, kept: Array, algorithm: Algorithm) -> Array:
    """Return the gradient of the input.

    Args:
        g: The gradient of the result.
        kept: The result or the input.
        algorithm: The algorithm.
    """
    kept = dense(kept)
    g = ordered(g, kept)
    gx = np.empty_like(kept)
    _backward(kept.size, algorithm)({_kept(algorithm): kept, DIFF_DST: g, DIFF_SRC: gx})
    return gx


def _served(theirs: Any, algorithm: Algorithm, from_size: int) -> Implementation:
    """Return the implementation of a function without attributes."""

    def body(xp: ArrayModule, x: Array) -> Array:
        return value(x, algorithm)

    body.__name__ = theirs.__name__
    mine = function(body)
    if algorithm.number & BY_RESULT:
        rule = theirs.declaration.rules["x"]
        mine.gradient(x=lambda gy, y: rule(gy, y) if isinstance(gy, Variable) else gradient(gy, y, algorithm))
    else:
        mine.gradient(x=lambda gy, x: gradient(gy, x, algorithm))

        @mine.compose
        def composed(x: Any) -> Any:
            with disable_implementations("onednn"):
                return theirs(x)

    return Implementation(mine, serves, from_size=from_size)


# The sizes are those from which on oneDNN is the quicker one with two threads, and not the slower one with one.
SIGMOID = _served(F.sigmoid, Algorithm(0x104), 100_000)
TANH = _served(F.tanh, Algorithm(0x101), 1_000_000)
SILU = _served(F.silu, Algorithm(0x2C, 1.0), 1_000_000)
HARD_SWISH = _served(F.hard_swish, Algorithm(0x34, 1 / 6, 0.5), 50_000)
_RECTIFIER, _GELU_BY_TANH = 0x100, Algorithm(0x2B)
_relu = _served(F.relu, Algorithm(_RECTIFIER), 300_000)
#: oneDNN makes 0 of NaN, which NumPy passes on.
RELU = replace(_relu, accepts=lambda x: serves(x) and not np.isnan(x.min()))


@function
def leaky_relu(xp: ArrayModule, x: Array, slope: float = 0.2) -> Array:
    """`leaky_relu` by oneDNN."""
    return value(x, Algorithm(_RECTIFIER, slope))


def _leaky_gradient(gy: Any, y: Any, slope: float) -> Any:
    if isinstance(gy, Variable):
        return gy * np.where(as_array(y) > 0, np.float32(1), np.float32(slope))
    return gradient(gy, y, Algorithm(_RECTIFIER, slope))


leaky_relu.gradient(x=_leaky_gradient)
#: With a slope of 0, NaN were lost; with less, the sign of the result is not that of the input.
LEAKY_RELU = Implementation(leaky_relu, lambda x, slope: slope > 0 and serves(x), from_size=300_000)


@function
def gelu(xp: ArrayModule, x: Array, approximate: str = "none") -> Array:
    """`gelu` by oneDNN, where the formula with tanh is asked for."""
    return value(x, _GELU_BY_TANH)


gelu.gradient(x=lambda gy, x: gradient(gy, x, _GELU_BY_TANH))


@gelu.compose
def _gelu(x: Any, approximate: str) -> Any:
    with disable_implementations("onednn"):
        return F.gelu(x, approximate)


GELU = Implementation(gelu, lambda x, approximate: approximate == "tanh" and serves(x), from_size=100_000)
