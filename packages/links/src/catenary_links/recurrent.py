"""Recurrent layers over whole sequences: LSTM, GRU and plain RNN, in one direction or in both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar, NamedTuple

import catenary.functions as F
from catenary import ChainList, Link, Parameter, Variable, as_array, as_variable
from catenary.errors import ArgumentError, ShapeError
from catenary_links.initializers import LeCunNormal
from catenary_links.sizes import checked_size


class PaddedOutputs(NamedTuple):
    """What a recurrent layer gives for a padded batch.

    Attributes:
        steps: The outputs of all steps, zeros behind the ends, shape (batch, steps, outputs); outputs are the units, of
            both directions if there are two.
        last: The output of each sequence after its last step (going backward: after its first), shape
            (batch, outputs).
        states: The last states of all layers, each of shape (layers * directions, batch, units).
    """

    steps: Variable
    last: Variable
    states: tuple[Variable, ...]


class NStep(ChainList):
    """The base of recurrent layers over sequences; each layer and direction is a child with `w0`, `b0`, `w1`, ...

    Args:
        n_layers: The number of layers.
        in_size: The number of features of the sequences.
        out_size: The number of units.
        dropout: The dropout between layers, in training only.
        initialW: The initializer of all weights; LeCunNormal by default.
        initial_bias: The initializer of all biases; zero by default.

    Attributes:
        n_weights: The number of weights of a child.
        use_bi_direction: Whether the layers run in both directions.
        n_cells: The number of states: 1, or 2 with a cell state.
    """

    function: ClassVar[Callable[..., Any]]
    n_weights: ClassVar[int]
    use_bi_direction: ClassVar[bool] = False
    n_cells: ClassVar[int] = 1

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
        name = type(self).__name__
        if not 0.0 <= dropout < 1.0:
            raise ArgumentError(f"{name}: dropout must be at least 0 and below 1, got {dropout}")
        self.n_layers = checked_size(name, "n_layers", n_layers)
        self.in_size = checked_size(name, "in_size", in_size)
        self.out_size = checked_size(name, "out_size", out_size)
        self.dropout = dropout
        weight = LeCunNormal() if initialW is None else initialW
        bias = 0.0 if initial_bias is None else initial_bias
        for k in range(n_layers * self.directions):
            columns = in_size if k < self.directions else out_size * self.directions
            self.add_link(self._weights(columns, weight, bias))

    def _weights(self, columns: int, weight: Any, bias: Any) -> Link:
        """Return one layer in one direction: weights for the inputs, then as many for the outputs before."""
        child = Link()
        with child.init_scope():
            for i in range(self.n_weights):
                size = columns if i < self.n_weights // 2 else self.out_size
                setattr(child, f"w{i}", Parameter(weight, (self.out_size, size)))
                setattr(child, f"b{i}", Parameter(bias, (self.out_size,)))
        return child

    @property
    def directions(self) -> int:
        """The number of directions: 1 or 2."""
        return 2 if self.use_bi_direction else 1

    def rnn(self, *args: Any) -> Any:
        """Call the function behind this link, such as `n_step_lstm`."""
        return type(self).function(*args)

    def forward(self, hx: Any, xs: Sequence[Any]) -> tuple[Any, ...]:
        """Run over sequences of any lengths.

        Args:
            hx: The first outputs, shape (layers * directions, sequences, units); zeros if None.
            xs: The sequences, each of shape (length, features).

        Returns:
            The last outputs, of the shape of `hx`, and the list of the outputs of all steps, each of shape
            (length, units * directions).
        """
        return self._run((hx,), xs)

    def _run(self, states: tuple[Any, ...], xs: Sequence[Any]) -> tuple[Any, ...]:
        name = type(self).__name__
        if not isinstance(xs, list | tuple) or not xs:
            raise ArgumentError(f"{name}: xs must be a list of one sequence or more, got {type(xs).__name__}")
        for i, x in enumerate(xs):
            if as_array(x).ndim != 2 or x.shape[1] != self.in_size:
                raise ShapeError(f"{name}: xs[{i}] must have shape (length, {self.in_size}), got {x.shape}")
        shape = (self.n_layers * self.directions, len(xs), self.out_size)
        given = [self.xp.zeros(shape, xs[0].dtype) if state is None else state for state in states]
        ws, bs = ([[getattr(child, f"{kind}{i}") for i in range(self.n_weights)] for child in self] for kind in "wb")
        result: tuple[Any, ...] = type(self).function(self.n_layers, self.dropout, *given, ws, bs, xs, by_sequence=True)
        return result

    def multiply_adds(self, args: tuple[Any, ...], out: Any) -> int:
        steps = sum(len(x) for x in args[-1])
        return sum(param.size for param in self.params() if param.ndim == 2) * steps

    def padded(self, x: Any, lengths: Any = None, states: Sequence[Any] | None = None) -> PaddedOutputs:
        """Run over a padded batch of sequences.

        Args:
            x: The sequences, shape (batch, steps, features).
            lengths: The number of steps of each, integers of shape (batch,), or a mask of shape (batch, steps) that is
                True up to the end of each; all steps if None.
            states: The first states, each of shape (layers * directions, batch, units); zeros if None.

        Returns:
            All steps, the last step of each sequence, and the last states, by name.

        Raises:
            ShapeError: If the shapes do not fit.
            ArgumentError: If a length is out of range, or a mask has gaps.

        Example:
            >>> import numpy as np, catenary.links as L
            >>> out = L.NStepGRU(1, 3, 2, 0.0).padded(np.ones((4, 5, 3), np.float32), [5, 2, 1, 3])
            >>> out.steps.shape, out.last.shape
            ((4, 5, 2), (4, 2))
        """
        name = f"{type(self).__name__}.padded"
        if as_array(x).ndim != 3 or not len(x):
            raise ShapeError(f"{name}: x must have shape (batch, steps, features), got {x.shape}")
        ends = _ends(name, lengths, x.shape[:2])
        rows = F.separate(as_variable(x))
        xs = [row if end == x.shape[1] else row[:end] for row, end in zip(rows, ends, strict=True)]
        *last, ys = self._run(tuple(states or [None] * self.n_cells), xs)
        directions = F.separate(last[0][-self.directions :])
        steps = F.pad_sequence(ys, x.shape[1])
        return PaddedOutputs(steps, F.concat(directions, 1) if self.use_bi_direction else directions[0], tuple(last))


def _ends(name: str, lengths: Any, shape: tuple[int, ...]) -> list[int]:
    """Return the lengths of sequences as numbers.

    Raises:
        ShapeError: If there is another number of them, or a mask has another shape.
        ArgumentError: If one is out of range, or a mask has gaps.
    """
    if lengths is None:
        return [shape[1]] * shape[0]
    values = as_array(lengths)
    values = values.tolist() if hasattr(values, "tolist") else list(values)
    if values and isinstance(values[0], list):
        if any(len(row) != shape[1] for row in values):
            raise ShapeError(f"{name}: a mask in lengths must have shape {shape}")
        if any(sorted(row, reverse=True) != row for row in values):
            raise ArgumentError(f"{name}: a mask in lengths must be True up to the end of each sequence")
        values = [sum(row) for row in values]
    if len(values) != shape[0]:
        raise ShapeError(f"{name}: lengths must have shape ({shape[0]},) or {shape}, got {len(values)} of them")
    if not all(0 <= value <= shape[1] for value in values):
        raise ArgumentError(f"{name}: lengths must be from 0 to {shape[1]}, got {values}")
    return [int(value) for value in values]


class NStepLSTM(NStep):
    """Stacked LSTM layers over sequences of any lengths, all steps in one call.

    Args:
        n_layers: The number of layers.
        in_size: The number of features of the sequences.
        out_size: The number of units.
        dropout: The dropout between layers, in training only.
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

    function = staticmethod(F.n_step_lstm)
    n_weights = 8
    n_cells = 2

    def forward(self, hx: Any, cx: Any, xs: Sequence[Any]) -> tuple[Any, ...]:  # type: ignore[override]
        """Run over sequences of any lengths.

        Args:
            hx: The first outputs, shape (layers * directions, sequences, units); zeros if None.
            cx: The first cell states, of the same shape; zeros if None.
            xs: The sequences, each of shape (length, features).

        Returns:
            The last outputs and cell states of each sequence, and the list of the outputs of all steps.
        """
        return self._run((hx, cx), xs)


