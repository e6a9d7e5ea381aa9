"""Links around another link."""

from __future__ import annotations

from typing import Any

import catenary.functions as F
from catenary import Chain, Link, Parameter, Variable
from catenary.chain import check_link
from catenary.errors import ArgumentTypeError, UninitializedParameterError
from catenary_links.initializers import HeUniform
from catenary_links.linear import Linear
from catenary_links.sizes import checked_ratio, checked_size


class StochasticDepth(Chain):
    """Leaves a link out at random for each example, in training only; add the input to the result: `x + layer(x)`.

    Source: Huang et al., "Deep Networks with Stochastic Depth" (2016).

    Args:
        link: The link: what a block adds to its input.
        ratio: The probability that its output is zero, at least 0 and below 1; otherwise it is scaled up.

    Attributes:
        link: The link.
        ratio: As above.

    Example:
        >>> import numpy as np, catenary, catenary.links as L
        >>> layer = L.StochasticDepth(L.Linear(3, 3), 0.5)
        >>> x = np.ones((4, 3), np.float32)
        >>> (x + layer(x)).shape
        (4, 3)
    """

    link: Any

    def __init__(self, link: Link, ratio: float = 0.5) -> None:
        check_link("StochasticDepth", link)
        super().__init__(link=link)
        self.ratio = checked_ratio("StochasticDepth", "ratio", ratio)

    def forward(self, *args: Any, **kwargs: Any) -> Variable:
        """Return the output of the link, zero for some examples.

        Args:
            args: What the link takes.
            kwargs: The same by name.
        """
        return F.drop_path(self.link(*args, **kwargs), self.ratio)

    @property
    def printable_specs(self) -> Any:
        """The probability, for `repr`."""
        yield ("ratio", self.ratio)


class LoRA(Chain):
    """Adapts a linear layer by a product of two small matrices; the layer itself no longer learns.

    The result is base(x) + alpha / rank x A^T B^T. As B is zero at first, it begins with what the layer gives.

    Source: Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models" (2022).

    Args:
        base: The `Linear`; its parameters get no gradients any more.
        rank: The number of rows of A.
        alpha: The factor; `rank` if None.

    Attributes:
        base: The `Linear`.
        A: Weight to the middle, shape (rank, inputs).
        B: Weight from the middle, shape (outputs, rank).

    Example:
        >>> import numpy as np, catenary.links as L
        >>> layer = L.LoRA(L.Linear(3, 2), rank=1)
        >>> layer(np.ones((4, 3), np.float32)).shape
        (4, 2)
        >>> layer.merge()
        Linear(in_size=3, out_size=2, nobias=False)
    """

    base: Linear

    def __init__(self, base: Linear, rank: int, alpha: float | None = None) -> None:
        if not isinstance(base, Linear):
            raise ArgumentTypeError(f"LoRA: base must be a Linear, got {type(base).__name__}")
        super().__init__(base=base)
        self.rank = checked_size("LoRA", "rank", rank)
        self.alpha = float(rank) if alpha is None else alpha
        for param in base.params():
            param.requires_grad = False
        with self.init_scope():
            self.A = Parameter(HeUniform())
            self.B = Parameter(0.0, (base.out_size, self.rank))
        if base.in_size is not None:
            self.A.initialize((self.rank, base.in_size))

    def forward(self, x: Any, n_batch_axes: int = 1) -> Variable:
        """Return the output of the layer and of its adaption, added.

        Args:
            x: Input, shape (batch, ...).
            n_batch_axes: The number of batch axes.
        """
        y = self.base(x, n_batch_axes)
        if self.A._array is None:
            self.A.initialize((self.rank, self.base.W.shape[1]))
        small = F.linear(x, self.A, n_batch_axes=n_batch_axes)
        return y + F.linear(small, self.B, n_batch_axes=n_batch_axes) * (self.alpha / self.rank)  # type: ignore[no-any-return]

    def merge(self) -> Linear:
        """Return a `Linear` that gives the same: a copy of the layer with the product added to its weight.

        Raises:
            UninitializedParameterError: If the layer has no weight yet.
        """
        if self.A.array is None:
            raise UninitializedParameterError("LoRA.merge: the layer has no weight yet; call it once, or give in_size")
        new = self.base.copy("copy")
        new.W.array[...] += (self.alpha / self.rank) * (self.B.array @ self.A.array)
        for param in new.params():
            param.requires_grad = True
        return new

    @property
    def printable_specs(self) -> Any:
        """The settings, for `repr`."""
        yield from (("rank", self.rank), ("alpha", self.alpha))
