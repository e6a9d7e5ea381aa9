"""Recurrent layers by oneDNN, for sequences of equal lengths.

oneDNN has the steps in front, as packed sequences do. Its LSTM has our gates; its GRU has the update gate first, and in
place of two biases for each gate one for each and a fourth block: what the outputs before get for the new output.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from catenary import PER_CALL, Implementation, Saved, several_outputs
from catenary.functions import kernels
from catenary.types import Array, ArrayModule, Shape
from catenary_onednn import blas
from catenary_onednn.layouts import KEPT, chosen, plain, serves
from catenary_onednn.library import Owned
from catenary_onednn.primitive import (
    BACKWARD,
    BIAS,
    DST,
    SRC,
    TRAINING,
    WEIGHTS,
    WORKSPACE,
    Primitive,
    described,
    runtime,
)

#: Kinds of arguments: the first states, the last ones, the weights of the outputs before; what makes them gradients.
FIRST, LAST, WEIGHTS_BEFORE, GRADIENT = (2, 3), (18, 19), 34, 128
FORTH, BACK = 1, 2
#: From so many elements of inputs and so many steps on, oneDNN is the quicker one.
WORTH_IT, STEPS = 5_000, 5

Batches = tuple[int, ...]


class Cell(NamedTuple):
    """A kind of cell.

    Attributes:
        kind: What oneDNN calls it.
        gates: Which of our gates its gates are.
        biases: How many blocks its biases have.
        states: How many states it has.
        absent: The weights that it might have besides, and has not.
    """

    kind: str
    gates: tuple[int, ...]
    biases: int
    states: int
    absent: tuple[None, ...]


LSTM = Cell("lstm", (0, 1, 2, 3), 4, 2, (None, None))
GRU = Cell("lbr_gru", (1, 0, 2), 4, 1, ())


class Sizes(NamedTuple):
    """The sizes of a layer, and whether it begins with the last steps."""

    steps: int
    sequences: int
    features: int
    units: int
    is_backward: bool


# --- primitives ---


def _in_order(shape: Shape) -> Owned:
    return plain(shape, tuple(4 * math.prod(shape[i + 1 :]) for i in range(len(shape))))


def _as_ours(shape: Shape) -> Owned:
    """Return the description of our weights, (gates * units, features), as (1, 1, features, gates, units)."""
    _, _, features, gates, units = shape
    block, row = 4 * units * features, 4 * features
    return plain(shape, (gates * block, gates * block, 4, block, row))


def _layouts(cell: Cell, sizes: Sizes, of_weights: Callable[[Shape], Owned]) -> dict[int, Owned]:
    """Return the descriptions of a layer's arrays by kind, in the order in which oneDNN wants to know them."""
    steps, sequences, features, units, _ = sizes
    states, gates = _in_order((1, 1, sequences, units)), len(cell.gates)
    return {
        SRC: _in_order((steps, sequences, features)),
        **dict.fromkeys(FIRST[: cell.states], states),
        WEIGHTS: of_weights((1, 1, features, gates, units)),
        WEIGHTS_BEFORE: of_weights((1, 1, units, gates, units)),
        BIAS: _in_order((1, 1, cell.biases, units)),
        DST: _in_order((steps, sequences, units)),
        **dict.fromkeys(LAST[: cell.states], states),
    }


def _listed(cell: Cell, layouts: dict[int, Owned]) -> list[Owned | None]:
    descriptions = list(layouts.values())
    bias = list(layouts).index(BIAS)
    return [*descriptions[:bias], *cell.absent, *descriptions[bias:]]


def _direction(sizes: Sizes) -> int:
    return BACK if sizes.is_backward else FORTH


def _description(cell: Cell, sizes: Sizes) -> Owned:
    wanted = TRAINING, _direction(sizes), *_listed(cell, _layouts(cell, sizes, chosen)), 0
    return described(f"{cell.kind}_forward", *wanted, runtime().attributes)


@lru_cache(KEPT)
def _forward(cell: Cell, sizes: Sizes) -> Primitive:
    layouts = {**_layouts(cell, sizes, _as_ours), WORKSPACE: None}
    return Primitive(_description(cell, sizes), layouts, (DST, *LAST))


@lru_cache(KEPT)
def _backward(cell: Cell, sizes: Sizes) -> Primitive:
    gradients = _layouts(cell, sizes, _in_order)  # not chosen: they are added to what is there
    lists = *_listed(cell, _layouts(cell, sizes, chosen)), *_listed(cell, gradients)
    wanted = BACKWARD, _direction(sizes), *lists, 0, _description(cell, sizes)
    description = described(f"{cell.kind}_backward", *wanted, runtime().attributes)
    layouts = {
        **_layouts(cell, sizes, _as_ours),
        WORKSPACE: None,
        **{GRADIENT + kind: layout for kind, layout in gradients.items()},
    }
    outputs = (GRADIENT + kind for kind in (SRC, *FIRST, WEIGHTS, WEIGHTS_BEFORE, BIAS))
    return Primitive(description, layouts, tuple(outputs))