class NStepBiLSTM(NStepLSTM):
    """Stacked LSTM layers over sequences of any lengths, in both directions.

    Args:
        n_layers: The number of layers.
        in_size: The number of features of the sequences.
        out_size: The number of units in each direction.
        dropout: The dropout between layers, in training only.
        initialW: The initializer of all weights; LeCunNormal by default.
        initial_bias: The initializer of all biases; zero by default.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> hy, cy, ys = L.NStepBiLSTM(1, 3, 2, 0.0)(None, None, [np.ones((4, 3), np.float32)])
        >>> hy.shape, ys[0].shape
        ((2, 1, 2), (4, 4))
    """

    function = staticmethod(F.n_step_bilstm)
    use_bi_direction = True


class NStepGRU(NStep):
    """Stacked GRU layers over sequences of any lengths, all steps in one call.

    Args:
        n_layers: The number of layers.
        in_size: The number of features of the sequences.
        out_size: The number of units.
        dropout: The dropout between layers, in training only.
        initialW: The initializer of all weights; LeCunNormal by default.
        initial_bias: The initializer of all biases; zero by default.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> hy, ys = L.NStepGRU(1, 3, 2, 0.0)(None, [np.ones((4, 3), np.float32)])
        >>> hy.shape, ys[0].shape
        ((1, 1, 2), (4, 2))
    """

    function = staticmethod(F.n_step_gru)
    n_weights = 6


