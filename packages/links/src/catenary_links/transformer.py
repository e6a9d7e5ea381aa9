"""Layers of transformers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import catenary.functions as F
from catenary import Chain, Variable
from catenary.errors import ArgumentError
from catenary_links.attention import MultiHeadAttention
from catenary_links.feature_normalization import LayerNormalization
from catenary_links.linear import Linear
from catenary_links.sizes import checked_ratio, checked_size

ACTIVATIONS = {"gelu": F.gelu, "relu": F.relu}


class _TransformerLayer(Chain):
    """Blocks with a shortcut, dropout and normalization each; the last one is two linear layers.

    Attributes:
        expand: The first linear layer.
        reduce: The second linear layer.
    """

    attention: MultiHeadAttention
    cross_attention: MultiHeadAttention
    expand: Linear
    reduce: Linear

    def __init__(
        self,
        embed_size: int,
        heads: int,
        hidden_size: int | None,
        dropout: float,
        activation: str,
        pre_norm: bool,
        eps: float,
        attentions: tuple[str, ...],
    ) -> None:
        name = type(self).__name__
        size = checked_size(name, "embed_size", embed_size)
        hidden = checked_size(name, "hidden_size", 4 * size if hidden_size is None else hidden_size)
        if activation not in ACTIVATIONS:
            raise ArgumentError(f"{name}: activation must be {' or '.join(map(repr, ACTIVATIONS))}, got {activation!r}")
        self.dropout = checked_ratio(name, "dropout", dropout)
        self.activation, self.pre_norm = activation, pre_norm
        blocks: dict[str, Any] = {block: MultiHeadAttention(size, heads, dropout) for block in attentions}
        norms = {f"norm{i + 1}": LayerNormalization(size, eps) for i in range(len(attentions) + 1)}
        super().__init__(**blocks, **norms, expand=Linear(size, hidden), reduce=Linear(hidden, size))

    def _with_shortcut(self, number: int, x: Any, block: Callable[[Any], Any]) -> Variable:
        norm = self[f"norm{number}"]
        if self.pre_norm:
            return x + F.dropout(block(norm(x)), self.dropout)  # type: ignore[no-any-return]
        return norm(x + F.dropout(block(x), self.dropout))  # type: ignore[no-any-return]

    def _feed_forward(self, x: Any) -> Any:
        hidden = ACTIVATIONS[self.activation](self.expand(x, n_batch_axes=2))
        return self.reduce(F.dropout(hidden, self.dropout), n_batch_axes=2)

    @property
    def printable_specs(self) -> Any:
        """The settings, for `repr`."""
        yield from (("dropout", self.dropout), ("activation", self.activation), ("pre_norm", self.pre_norm))


class TransformerEncoderLayer(_TransformerLayer):
    """Self-attention and two linear layers, each with a shortcut, dropout and layer normalization.

    Source: Vaswani et al., "Attention Is All You Need" (2017); Xiong et al., "On Layer Normalization in the
    Transformer Architecture" (2020), for normalization before the blocks.

    Args:
        embed_size: The number of features.
        heads: The number of heads, by which the number of features must be divisible.
        hidden_size: The number of units between the two linear layers; four times the features if None.
        dropout: The probability of zero, for attention, after each block and between the two linear layers.
        activation: "relu" or "gelu".
        pre_norm: Whether each block begins with the normalization; otherwise it comes after the shortcut.
        eps: Added to the variances.

    Attributes:
        attention: The `MultiHeadAttention`.
        expand: The first linear layer.
        reduce: The second linear layer.
        norm1: The normalization of attention.
        norm2: The normalization of the linear layers.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.TransformerEncoderLayer(8, 2, pre_norm=True)(np.ones((3, 10, 8), np.float32)).shape
        (3, 10, 8)
    """

    def __init__(
        self,
        embed_size: int,
        heads: int,
        hidden_size: int | None = None,
        dropout: float = 0.1,
        activation: str = "relu",
        pre_norm: bool = False,
        eps: float = 1e-5,
    ) -> None:
        super().__init__(embed_size, heads, hidden_size, dropout, activation, pre_norm, eps, ("attention",))

    def forward(self, x: Any, mask: Any = None, *, is_causal: bool = False) -> Variable:
        """Return the new features.

        Args:
            x: Input, shape (batch, length, features).
            mask: Which positions see which, as for `MultiHeadAttention`.
            is_causal: Whether position i sees the positions 0 to i only.
        """
        x = self._with_shortcut(1, x, lambda x: self.attention(x, mask=mask, is_causal=is_causal))
        return self._with_shortcut(2, x, self._feed_forward)


class TransformerDecoderLayer(_TransformerLayer):
    """Self-attention, attention to an encoder and two linear layers, each with a shortcut, dropout and normalization.

    Source: Vaswani et al., "Attention Is All You Need" (2017); Xiong et al., "On Layer Normalization in the
    Transformer Architecture" (2020), for normalization before the blocks.

    Args:
        embed_size: The number of features.
        heads: The number of heads, by which the number of features must be divisible.
        hidden_size: The number of units between the two linear layers; four times the features if None.
        dropout: The probability of zero, for attention, after each block and between the two linear layers.
        activation: "relu" or "gelu".
        pre_norm: Whether each block begins with the normalization; otherwise it comes after the shortcut.
        eps: Added to the variances.

    Attributes:
        attention: The `MultiHeadAttention` of the input to itself.
        cross_attention: The `MultiHeadAttention` to the encoder.
        expand: The first linear layer.
        reduce: The second linear layer.
        norm1: The normalization of the first attention.
        norm2: The normalization of the second attention.
        norm3: The normalization of the linear layers.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> x, memory = np.ones((3, 10, 8), np.float32), np.ones((3, 7, 8), np.float32)
        >>> L.TransformerDecoderLayer(8, 2, activation="gelu")(x, memory).shape
        (3, 10, 8)
    """

    def __init__(
        self,
        embed_size: int,
        heads: int,
        hidden_size: int | None = None,
        dropout: float = 0.1,
        activation: str = "relu",
        pre_norm: bool = False,
        eps: float = 1e-5,
    ) -> None:
        blocks = ("attention", "cross_attention")
        super().__init__(embed_size, heads, hidden_size, dropout, activation, pre_norm, eps, blocks)

    def forward(
        self, x: Any, memory: Any, mask: Any = None, memory_mask: Any = None, *, is_causal: bool = True
    ) -> Variable:
        """Return the new features.

        Args:
            x: Input, shape (batch, length, features).
            memory: What the encoder gave, shape (batch, keys, features).
            mask: Which positions of `x` see which, as for `MultiHeadAttention`.
            memory_mask: Which positions of `memory` they see.
            is_causal: Whether position i of `x` sees the positions 0 to i only.
        """
        x = self._with_shortcut(1, x, lambda x: self.attention(x, mask=mask, is_causal=is_causal))
        x = self._with_shortcut(2, x, lambda x: self.cross_attention(x, memory, mask=memory_mask))
        return self._with_shortcut(3, x, self._feed_forward)
