"""Attention by oneDNN: the products of all heads at a time, and softmax in place."""

from __future__ import annotations

import numpy as np

from catenary import PER_CALL, Implementation, Saved, function
from catenary.functions import kernels
from catenary.types import Array, ArrayModule, Shape
from catenary_onednn import blas, probabilities
from catenary_onednn.layouts import serves
from catenary_onednn.matrices import multiply

#: From so many multiplications for scores on, oneDNN is the quicker one; with fewer queries there seldom are so many.
WORTH_IT, QUERIES = 1_000_000, 4_000


class _Attention(kernels.Attention):
    def product(self, a: Array, b: Array, y: Array) -> None:
        multiply(a, b, y)

    def weigh(self, scores: Array, block: object) -> None:
        if self.mask is None:
            probabilities.weigh(scores, scores)
            return
        sees_nothing = scores.max(-1) == -np.inf
        scores[sees_nothing] = 0
        probabilities.weigh(scores, scores)
        scores[sees_nothing] = 0

    weigh_again = weigh

    def slopes(self, p: Array, gp: Array, gy: Array, y: Array) -> None:
        probabilities.slopes(p, gp, gp)


@function
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
    """`attention` by oneDNN."""
    saved.call = _Attention(xp, query, key, value, mask, is_causal, dropout, scale, seed)
    return saved.call.values()


attention.joint_gradient(lambda gy, y, saved: saved.call.gradients(gy, y))
_composed = kernels.attention.declaration.composed
assert _composed is not None
attention.compose(_composed)


def _accepts(
    query: Array,
    key: Array,
    value: Array,
    mask: Array | None,
    is_causal: bool,
    dropout: float,
    scale: float,
    seed: int,
) -> bool:
    batch = query.shape[:-2]
    if query.size * key.shape[-2] < WORTH_IT:
        return False
    if not key.shape[:-2] == value.shape[:-2] == batch or not serves(query, key, value):
        return False
    if mask is not None and (mask.dtype not in (bool, np.float32) or not _fits(mask, batch)):
        return False
    return blas.calm()


def _fits(mask: Array, batch: Shape) -> bool:
    """Return whether a mask adds nothing to the axes of the batch."""
    return np.broadcast_shapes(mask.shape[:-2], batch) == batch


ATTENTION = Implementation(attention, _accepts, from_size=QUERIES)
