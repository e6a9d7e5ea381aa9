"""The functions of the family rnn, held to single steps in NumPy by the conformance kit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.special import expit

import catenary.functions as F
from catenary import using_config
from catenary.errors import ArgumentError, ArgumentTypeError, ShapeError
from catenary.testing import (
    FunctionCase as case,
    WrongCall,
    function_tests,
    wrong_call_tests,
)

Array = np.ndarray[Any, Any]


def lstm_step(c: Array, x: Array) -> tuple[Array, Array]:
    gates = x.reshape(len(x), c.shape[1], 4, *x.shape[2:])
    a, (i, f, o) = np.tanh(gates[:, :, 0]), (expit(gates[:, :, k]) for k in (1, 2, 3))
    new = a * i + f * c[: len(x)]
    return np.concatenate([new, c[len(x) :]]), o * np.tanh(new)


def slstm_step(c1: Array, c2: Array, x1: Array, x2: Array) -> tuple[Array, Array]:
    (a1, i1, f1, o1), (a2, i2, f2, o2) = (x.reshape(len(x), c1.shape[1], 4).transpose(2, 0, 1) for x in (x1, x2))
    c = np.tanh(a1) * expit(i1) + np.tanh(a2) * expit(i2) + expit(f1) * c1 + expit(f2) * c2
    return c, expit(o1 + o2) * np.tanh(c)


def tree_lstm_step(*inputs: Array) -> tuple[Array, Array]:
    *cs, x = inputs
    a, i, o, *fs = np.split(x, 3 + len(cs), axis=1)
    c = np.tanh(a) * expit(i) + sum(expit(f) * one for f, one in zip(fs, cs))
    return c, expit(o) * np.tanh(c)


# --- layers: cells of one sequence, one step; w and b are those of one layer and one direction ---


def lstm_cell(x: Array, states: list[Array], w: Any, b: Any) -> list[Array]:
    i, f, a, o = (w[k] @ x + w[k + 4] @ states[0] + b[k] + b[k + 4] for k in range(4))
    c = expit(f) * states[1] + expit(i) * np.tanh(a)
    return [expit(o) * np.tanh(c), c]


def gru_cell(x: Array, states: list[Array], w: Any, b: Any) -> list[Array]:
    r, z = (expit(w[k] @ x + w[k + 3] @ states[0] + b[k] + b[k + 3]) for k in range(2))
    new = np.tanh(w[2] @ x + b[2] + r * (w[5] @ states[0] + b[5]))
    return [(1 - z) * new + z * states[0]]


def rnn_cell(x: Array, states: list[Array], w: Any, b: Any, activation: str = "tanh") -> list[Array]:
    y = w[0] @ x + w[1] @ states[0] + b[0] + b[1]
    return [np.tanh(y) if activation == "tanh" else np.maximum(y, 0)]


LAYERS, UNITS, FEATURES = 2, 2, 3


class Flat:
    """A function of nested lists as one of flat inputs: states, weights, biases, sequences.

    Args:
        function: One of the functions `n_step_...`.
        cell: What it does in one step.
        gates: The number of gates of a cell.
        directions: 1, or 2 for both directions.
        states: The number of states of a cell.
        lengths: Of the sequences.
        by_sequence: Whether whole sequences are passed, or steps.
    """

    def __init__(
        self, function: Any, cell: Any, gates: int, directions: int, states: int, lengths: list[int], by_sequence: bool
    ) -> None:
        self.function, self.cell, self.gates, self.directions = function, cell, gates, directions
        self.states, self.lengths, self.by_sequence = states, lengths, by_sequence

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """The shapes of the inputs."""
        count = LAYERS * self.directions
        weights = []
        for k in range(count):
            features = FEATURES if k < self.directions else UNITS * self.directions
            weights += [(UNITS, features)] * self.gates + [(UNITS, UNITS)] * self.gates
        batches = [sum(n > t for n in self.lengths) for t in range(max(self.lengths))]
        xs = [(n, FEATURES) for n in (self.lengths if self.by_sequence else batches)]
        return [(count, len(self.lengths), UNITS)] * self.states + weights + [(UNITS,)] * len(weights) + xs

    def parts(self, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return states, weights and biases by layers, and what is left."""
        n, size = self.states, 2 * self.gates
        lists = [list(inputs[i : i + size]) for i in range(n, n + 2 * size * LAYERS * self.directions, size)]
        half = LAYERS * self.directions
        return inputs[:n], lists[:half], lists[half:], list(inputs[n + 2 * size * half :])

    def call(self, *inputs: Any, **options: Any) -> tuple[Any, ...]:
        """Call the function."""
        states, ws, bs, xs = self.parts(inputs)
        *last, ys = self.function(LAYERS, 0.0, *states, ws, bs, xs, by_sequence=self.by_sequence, **options)
        return (*last, *ys)

    def expected(self, *inputs: Array, **options: Any) -> list[Array]:
        """Go through each sequence by itself, step by step."""
        states, ws, bs, xs = self.parts(inputs)
        last = [np.zeros_like(s) for s in states]
        sequences = xs if self.by_sequence else turned(xs)
        for layer in range(LAYERS):
            outputs = []
            for n, sequence in enumerate(sequences):
                both = []
                for k in range(layer * self.directions, (layer + 1) * self.directions):
                    state, out = [s[k, n] for s in states], []
                    is_backward = k % self.directions == 1
                    for x in sequence[::-1] if is_backward else sequence:
                        state = self.cell(x, state, ws[k], bs[k], **options)
                        out.append(state[0])
                    for one, value in zip(last, state):
                        one[k, n] = value
                    both.append(np.reshape(out[::-1] if is_backward else out, (len(sequence), UNITS)))
                outputs.append(np.concatenate(both, 1))
            sequences = outputs
        return [*last, *(sequences if self.by_sequence else turned(sequences))]


