"""Whole recurrent layers over lists of sequences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from catenary import PER_CALL, Saved, Variable, as_array, several_outputs
from catenary.arithmetic import get_item, matmul
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array, ArrayModule
from catenary_functions.activation.smooth import sigmoid, tanh
from catenary_functions.array.joining import concat, stack
from catenary_functions.connection.affine_maps import linear
from catenary_functions.noise.dropping import dropout
from catenary_functions.rnn.cells import logistic
from catenary_functions.rnn.packing import Packing

__all__ = ["n_step_lstm"]


@several_outputs(widens_half=True)
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
        g[:, : 3 * n] = logistic(xp, g[:, : 3 * n])
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
