"""Attention with several heads."""

from __future__ import annotations

from typing import Any

import catenary.functions as F
from catenary import Chain, Variable
from catenary.errors import ArgumentError, ShapeError
from catenary_links.linear import Linear
from catenary_links.sizes import checked_ratio, checked_size


class MultiHeadAttention(Chain):
    """Attention in several heads side by side, with linear layers before and after.

    Source: Vaswani et al., "Attention Is All You Need" (2017).

    Args:
        embed_size: The number of features of queries, keys, values and outputs.
        heads: The number of heads, by which the number of features must be divisible.
        dropout: The probability that a weight is set to zero, in training only.
        nobias: Whether to leave the biases of the linear layers out.
        initialW: The initializer of their weights; LeCunNormal by default.

    Attributes:
        query: The linear layer that queries go through.
        key: The linear layer that keys go through.
        value: The linear layer that values go through.
        out: The linear layer after the heads.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.MultiHeadAttention(8, 2)(np.ones((3, 10, 8), np.float32), is_causal=True).shape
        (3, 10, 8)
    """

    query: Linear
    key: Linear
    value: Linear
    out: Linear

    def __init__(
        self, embed_size: int, heads: int, dropout: float = 0.0, nobias: bool = False, initialW: Any = None
    ) -> None:
        size = checked_size("MultiHeadAttention", "embed_size", embed_size)
        self.heads = checked_size("MultiHeadAttention", "heads", heads)
        self.dropout = checked_ratio("MultiHeadAttention", "dropout", dropout)
        if size % heads:
            raise ArgumentError(f"MultiHeadAttention: heads must divide embed_size, got {heads} and {size}")
        names = ("query", "key", "value", "out")
        super().__init__(**{name: Linear(size, size, nobias, initialW) for name in names})
        self.embed_size = size

    def forward(
        self, query: Any, key: Any = None, value: Any = None, mask: Any = None, *, is_causal: bool = False
    ) -> Variable:
        """Return what each query finds.

        Args:
            query: Shape (batch, queries, features).
            key: Shape (batch, keys, features); `query` if None: self-attention.
            value: Shape (batch, keys, features); `key` if None.
            mask: Which keys take part, booleans; or floats that are added to the scores. Shape (queries, keys),
                (batch, queries, keys) or (batch, heads, queries, keys), where lengths may be 1.
            is_causal: Whether query i sees the keys 0 to i only.

        Raises:
            ShapeError: If the shapes do not fit.
        """
        key = query if key is None else key
        value = key if value is None else value
        q, k, v = (self._split(name, x) for name, x in (("query", query), ("key", key), ("value", value)))
        if mask is not None and mask.ndim == 3:
            mask = mask[:, None]
        y = F.scaled_dot_product_attention(q, k, v, mask, is_causal=is_causal, dropout=self.dropout)
        return self.out(y.transpose((0, 2, 1, 3)).reshape(query.shape), n_batch_axes=2)  # type: ignore[no-any-return]

    def _split(self, name: str, x: Any) -> Variable:
        """Return what a layer gives, by heads: shape (batch, heads, length, features / heads)."""
        if x.ndim != 3 or x.shape[2] != self.embed_size:
            raise ShapeError(
                f"MultiHeadAttention: {name} must have shape (batch, length, {self.embed_size}), got {x.shape}"
            )
        y = self[name](x, n_batch_axes=2).reshape((*x.shape[:2], self.heads, self.embed_size // self.heads))
        return y.transpose((0, 2, 1, 3))  # type: ignore[no-any-return]

    @property
    def printable_specs(self) -> Any:
        """The settings, for `repr`."""
        yield from (("embed_size", self.embed_size), ("heads", self.heads), ("dropout", self.dropout))