def turned(xs: list[Array]) -> list[Array]:
    """Return steps of sequences as sequences, and the other way round."""
    return [np.stack([x[k] for x in xs if len(x) > k]) for k in range(max(map(len, xs)))]


def layers(function: Any, cell: Any, gates: int, directions: int, states: int, **options: Any) -> list[Any]:
    """Return the cases of one function: steps; sequences of other orders of lengths; sequences of one length."""
    flat = [
        Flat(function, cell, gates, directions, states, lengths, by_sequence)
        for lengths, by_sequence in [([3, 2, 2], False), ([2, 4, 1], True), ([2, 2], True)]
    ]
    return [case(function, f.shapes, f.expected, options, route=f.call, tolerance=2, name=str(f.lengths)) for f in flat]


CASES = [
    case(F.lstm, [(3, 2), (3, 8)], lstm_step),
    case(F.lstm, [(3, 2), (2, 8)], lstm_step, name="shorter"),
    case(F.lstm, [(2, 1, 3), (2, 4, 3)], lstm_step),
    case(F.lstm, [(0, 2), (0, 8)], lstm_step),
    case(F.slstm, [(3, 2), (3, 2), (3, 8), (3, 8)], slstm_step),
    case(F.slstm, [(0, 2), (0, 2), (0, 8), (0, 8)], slstm_step),
    case(F.tree_lstm, [(3, 2), (3, 2), (3, 10)], tree_lstm_step),
    case(F.tree_lstm, [(2, 2), (2, 8)], tree_lstm_step),
    case(F.tree_lstm, [(2, 1, 3), (2, 1, 3), (2, 1, 3), (2, 6, 3)], tree_lstm_step),
    *layers(F.n_step_lstm, lstm_cell, 4, 1, 2),
    *layers(F.n_step_bilstm, lstm_cell, 4, 2, 2),
    *layers(F.n_step_gru, gru_cell, 3, 1, 1),
    *layers(F.n_step_bigru, gru_cell, 3, 2, 1),
    *layers(F.n_step_rnn, rnn_cell, 1, 1, 1),
    *layers(F.n_step_rnn, rnn_cell, 1, 1, 1, activation="relu"),
    *layers(F.n_step_birnn, rnn_cell, 1, 2, 1, activation="tanh"),
]
test_functions = function_tests(CASES)


