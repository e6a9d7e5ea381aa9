"""Recurrent layers over whole sequences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import catenary.functions as F
from catenary import ChainList, Link, Parameter, Variable
from catenary.errors import ArgumentError
from catenary_links.initializers import LeCunNormal
from catenary_links.sizes import checked_size


class NStepLSTM(ChainList):
    """Stacked LSTM layers over a list of sequences of any lengths, all steps in one call.

    Args:
        n_layers: The number of layers.
        in_size: The number of features of the sequences.
        out_size: The number of units.
        dropout: The dropout between layers.
        initialW: The initializer of all weights; LeCunNormal by default.
        initial_bias: The initializer of all biases; zero by default.

    Attributes:
        n_cells: The number of states: 2, output and cell state.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> rnn = L.NStepLSTM(1, 3, 2, 0.0)
        >>> hy, cy, ys = rnn(None, None, [np.ones((4, 3), np.float32), np.ones((2, 3), np.float32)])
        >>> hy.shape, [y.shape for y in ys]
        ((1, 2, 2), [(4, 2), (2, 2)])
    """

    n_cells = 2

    def __init__(
        self,
        n_layers: int,
        in_size: int,
        out_size: int,
        dropout: float,
        *,
        initialW: Any = None,
        initial_bias: Any = None,
    ) -> None:
        super().__init__()
        if not 0.0 <= dropout < 1.0:
            raise ArgumentError(f"NStepLSTM: dropout must be at least 0 and below 1, got {dropout}")
        self.n_layers = checked_size("NStepLSTM", "n_layers", n_layers)
        self.in_size = checked_size("NStepLSTM", "in_size", in_size)
        self.out_size = checked_size("NStepLSTM", "out_size", out_size)
        self.dropout = dropout
        weight = LeCunNormal() if initialW is None else initialW
        bias = 0.0 if initial_bias is None else initial_bias
        for layer in range(n_layers):
            weights = Link()
            with weights.init_scope():
                for i in range(8):
                    columns = out_size if layer or i >= 4 else in_size
                    setattr(weights, f"w{i}", Parameter(weight, (out_size, columns)))
                    setattr(weights, f"b{i}", Parameter(bias, (out_size,)))
            self.add_link(weights)

    def forward(self, hx: Any, cx: Any, xs: Sequence[Any]) -> tuple[Variable, Variable, list[Variable]]:
        """Run over the sequences.

        Args:
            hx: The first outputs, shape (layers, sequences, units); zeros if None.
            cx: The first cell states, of the same shape; zeros if None.
            xs: The sequences, each of shape (length, features).

        Returns:
            The last outputs and cell states of each sequence, and the list of the outputs of all steps.
        """
        if not isinstance(xs, list | tuple) or not xs:
            raise ArgumentError(f"NStepLSTM: xs must be a list of one sequence or more, got {type(xs).__name__}")
        return F.n_step_lstm(
            self.n_layers,
            self.dropout,
            self._state(hx, xs),
            self._state(cx, xs),
            [[getattr(layer, f"w{i}") for i in range(8)] for layer in self],
            [[getattr(layer, f"b{i}") for i in range(8)] for layer in self],
            xs,
            by_sequence=True,
        )

    def _state(self, given: Any, xs: Sequence[Any]) -> Any:
        if given is not None:
            return given
        return self.xp.zeros((self.n_layers, len(xs), self.out_size), xs[0].dtype)

    def rnn(self, *args: Any) -> Any:
        """Call the function behind this link, `n_step_lstm`."""
        return F.n_step_lstm(*args)
