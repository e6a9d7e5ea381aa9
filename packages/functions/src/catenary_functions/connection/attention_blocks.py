"""Attention by blocks whose scores stay in the cache: no array has one element for each pair of positions."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from catenary import get_device_from_array
from catenary.types import Array, ArrayModule, Shape


class Block(NamedTuple):
    """Which scores to make at a time.

    Attributes:
        axis: The axis of examples, counted from the end.
        examples: Which of them.
        rows: Which queries.
        keys: Which keys these may see.
        is_whole: Whether these are all queries of the examples, and they may see all keys.
    """

    axis: int
    examples: slice
    rows: slice
    keys: slice
    is_whole: bool

    def of_queries(self, x: Array) -> Array:
        """Return the part of an array that has a row for each query."""
        return _cut(_cut(x, self.axis, self.examples), -2, self.rows)

    def of_keys(self, x: Array) -> Array:
        """Return the part of an array that has a row for each key."""
        return _cut(_cut(x, self.axis, self.examples), -2, self.keys)

    def of_pairs(self, x: Array) -> Array:
        """Return the part of an array that has a row for each query and a column for each key."""
        return _cut(self.of_queries(x), -1, self.keys)


def _cut(x: Array, axis: int, piece: slice) -> Array:
    """Return a part of an array; axes of length 1, and those that it has not, stay as they are."""
    if x.ndim < -axis or x.shape[axis] == 1:
        return x
    return x[(..., piece, *[slice(None)] * (-axis - 1))]


def blocks(query: Array, keys: int, is_causal: bool) -> Iterator[Block]:
    """Yield blocks of some examples with all of their queries, or of some queries of one example.

    Args:
        query: The queries, with all axes of the batch.
        keys: How many keys there are.
        is_causal: Whether query i sees the keys 0 to i only.
    """
    *batch, length, _ = query.shape
    first = next((i for i, n in enumerate(batch) if n > 1), 0)
    examples, axis = (batch[first], first - query.ndim) if batch else (1, -3)
    at_once = get_device_from_array(query).cache_elements or 2**24
    for_query = max(math.prod(batch[first + 1 :]) * keys, 1)  # so many scores has a query of one example
    rows = max(at_once // for_query, 64)
    step = max(at_once // (for_query * max(min(rows, length), 1)), 1)
    for i in range(0, examples, step):
        for start in range(0, max(length, 1), rows):
            end = min(start + rows, length)
            seen = min(end, keys) if is_causal else keys
            which = slice(i, min(i + step, examples)), slice(start, end), slice(0, seen)
            yield Block(axis, *which, end - start == length and seen == keys)


def seen(xp: ArrayModule, rows: slice, keys: slice) -> Array:
    """Return which keys come no later than each query.

    Args:
        xp: The array module.
        rows: Which queries.
        keys: Which keys, from the first one on.
    """
    return xp.arange(keys.stop) <= xp.arange(rows.start, rows.stop)[:, None]


class Attention:
    """One call of attention: what is computed in which order, and with what steps.

    Who has other ways for the steps overrides `product`, `weigh`, `weigh_again` and `slopes`.

    Args:
        xp: The array module.
        query: Shape (..., queries, features).
        key: Shape (..., keys, features).
        value: Shape (..., keys, outputs).
        mask: Which keys take part, or floats that are added to the scores.
        is_causal: Whether query i sees the keys 0 to i only.
        dropout: The probability that a weight is set to zero.
        scale: The factor of the scores.
        seed: What dropout draws by.

    Attributes:
        xp: The array module.
        query: The queries, with all axes of the batch.
        mask: As given.
    """

    def __init__(
        self,
        xp: ArrayModule,
        query: Array,
        key: Array,
        value: Array,
        mask: Array | None,
        is_causal: bool,
        dropout: float,
        scale: float,
        seed: int,
    ) -> None:
        given = (query, key, value) if mask is None else (query, key, value, mask)
        self._batch: Shape = np.broadcast_shapes(*(x.shape[:-2] for x in given))
        self.query = xp.broadcast_to(query, (*self._batch, *query.shape[-2:]))
        self._key, self._value, self.mask, self.xp = key, value, mask, xp
        self._is_causal, self._dropout, self._seed = is_causal, dropout, seed
        self._scale = query.dtype.type(scale)
        self._dtype = np.result_type(*(x.dtype for x in given if x.dtype != bool))
        self._log_total: Any = None

    # --- steps ---

    def product(self, a: Array, b: Array, y: Array) -> None:
        """Multiply stacks of matrices.

        Args:
            a: The left ones.
            b: The right ones.
            y: Where the products go.
        """
        self.xp.matmul(a, b, out=y)

    def weigh(self, scores: Array, block: Block) -> None:
        """Make weights of scores, in place: their softmax, or zeros where a query sees nothing.

        Args:
            scores: The scores of a block, -inf for what is not seen.
            block: Which they are.
        """
        xp = self.xp
        if self._log_total is None:
            self._log_total = xp.empty((*self.query.shape[:-1], 1), scores.dtype)
        top = xp.maximum(scores.max(-1, keepdims=True), xp.finfo(scores.dtype).min)
        scores -= top
        xp.exp(scores, out=scores)
        total = (scores @ xp.ones(scores.shape[-1], scores.dtype))[..., None]
        total += total == 0
        scores *= 1 / total
        block.of_queries(self._log_total)[...] = top + xp.log(total)

    def weigh_again(self, scores: Array, block: Block) -> None:
        """Do as `weigh` did for the same scores.

        Args:
            scores: The scores of a block.
            block: Which they are.
        """
        scores -= block.of_queries(self._log_total)
        self.xp.exp(scores, out=scores)

    def slopes(self, p: Array, gp: Array, gy: Array, y: Array) -> None:
        """Make gradients of scores of those of weights, in place.

        Args:
            p: The weights of a block.
            gp: Their gradients.
            gy: The gradients of the results.
            y: The results.
        """
        gp -= self.xp.einsum("...i,...i->...", gy, y)[..., None]
        gp *= p

    # --- their order ---

    def values(self) -> Array:
        """Return the averages of values, shape (..., queries, outputs)."""
        y = self._like(self.query, self._value.shape[-1])
        space = _Space(self.xp, self._dtype)
        for block in blocks(self.query, self._key.shape[-2], self._is_causal):
            p = self._scores(block.of_queries(self.query) * self._scale, block, space)
            self.weigh(p, block)
            if self._dropout:
                p *= self._kept(p, block)
            self.product(p, block.of_keys(self._value), block.of_queries(y))
        return y

    def gradients(self, gy: Array, y: Array) -> tuple[Array, Array, Array, Array | None]:
        """Return the gradients of queries, keys, values and of a mask of floats.

        Args:
            gy: The gradients of the averages.
            y: The averages.
        """
        gquery, gkey, gvalue = (self._like(x, x.shape[-1]) for x in (self.query, self._key, self._value))
        pairs = (*y.shape[:-1], self._key.shape[-2])
        gmask = None if self.mask is None or self.mask.dtype == bool else self.xp.zeros(pairs, y.dtype)
        spaces = [_Space(self.xp, self._dtype) for _ in range(2)]
        all_blocks = [*blocks(self.query, self._key.shape[-2], self._is_causal)]
        if not all(block.is_whole for block in all_blocks):
            gkey[...] = gvalue[...] = 0
        for block in all_blocks:
            scaled, part = block.of_queries(self.query) * self._scale, block.of_queries(gy)
            p = self._scores(scaled, block, spaces[0])
            self.weigh_again(p, block)
            gp = spaces[1].take(p.shape)
            self.product(part, block.of_keys(self._value).swapaxes(-1, -2), gp)
            if self._dropout:
                kept = self._kept(p, block)
                gp *= kept
            self.slopes(p, gp, part, block.of_queries(y))
            if self._dropout:
                p *= kept
            self._collect(p, part, block.of_keys(gvalue), block)
            if gmask is not None:
                block.of_pairs(gmask)[...] = gp
            self.product(gp, block.of_keys(self._key), block.of_queries(gquery))
            self._collect(gp, scaled, block.of_keys(gkey), block)
        gquery *= self._scale
        return gquery, gkey, gvalue, gmask

    def _like(self, x: Array, features: int) -> Array:
        """Return a new array for the batch with the rows of another one, and if it can be, its order of memory."""
        return self.xp.empty_like(x, self._dtype, shape=(*self._batch, x.shape[-2], features))

    def _scores(self, query: Array, block: Block, space: _Space) -> Array:
        xp, key = self.xp, block.of_keys(self._key)
        scores = space.take((*query.shape[:-1], key.shape[-2]))
        self.product(query, key.swapaxes(-1, -2), scores)
        if self._is_causal:
            xp.copyto(scores, -xp.inf, where=~seen(xp, block.rows, block.keys))
        if self.mask is not None:
            part = block.of_pairs(self.mask)
            if part.dtype == bool:
                xp.copyto(scores, -xp.inf, where=~part)
            else:
                scores += part
        return scores

    def _kept(self, p: Array, block: Block) -> Array:
        """Return the factors of dropout for the weights of a block; the same ones each time."""
        random = get_device_from_array(p).make_random([self._seed, block.rows.start, block.examples.start])
        return (random.random(p.shape, "float32") >= self._dropout) * p.dtype.type(1 / (1 - self._dropout))

    def all_kept(self) -> Array:
        """Return the factors of dropout for all weights."""
        kept = self.xp.zeros((*self.query.shape[:-1], self._key.shape[-2]), self._dtype)
        for block in blocks(self.query, self._key.shape[-2], self._is_causal):
            part = block.of_pairs(kept)
            part[...] = self._kept(part, block)
        return kept

    def _collect(self, p: Array, x: Array, total: Array, block: Block) -> None:
        """Add p^T x to what other queries gave for the same keys."""
        if block.is_whole:
            self.product(p.swapaxes(-1, -2), x, total)
        else:
            part = self.xp.empty_like(total)
            self.product(p.swapaxes(-1, -2), x, part)
            total += part


class _Space:
    """Memory for the scores of one block after the other.

    Args:
        xp: The array module.
        dtype: The dtype of the scores.
    """

    def __init__(self, xp: ArrayModule, dtype: Any) -> None:
        self._xp = xp
        self._flat = xp.empty(0, dtype)

    def take(self, shape: Shape) -> Array:
        """Return an array, which is there until the next one is taken."""
        size = math.prod(shape)
        if self._flat.size < size:
            self._flat = self._xp.empty(size, self._flat.dtype)
        return self._flat[:size].reshape(shape)
