"""One recurrent layer over packed sequences, for each kind of cell.

The inputs of all gates come from one matrix product for all steps. In the loop over the steps remain the products with
the outputs before; they and all else write to arrays that are there already. Weights and biases of the gates stand in
blocks, in the order that `n_step_lstm`, `n_step_gru` and `n_step_rnn` document.

A sigmoid is (1 + tanh(x / 2)) / 2: where weights and biases are halved before, one tanh serves all gates.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from catenary import PER_CALL, Saved, Variable, several_outputs
from catenary.arithmetic import matmul
from catenary.types import Array, ArrayModule
from catenary_functions.activation.rectifiers import relu
from catenary_functions.activation.smooth import sigmoid, tanh
from catenary_functions.array.joining import concat
from catenary_functions.connection.affine_maps import linear

__all__: list[str] = []

Batches = tuple[int, ...]


def _steps(batches: Batches, is_backward: bool) -> Sequence[tuple[slice, slice]]:
    """Return the rows of each step in the packed array, and in the states, in the order in which they are done."""
    ends = itertools.accumulate(batches)
    steps = [(slice(end - n, end), slice(0, n)) for n, end in zip(batches, ends)]
    return steps[::-1] if is_backward else steps


def _factors(xp: ArrayModule, U: Array, tanhs: slice) -> tuple[Array, Array]:
    """Return what a tanh of all gates is multiplied by, and what is added then; `tanhs` are no sigmoids."""
    scale = xp.full(len(U), 0.5, U.dtype)
    scale[tanhs] = 1
    return scale, 1 - scale


def _weight_gradients(xp: ArrayModule, gx: Array, gh: Array, x: Array, W: Array, before: Array) -> tuple[Array, ...]:
    """Return the gradients of x, W, U and both biases, from those of what `x` and the outputs before gave."""
    ones = xp.ones(len(x), gx.dtype)
    return gx @ W, gx.T @ x, gh.T @ before, ones @ gx, ones @ gh


@several_outputs(widens_half=True)
def lstm_layer(
    xp: ArrayModule,
    x: Array,
    h: Array,
    c: Array,
    W: Array,
    U: Array,
    b: Array,
    d: Array,
    batches: Batches,
    is_backward: bool,
    *,
    saved: Saved = PER_CALL,
) -> Any:
    """Run a layer of long short-term memory over packed sequences.

    Args:
        x: Packed inputs, shape (steps of all sequences, features).
        h: The first outputs, shape (sequences, units).
        c: The first cell states, of the same shape.
        W: Weights of the inputs, shape (4 * units, features): input gate, forget gate, new memory, output gate.
        U: Weights of the outputs before, shape (4 * units, units).
        b: Biases of the inputs, shape (4 * units,).
        d: Biases of the outputs before, shape (4 * units,).
        batches: The number of sequences at each step.
        is_backward: Whether to begin with the last steps.

    Returns:
        The last outputs, the last cell states, and the outputs of all steps, packed.
    """
    n = h.shape[1]
    scale, shift = _factors(xp, U, slice(2 * n, 3 * n))
    gates = x @ (W.T * scale)
    gates += (b + d) * scale
    U = xp.ascontiguousarray(U.T) * scale
    blocks = gates.reshape(len(x), 4, n)
    i, f, a, o = (blocks[:, k] for k in range(4))
    ys, tanhs, h_before, c_before = (xp.empty((len(x), n), gates.dtype) for _ in range(4))
    h, c, by_h, new = h.copy(), c.copy(), xp.empty((len(h), 4 * n), gates.dtype), xp.empty_like(h)
    for step, rows in _steps(batches, is_backward):
        g, cell = gates[step], c[rows]
        h_before[step], c_before[step] = h[rows], cell
        g += xp.matmul(h[rows], U, out=by_h[rows])
        xp.tanh(g, out=g)
        g *= scale
        g += shift
        cell *= f[step]
        cell += xp.multiply(i[step], a[step], out=new[rows])
        t = xp.tanh(cell, out=tanhs[step])
        h[rows] = xp.multiply(o[step], t, out=ys[step])
    saved.gates, saved.tanhs, saved.h_before, saved.c_before = blocks, tanhs, h_before, c_before
    return h, c, ys


@lstm_layer.joint_gradient
def _lstm_gradients(
    gys: Any, x: Any, W: Any, U: Any, batches: Batches, is_backward: bool, saved: Any, xp: ArrayModule
) -> tuple[Any, ...]:
    gh, gc, gy = gys[0].copy(), gys[1].copy(), gys[2]
    gates, t = saved.gates, saved.tanhs
    i, f, a, o = (gates[:, k] for k in range(4))
    # The derivatives by what the gates get, but for what comes from behind: c' or h'.
    g = 1 - gates
    g *= gates
    g[:, 2] = 1 - a * a
    for k, factor in enumerate((a, saved.c_before, i, t)):
        g[:, k] *= factor
    c_by_h = t * t
    xp.subtract(1, c_by_h, out=c_by_h)
    c_by_h *= o
    flat, new = g.reshape(len(x), len(U)), xp.empty_like(gh)
    for step, rows in reversed(_steps(batches, is_backward)):
        by_y, by_c, by_gates = gh[rows], gc[rows], g[step]
        by_y += gy[step]
        by_c += xp.multiply(by_y, c_by_h[step], out=new[rows])
        by_gates[:, :3] *= by_c[:, None]
        by_gates[:, 3] *= by_y
        xp.matmul(flat[step], U, out=by_y)
        by_c *= f[step]
    gx, gW, gU, gb, gd = _weight_gradients(xp, flat, flat, x, W, saved.h_before)
    return gx, gh, gc, gW, gU, gb, gd


@lstm_layer.compose
def _lstm_composed(
    x: Any, h: Any, c: Any, W: Any, U: Any, b: Any, d: Any, batches: Batches, is_backward: bool
) -> tuple[Variable, ...]:
    n = h.shape[1]

    def cell(gates: Any, before: Any, state: tuple[Any, ...]) -> tuple[Any, ...]:
        g = gates + before
        i, f, o = (sigmoid(g[:, k * n : (k + 1) * n]) for k in (0, 1, 3))
        c = f * state[1] + i * tanh(g[:, 2 * n : 3 * n])
        return o * tanh(c), c

    (h, c), ys = _loop(cell, linear(x, W, b), (h, c), U, d, batches, is_backward)
    return h, c, ys


@several_outputs(widens_half=True)
def gru_layer(
    xp: ArrayModule,
    x: Array,
    h: Array,
    W: Array,
    U: Array,
    b: Array,
    d: Array,
    batches: Batches,
    is_backward: bool,
    *,
    saved: Saved = PER_CALL,
) -> Any:
    """Run a layer of gated recurrent units over packed sequences.

    Args:
        x: Packed inputs, shape (steps of all sequences, features).
        h: The first outputs, shape (sequences, units).
        W: Weights of the inputs, shape (3 * units, features): reset gate, update gate, new output.
        U: Weights of the outputs before, shape (3 * units, units).
        b: Biases of the inputs, shape (3 * units,).
        d: Biases of the outputs before, shape (3 * units,).
        batches: The number of sequences at each step.
        is_backward: Whether to begin with the last steps.

    Returns:
        The last outputs, and the outputs of all steps, packed.
    """
    n = h.shape[1]
    scale, shift = _factors(xp, U, slice(2 * n, 3 * n))
    gates = x @ (W.T * scale)
    gates += b * scale
    U, d = xp.ascontiguousarray(U.T) * scale, d * scale
    r, z, a = (gates[:, k * n : (k + 1) * n] for k in range(3))
    ys, before, products = (xp.empty((len(x), n), gates.dtype) for _ in range(3))
    h, by_h = h.copy(), xp.empty((len(h), 3 * n), gates.dtype)
    for step, rows in _steps(batches, is_backward):
        before[step] = h[rows]
        g, p = gates[step, : 2 * n], xp.matmul(h[rows], U, out=by_h[rows])
        p += d
        g += p[:, : 2 * n]
        xp.tanh(g, out=g)
        g *= scale[: 2 * n]
        g += shift[: 2 * n]
        products[step] = p[:, 2 * n :]
        new = a[step]
        new += xp.multiply(r[step], products[step], out=p[:, 2 * n :])
        xp.tanh(new, out=new)
        y = xp.subtract(h[rows], new, out=ys[step])
        y *= z[step]
        y += new
        h[rows] = y
    saved.gates, saved.before, saved.products = gates.reshape(len(x), 3, n), before, products
    return h, ys


@gru_layer.joint_gradient
def _gru_gradients(
    gys: Any, x: Any, W: Any, U: Any, batches: Batches, is_backward: bool, saved: Any, xp: ArrayModule
) -> tuple[Any, ...]:
    gh, gy = gys[0].copy(), gys[1]
    gates = saved.gates
    r, z, a = (gates[:, k] for k in range(3))
    # The derivatives by what the gates get, but for what comes from behind: a' for the first, h' for the others.
    g = 1 - gates
    g[:, :2] *= gates[:, :2]
    g[:, 0] *= saved.products
    g[:, 1] *= saved.before - a
    g[:, 2] = (1 - a * a) * (1 - z)
    by_h, new = xp.empty_like(g), xp.empty_like(gh)
    flat = by_h.reshape(len(x), len(U))
    for step, rows in reversed(_steps(batches, is_backward)):
        by_y, by_gates = gh[rows], g[step]
        by_y += gy[step]
        by_gates[:, 1:] *= by_y[:, None]
        by_gates[:, 0] *= by_gates[:, 2]
        by_h[step] = by_gates
        by_h[step, 2] *= r[step]
        by_y *= z[step]
        by_y += xp.matmul(flat[step], U, out=new[rows])
    gx, gW, gU, gb, gd = _weight_gradients(xp, g.reshape(len(x), len(U)), flat, x, W, saved.before)
    return gx, gh, gW, gU, gb, gd


@gru_layer.compose
def _gru_composed(
    x: Any, h: Any, W: Any, U: Any, b: Any, d: Any, batches: Batches, is_backward: bool
) -> tuple[Variable, ...]:
    n = h.shape[1]

    def cell(gates: Any, before: Any, state: tuple[Any, ...]) -> tuple[Any, ...]:
        r, z = (sigmoid(gates[:, k * n : (k + 1) * n] + before[:, k * n : (k + 1) * n]) for k in (0, 1))
        new = tanh(gates[:, 2 * n :] + r * before[:, 2 * n :])
        return (new + z * (state[0] - new),)

    (h,), ys = _loop(cell, linear(x, W, b), (h,), U, d, batches, is_backward)
    return h, ys


@several_outputs(widens_half=True)
def rnn_layer(
    xp: ArrayModule,
    x: Array,
    h: Array,
    W: Array,
    U: Array,
    b: Array,
    d: Array,
    batches: Batches,
    is_backward: bool,
    activation: str,
    *,
    saved: Saved = PER_CALL,
) -> Any:
    """Run a layer of plain recurrent units over packed sequences.

    Args:
        x: Packed inputs, shape (steps of all sequences, features).
        h: The first outputs, shape (sequences, units).
        W: Weights of the inputs, shape (units, features).
        U: Weights of the outputs before, shape (units, units).
        b: Biases of the inputs, shape (units,).
        d: Biases of the outputs before, shape (units,).
        batches: The number of sequences at each step.
        is_backward: Whether to begin with the last steps.
        activation: "tanh" or "relu".

    Returns:
        The last outputs, and the outputs of all steps, packed.
    """
    ys = x @ W.T
    ys += b + d
    h, before, by_h = h.copy(), xp.empty_like(ys), xp.empty((len(h), len(U)), ys.dtype)
    for step, rows in _steps(batches, is_backward):
        before[step] = h[rows]
        y = ys[step]
        y += xp.matmul(h[rows], U.T, out=by_h[rows])
        h[rows] = xp.tanh(y, out=y) if activation == "tanh" else xp.maximum(y, 0, out=y)
    saved.before = before
    return h, ys


@rnn_layer.joint_gradient
def _rnn_gradients(
    gys: Any,
    ys: Any,
    x: Any,
    W: Any,
    U: Any,
    batches: Batches,
    is_backward: bool,
    activation: str,
    saved: Any,
    xp: ArrayModule,
) -> tuple[Any, ...]:
    gh, gy, y = gys[0].copy(), gys[1], ys[1]
    g = 1 - y * y if activation == "tanh" else (y > 0).astype(y.dtype)
    for step, rows in reversed(_steps(batches, is_backward)):
        by_y, by_gate = gh[rows], g[step]
        by_y += gy[step]
        by_gate *= by_y
        xp.matmul(by_gate, U, out=by_y)
    gx, gW, gU, gb, gd = _weight_gradients(xp, g, g, x, W, saved.before)
    return gx, gh, gW, gU, gb, gd


@rnn_layer.compose
def _rnn_composed(
    x: Any, h: Any, W: Any, U: Any, b: Any, d: Any, batches: Batches, is_backward: bool, activation: str
) -> tuple[Variable, ...]:
    function = tanh if activation == "tanh" else relu
    (h,), ys = _loop(lambda g, before, _: (function(g + before),), linear(x, W, b), (h,), U, d, batches, is_backward)
    return h, ys


def _loop(
    cell: Any, gates: Any, state: tuple[Any, ...], U: Any, d: Any, batches: Batches, is_backward: bool
) -> tuple[tuple[Any, ...], Any]:
    """Run a cell, made of other functions, step by step; return the last states, and all outputs, packed."""
    ys = []
    for step, rows in _steps(batches, is_backward):
        before = matmul(state[0][rows], U.transpose()) + d
        new = cell(gates[step], before, tuple(s[rows] for s in state))
        state = tuple(concat([n, s[rows.stop :]], 0) for n, s in zip(new, state))
        ys.append(new[0])
    return state, concat(ys[::-1] if is_backward else ys, 0)
