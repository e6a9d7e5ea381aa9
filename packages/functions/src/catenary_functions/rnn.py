"""Recurrent networks: one step of LSTM and GRU, and whole LSTM layers over lists of sequences.

Sequences of different lengths are packed: sorted by falling length, then step by step, so that step t is one slice
with those sequences that are longer than t. The products with the inputs of all steps are one product of matrices,
and the only loop is over time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from catenary import PER_CALL, Saved, Variable, as_array, several_outputs
from catenary.arithmetic import get_item, matmul
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array, ArrayModule
from catenary_functions.activation import sigmoid, tanh
from catenary_functions.array import concat, split_axis, stack
from catenary_functions.connection import linear
from catenary_functions.noise import dropout


def _logistic(xp: ArrayModule, x: Array) -> Array:
    y = xp.tanh(x * 0.5)
    y *= 0.5
    y += 0.5
    return y


@several_outputs
def _lstm_step(xp: ArrayModule, c_prev: Array, x: Array, *, saved: Saved = PER_CALL) -> Any:
    gates = x.reshape(len(x), x.shape[1] // 4, 4, *x.shape[2:])
    a = xp.tanh(gates[:, :, 0])
    i, f, o = (_logistic(xp, gates[:, :, k]) for k in (1, 2, 3))
    c = a * i + f * c_prev
    saved.gates = a, i, f, o
    saved.tanh_c = xp.tanh(c)
    return c, o * saved.tanh_c


@_lstm_step.joint_gradient
def _lstm_step_gradients(gys: Any, c_prev: Any, saved: Any, xp: ArrayModule) -> tuple[Any, ...]:
    (gc, gh), (a, i, f, o), t = gys, saved.gates, saved.tanh_c
    gc = gc + gh * o * (1 - t * t)
    parts = gc * i * (1 - a * a), gc * a * i * (1 - i), gc * c_prev * f * (1 - f), gh * t * o * (1 - o)
    gx = xp.stack(parts, 2)
    return gc * f, gx.reshape(len(gx), 4 * gx.shape[1], *gx.shape[3:])


@_lstm_step.compose
def _lstm_step_composed(c_prev: Any, x: Any) -> Any:
    gates = x.reshape((len(x), x.shape[1] // 4, 4, *x.shape[2:]))
    c = tanh(gates[:, :, 0]) * sigmoid(gates[:, :, 1]) + sigmoid(gates[:, :, 2]) * c_prev
    return c, sigmoid(gates[:, :, 3]) * tanh(c)


def lstm(c_prev: Any, x: Any) -> tuple[Variable, Variable]:
    """Do one step of long short-term memory.

    The channels of `x` are four per unit, in the order input, input gate, forget gate, output gate. If `x` has a
    smaller batch than `c_prev`, the states of the rest stay as they are.

    Source: Gers, Schmidhuber, Cummins, "Learning to Forget: Continual Prediction with LSTM" (2000).

    Args:
        c_prev: The cell states, shape (batch, units, ...).
        x: What the gates get, shape (batch, 4 * units, ...).

    Returns:
        The new cell states and the outputs, both of shape (batch, units, ...).

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> c, h = F.lstm(np.zeros((2, 3)), np.zeros((2, 12)))
        >>> c.shape, h.shape
        ((2, 3), (2, 3))
    """
    if x.ndim < 2 or x.shape[1] != 4 * c_prev.shape[1] or len(x) > len(c_prev) or x.shape[2:] != c_prev.shape[2:]:
        raise ShapeError(
            f"lstm: for c_prev of shape {c_prev.shape}, x must have shape (batch, {4 * c_prev.shape[1]}, ...) and no "
            f"larger batch, got {x.shape}"
        )
    n = len(x)
    if n == len(c_prev):
        c, h = _lstm_step(c_prev, x)
        return c, h
    c, h = _lstm_step(get_item(c_prev, slice(n)), x)
    return concat([c, get_item(c_prev, slice(n, None))], 0), h


@several_outputs
def _lstm_layer(
    xp: ArrayModule,
    x: Array,
    h: Array,
    c: Array,
    W: Array,
    U: Array,
    b: Array,
    lengths: tuple[int, ...],
    *,
    saved: Saved = PER_CALL,
) -> Any:
    """Run a layer over packed sequences; gates stand in blocks: input gate, forget gate, output gate, input."""
    n = h.shape[1]
    gates = x @ W.T
    gates += b
    ys, cells, tanh_cells = (xp.empty((len(x), n), x.dtype) for _ in range(3))
    before_h, before_c = xp.empty_like(ys), xp.empty_like(ys)
    h, c = h.copy(), c.copy()
    start = 0
    for batch in lengths:
        step = slice(start, start + batch)
        start += batch
        before_h[step], before_c[step] = h[:batch], c[:batch]
        g = gates[step]
        g += h[:batch] @ U.T
        g[:, : 3 * n] = _logistic(xp, g[:, : 3 * n])
        g[:, 3 * n :] = xp.tanh(g[:, 3 * n :])
        new = cells[step]
        xp.multiply(g[:, n : 2 * n], c[:batch], out=new)
        new += g[:, :n] * g[:, 3 * n :]
        t = tanh_cells[step]
        xp.tanh(new, out=t)
        xp.multiply(g[:, 2 * n : 3 * n], t, out=ys[step])
        h[:batch], c[:batch] = ys[step], new
    saved.gates, saved.tanh_cells, saved.before_h, saved.before_c = gates, tanh_cells, before_h, before_c
    return h, c, ys


@_lstm_layer.joint_gradient
def _lstm_layer_gradients(
    gys: Any, x: Any, W: Any, U: Any, lengths: tuple[int, ...], saved: Any, xp: ArrayModule
) -> tuple[Any, ...]:
    gh, gc, gy = gys[0].copy(), gys[1].copy(), gys[2]
    n = gh.shape[1]
    gg = xp.empty_like(saved.gates)
    end = len(x)
    for batch in reversed(lengths):
        step = slice(end - batch, end)
        end -= batch
        g, t, out = saved.gates[step], saved.tanh_cells[step], gg[step]
        i, f, o, a = (g[:, k * n : (k + 1) * n] for k in range(4))
        gh_step = gh[:batch] + gy[step]
        gc_step = gc[:batch] + gh_step * o * (1 - t * t)
        out[:, :n] = gc_step * a * i * (1 - i)
        out[:, n : 2 * n] = gc_step * saved.before_c[step] * f * (1 - f)
        out[:, 2 * n : 3 * n] = gh_step * t * o * (1 - o)
        out[:, 3 * n :] = gc_step * i * (1 - a * a)
        gh[:batch] = out @ U
        gc[:batch] = gc_step * f
    return gg @ W, gh, gc, gg.T @ x, gg.T @ saved.before_h, gg.sum(0)


@_lstm_layer.compose
def _lstm_layer_composed(
    x: Any, h: Any, c: Any, W: Any, U: Any, b: Any, lengths: tuple[int, ...]
) -> tuple[Variable, ...]:
    n, start, ys = h.shape[1], 0, []
    for batch in lengths:
        g = linear(x[start : start + batch], W, b) + matmul(h[:batch], U.transpose())
        start += batch
        i, f, o = (sigmoid(g[:, k * n : (k + 1) * n]) for k in range(3))
        new_c = f * c[:batch] + i * tanh(g[:, 3 * n :])
        new_h = o * tanh(new_c)
        ys.append(new_h)
        h, c = concat([new_h, h[batch:]], 0), concat([new_c, c[batch:]], 0)
    return h, c, concat(ys, 0)


class Packing:
    """How sequences of different lengths are packed, and back.

    Args:
        lengths: The lengths of the sequences.

    Attributes:
        order: The sequences by falling length.
        back: Where each sequence stands in that order.
        batches: The number of sequences at each step.
    """

    def __init__(self, lengths: Sequence[int]) -> None:
        array = np.asarray(lengths, np.intp)
        self.order = np.argsort(-array, kind="stable")
        self.back = np.argsort(self.order)
        steps = np.arange(array.max(initial=0))
        self.batches: tuple[int, ...] = tuple((array[:, None] > steps).sum(0).tolist())
        # From (sequence, step) to the place in the joined list, read step by step in the order of packing.
        starts = np.concatenate([[0], np.cumsum(array)[:-1]]) if len(array) else array
        self._places = np.concatenate(
            [starts[self.order[:n]] + t for t, n in enumerate(self.batches)] or [np.zeros(0, np.intp)]
        )
        self._places_back = np.argsort(self._places)
        self._ends = np.cumsum(array)[:-1].tolist()

    def pack(self, xs: Sequence[Any]) -> Variable:
        """Return sequences of shape (length, features) as one packed array."""
        return get_item(concat(list(xs), 0), self._places)

    def unpack(self, y: Any) -> list[Variable]:
        """Return a packed array as sequences in their first order."""
        return list(split_axis(get_item(y, self._places_back), self._ends, 0))


def n_step_lstm(
    n_layers: int,
    dropout_ratio: float,
    hx: Any,
    cx: Any,
    ws: Sequence[Sequence[Any]],
    bs: Sequence[Sequence[Any]],
    xs: Sequence[Any],
) -> tuple[Variable, Variable, list[Variable]]:
    """Run stacked LSTM layers over a list of sequences of any lengths.

    Args:
        n_layers: The number of layers.
        dropout_ratio: The dropout between layers.
        hx: The first outputs, shape (layers, sequences, units).
        cx: The first cell states, shape (layers, sequences, units).
        ws: For each layer eight weights: of the input for input gate, forget gate, output gate and input, then of
            the output before for the same. Shapes (units, features) and (units, units).
        bs: For each layer eight biases of shape (units,), in the same order.
        xs: The sequences, each of shape (length, features).

    Returns:
        The last outputs and cell states of each sequence, of the shapes of `hx` and `cx`, and the list of the
        outputs of the last layer, each of shape (length, units).

    Raises:
        ArgumentError: If there are no sequences.
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> w = [np.ones((2, 3))] * 4 + [np.ones((2, 2))] * 4
        >>> zeros = np.zeros((1, 2, 2))
        >>> h, c, ys = F.n_step_lstm(1, 0.0, zeros, zeros, [w], [[np.zeros(2)] * 8], [np.ones((4, 3)), np.ones((1, 3))])
        >>> [y.shape for y in ys]
        [(4, 2), (1, 2)]
    """
    _check_sequences("n_step_lstm", n_layers, hx, cx, xs)
    packing = Packing([len(x) for x in xs])
    y = packing.pack(xs)
    hs, cs = [], []
    for layer in range(n_layers):
        if layer:
            y = dropout(y, dropout_ratio)
        h, c = (get_item(s, (layer, packing.order)) for s in (hx, cx))
        w, b = ws[layer], bs[layer]
        if y.shape[1] != w[0].shape[1]:
            raise ShapeError(
                f"n_step_lstm: layer {layer} gets {y.shape[1]} features, ws[{layer}][0] expects {w[0].shape[1]}"
            )
        h, c, y = _lstm_layer(
            y, h, c, concat(list(w[:4]), 0), concat(list(w[4:]), 0), concat(list(b[:4]), 0) + concat(list(b[4:]), 0),
            packing.batches,
        )  # fmt: skip
        hs.append(get_item(h, packing.back))
        cs.append(get_item(c, packing.back))
    return stack(hs), stack(cs), packing.unpack(y)


def _check_sequences(name: str, n_layers: int, hx: Any, cx: Any, xs: Sequence[Any]) -> None:
    if not isinstance(xs, list | tuple) or not xs:
        raise ArgumentError(f"{name}: xs must be a list of one sequence or more, got {type(xs).__name__} {xs!r:.40}")
    for i, x in enumerate(xs):
        if as_array(x).ndim != 2 or x.shape[1] != xs[0].shape[1]:
            raise ShapeError(f"{name}: xs[{i}] must have shape (length, {xs[0].shape[-1]}), got {x.shape}")
    for state_name, state in (("hx", hx), ("cx", cx)):
        if state.ndim != 3 or state.shape[:2] != (n_layers, len(xs)):
            raise ShapeError(
                f"{name}: {state_name} must have shape ({n_layers}, {len(xs)}, units) for {len(xs)} sequences, "
                f"got {state.shape}"
            )
