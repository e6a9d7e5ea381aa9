"""Long short-term memory, one step at a call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import catenary.functions as F
from catenary import Chain, Variable
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array
from catenary_links.linear import Linear
from catenary_links.sizes import checked_size
from catenary_links.state import StateOfTwo, zeros


def _layers(
    link: str,
    in_size: int | None,
    out_size: int | None,
    lateral_init: Any = None,
    upward_init: Any = None,
    bias_init: Any = None,
    forget_bias_init: Any = None,
) -> dict[str, Any]:
    """Return the layers to the four gates of each unit, from the inputs and from the outputs before."""
    units = checked_size(link, "out_size", out_size)
    biases = _Gates((bias_init, bias_init, forget_bias_init, bias_init))
    return {
        "upward": Linear(in_size, 4 * units, initialW=upward_init, initial_bias=biases),
        "lateral": Linear(units, 4 * units, nobias=True, initialW=lateral_init),
    }


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


class LSTM(StateOfTwo):
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
        forget = 1.0 if forget_bias_init is None else forget_bias_init
        super().__init__(**_layers("LSTM", in_size, out_size, lateral_init, upward_init, bias_init, forget))
        self.state_size = self.upward.out_size // 4

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
            self.c = zeros(self, x, (batch, self.state_size))
        self.c, y = F.lstm(self.c, gates)
        self.h = y if h is None or batch == len(h) else F.concat([y, h[batch:]], 0)
        return y


class StatelessLSTM(Chain):
    """Long short-term memory whose state is given and returned at each call.

    Source: Gers, Schmidhuber, Cummins, "Learning to Forget: Continual Prediction with LSTM" (2000).

    Args:
        in_size: The number of inputs; if None, it is taken from the first call. With one number alone,
            `StatelessLSTM(n)`, that is the number of units.
        out_size: The number of units.
        lateral_init: The initializer of the weights of the outputs before.
        upward_init: The initializer of the weights of the inputs.
        bias_init: The initializer of the biases but those of the forget gates; zero by default.
        forget_bias_init: The initializer of the biases of the forget gates; one by default.

    Attributes:
        upward: The linear layer from the inputs to the four gates of each unit.
        lateral: The linear layer from the outputs before.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> c, h = L.StatelessLSTM(3, 2)(None, None, np.ones((4, 3), np.float32))
        >>> c.shape, h.shape
        ((4, 2), (4, 2))
    """

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
        forget = 1.0 if forget_bias_init is None else forget_bias_init
        super().__init__(**_layers("StatelessLSTM", in_size, out_size, lateral_init, upward_init, bias_init, forget))
        self.state_size = self.upward.out_size // 4

    def forward(self, c: Any, h: Any, x: Any) -> tuple[Variable, Variable]:
        """Do one step and return the new cell state and output.

        Args:
            c: The cell state, shape (batch, units); zeros if None.
            h: The output before, shape (batch, units); zeros if None.
            x: Input, shape (batch, inputs).

        Raises:
            ShapeError: If the batches differ.
        """
        batches = [None if one is None else len(one) for one in (c, h, x)]
        if any(n not in (None, len(x)) for n in batches):
            raise ShapeError(f"StatelessLSTM: c, h and x must have the same batch, got {batches}")
        gates = self.upward(x)
        if h is not None:
            gates = gates + self.lateral(h)
        return F.lstm(zeros(self, x, (len(x), self.state_size)) if c is None else c, gates)


class StatefulPeepholeLSTM(StateOfTwo):
    """Long short-term memory whose gates look at the cell state, too.

    Source: Gers, Schmidhuber, "Recurrent Nets that Time and Count" (2000).

    Args:
        in_size: The number of inputs; if None, it is taken from the first call.
        out_size: The number of units.

    Attributes:
        upward: The linear layer from the inputs to the four gates of each unit.
        lateral: The linear layer from the outputs before.
        peep_i: The linear layer from the cell states to the input gates.
        peep_f: The linear layer from the cell states to the forget gates.
        peep_o: The linear layer from the new cell states to the output gates.
        c: The cell state, or None.
        h: The output, or None.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.StatefulPeepholeLSTM(3, 2)(np.ones((4, 3), np.float32)).shape
        (4, 2)
    """

    upward: Linear
    lateral: Linear
    peep_i: Linear
    peep_f: Linear
    peep_o: Linear

    def __init__(self, in_size: int | None, out_size: int) -> None:
        layers = _layers("StatefulPeepholeLSTM", in_size, out_size)
        peeps = {f"peep_{gate}": Linear(out_size, out_size, nobias=True) for gate in "ifo"}
        super().__init__(**layers, **peeps)
        self.state_size = out_size

    def forward(self, x: Any) -> Variable:
        """Do one step and return the output.

        Args:
            x: Input, shape (batch, inputs).

        Raises:
            ShapeError: If the state is that of another batch.
        """
        shape = (len(x), self.state_size)
        c, h = (self._state(name, x, shape) for name in self.state_names)
        gates = (self.upward(x) + self.lateral(h)).reshape((*shape, 4))
        a, i, f, o = (gates[:, :, k] for k in range(4))
        c = F.sigmoid(f + self.peep_f(c)) * c + F.sigmoid(i + self.peep_i(c)) * F.tanh(a)
        self.c, self.h = c, F.sigmoid(o + self.peep_o(c)) * F.tanh(c)
        return self.h


class StatefulZoneoutLSTM(StateOfTwo):
    """Long short-term memory that keeps elements of its state at random while it learns.

    Source: Krueger et al., "Zoneout: Regularizing RNNs by Randomly Preserving Hidden Activations" (2017).

    Args:
        in_size: The number of inputs; if None, it is taken from the first call.
        out_size: The number of units.
        c_ratio: The probability that an element of the cell state stays.
        h_ratio: The probability that an element of the output stays.

    Attributes:
        upward: The linear layer from the inputs to the four gates of each unit.
        lateral: The linear layer from the outputs before.
        c: The cell state, or None.
        h: The output, or None.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.StatefulZoneoutLSTM(3, 2)(np.ones((4, 3), np.float32)).shape
        (4, 2)
    """

    upward: Linear
    lateral: Linear

    def __init__(self, in_size: int | None, out_size: int, c_ratio: float = 0.5, h_ratio: float = 0.5) -> None:
        for name, ratio in (("c_ratio", c_ratio), ("h_ratio", h_ratio)):
            if not 0.0 <= ratio <= 1.0:
                raise ArgumentError(f"StatefulZoneoutLSTM: {name} must be from 0 to 1, got {ratio}")
        super().__init__(**_layers("StatefulZoneoutLSTM", in_size, out_size))
        self.state_size, self.c_ratio, self.h_ratio = out_size, c_ratio, h_ratio

    def forward(self, x: Any) -> Variable:
        """Do one step and return the output.

        Args:
            x: Input, shape (batch, inputs).

        Raises:
            ShapeError: If the state is that of another batch.
        """
        c, h = (self._state(name, x, (len(x), self.state_size)) for name in self.state_names)
        c_next, y = F.lstm(c, self.upward(x) + self.lateral(h))
        self.c, self.h = F.zoneout(c, c_next, self.c_ratio), F.zoneout(h, y, self.h_ratio)
        return self.h
