"""Gated recurrent units and minimal gated units, one step at a call."""

from __future__ import annotations

from typing import Any

import catenary.functions as F
from catenary import Chain, Variable
from catenary.errors import ShapeError
from catenary_links.linear import Linear
from catenary_links.sizes import checked_size
from catenary_links.state import StateOfOne


def _six_layers(link: str, in_size: int | None, out_size: int, init: Any, inner_init: Any, bias: Any) -> dict[str, Any]:
    """Return the layers from the inputs (W) and the outputs before (U) to reset gates, update gates and candidates."""
    units = checked_size(link, "out_size", out_size)
    layers = {}
    for gate in ("_r", "_z", ""):
        layers[f"W{gate}"] = Linear(in_size, units, initialW=init, initial_bias=bias)
        layers[f"U{gate}"] = Linear(units, units, initialW=inner_init, initial_bias=bias)
    return layers


def _step(link: Any, h: Any, x: Any) -> Variable:
    """Do one step of a gated recurrent unit."""
    r = F.sigmoid(link.W_r(x) + link.U_r(h))
    z = F.sigmoid(link.W_z(x) + link.U_z(h))
    y: Variable = h + z * (F.tanh(link.W(x) + link.U(r * h)) - h)
    return y


class StatefulGRU(StateOfOne):
    """A gated recurrent unit that keeps its output between calls.

    Source: Cho et al., "On the Properties of Neural Machine Translation: Encoder-Decoder Approaches" (2014).

    Args:
        in_size: The number of inputs; if None, it is taken from the first call.
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

    W_z: Linear
    W: Linear

    def __init__(
        self, in_size: int | None, out_size: int, init: Any = None, inner_init: Any = None, bias_init: Any = 0
    ) -> None:
        super().__init__(**_six_layers(type(self).__name__, in_size, out_size, init, inner_init, bias_init))
        self.state_size = out_size

    def forward(self, x: Any) -> Variable:
        """Do one step and return the output.

        Args:
            x: Input, shape (batch, inputs).

        Raises:
            ShapeError: If the state is that of another batch.
        """
        if self.h is None:
            self.h = F.sigmoid(self.W_z(x)) * F.tanh(self.W(x))
        else:
            self.h = _step(self, self._state("h", x, ()), x)
        return self.h


class GRU(StatefulGRU):
    """A gated recurrent unit that keeps its output between calls: another name of `StatefulGRU`.

    Args:
        in_size: The number of inputs; if None, it is taken from the first call.
        out_size: The number of units.
        init: The initializer of the weights of the inputs.
        inner_init: The initializer of the weights of the outputs before.
        bias_init: The initializer of the biases.
    """


class StatelessGRU(Chain):
    """A gated recurrent unit whose output before is given at each call.

    Source: Cho et al., "On the Properties of Neural Machine Translation: Encoder-Decoder Approaches" (2014).

    Args:
        in_size: The number of inputs; if None, it is taken from the first call.
        out_size: The number of units.
        init: The initializer of the weights of the inputs.
        inner_init: The initializer of the weights of the outputs before.
        bias_init: The initializer of the biases; zero by default.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.StatelessGRU(3, 2)(np.zeros((4, 2), np.float32), np.ones((4, 3), np.float32)).shape
        (4, 2)
    """

    def __init__(
        self, in_size: int | None, out_size: int, init: Any = None, inner_init: Any = None, bias_init: Any = None
    ) -> None:
        super().__init__(**_six_layers("StatelessGRU", in_size, out_size, init, inner_init, bias_init))

    def forward(self, h: Any, x: Any) -> Variable:
        """Do one step and return the new output.

        Args:
            h: The output before, shape (batch, units).
            x: Input, shape (batch, inputs).

        Raises:
            ShapeError: If the batches differ.
        """
        _check_batch("StatelessGRU", h, x)
        return _step(self, h, x)


def _check_batch(link: str, h: Any, x: Any) -> None:
    if h is None or len(h) != len(x):
        got = "None" if h is None else h.shape
        raise ShapeError(f"{link}: h must have the batch of x, {len(x)}, got {got}; give zeros at the first step")


def _two_layers(link: str, sizes: dict[str, Any]) -> dict[str, Any]:
    """Return the layers from outputs before and inputs, side by side, to forget gates and candidates."""
    inputs, units = (checked_size(link, name, size) for name, size in sizes.items())
    return {name: Linear(units + inputs, units) for name in ("W_f", "W_h")}


def _minimal_step(link: Any, h: Any, x: Any) -> Variable:
    """Do one step of a minimal gated unit."""
    f = F.sigmoid(link.W_f(F.concat([h, x], 1)))
    candidate = F.tanh(link.W_h(F.concat([f * h, x], 1)))
    return F.linear_interpolate(f, candidate, h)


class StatelessMGU(Chain):
    """A minimal gated unit whose output before is given at each call.

    Source: Zhou, Wu, Zhang, Zhou, "Minimal Gated Unit for Recurrent Neural Networks" (2016).

    Args:
        n_inputs: The number of inputs.
        n_units: The number of units.

    Attributes:
        W_f: The linear layer from output and input to the forget gates.
        W_h: The linear layer from what the gates leave of the output, and the input, to the candidates.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.StatelessMGU(3, 2)(np.zeros((4, 2), np.float32), np.ones((4, 3), np.float32)).shape
        (4, 2)
    """

    def __init__(self, n_inputs: int, n_units: int) -> None:
        super().__init__(**_two_layers("StatelessMGU", {"n_inputs": n_inputs, "n_units": n_units}))

    def forward(self, h: Any, x: Any) -> Variable:
        """Do one step and return the new output.

        Args:
            h: The output before, shape (batch, units).
            x: Input, shape (batch, inputs).

        Raises:
            ShapeError: If the batches differ.
        """
        _check_batch("StatelessMGU", h, x)
        return _minimal_step(self, h, x)


class StatefulMGU(StateOfOne):
    """A minimal gated unit that keeps its output between calls.

    Source: Zhou, Wu, Zhang, Zhou, "Minimal Gated Unit for Recurrent Neural Networks" (2016).

    Args:
        in_size: The number of inputs.
        out_size: The number of units.

    Attributes:
        W_f: The linear layer from output and input to the forget gates.
        W_h: The linear layer from what the gates leave of the output, and the input, to the candidates.
        h: The output, or None.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.StatefulMGU(3, 2)(np.ones((4, 3), np.float32)).shape
        (4, 2)
    """

    def __init__(self, in_size: int, out_size: int) -> None:
        super().__init__(**_two_layers("StatefulMGU", {"in_size": in_size, "out_size": out_size}))
        self.state_size = out_size

    def forward(self, x: Any) -> Variable:
        """Do one step and return the output.

        Args:
            x: Input, shape (batch, inputs).

        Raises:
            ShapeError: If the state is that of another batch.
        """
        self.h = _minimal_step(self, self._state("h", x, (len(x), self.state_size)), x)
        return self.h
