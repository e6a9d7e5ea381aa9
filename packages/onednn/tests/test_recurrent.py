"""Recurrent layers: the formulas step by step, and what is left to NumPy."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

import catenary.functions as F
from catenary import Variable
from catenary.functions import kernels
from catenary.types import Array
from catenary_onednn import recurrent

STEPS, SEQUENCES, FEATURES, UNITS = 6, 4, 5, 7


def drawn(*shape: int) -> Array:
    return (np.random.default_rng(sum(shape)).standard_normal(shape) * 0.7).astype(np.float32)


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def lstm(gates: Array, before: Array, h: Array, c: Array) -> tuple[Array, ...]:
    i, f, a, o = np.split(gates + before, 4, axis=1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(a)
    return sigmoid(o) * np.tanh(c), c


def gru(gates: Array, before: Array, h: Array) -> tuple[Array, ...]:
    (r, z, a), (by_r, by_z, by_a) = np.split(gates, 3, axis=1), np.split(before, 3, axis=1)
    update = sigmoid(z + by_z)
    return (update * h + (1 - update) * np.tanh(a + sigmoid(r + by_r) * by_a),)


CELLS = {"lstm_layer": (lstm, 4, 2), "gru_layer": (gru, 3, 1)}


def inputs_of(name: str, sequences: int = SEQUENCES, rows: int = STEPS * SEQUENCES) -> list[Array]:
    _, gates, states = CELLS[name]
    outputs = gates * UNITS
    weights = drawn(outputs, FEATURES), drawn(outputs, UNITS), drawn(outputs), drawn(outputs + 1)[1:]
    return [drawn(rows, FEATURES), *(drawn(sequences, UNITS) + k for k in range(states)), *weights]


@pytest.mark.parametrize("is_backward", [False, True])
@pytest.mark.parametrize("name", CELLS)
def test_values_are_those_of_the_formula(name: str, is_backward: bool, calls: Counter[int]) -> None:
    cell, _, states = CELLS[name]
    inputs = inputs_of(name)
    *last, ys = getattr(kernels, name)(*inputs, (SEQUENCES,) * STEPS, is_backward)
    assert len(calls) == 1
    x, *state = (a.astype(np.float64) for a in inputs[: 1 + states])
    W, U, b, d = (a.astype(np.float64) for a in inputs[1 + states :])
    steps = list(x.reshape(STEPS, SEQUENCES, FEATURES))
    expected = []
    for step in steps[::-1] if is_backward else steps:
        state = list(cell(step @ W.T + b, state[0] @ U.T + d, *state))
        expected.append(state[0])
    expected = np.concatenate(expected[::-1] if is_backward else expected)
    for found, wanted in zip((*last, ys), (*state, expected), strict=True):
        np.testing.assert_allclose(found.array, wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", CELLS)
def test_sequences_of_several_lengths_are_left_to_numpy(name: str, calls: Counter[int]) -> None:
    getattr(kernels, name)(*inputs_of(name, 3, 5), (3, 2), False)
    assert not calls


@pytest.mark.parametrize("name", CELLS)
def test_few_steps_are_left_to_numpy(
    name: str, thresholds: dict[str, int], calls: Counter[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recurrent, "STEPS", thresholds["steps"])
    for steps in (thresholds["steps"] - 1, thresholds["steps"]):
        assert not calls
        getattr(kernels, name)(*inputs_of(name, 3, 3 * steps), (3,) * steps, False)
    assert calls


@pytest.mark.parametrize("name", CELLS)
def test_gradients_share_no_memory_and_come_twice(name: str) -> None:
    leaves = [Variable(a) for a in inputs_of(name)]
    *_, ys = getattr(kernels, name)(*leaves, (SEQUENCES,) * STEPS, False)
    loss = F.sum(ys * ys)
    loss.backward(retain_grad=True)
    first = [leaf.grad.copy() for leaf in leaves]
    assert not np.shares_memory(leaves[-1].grad, leaves[-2].grad)
    loss.backward()
    for leaf, once in zip(leaves, first, strict=True):
        np.testing.assert_allclose(leaf.grad, 2 * once, rtol=1e-4, atol=1e-6)


def test_functions_of_several_layers_are_served(calls: Counter[int]) -> None:
    xs = [drawn(3, FEATURES) + k for k in range(STEPS)]
    ws = [[drawn(UNITS, UNITS if k > 3 or layer else FEATURES) for k in range(8)] for layer in range(2)]
    bs = [[drawn(UNITS) for _ in range(8)] for _ in range(2)]
    state = np.zeros((2, 3, UNITS), np.float32)
    hy, cy, ys = F.n_step_lstm(2, 0.0, state, state, ws, bs, xs)
    assert sum(calls.values()) == 2
    assert hy.shape == cy.shape == (2, 3, UNITS)
    np.testing.assert_allclose(ys[-1].array, hy.array[1], rtol=1e-6)
