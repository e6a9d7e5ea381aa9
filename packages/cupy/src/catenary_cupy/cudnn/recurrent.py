"""Recurrent layers by cuDNN, over packed sequences of any lengths.

cuDNN has the same packed sequences, gates and formulas. It has no layer that begins with the last steps: for one, each
sequence is turned around before and after.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from catenary import PER_CALL, Implementation, Saved, several_outputs
from catenary.config import settings
from catenary.functions import kernels
from catenary.types import Array, ArrayModule
from catenary_cupy.cudnn import handle
from catenary_cupy.cudnn.descriptors import math_type
from catenary_cupy.cudnn.handle import Handle
from catenary_cupy.cudnn.layers import (
    GRU,
    LSTM,
    RELU,
    TANH,
    Batches,
    Cell,
    blocks,
    layer,
    lengths_of,
    places,
    rows_turned,
    sequences,
    states,
    there,
)
from catenary_cupy.cudnn.layouts import DTYPES, address, contiguous, name_of, serves
from catenary_cupy.cudnn.library import load
from catenary_cupy.cudnn.prototypes import size

INFERENCE, TRAINING, ADD = 0, 1, 0
#: With one of these, cuBLAS gives the same results each time, and so do the products in cuDNN's layers.
REPRODUCIBLE = "CUBLAS_WORKSPACE_CONFIG", (":16:8", ":4096:8", ":4096:2")
#: Halves are computed in float32: in them, states would lose from step to step.
WIDE = {name: DTYPES[name] for name in ("float32", "float64")}


class _Run:
    """One call of a layer, of which the gradients may be asked for.

    Args:
        xp: CuPy.
        kind: The kind of cell.
        x: Packed inputs.
        first: The first states.
        parameters: Weights of the inputs and of the outputs before, biases of both.
        batches: The number of sequences at each step.
        is_backward: Whether to begin with the last steps.
    """

    def __init__(
        self,
        xp: ArrayModule,
        kind: int,
        x: Array,
        first: tuple[Array, ...],
        parameters: tuple[Array, ...],
        batches: Batches,
        is_backward: bool,
    ) -> None:
        self._xp, dtype, by = xp, name_of(x.dtype), handle.current()
        self._batches, self._is_backward, units = batches, is_backward, parameters[1].shape[1]
        self._cell = Cell(kind, x.shape[1], units, dtype, math_type(dtype), by.device)
        self._x = self._in_order(x)
        self._states = [contiguous(xp, state) for state in first]
        self._weights = xp.empty(places(self._cell)[0], x.dtype)
        for block, part in blocks(self._cell, self._weights, parameters):
            part[...] = block
        self._inputs = sequences(batches, x.shape[1], dtype)
        self._outputs = sequences(batches, units, dtype)
        self._of_states = states(batches, units, dtype)
        self._lengths = there(lengths_of, batches, by.device)

    def _in_order(self, rows: Array) -> Array:
        """Return rows of packed sequences, turned around if the layer begins with the last steps."""
        if not self._is_backward:
            return contiguous(self._xp, rows)
        return self._xp.take(rows, there(rows_turned, self._batches, self._cell.device), 0)

    def _pairs(self, *arrays: list[Array]) -> Iterator[Any]:
        """Return the descriptor and the addresses of the outputs, then of the states of cells, if there are any."""
        for k in range(2):
            is_there = k < len(self._states)
            yield self._of_states if is_there else None
            yield from (address(of_kind[k]) if is_there else None for of_kind in arrays)

    def values(self) -> tuple[Array, ...]:
        """Return the last states and the outputs of all steps."""
        xp, library, by, what = self._xp, load(), handle.current(), layer(self._cell)
        mode = TRAINING if settings.enable_backprop else INFERENCE
        space, reserve = size(), size()
        library.GetRNNTempSpaceSizes(by, what, mode, self._inputs, space, reserve)
        self._space, self._reserve = space.value, xp.empty(reserve.value, "uint8")
        self._y = xp.empty((len(self._x), self._cell.units), self._x.dtype)
        last = [xp.empty_like(state) for state in self._states]
        library.RNNForward(
            *(by, what, mode, address(self._lengths), self._inputs, address(self._x), self._outputs, address(self._y)),
            *self._pairs(self._states, last),
            *(self._weights.nbytes, address(self._weights), *self._spaces(by, self._reserve)),
        )
        return *last, self._in_order(self._y)

    def _spaces(self, by: Handle, reserve: Array) -> tuple[Any, ...]:
        return self._space, by.workspace(self._space), reserve.nbytes, address(reserve)

    def gradients(self, gys: tuple[Array, ...], parameters: tuple[Array, ...]) -> tuple[Array, ...]:
        """Return the gradients of the inputs, the first states and the parameters.

        Args:
            gys: Those of the last states and of the outputs of all steps.
            parameters: The parameters, for their shapes.
        """
        xp, library, by, what = self._xp, load(), handle.current(), layer(self._cell)
        *last, gy = gys
        gy, glast = self._in_order(gy), [contiguous(xp, g) for g in last]
        gx, gstates = xp.empty_like(self._x), [xp.empty_like(state) for state in self._states]
        gweights = xp.zeros_like(self._weights)
        reserve = self._reserve.copy()  # it is written to, and the gradients may be asked for again
        library.RNNBackwardData_v8(
            *(by, what, address(self._lengths), self._outputs, address(self._y), address(gy)),
            *(self._inputs, address(gx), *self._pairs(self._states, glast, gstates)),
            *(self._weights.nbytes, address(self._weights), *self._spaces(by, reserve)),
        )
        library.RNNBackwardWeights_v8(
            *(by, what, ADD, address(self._lengths), self._inputs, address(self._x)),
            *(self._of_states, address(self._states[0]), self._outputs, address(self._y)),
            *(gweights.nbytes, address(gweights), *self._spaces(by, reserve)),
        )
        gparameters = tuple(xp.empty(p.shape, p.dtype) for p in parameters)
        for block, part in blocks(self._cell, gweights, gparameters):
            block[...] = part
        return self._in_order(gx), *gstates, *gparameters


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
    """`lstm_layer` by cuDNN."""
    saved.run = _Run(xp, LSTM, x, (h, c), (W, U, b, d), batches, is_backward)
    return saved.run.values()


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
    """`gru_layer` by cuDNN."""
    saved.run = _Run(xp, GRU, x, (h,), (W, U, b, d), batches, is_backward)
    return saved.run.values()


@several_outputs
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
    """`rnn_layer` by cuDNN."""
    kind = TANH if activation == "tanh" else RELU
    saved.run = _Run(xp, kind, x, (h,), (W, U, b, d), batches, is_backward)
    return saved.run.values()


def _gradients(gys: Any, W: Any, U: Any, b: Any, d: Any, saved: Any) -> tuple[Any, ...]:
    gradients: tuple[Any, ...] = saved.run.gradients(gys, (W, U, b, d))
    return gradients


for _mine, _theirs in (
    (lstm_layer, kernels.lstm_layer),
    (gru_layer, kernels.gru_layer),
    (rnn_layer, kernels.rnn_layer),
):
    _composed = _theirs.declaration.composed
    assert _composed is not None
    _mine.joint_gradient(_gradients)
    _mine.compose(_composed)


def _accepts(x: Array, h: Array, batches: Batches, *others: Array) -> bool:
    """Return whether cuDNN takes a call: no sequence is empty, and sums come in a fixed order if that is asked for."""
    if not batches or len(h) != batches[0] or batches[-1] == 0 or len(x) != sum(batches):
        return False
    name, values = REPRODUCIBLE
    is_reproducible = not settings.deterministic or os.environ.get(name) in values
    return is_reproducible and serves(x, h, *others, dtypes=WIDE)


LSTM_LAYER = Implementation(
    lstm_layer, lambda x, h, c, W, U, b, d, batches, is_backward: _accepts(x, h, batches, c, W, U, b, d)
)
GRU_LAYER = Implementation(
    gru_layer, lambda x, h, W, U, b, d, batches, is_backward: _accepts(x, h, batches, W, U, b, d)
)
RNN_LAYER = Implementation(
    rnn_layer, lambda x, h, W, U, b, d, batches, is_backward, activation: _accepts(x, h, batches, W, U, b, d)
)
