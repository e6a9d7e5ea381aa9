"""The functions of the family rnn, held to NumPy and SciPy by the conformance kit."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.signal
import scipy.special

import catenary.functions as F
from catenary.testing import (
    FunctionCase as case,
    WrongCall,
    function_tests,
    wrong_call_tests,
)

Array = np.ndarray[Any, Any]
AWAY = (0.2, 3.0)  # where a function has no kink and no pole
IMAGES = (2, 3, 5, 6)
LABELS = np.array([2, 0, 1, 0])


def lstm_step(c: Array, x: Array) -> tuple[Array, Array]:
    gates = x.reshape(len(x), -1, 4)
    a, (i, f, o) = np.tanh(gates[:, :, 0]), (scipy.special.expit(gates[:, :, k]) for k in (1, 2, 3))
    new = a * i + f * c[: len(x)]
    return np.concatenate([new, c[len(x) :]]), o * np.tanh(new)


def n_step_lstm(hx: Array, cx: Array, *rest: Array) -> list[Array]:
    """Each sequence by itself, step by step; two layers of two units."""
    ws, bs, xs = rest[:16], rest[16:32], rest[32:]
    last_h, last_c, ys = np.zeros_like(hx), np.zeros_like(cx), list(xs)
    for layer in range(2):
        w, b = ws[8 * layer : 8 * layer + 8], bs[8 * layer : 8 * layer + 8]
        for k, sequence in enumerate(ys):
            h, c, out = hx[layer, k], cx[layer, k], []
            for x in sequence:
                i, f, o, a = (w[g] @ x + w[g + 4] @ h + b[g] + b[g + 4] for g in range(4))
                c = scipy.special.expit(f) * c + scipy.special.expit(i) * np.tanh(a)
                h = scipy.special.expit(o) * np.tanh(c)
                out.append(h)
            last_h[layer, k], last_c[layer, k] = h, c
            ys[k] = np.reshape(out, (len(sequence), 2))
    return [last_h, last_c, *ys]


def flat_n_step_lstm(hx: Any, cx: Any, *rest: Any) -> tuple[Any, ...]:
    ws, bs = [list(rest[:8]), list(rest[8:16])], [list(rest[16:24]), list(rest[24:32])]
    h, c, ys = F.n_step_lstm(2, 0.0, hx, cx, ws, bs, list(rest[32:]))
    return (h, c, *ys)


LSTM_SHAPES = [(2, 3, 2), (2, 3, 2), *[(2, 3)] * 4, *[(2, 2)] * 12, *[(2,)] * 16, (2, 3), (4, 3), (1, 3)]


CASES = [
    case(F.lstm, [(3, 2), (3, 8)], lstm_step),
    case(F.lstm, [(3, 2), (2, 8)], lstm_step, name="shorter"),
]
test_functions = function_tests(CASES)

WRONG: list[WrongCall] = []
test_wrong_calls = wrong_call_tests(WRONG)


def test_n_step_lstm_of_three_sequences_and_two_layers() -> None:
    rng = np.random.default_rng(0)
    arrays = [rng.uniform(-1, 1, s) for s in LSTM_SHAPES]
    for found, expected in zip(flat_n_step_lstm(*arrays), n_step_lstm(*arrays), strict=True):
        np.testing.assert_allclose(found.array, expected, rtol=1e-10)
