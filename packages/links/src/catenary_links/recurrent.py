"""Recurrent layers: LSTM and GRU that keep their state between calls, and whole LSTM layers over lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import catenary.functions as F
from catenary import Chain, ChainList, Link, Parameter, Variable, as_variable
from catenary.device_resident import DeviceResidentsVisitor
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array
from catenary_links.initializers import LeCunNormal
from catenary_links.linear import Linear
from catenary_links.sizes import checked_size


class StatefulChain(Chain):
    """A chain that keeps Variables from call to call; they move with it and are not saved.

    Attributes:
        state_names: The attributes that hold them; None before the first call.
    """

    state_names: tuple[str, ...] = ()

    def __init__(self, **links: Link) -> None:
        super().__init__(**links)
        self.reset_state()

    def reset_state(self) -> None:
        """Forget the state."""
        for name in self.state_names:
            setattr(self, name, None)

    def device_resident_accept(self, visitor: DeviceResidentsVisitor) -> None:
        """Show the parameters and the state to `visitor`, which moves them."""
        super().device_resident_accept(visitor)
        for name in self.state_names:
            if getattr(self, name) is not None:
                visitor.visit_variable(getattr(self, name))

    def _keep(self, name: str, value: Any) -> None:
        state = as_variable(value)
        state.to_device(self.device)
        setattr(self, name, state)


class LSTM(StatefulChain):
    """Long short-term memory that keeps cell state and output between calls.

    Source: Gers, Schmidhuber, Cummins, "Learning to Forget: Continual Prediction with LSTM" (2000).

    Args:
        in_size: The number of inputs; if None, it is taken from the first call. With one number alone, `LSTM(n)`,
            that is the number of units.
        out_size: The number of units.
        lateral_init: The initializer of the weights of the outputs before.
        upward_init: The initializer of the weights of the inputs.
        bias_init: The initializer of the biases but those of the forget gates; zero by default.
        forget_bias_init: The initializer of the biases of the forget gates; one by default.

    Attributes:
        upward: The linear layer from the inputs to the four gates of each unit.
        lateral: The linear layer from the outputs before.
        c: The cell state, or None.
        h: The output, or None.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> lstm = L.LSTM(3, 2)
        >>> for x in np.ones((5, 4, 3), np.float32):
        ...     h = lstm(x)
        >>> h.shape
        (4, 2)
    """

    state_names = ("c", "h")
    c: Variable | None
    h: Variable | None
    upward: Linear
    lateral: Linear

    def __init__(
        self,
        in_size: int | None,
        out_size: int | None = None,
        lateral_init: Any = None,
        upward_init: Any = None,
        bias_init: Any = None,
        forget_bias_init: Any = None,
    ) -> None:
        if out_size is None:
            in_size, out_size = None, in_size
        self.state_size = checked_size("LSTM", "out_size", out_size)
        biases = (bias_init, bias_init, 1.0 if forget_bias_init is None else forget_bias_init, bias_init)
        gates = 4 * self.state_size
        super().__init__(
            upward=Linear(in_size, gates, initialW=upward_init, initial_bias=_Gates(biases)),
            lateral=Linear(self.state_size, gates, nobias=True, initialW=lateral_init),
        )

    def set_state(self, c: Any, h: Any) -> None:
        """Set the state.

        Args:
            c: The cell state, shape (batch, units).
            h: The output, shape (batch, units).
        """
        self._keep("c", c)
        self._keep("h", h)

    def forward(self, x: Any) -> Variable:
        """Do one step and return the output.

        Args:
            x: Input, shape (batch, inputs). A batch smaller than the last one leaves the states of the rest alone.

        Raises:
            ShapeError: If the batch is larger than that of the state.
        """
        gates = self.upward(x)
        h, batch = self.h, len(x)
        if h is not None:
            if batch > len(h):
                raise ShapeError(f"LSTM: the state has a batch of {len(h)}, x has {batch}; call reset_state() first")
            gates = gates + self.lateral(h if batch == len(h) else h[:batch])
        if self.c is None:
            self.c = Variable(self.xp.zeros((batch, self.state_size), x.dtype), requires_grad=False)
        self.c, y = F.lstm(self.c, gates)
        self.h = y if h is None or batch == len(h) else F.concat([y, h[batch:]], 0)
        return y


class _Gates:
    """Fills the biases of gates that stand side by side: four numbers for each unit."""

    def __init__(self, biases: Sequence[Any]) -> None:
        self.biases = biases

    def __call__(self, array: Array) -> None:
        gates = array.reshape(-1, len(self.biases))
        for i, bias in enumerate(self.biases):
            if callable(bias):
                column = gates[:, i].copy()
                bias(column)
                gates[:, i] = column
            else:
                gates[:, i] = 0.0 if bias is None else bias


class StatefulGRU(StatefulChain):
    """A gated recurrent unit that keeps its output between calls.

    Source: Cho et al., "On the Properties of Neural Machine Translation: Encoder-Decoder Approaches" (2014).

    Args:
        in_size: The number of inputs.
        out_size: The number of units.
        init: The initializer of the weights of the inputs.
        inner_init: The initializer of the weights of the outputs before.
        bias_init: The initializer of the biases.

    Attributes:
        h: The output, or None.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.GRU(3, 2)(np.ones((4, 3), np.float32)).shape
        (4, 2)
    """

    state_names = ("h",)
    h: Variable | None
    W_r: Linear
    U_r: Linear
    W_z: Linear
    U_z: Linear
    W: Linear
    U: Linear

    def __init__(
        self, in_size: int, out_size: int, init: Any = None, inner_init: Any = None, bias_init: Any = 0
    ) -> None:
        self.state_size = checked_size("GRU", "out_size", out_size)

        def layer(size: int, weight: Any) -> Linear:
            return Linear(size, self.state_size, initialW=weight, initial_bias=bias_init)

        inner = self.state_size
        super().__init__(
            W_r=layer(in_size, init), U_r=layer(inner, inner_init), W_z=layer(in_size, init),
            U_z=layer(inner, inner_init), W=layer(in_size, init), U=layer(inner, inner_init),
        )  # fmt: skip

    def set_state(self, h: Any) -> None:
        """Set the output.

        Args:
            h: Shape (batch, units).
        """
        self._keep("h", h)

    def forward(self, x: Any) -> Variable:
        """Do one step and return the output.

        Args:
            x: Input, shape (batch, inputs).
        """
        h, z, candidate = self.h, self.W_z(x), self.W(x)
        if h is None:
            self.h = F.sigmoid(z) * F.tanh(candidate)
            return self.h
        if len(h) != len(x):
            raise ShapeError(f"GRU: the state has a batch of {len(h)}, x has {len(x)}; call reset_state() first")
        r = F.sigmoid(self.W_r(x) + self.U_r(h))
        z = F.sigmoid(z + self.U_z(h))
        self.h = new = h + z * (F.tanh(candidate + self.U(r * h)) - h)
        return new


class GRU(StatefulGRU):
    """A gated recurrent unit that keeps its output between calls: another name of `StatefulGRU`.

    Args:
        in_size: The number of inputs.
        out_size: The number of units.
        init: The initializer of the weights of the inputs.
        inner_init: The initializer of the weights of the outputs before.
        bias_init: The initializer of the biases.
    """


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