@pytest.mark.parametrize("train", [True, False])
def test_dropout_between_layers_is_for_training_only(train: bool) -> None:
    flat = Flat(F.n_step_rnn, rnn_cell, 1, 1, 1, [2, 2], True)
    inputs = [np.ones(shape) for shape in flat.shapes]
    states, ws, bs, xs = flat.parts(tuple(inputs))
    with using_config("train", train):
        found = F.n_step_rnn(LAYERS, 0.9, *states, ws, bs, xs, by_sequence=True)[1]
    is_same = all(np.allclose(y.array, e) for y, e in zip(found, flat.expected(*inputs)[1:], strict=True))
    assert is_same is not train


def zeros(*shape: int) -> Array:
    return np.zeros(shape)


def n_step(name: str, states: int, gates: int, directions: int = 1, **change: Any) -> Callable[[], Any]:
    """Return a call of one layer with two sequences of one feature, and one unit, but for a change."""
    w, b = [zeros(1, 1)] * 2 * gates, [zeros(1)] * 2 * gates
    given: dict[str, Any] = {"hx": zeros(directions, 2, 1), "xs": [zeros(2, 1), zeros(1, 1)]}
    given |= {"cx": zeros(directions, 2, 1)} if states == 2 else {}
    given |= {"ws": [w] * directions, "bs": [b] * directions, **change}
    return lambda: getattr(F, name)(1, 0.0, **given)


WRONG: list[WrongCall] = [
    WrongCall("lstm", lambda: F.lstm(zeros(2, 3), zeros(2, 11)), ShapeError, "for c_prev of shape (2, 3), x must have"),
    WrongCall("lstm", lambda: F.lstm("c", zeros(2, 12)), ArgumentTypeError, "c_prev must be an array, got str"),
    WrongCall(
        "slstm",
        lambda: F.slstm(zeros(2, 3), zeros(2, 3), zeros(2, 12), zeros(2, 11)),
        ShapeError,
        "the shapes must be (batch, units, ...) and (batch, 4 * units, ...), got (2, 3), (2, 3), (2, 12), (2, 11)",
    ),
    WrongCall(
        "tree_lstm",
        lambda: F.tree_lstm(zeros(2, 3), zeros(2, 15)),
        ShapeError,
        "inputs must be cell states of one shape (batch, units, ...), and an array of shape (batch, (3 + children)",
    ),
    WrongCall("tree_lstm", lambda: F.tree_lstm(), ShapeError, "inputs must be cell states of one shape"),
    WrongCall(
        "n_step_lstm", n_step("n_step_lstm", 2, 4, xs=[]), ArgumentError, "xs must be a list of one array or more"
    ),
    WrongCall(
        "n_step_lstm",
        n_step("n_step_lstm", 2, 4, xs=[zeros(2, 1), zeros(2)]),
        ShapeError,
        "xs[1] must have shape (batch, 1), got (2,)",
    ),
    WrongCall(
        "n_step_lstm",
        n_step("n_step_lstm", 2, 4, xs=[zeros(2, 3)]),
        ShapeError,
        "layer 0 gets 3 features, ws[0][0] expects 1",
    ),
    WrongCall(
        "n_step_bilstm",
        n_step("n_step_bilstm", 2, 4, 2, cx=zeros(1, 2, 1)),
        ShapeError,
        "cx must have shape (2, 2, units) for 2 sequences, got (1, 2, 1)",
    ),
    WrongCall(
        "n_step_gru",
        n_step("n_step_gru", 1, 3, ws=[[zeros(1, 1)] * 8]),
        ArgumentError,
        "ws must hold 1 lists of 6 arrays, got [8]",
    ),
    WrongCall(
        "n_step_bigru",
        n_step("n_step_bigru", 1, 3, 2, bs=[[zeros(1)] * 6]),
        ArgumentError,
        "bs must hold 2 lists of 6 arrays, got [6]",
    ),
    WrongCall(
        "n_step_rnn",
        n_step("n_step_rnn", 1, 1, xs=[zeros(1, 1), zeros(2, 1)]),
        ShapeError,
        "batches in xs must not grow, got [1, 2]",
    ),
    WrongCall(
        "n_step_birnn",
        n_step("n_step_birnn", 1, 1, 2, activation="sigmoid"),
        ArgumentError,
        "activation must be 'tanh' or 'relu', got 'sigmoid'",
    ),
]
test_wrong_calls = wrong_call_tests(WRONG)
