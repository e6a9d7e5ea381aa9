"""Attention, and embedding of positions for it."""

from __future__ import annotations

import math
from typing import Any

from catenary import (
    PER_CALL,
    Saved,
    Variable,
    as_array,
    config,
    function,
    get_array_module,
    get_device_from_array,
)
from catenary.arithmetic import broadcast_to
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array, ArrayModule
from catenary_functions.activation.probabilities import softmax
from catenary_functions.array.choosing import where
from catenary_functions.connection.attention_blocks import Attention, seen
from catenary_functions.math.products import matmul

__all__ = ["rotary_embedding", "scaled_dot_product_attention"]


def scaled_dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    mask: Any = None,
    *,
    is_causal: bool = False,
    dropout: float = 0.0,
    scale: float | None = None,
) -> Variable:
    """Return averages of values, weighted by how well their keys fit each query.

    The weights are the softmax of query key^T * scale. They are made for a block of queries at a time, and made again
    for the gradients, so the memory grows with the length and not with its square. A query that may attend to
    nothing gets zeros.

    Source: Vaswani et al., "Attention Is All You Need" (2017); Dao et al., "FlashAttention" (2022), for the blocks.

    Args:
        query: Shape (..., queries, features); axes before are for batches and heads, and broadcast.
        key: Shape (..., keys, features).
        value: Shape (..., keys, outputs).
        mask: Which keys take part, booleans; or floats that are added to the scores, with a gradient. Shape
            (..., queries, keys), where lengths may be 1.
        is_causal: Whether query i sees the keys 0 to i only.
        dropout: The probability that a weight is set to zero, in training only.
        scale: The factor of the scores; 1 / sqrt(features) if None.

    Returns:
        Shape (..., queries, outputs).

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentError: If `dropout` is out of range.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> x = np.ones((2, 4, 10, 8), np.float32)
        >>> F.scaled_dot_product_attention(x, x, x, is_causal=True).shape
        (2, 4, 10, 8)
    """
    _check(query, key, value, mask, dropout)
    ratio = dropout if config.train else 0.0
    seed = int(get_device_from_array(query).random.integers(2**31)) if ratio else 0
    factor = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    return attention(query, key, value, mask, is_causal, ratio, factor, seed)


def _check(query: Any, key: Any, value: Any, mask: Any, dropout: float) -> None:
    name = "scaled_dot_product_attention"
    shapes = f"(query: {query.shape}, key: {key.shape}, value: {value.shape})"
    if min(query.ndim, key.ndim, value.ndim) < 2:
        raise ShapeError(f"{name}: query, key and value must have 2 axes or more {shapes}")
    if query.shape[-1] != key.shape[-1] or key.shape[-2] != value.shape[-2]:
        raise ShapeError(f"{name}: query and key must have the same features, key and value the same length {shapes}")
    sizes = query.shape[-2], key.shape[-2]
    if mask is not None and any(n not in (1, m) for n, m in zip(mask.shape[::-1], sizes[::-1])):
        raise ShapeError(f"{name}: mask must have shape (..., {sizes[0]}, {sizes[1]}), got {mask.shape}")
    if not 0.0 <= dropout < 1.0:
        raise ArgumentError(f"{name}: dropout must be at least 0 and below 1, got {dropout}")


@function(widens_half=True)
def attention(
    xp: ArrayModule,
    query: Array,
    key: Array,
    value: Array,
    mask: Array | None,
    is_causal: bool,
    dropout: float,
    scale: float,
    seed: int,
    *,
    saved: Saved = PER_CALL,
) -> Array:
    """Return averages of values; see `scaled_dot_product_attention`, which checks and completes the arguments."""
    saved.call = Attention(xp, query, key, value, mask, is_causal, dropout, scale, seed)
    return saved.call.values()


attention.joint_gradient(lambda gy, y, saved: saved.call.gradients(gy, y))


@attention.compose
def _composed(
    query: Any, key: Any, value: Any, mask: Any, is_causal: bool, dropout: float, scale: float, seed: int
) -> Variable:
    xp = get_array_module(query)
    masked = None if mask is None else as_array(mask)
    call = Attention(xp, as_array(query), as_array(key), as_array(value), masked, is_causal, dropout, scale, seed)
    scores = matmul(broadcast_to(query, call.query.shape) * scale, key, transb=True)
    lowest = xp.asarray(-xp.inf, scores.dtype)
    if is_causal:
        rows, keys = (slice(0, n) for n in scores.shape[-2:])
        scores = where(seen(xp, rows, keys), scores, lowest)
    if masked is not None:
        scores = where(mask, scores, lowest) if masked.dtype == bool else scores + mask
    sees = scores.array.max(-1, keepdims=True) > -xp.inf
    p = softmax(where(sees, scores, xp.zeros((), scores.dtype)), -1) * sees
    return matmul(p * call.all_kept() if dropout else p, value)


def rotary_embedding(x: Any, positions: Any = None, base: float = 10000.0, interleaved: bool = False) -> Variable:
    """Rotate pairs of features by angles that grow with the position, before attention.

    Pair i of d features turns by position * base^(-2i / d).

    Source: Su et al., "RoFormer: Enhanced Transformer with Rotary Position Embedding" (2021).

    Args:
        x: Queries or keys, shape (..., length, features); the number of features is even.
        positions: The position of each row, shape (..., length); 0, 1, 2, ... if None.
        base: How slowly the last pair turns.
        interleaved: Whether features 2i and 2i + 1 are a pair; else features i and i + features / 2.

    Raises:
        ShapeError: If the number of features is odd.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.rotary_embedding(np.array([[1.0, 0.0], [1.0, 0.0]])).array.round(3)
        array([[1.   , 0.   ],
               [0.54 , 0.841]])
    """
    if x.ndim < 2 or x.shape[-1] % 2:
        raise ShapeError(f"rotary_embedding: x must have shape (..., length, an even number), got {x.shape}")
    xp = get_array_module(x)
    length, features = x.shape[-2:]
    positions = xp.arange(length) if positions is None else xp.asarray(as_array(positions))
    angles = positions[..., None] * base ** (xp.arange(0, features, 2) / -features)
    join = xp.repeat(angles, 2, -1) if interleaved else xp.concatenate([angles, angles], -1)
    return _rotated(x, xp.cos(join), xp.sin(join), interleaved)


@function(widens_half=True)
def _rotated(xp: ArrayModule, x: Array, cos: Any, sin: Any, interleaved: bool) -> Array:
    turned = xp.empty_like(x)
    half = x.shape[-1] // 2
    first, second = (slice(0, None, 2), slice(1, None, 2)) if interleaved else (slice(0, half), slice(half, None))
    turned[..., first] = -x[..., second]
    turned[..., second] = x[..., first]
    turned *= sin.astype(x.dtype)
    turned += x * cos.astype(x.dtype)
    return turned


_rotated.gradient(x=lambda gy, cos, sin, interleaved: _rotated(gy, cos, -sin, interleaved))