class NStepBiGRU(NStepGRU):
    """Stacked GRU layers over sequences of any lengths, in both directions.

    Args:
        n_layers: The number of layers.
        in_size: The number of features of the sequences.
        out_size: The number of units in each direction.
        dropout: The dropout between layers, in training only.
        initialW: The initializer of all weights; LeCunNormal by default.
        initial_bias: The initializer of all biases; zero by default.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> hy, ys = L.NStepBiGRU(1, 3, 2, 0.0)(None, [np.ones((4, 3), np.float32)])
        >>> hy.shape, ys[0].shape
        ((2, 1, 2), (4, 4))
    """

    function = staticmethod(F.n_step_bigru)
    use_bi_direction = True


class NStepRNNTanh(NStep):
    """Stacked plain recurrent layers with tanh over sequences of any lengths, all steps in one call.

    Args:
        n_layers: The number of layers.
        in_size: The number of features of the sequences.
        out_size: The number of units.
        dropout: The dropout between layers, in training only.
        initialW: The initializer of all weights; LeCunNormal by default.
        initial_bias: The initializer of all biases; zero by default.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> hy, ys = L.NStepRNNTanh(1, 3, 2, 0.0)(None, [np.ones((4, 3), np.float32)])
        >>> hy.shape, ys[0].shape
        ((1, 1, 2), (4, 2))
    """

    function = staticmethod(F.n_step_rnn)
    n_weights = 2


class NStepRNNReLU(NStepRNNTanh):
    """Stacked plain recurrent layers with ReLU over sequences of any lengths, all steps in one call.

    Args:
        n_layers: The number of layers.
        in_size: The number of features of the sequences.
        out_size: The number of units.
        dropout: The dropout between layers, in training only.
        initialW: The initializer of all weights; LeCunNormal by default.
        initial_bias: The initializer of all biases; zero by default.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> hy, ys = L.NStepRNNReLU(1, 3, 2, 0.0)(None, [np.ones((4, 3), np.float32)])
        >>> hy.shape, ys[0].shape
        ((1, 1, 2), (4, 2))
    """

    function = staticmethod(partial(F.n_step_rnn, activation="relu"))


class NStepBiRNNTanh(NStepRNNTanh):
    """Stacked plain recurrent layers with tanh over sequences of any lengths, in both directions.

    Args:
        n_layers: The number of layers.
        in_size: The number of features of the sequences.
        out_size: The number of units in each direction.
        dropout: The dropout between layers, in training only.
        initialW: The initializer of all weights; LeCunNormal by default.
        initial_bias: The initializer of all biases; zero by default.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> hy, ys = L.NStepBiRNNTanh(1, 3, 2, 0.0)(None, [np.ones((4, 3), np.float32)])
        >>> hy.shape, ys[0].shape
        ((2, 1, 2), (4, 4))
    """

    function = staticmethod(F.n_step_birnn)
    use_bi_direction = True


class NStepBiRNNReLU(NStepBiRNNTanh):
    """Stacked plain recurrent layers with ReLU over sequences of any lengths, in both directions.

    Args:
        n_layers: The number of layers.
        in_size: The number of features of the sequences.
        out_size: The number of units in each direction.
        dropout: The dropout between layers, in training only.
        initialW: The initializer of all weights; LeCunNormal by default.
        initial_bias: The initializer of all biases; zero by default.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> hy, ys = L.NStepBiRNNReLU(1, 3, 2, 0.0)(None, [np.ones((4, 3), np.float32)])
        >>> hy.shape, ys[0].shape
        ((2, 1, 2), (4, 4))
    """

    function = staticmethod(partial(F.n_step_birnn, activation="relu"))
