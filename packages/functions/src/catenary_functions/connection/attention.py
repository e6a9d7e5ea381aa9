"""Attention, by blocks of queries: no array has one element for each pair of positions."""

from __future__ import annotations

import math
from collections.abc import Iterator
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
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array, ArrayModule
from catenary_functions.activation.probabilities import softmax
from catenary_functions.array.choosing import where
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
    return _attention(query, key, value, mask, is_causal, ratio, factor, seed)


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
def _attention(
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
    saved.log_totals, ys = [], []
    for rows, keys in _blocks(query, key, is_causal):
        p = _scores(xp, query, key, mask, is_causal, scale, rows, keys)
        top = p.max(-1, keepdims=True)
        top[top == -xp.inf] = 0
        p -= top
        xp.exp(p, out=p)
        total = p.sum(-1, keepdims=True)
        total[total == 0] = 1
        saved.log_totals.append(top + xp.log(total))
        if dropout:
            p *= _kept(p, dropout, seed, rows)
        ys.append(p @ value[..., keys, :] / total)
    return xp.concatenate(ys, -2) if len(ys) != 1 else ys[0]


def _blocks(query: Any, key: Any, is_causal: bool) -> Iterator[tuple[slice, slice]]:
    """Return which queries to take at a time, and which keys they may see."""
    length, keys = query.shape[-2], key.shape[-2]
    at_once = get_device_from_array(query).cache_elements or 2**24
    pairs = max(math.prod(query.shape[:-2]), math.prod(key.shape[:-2])) * keys
    size = max(at_once // max(pairs, 1), 64)
    for start in range(0, max(length, 1), size):
        end = min(start + size, length)
        yield slice(start, end), slice(0, min(end, keys) if is_causal else keys)


def _part(mask: Array, rows: slice, keys: slice) -> Array:
    """Return the part of a mask for a block; axes of length 1 stay."""
    if mask.ndim > 1 and mask.shape[-2] != 1:
        mask = mask[..., rows, :]
    return mask[..., keys] if mask.ndim and mask.shape[-1] != 1 else mask


def _causal(xp: ArrayModule, rows: slice, keys: slice) -> Array:
    return xp.arange(keys.stop) <= xp.arange(rows.start, rows.stop)[:, None]


def _scores(
    xp: ArrayModule, query: Array, key: Array, mask: Any, is_causal: bool, scale: float, rows: slice, keys: slice
) -> Array:
    scores = (query[..., rows, :] * query.dtype.type(scale)) @ key[..., keys, :].swapaxes(-1, -2)
    if is_causal:
        scores = xp.where(_causal(xp, rows, keys), scores, -xp.inf)
    if mask is not None:
        part = _part(mask, rows, keys)
        scores = xp.where(part, scores, -xp.inf) if part.dtype == bool else scores + part
    return scores


def _kept(p: Array, dropout: float, seed: int, rows: slice) -> Array:
    """Return the factors of dropout for a block; the same ones each time."""
    random = get_device_from_array(p).make_random([seed, rows.start])
    return (random.random(p.shape, "float32") >= dropout) * p.dtype.type(1 / (1 - dropout))


@_attention.joint_gradient
def _gradients(
    gy: Any,
    y: Any,
    query: Any,
    key: Any,
    value: Any,
    mask: Any,
    is_causal: bool,
    dropout: float,
    scale: float,
    seed: int,
    saved: Any,
    xp: ArrayModule,
) -> tuple[Any, ...]:
    batch = gy.shape[:-2]
    gquery = xp.empty((*batch, *query.shape[-2:]), gy.dtype)
    gkey, gvalue = (xp.zeros((*batch, *x.shape[-2:]), gy.dtype) for x in (key, value))
    gmask = xp.zeros((*batch, gy.shape[-2], key.shape[-2]), gy.dtype) if _is_float(mask) else None
    for (rows, keys), log_total in zip(_blocks(query, key, is_causal), saved.log_totals):
        p = _scores(xp, query, key, mask, is_causal, scale, rows, keys)
        p -= log_total
        xp.exp(p, out=p)
        kept = _kept(p, dropout, seed, rows) if dropout else None
        gvalue[..., keys, :] += (p if kept is None else p * kept).swapaxes(-1, -2) @ gy[..., rows, :]
        gp = gy[..., rows, :] @ value[..., keys, :].swapaxes(-1, -2)
        if kept is not None:
            gp *= kept
        gp -= (gy[..., rows, :] * y[..., rows, :]).sum(-1, keepdims=True)
        gp *= p
        if gmask is not None:
            gmask[..., rows, keys] = gp
        gp *= gp.dtype.type(scale)
        xp.matmul(gp, key[..., keys, :], out=gquery[..., rows, :])
        gkey[..., keys, :] += gp.swapaxes(-1, -2) @ query[..., rows, :]
    return gquery, gkey, gvalue, gmask


def _is_float(mask: Any) -> bool:
    return mask is not None and as_array(mask).dtype != bool


@_attention.compose
def _composed(
    query: Any, key: Any, value: Any, mask: Any, is_causal: bool, dropout: float, scale: float, seed: int
) -> Variable:
    xp = get_array_module(query)
    scores = matmul(query * scale, key, transb=True)
    lowest = xp.asarray(-xp.inf, scores.dtype)
    whole = slice(0, query.shape[-2]), slice(0, key.shape[-2])
    if is_causal:
        scores = where(_causal(xp, *whole), scores, lowest)
    if mask is not None:
        scores = scores + mask if _is_float(mask) else where(mask, scores, lowest)
    seen = scores.array.max(-1, keepdims=True) > -xp.inf
    p = softmax(where(seen, scores, xp.zeros((), scores.dtype)), -1) * seen
    if dropout:
        blocks = _blocks(query, key, is_causal)
        masks = [_kept(p.array[..., rows, keys], dropout, seed, rows) for rows, keys in blocks]
        p = p * xp.concatenate([_widened(xp, m, p.shape[-1]) for m in masks], -2)
    return matmul(p, value)


def _widened(xp: ArrayModule, part: Array, keys: int) -> Array:
    return xp.pad(part, [*[(0, 0)] * (part.ndim - 1), (0, keys - part.shape[-1])])


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
