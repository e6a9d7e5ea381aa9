"""Recurrent layers over whole sequences, held to NumPy by the conformance kit; the call for padded batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.special import expit

import catenary.functions as F
import catenary.links as L
from catenary import Variable
from catenary.errors import ArgumentError, ShapeError
from catenary.testing import LinkCase, WrongCall, link_tests, wrong_call_tests

Array = np.ndarray[Any, Any]
Step = Callable[..., list[Array]]


def lstm(w: Any, b: Any, x: Array, h: Array, c: Array) -> list[Array]:
    i, f, a, o = (w[g] @ x + w[g + 4] @ h + b[g] + b[g + 4] for g in range(4))
    c = expit(f) * c + expit(i) * np.tanh(a)
    return [expit(o) * np.tanh(c), c]


def gru(w: Any, b: Any, x: Array, h: Array) -> list[Array]:
    r, z = (expit(w[g] @ x + w[g + 3] @ h + b[g] + b[g + 3]) for g in range(2))
    new = np.tanh(w[2] @ x + b[2] + r * (w[5] @ h + b[5]))
    return [(1 - z) * new + z * h]


def plain(activation: Callable[[Array], Array]) -> Step:
    return lambda w, b, x, h: [activation(w[0] @ x + w[1] @ h + b[0] + b[1])]


def reference(step: Step, weights: int, states: int, directions: int) -> Callable[..., list[Array]]:
    """Run each sequence by itself, step by step, through two layers of two units."""

    def run(v: dict[str, Array], *xs: Array) -> list[Array]:
        last = np.zeros((states, 2 * directions, len(xs), 2))
        ys = list(xs)
        for layer in range(2):
            outs: list[list[Array]] = [[] for _ in xs]
            for k in range(directions * layer, directions * (layer + 1)):
                w, b = ([v[f"{k}/{kind}{i}"] for i in range(weights)] for kind in "wb")
                for n, sequence in enumerate(ys):
                    backward = k % directions == 1
                    state, out = [np.zeros(2)] * states, []
                    for x in sequence[::-1] if backward else sequence:
                        state = step(w, b, x, *state)
                        out.append(state[0])
                    last[:, k, n] = state
                    outs[n].append(np.array(out[::-1] if backward else out))
            ys = [np.concatenate(out, 1) for out in outs]
        return [*last, *ys]

    return run


def case(link: Any, step: Step, weights: int, states: int = 1, directions: int = 1) -> LinkCase:
    def call(rnn: Any, *xs: Any) -> list[Any]:
        *last, ys = rnn(*[None] * states, list(xs))
        return [*last, *ys]

    shapes = [(2, 3), (4, 3), (1, 3)]
    return LinkCase(link, lambda: link(2, 3, 2, 0.0), shapes, reference(step, weights, states, directions), call=call)


CASES = [
    case(L.NStepLSTM, lstm, 8, 2),
    case(L.NStepBiLSTM, lstm, 8, 2, 2),
    case(L.NStepGRU, gru, 6),
    case(L.NStepBiGRU, gru, 6, 1, 2),
    case(L.NStepRNNTanh, plain(np.tanh), 2),
    case(L.NStepBiRNNTanh, plain(np.tanh), 2, 1, 2),
    case(L.NStepRNNReLU, plain(lambda x: np.maximum(x, 0)), 2),
    case(L.NStepBiRNNReLU, plain(lambda x: np.maximum(x, 0)), 2, 1, 2),
]
test_links = link_tests(CASES)


def floats(*shape: int) -> Array:
    return np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)


LENGTHS = [2, 4, 1]
MASK = np.arange(4) < np.array(LENGTHS)[:, None]


@pytest.mark.parametrize("lengths", [LENGTHS, np.array(LENGTHS), MASK], ids=["list", "array", "mask"])
@pytest.mark.parametrize("link", [L.NStepLSTM, L.NStepBiLSTM, L.NStepGRU, L.NStepBiRNNTanh])
def test_a_padded_batch_gives_what_the_list_gives(link: Any, lengths: Any) -> None:
    rnn, x = link(2, 3, 2, 0.0), Variable(floats(3, 4, 3))
    *states, ys = rnn(*[None] * rnn.n_cells, [x.array[i, :n] for i, n in enumerate(LENGTHS)])
    out = rnn.padded(x, lengths)
    for i, n in enumerate(LENGTHS):
        np.testing.assert_allclose(out.steps.array[i, :n], ys[i].array, rtol=1e-6)
        assert not out.steps.array[i, n:].any()
        forward = out.steps.array[i, n - 1, :2]
        np.testing.assert_array_equal(out.last.array[i, :2], forward)
        if rnn.use_bi_direction:
            np.testing.assert_array_equal(out.last.array[i, 2:], out.steps.array[i, 0, 2:])
    for found, expected in zip(out.states, states, strict=True):
        np.testing.assert_allclose(found.array, expected.array, rtol=1e-6)
    F.sum(out.last).backward()
    assert x.grad is not None
    assert not x.grad[~MASK].any()
    assert x.grad[MASK].all()


def test_a_padded_batch_goes_on_from_states() -> None:
    rnn, x = L.NStepLSTM(1, 3, 2, 0.0), floats(2, 6, 3)
    whole = rnn.padded(x)
    first = rnn.padded(x[:, :2])
    second = rnn.padded(x[:, 2:], states=first.states)
    np.testing.assert_allclose(second.steps.array, whole.steps.array[:, 2:], rtol=1e-5)
    np.testing.assert_allclose(second.last.array, whole.last.array, rtol=1e-5)


def test_dropout_is_between_layers_in_training_only() -> None:
    rnn, xs = L.NStepGRU(2, 3, 50, 0.5), [floats(4, 3)]
    assert (rnn(None, xs)[0].array[0] == rnn(None, xs)[0].array[0]).all()
    assert (rnn(None, xs)[0].array[1] != rnn(None, xs)[0].array[1]).any()
    rnn.eval()
    assert (rnn(None, xs)[0].array == rnn(None, xs)[0].array).all()


def test_the_function_behind_the_link_takes_steps() -> None:
    rnn = L.NStepRNNReLU(1, 3, 2, 0.0)
    child = rnn[0]
    hy, ys = rnn.rnn(1, 0.0, np.zeros((1, 2, 2), "f"), [[child.w0, child.w1]], [[child.b0, child.b1]], [floats(2, 3)])
    assert (hy.shape, ys[0].shape) == ((1, 2, 2), (2, 2))


def call(link: Any, *args: Any) -> Callable[[], Any]:
    return lambda: link(1, 3, 2, 0.0)(*args)


WRONG = [
    WrongCall(
        "NStepLSTM", lambda: L.NStepLSTM(1, 3, 2, 1.0), ArgumentError, "dropout must be at least 0 and below 1, got 1.0"
    ),
    WrongCall(
        "NStepLSTM", call(L.NStepLSTM, None, None, []), ArgumentError, "xs must be a list of one sequence or more"
    ),
    WrongCall("NStepBiLSTM", lambda: L.NStepBiLSTM(0, 3, 2, 0.0), ArgumentError, "n_layers must be positive, got 0"),
    WrongCall(
        "NStepGRU", call(L.NStepGRU, None, [floats(2, 4)]), ShapeError, "xs[0] must have shape (length, 3), got (2, 4)"
    ),
    WrongCall(
        "NStepBiGRU",
        call(L.NStepBiGRU, None, [floats(2, 3), floats(3)]),
        ShapeError,
        "xs[1] must have shape (length, 3), got (3,)",
    ),
    WrongCall("NStepRNNTanh", lambda: L.NStepRNNTanh(1, 0, 2, 0.0), ArgumentError, "in_size must be positive, got 0"),
    WrongCall("NStepRNNReLU", call(L.NStepRNNReLU, None, floats(2, 3)), ArgumentError, "xs must be a list of one"),
    WrongCall("NStepBiRNNTanh", call(L.NStepBiRNNTanh, None, ()), ArgumentError, "xs must be a list of one sequence"),
    WrongCall(
        "NStepBiRNNReLU", lambda: L.NStepBiRNNReLU(1, 3, -2, 0.0), ArgumentError, "out_size must be positive, got -2"
    ),
    WrongCall(
        "n_step_gru",
        call(L.NStepGRU, floats(1, 2, 2), [floats(2, 3)]),
        ShapeError,
        "hx must have shape (1, 1, units) for 1 sequences, got (1, 2, 2)",
    ),
    WrongCall(
        "NStepGRU.padded",
        lambda: L.NStepGRU(1, 3, 2, 0.0).padded(floats(2, 4, 3), [5, 1]),
        ArgumentError,
        "lengths must be from 0 to 4, got [5, 1]",
    ),
    WrongCall(
        "NStepGRU.padded",
        lambda: L.NStepGRU(1, 3, 2, 0.0).padded(floats(2, 4, 3), [1]),
        ShapeError,
        "lengths must have shape (2,) or (2, 4), got 1 of them",
    ),
    WrongCall(
        "NStepGRU.padded",
        lambda: L.NStepGRU(1, 3, 2, 0.0).padded(floats(1, 3, 3), [[True, False, True]]),
        ArgumentError,
        "a mask in lengths must be True up to the end of each sequence",
    ),
    WrongCall(
        "NStepGRU.padded",
        lambda: L.NStepGRU(1, 3, 2, 0.0).padded(floats(2, 3)),
        ShapeError,
        "x must have shape (batch, steps, features), got (2, 3)",
    ),
]
test_wrong_calls = wrong_call_tests(WRONG)
