"""Long short-term memory over trees: the state of a node from those of its children."""

from __future__ import annotations

import functools
import operator
from typing import Any

import catenary.functions as F
from catenary import Chain, Variable
from catenary.errors import ArgumentError
from catenary_links.linear import Linear
from catenary_links.sizes import checked_size
from catenary_links.state import zeros


class _TreeLSTM(Chain):
    """What both kinds have in common: the layer from the input, and the arguments of a call.

    Attributes:
        W_x: The linear layer from the inputs.
    """

    W_x: Linear

    def __init__(self, in_size: int | None, out_size: int, gates: int, **inner: int) -> None:
        """Make `W_x` to all gates, and a layer from the outputs of children to so many gates for each other name."""
        self.in_size, self.state_size = in_size, out_size
        super().__init__(W_x=Linear(in_size, gates * out_size))
        for name, count in inner.items():
            self.add_link(name, Linear(out_size, count * out_size, nobias=True))

    def _split(self, given: tuple[Any, ...], children: int) -> tuple[list[Any], list[Any], Any]:
        """Return the cell states, with zeros in place of None, the outputs, and what the input gives."""
        some = next((one for one in given if one is not None), None)
        if some is None:
            raise ArgumentError(f"{type(self).__name__}: one of cs, hs and x must be an array, got None for all")
        x = given[-1]
        if x is None:
            if self.W_x.in_size is None:
                raise ArgumentError(f"{type(self).__name__}: x must be an array at the first call, got None")
            x = zeros(self, some, (len(some), self.W_x.in_size))
        shape = (len(some), self.state_size)
        cs = [zeros(self, some, shape) if c is None else c for c in given[:children]]
        return cs, list(given[children:-1]), self.W_x(x)


class ChildSumTreeLSTM(_TreeLSTM):
    """Long short-term memory over trees of nodes with any number of children, in no order.

    Source: Tai, Socher, Manning, "Improved Semantic Representations From Tree-Structured Long Short-Term Memory
    Networks" (2015).

    Args:
        in_size: The number of inputs; if None, it is taken from the first call.
        out_size: The number of units.

    Attributes:
        W_x: The linear layer from the inputs.
        W_h_aio: The linear layer from the sum of the children's outputs to inputs, input and output gates.
        W_h_f: The linear layer from each child's output to its forget gate.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> node, x = L.ChildSumTreeLSTM(3, 2), np.ones((4, 3), np.float32)
        >>> c1, h1 = node(x)
        >>> c2, h2 = node(x)
        >>> c, h = node(c1, c2, h1, h2, x)
        >>> c.shape, h.shape
        ((4, 2), (4, 2))
    """

    W_h_aio: Linear
    W_h_f: Linear

    def __init__(self, in_size: int | None, out_size: int) -> None:
        units = checked_size("ChildSumTreeLSTM", "out_size", out_size)
        super().__init__(in_size, units, 4, W_h_aio=3, W_h_f=1)

    def forward(self, *cshsx: Any) -> tuple[Variable, Variable]:
        """Return the cell state and the output of a node.

        Args:
            cshsx: The cell states of the children, their outputs, each of shape (batch, units), and the input, shape
                (batch, inputs). None stands for zeros.

        Raises:
            ArgumentError: If the number of arguments is even, or all are None.
        """
        if len(cshsx) % 2 == 0:
            raise ArgumentError(f"ChildSumTreeLSTM: the arguments must be cs, hs and x, got {len(cshsx)}")
        cs, hs, x = self._split(cshsx, len(cshsx) // 2)
        aio, f = F.split_axis(x, [3 * self.state_size], 1)
        if not cs:  # one child of zeros is none
            cs, hs = [zeros(self, x, f.shape)], [None]
        known = [h for h in hs if h is not None]
        if known:
            aio = aio + self.W_h_aio(functools.reduce(operator.add, known))
        forget = [f if h is None else f + self.W_h_f(h) for h in hs]
        return F.tree_lstm(*cs, F.concat([aio, *forget], 1))


class NaryTreeLSTM(_TreeLSTM):
    """Long short-term memory over trees of nodes with a fixed number of children, in order.

    Source: Tai, Socher, Manning, "Improved Semantic Representations From Tree-Structured Long Short-Term Memory
    Networks" (2015).

    Args:
        in_size: The number of inputs; if None, it is taken from the first call.
        out_size: The number of units.
        n_ary: The number of children.

    Attributes:
        W_x: The linear layer from the inputs.
        W_h1: The linear layer from the output of the first child; `W_h2`, ... for the others.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> node, x = L.NaryTreeLSTM(3, 2), np.ones((4, 3), np.float32)
        >>> c1, h1 = node(None, None, None, None, x)
        >>> c, h = node(c1, None, h1, None, x)
        >>> c.shape, h.shape
        ((4, 2), (4, 2))
    """

    def __init__(self, in_size: int | None, out_size: int, n_ary: int = 2) -> None:
        units, self.n_ary = (
            checked_size("NaryTreeLSTM", "out_size", out_size),
            checked_size("NaryTreeLSTM", "n_ary", n_ary),
        )
        gates = 3 + n_ary
        super().__init__(in_size, units, gates, **{f"W_h{i + 1}": gates for i in range(n_ary)})

    def forward(self, *cshsx: Any) -> tuple[Variable, Variable]:
        """Return the cell state and the output of a node.

        Args:
            cshsx: The cell states of the children, their outputs, each of shape (batch, units), and the input, shape
                (batch, inputs). None stands for zeros.

        Raises:
            ArgumentError: If the number of arguments is wrong, or all are None.
        """
        if len(cshsx) != 2 * self.n_ary + 1:
            raise ArgumentError(
                f"NaryTreeLSTM: the arguments must be cs, hs and x, {2 * self.n_ary + 1} of them, got {len(cshsx)}"
            )
        cs, hs, gates = self._split(cshsx, self.n_ary)
        for i, h in enumerate(hs):
            if h is not None:
                gates = gates + self[f"W_h{i + 1}"](h)
        return F.tree_lstm(*cs, gates)