# --- arrays ---


def _blocks(cell: Cell, parameter: Array) -> Array:
    """Return weights or biases with a block for each gate of oneDNN; the same way leads back."""
    blocks = parameter.reshape(len(cell.gates), len(parameter) // len(cell.gates), *parameter.shape[1:])
    return np.ascontiguousarray(blocks if cell is LSTM else blocks[list(cell.gates)])


def _values(
    cell: Cell, x: Array, states: tuple[Array, ...], W: Array, U: Array, bias: Array, call: Any, saved: Saved
) -> tuple[Array, ...]:
    """Return the last states and the outputs of all steps.

    Args:
        cell: The kind of cell.
        x: Packed inputs.
        states: The first states.
        W: Weights of the inputs.
        U: Weights of the outputs before.
        bias: Biases, as oneDNN takes them.
        call: The number of sequences at each step, and whether to begin with the last one.
        saved: Where what the gradient needs is kept.
    """
    batches, is_backward = call
    saved.sizes = Sizes(len(batches), batches[0], x.shape[1], U.shape[1], is_backward)
    run = _forward(cell, saved.sizes)
    last = tuple(np.empty(states[0].shape, np.float32) for _ in states)
    ys = np.empty((len(x), U.shape[1]), np.float32)
    saved.arrays = {
        SRC: np.ascontiguousarray(x),
        **dict(zip(FIRST, map(np.ascontiguousarray, states))),
        WEIGHTS: _blocks(cell, W),
        WEIGHTS_BEFORE: _blocks(cell, U),
        BIAS: bias,
        DST: ys,
        **dict(zip(LAST, last)),
        WORKSPACE: np.empty(run.size(WORKSPACE), np.uint8),
    }
    run(saved.arrays)
    return *last, ys


def _gradients(cell: Cell, gys: tuple[Array, ...], saved: Saved) -> Iterable[Array]:
    """Return the gradients of the inputs, the first states, both weights, and the biases as oneDNN has them."""
    *last, ys = map(np.ascontiguousarray, gys)
    inputs = SRC, *FIRST[: cell.states]
    gradients = {kind: np.empty_like(saved.arrays[kind]) for kind in inputs}
    units, gates = saved.sizes.units, len(cell.gates)
    gradients[BIAS] = np.zeros((cell.biases, units), np.float32)
    for kind, features in ((WEIGHTS, saved.sizes.features), (WEIGHTS_BEFORE, units)):
        gradients[kind] = np.zeros((features, gates, units), np.float32)
    given = {**gradients, DST: ys, **dict(zip(LAST, last))}
    run = _backward(cell, saved.sizes)
    run({**saved.arrays, **{GRADIENT + kind: array for kind, array in given.items()}})
    for kind in (WEIGHTS, WEIGHTS_BEFORE):
        blocks = _blocks(cell, gradients[kind].reshape(-1, gates * units).T)
        gradients[kind] = blocks.reshape(gates * units, -1)
    return (gradients[kind] for kind in (*inputs, WEIGHTS, WEIGHTS_BEFORE, BIAS))


@several_outputs
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
    """`lstm_layer` by oneDNN."""
    return _values(LSTM, x, (h, c), W, U, b + d, (batches, is_backward), saved)


@lstm_layer.joint_gradient
def _lstm_gradients(gys: Any, saved: Any) -> tuple[Any, ...]:
    *others, bias = _gradients(LSTM, gys, saved)
    return *others, bias.reshape(-1), bias.reshape(-1)


@several_outputs
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
    """`gru_layer` by oneDNN."""
    by_x, by_h = _blocks(GRU, b), _blocks(GRU, d)
    bias = np.concatenate([by_x[:2] + by_h[:2], by_x[2:], by_h[2:]])
    return _values(GRU, x, (h,), W, U, bias, (batches, is_backward), saved)


@gru_layer.joint_gradient
def _gru_gradients(gys: Any, saved: Any) -> tuple[Any, ...]:
    *others, bias = _gradients(GRU, gys, saved)
    update, reset, by_x, by_h = bias
    return *others, np.concatenate([reset, update, by_x]), np.concatenate([reset, update, by_h])


for _mine, _theirs in ((lstm_layer, kernels.lstm_layer), (gru_layer, kernels.gru_layer)):
    _composed = _theirs.declaration.composed
    assert _composed is not None
    _mine.compose(_composed)


def _accepts(x: Array, *others: Any) -> bool:
    *arrays, batches, _ = others
    are_equal = len(set(batches)) == 1 and len(x) == len(batches) * batches[0]
    return are_equal and len(batches) >= STEPS and serves(x, *arrays) and blas.calm()


LSTM_LAYER = Implementation(lstm_layer, _accepts, from_size=WORTH_IT)
GRU_LAYER = Implementation(gru_layer, _accepts, from_size=WORTH_IT)
