"""Stacked recurrent layers over sequences of different lengths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from catenary import Variable, get_device_from_array
from catenary.arithmetic import get_item
from catenary.errors import ArgumentError, ShapeError
from catenary_functions.array.joining import concat, stack
from catenary_functions.checks import check_arrays, check_word
from catenary_functions.noise.dropping import dropout
from catenary_functions.rnn.layers import gru_layer, lstm_layer, rnn_layer
from catenary_functions.rnn.packing import Steps, packing_of

__all__ = ["n_step_bigru", "n_step_bilstm", "n_step_birnn", "n_step_gru", "n_step_lstm", "n_step_rnn"]

Weights = Sequence[Sequence[Any]]
States = dict[str, Any]


def _run(
    name: str,
    layer: Callable[..., Any],
    gates: int,
    directions: int,
    n_layers: int,
    dropout_ratio: float,
    states: States,
    ws: Weights,
    bs: Weights,
    xs: Sequence[Any],
    by_sequence: bool,
    *options: Any,
) -> tuple[Any, ...]:
    """Run layers of any kind, in one direction or in both; return the last states and the list of outputs."""
    count = n_layers * directions
    _check(name, gates, count, states, ws, bs, xs, by_sequence)
    lengths = tuple(len(x) for x in xs)
    packing = packing_of(lengths, get_device_from_array(xs[0])) if by_sequence else Steps(lengths)
    y, last = packing.pack(xs), []
    for k in range(count):
        if k % directions == 0:
            below, outputs = y, []
        x = dropout(below, dropout_ratio) if k >= directions and dropout_ratio else below
        _check_features(name, k, x, ws)
        weights = [concat(list(w[half]), 0) for w in (ws[k], bs[k]) for half in (slice(gates), slice(gates, None))]
        first = [packing.sort(get_item(s, k)) for s in states.values()]
        *found, out = layer(x, *first, *weights, packing.batches, k % directions == 1, *options)
        last.append([packing.unsort(s) for s in found])
        outputs.append(out)
        y = out if directions == 1 else concat(outputs, 1)
    return *(stack(list(s)) for s in zip(*last)), packing.unpack(y)


def _check(
    name: str, gates: int, count: int, states: States, ws: Weights, bs: Weights, xs: Any, by_sequence: bool
) -> None:
    if not isinstance(xs, list | tuple) or not xs:
        raise ArgumentError(f"{name}: xs must be a list of one array or more, got {type(xs).__name__} {xs!r:.40}")
    check_arrays(name, **{f"xs[{i}]": x for i, x in enumerate(xs)}, **states)
    for i, x in enumerate(xs):
        if x.ndim != 2 or x.shape[1] != xs[0].shape[1]:
            form = f"({'length' if by_sequence else 'batch'}, {xs[0].shape[-1]})"
            raise ShapeError(f"{name}: xs[{i}] must have shape {form}, got {x.shape}")
        if not by_sequence and len(x) > len(xs[i - 1] if i else x):
            raise ShapeError(f"{name}: batches in xs must not grow, got {[len(x) for x in xs]!s:.60}")
    batch = len(xs) if by_sequence else len(xs[0])
    for argument, state in states.items():
        if state.ndim != 3 or state.shape[:2] != (count, batch):
            raise ShapeError(
                f"{name}: {argument} must have shape ({count}, {batch}, units) for {batch} sequences, got {state.shape}"
            )
    for argument, lists in (("ws", ws), ("bs", bs)):
        sizes = [len(one) for one in lists]
        if sizes != [2 * gates] * count:
            raise ArgumentError(f"{name}: {argument} must hold {count} lists of {2 * gates} arrays, got {sizes}")


def _check_features(name: str, k: int, x: Any, ws: Weights) -> None:
    expected = ws[k][0].shape[1]
    if x.shape[1] != expected:
        raise ShapeError(f"{name}: layer {k} gets {x.shape[1]} features, ws[{k}][0] expects {expected}")


def n_step_lstm(
    n_layers: int,
    dropout_ratio: float,
    hx: Any,
    cx: Any,
    ws: Weights,
    bs: Weights,
    xs: Sequence[Any],
    *,
    by_sequence: bool = False,
) -> tuple[Variable, Variable, list[Variable]]:
    """Run stacked LSTM layers over sequences of different lengths.

    Source: Hochreiter, Schmidhuber, "Long Short-Term Memory" (1997); Gers, Schmidhuber, Cummins, "Learning to Forget:
    Continual Prediction with LSTM" (2000).

    Args:
        n_layers: The number of layers.
        dropout_ratio: The dropout between layers.
        hx: The first outputs, shape (layers, sequences, units).
        cx: The first cell states, of the same shape.
        ws: For each layer eight weights: of the inputs for input gate, forget gate, new memory and output gate, then of
            the outputs before for the same. Shapes (units, features) and (units, units).
        bs: For each layer eight biases of shape (units,), in the same order.
        xs: The inputs step by step, each of shape (batch, features). The sequences stand in falling order of
            their lengths, so that batches become smaller where sequences have ended.
        by_sequence: Whether `xs` holds whole sequences instead, in any order, each of shape (length, features).

    Returns:
        The last outputs and cell states of each sequence, of the shape of `hx`, and the list of the outputs of the
        last layer, for the same steps (or sequences) as `xs`, each of shape (batch, units).

    Raises:
        ArgumentError: If `xs` is empty, or the number of weights does not fit.
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> w, b = [np.ones((2, 3))] * 4 + [np.ones((2, 2))] * 4, [np.zeros(2)] * 8
        >>> zeros, xs = np.zeros((1, 2, 2)), [np.ones((2, 3)), np.ones((1, 3))]
        >>> h, c, ys = F.n_step_lstm(1, 0.0, zeros, zeros, [w], [b], xs)
        >>> [y.shape for y in ys]
        [(2, 2), (1, 2)]
    """
    states = {"hx": hx, "cx": cx}
    h, c, ys = _run("n_step_lstm", lstm_layer, 4, 1, n_layers, dropout_ratio, states, ws, bs, xs, by_sequence)
    return h, c, ys


def n_step_gru(
    n_layers: int,
    dropout_ratio: float,
    hx: Any,
    ws: Weights,
    bs: Weights,
    xs: Sequence[Any],
    *,
    by_sequence: bool = False,
) -> tuple[Variable, list[Variable]]:
    """Run stacked GRU layers over sequences of different lengths.

    Source: Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine Translation"
    (2014); with the reset gate after the product, as in cuDNN.

    Args:
        n_layers: The number of layers.
        dropout_ratio: The dropout between layers.
        hx: The first outputs, shape (layers, sequences, units).
        ws: For each layer six weights: of the inputs for reset gate, update gate and new output, then of the outputs
            before for the same. Shapes (units, features) and (units, units).
        bs: For each layer six biases of shape (units,), in the same order.
        xs: The inputs step by step, each of shape (batch, features). The sequences stand in falling order of
            their lengths, so that batches become smaller where sequences have ended.
        by_sequence: Whether `xs` holds whole sequences instead, in any order, each of shape (length, features).

    Returns:
        The last outputs of each sequence, of the shape of `hx`, and the list of the outputs of the
        last layer, for the same steps (or sequences) as `xs`, each of shape (batch, units).

    Raises:
        ArgumentError: If `xs` is empty, or the number of weights does not fit.
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> w, b = [np.ones((2, 3))] * 3 + [np.ones((2, 2))] * 3, [np.zeros(2)] * 6
        >>> zeros, xs = np.zeros((1, 2, 2)), [np.ones((2, 3)), np.ones((1, 3))]
        >>> h, ys = F.n_step_gru(1, 0.0, zeros, [w], [b], xs)
        >>> [y.shape for y in ys]
        [(2, 2), (1, 2)]
    """
    states = {"hx": hx}
    h, ys = _run("n_step_gru", gru_layer, 3, 1, n_layers, dropout_ratio, states, ws, bs, xs, by_sequence)
    return h, ys


def n_step_rnn(
    n_layers: int,
    dropout_ratio: float,
    hx: Any,
    ws: Weights,
    bs: Weights,
    xs: Sequence[Any],
    activation: str = "tanh",
    *,
    by_sequence: bool = False,
) -> tuple[Variable, list[Variable]]:
    """Run stacked plain recurrent layers over sequences of different lengths.

    Source: Elman, "Finding Structure in Time" (1990).

    Args:
        n_layers: The number of layers.
        dropout_ratio: The dropout between layers.
        hx: The first outputs, shape (layers, sequences, units).
        ws: For each layer two weights: of the inputs, and of the outputs before. Shapes (units, features) and (units,
            units).
        bs: For each layer two biases of shape (units,), in the same order.
        xs: The inputs step by step, each of shape (batch, features). The sequences stand in falling order of
            their lengths, so that batches become smaller where sequences have ended.
        activation: "tanh" or "relu".
        by_sequence: Whether `xs` holds whole sequences instead, in any order, each of shape (length, features).

    Returns:
        The last outputs of each sequence, of the shape of `hx`, and the list of the outputs of the
        last layer, for the same steps (or sequences) as `xs`, each of shape (batch, units).

    Raises:
        ArgumentError: If `xs` is empty, or the number of weights does not fit.
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> w, b = [np.ones((2, 3))] * 1 + [np.ones((2, 2))] * 1, [np.zeros(2)] * 2
        >>> zeros, xs = np.zeros((1, 2, 2)), [np.ones((2, 3)), np.ones((1, 3))]
        >>> h, ys = F.n_step_rnn(1, 0.0, zeros, [w], [b], xs)
        >>> [y.shape for y in ys]
        [(2, 2), (1, 2)]
    """
    check_word("n_step_rnn", "activation", activation, ("tanh", "relu"))
    states = {"hx": hx}
    h, ys = _run("n_step_rnn", rnn_layer, 1, 1, n_layers, dropout_ratio, states, ws, bs, xs, by_sequence, activation)
    return h, ys


def n_step_bilstm(
    n_layers: int,
    dropout_ratio: float,
    hx: Any,
    cx: Any,
    ws: Weights,
    bs: Weights,
    xs: Sequence[Any],
    *,
    by_sequence: bool = False,
) -> tuple[Variable, Variable, list[Variable]]:
    """Run stacked LSTM layers over sequences of different lengths, forwards and backwards.

    Source: Hochreiter, Schmidhuber, "Long Short-Term Memory" (1997); Gers, Schmidhuber, Cummins, "Learning to Forget:
    Continual Prediction with LSTM" (2000).
    Schuster, Paliwal, "Bidirectional Recurrent Neural Networks" (1997).

    Args:
        n_layers: The number of layers.
        dropout_ratio: The dropout between layers.
        hx: The first outputs, shape (2 * layers, sequences, units); forwards and backwards in turn.
        cx: The first cell states, of the same shape.
        ws: For each layer and direction eight weights: of the inputs for input gate, forget gate, new memory and output
            gate, then of the outputs before for the same. Shapes (units, features) and (units, units).
        bs: For each layer and direction eight biases of shape (units,), in the same order.
        xs: The inputs step by step, each of shape (batch, features). The sequences stand in falling order of
            their lengths, so that batches become smaller where sequences have ended.
        by_sequence: Whether `xs` holds whole sequences instead, in any order, each of shape (length, features).

    Returns:
        The last outputs and cell states of each sequence, of the shape of `hx`, and the list of the outputs of the
        last layer, for the same steps (or sequences) as `xs`, each of shape (batch, 2 * units).

    Raises:
        ArgumentError: If `xs` is empty, or the number of weights does not fit.
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> w, b = [np.ones((2, 3))] * 4 + [np.ones((2, 2))] * 4, [np.zeros(2)] * 8
        >>> zeros, xs = np.zeros((2, 2, 2)), [np.ones((2, 3)), np.ones((1, 3))]
        >>> h, c, ys = F.n_step_bilstm(1, 0.0, zeros, zeros, [w, w], [b, b], xs)
        >>> [y.shape for y in ys]
        [(2, 4), (1, 4)]
    """
    states = {"hx": hx, "cx": cx}
    h, c, ys = _run("n_step_bilstm", lstm_layer, 4, 2, n_layers, dropout_ratio, states, ws, bs, xs, by_sequence)
    return h, c, ys


def n_step_bigru(
    n_layers: int,
    dropout_ratio: float,
    hx: Any,
    ws: Weights,
    bs: Weights,
    xs: Sequence[Any],
    *,
    by_sequence: bool = False,
) -> tuple[Variable, list[Variable]]:
    """Run stacked GRU layers over sequences of different lengths, forwards and backwards.

    Source: Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine Translation"
    (2014); with the reset gate after the product, as in cuDNN.
    Schuster, Paliwal, "Bidirectional Recurrent Neural Networks" (1997).

    Args:
        n_layers: The number of layers.
        dropout_ratio: The dropout between layers.
        hx: The first outputs, shape (2 * layers, sequences, units); forwards and backwards in turn.
        ws: For each layer and direction six weights: of the inputs for reset gate, update gate and new output, then of
            the outputs before for the same. Shapes (units, features) and (units, units).
        bs: For each layer and direction six biases of shape (units,), in the same order.
        xs: The inputs step by step, each of shape (batch, features). The sequences stand in falling order of
            their lengths, so that batches become smaller where sequences have ended.
        by_sequence: Whether `xs` holds whole sequences instead, in any order, each of shape (length, features).

    Returns:
        The last outputs of each sequence, of the shape of `hx`, and the list of the outputs of the
        last layer, for the same steps (or sequences) as `xs`, each of shape (batch, 2 * units).

    Raises:
        ArgumentError: If `xs` is empty, or the number of weights does not fit.
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> w, b = [np.ones((2, 3))] * 3 + [np.ones((2, 2))] * 3, [np.zeros(2)] * 6
        >>> zeros, xs = np.zeros((2, 2, 2)), [np.ones((2, 3)), np.ones((1, 3))]
        >>> h, ys = F.n_step_bigru(1, 0.0, zeros, [w, w], [b, b], xs)
        >>> [y.shape for y in ys]
        [(2, 4), (1, 4)]
    """
    states = {"hx": hx}
    h, ys = _run("n_step_bigru", gru_layer, 3, 2, n_layers, dropout_ratio, states, ws, bs, xs, by_sequence)
    return h, ys


def n_step_birnn(
    n_layers: int,
    dropout_ratio: float,
    hx: Any,
    ws: Weights,
    bs: Weights,
    xs: Sequence[Any],
    activation: str = "tanh",
    *,
    by_sequence: bool = False,
) -> tuple[Variable, list[Variable]]:
    """Run stacked plain recurrent layers over sequences of different lengths, forwards and backwards.

    Source: Elman, "Finding Structure in Time" (1990).
    Schuster, Paliwal, "Bidirectional Recurrent Neural Networks" (1997).

    Args:
        n_layers: The number of layers.
        dropout_ratio: The dropout between layers.
        hx: The first outputs, shape (2 * layers, sequences, units); forwards and backwards in turn.
        ws: For each layer and direction two weights: of the inputs, and of the outputs before. Shapes (units, features)
            and (units, units).
        bs: For each layer and direction two biases of shape (units,), in the same order.
        xs: The inputs step by step, each of shape (batch, features). The sequences stand in falling order of
            their lengths, so that batches become smaller where sequences have ended.
        activation: "tanh" or "relu".
        by_sequence: Whether `xs` holds whole sequences instead, in any order, each of shape (length, features).

    Returns:
        The last outputs of each sequence, of the shape of `hx`, and the list of the outputs of the
        last layer, for the same steps (or sequences) as `xs`, each of shape (batch, 2 * units).

    Raises:
        ArgumentError: If `xs` is empty, or the number of weights does not fit.
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> w, b = [np.ones((2, 3))] * 1 + [np.ones((2, 2))] * 1, [np.zeros(2)] * 2
        >>> zeros, xs = np.zeros((2, 2, 2)), [np.ones((2, 3)), np.ones((1, 3))]
        >>> h, ys = F.n_step_birnn(1, 0.0, zeros, [w, w], [b, b], xs)
        >>> [y.shape for y in ys]
        [(2, 4), (1, 4)]
    """
    check_word("n_step_birnn", "activation", activation, ("tanh", "relu"))
    states = {"hx": hx}
    h, ys = _run("n_step_birnn", rnn_layer, 1, 2, n_layers, dropout_ratio, states, ws, bs, xs, by_sequence, activation)
    return h, ys
