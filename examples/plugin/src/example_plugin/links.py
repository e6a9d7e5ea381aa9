"""A link: parameters, and the computation that uses them."""

from __future__ import annotations

from typing import Any

import catenary.links as L
from catenary import Chain, Variable
from example_plugin.functions import swiglu


class GatedLinear(Chain):
    """A fully connected layer whose outputs go through gates: swiglu(gate(x), value(x)).

    Args:
        in_size: The number of inputs; None takes it from the first call.
        out_size: The number of outputs.

    Attributes:
        gate: The layer that computes the gates.
        value: The layer that computes what goes through them.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.GatedLinear(3, 2)(np.ones((4, 3), np.float32)).shape
        (4, 2)
    """

    def __init__(self, in_size: int | None, out_size: int) -> None:
        super().__init__()
        with self.init_scope():
            self.gate = L.Linear(in_size, out_size)
            self.value = L.Linear(in_size, out_size)

    def forward(self, x: Any) -> Variable:
        """Return the gated outputs, shape (batch, out_size).

        Args:
            x: Input, shape (batch, in_size).
        """
        return swiglu(self.gate(x), self.value(x))
