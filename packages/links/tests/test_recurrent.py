"""Recurrent layers over whole sequences, held to NumPy by the conformance kit."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import expit

import catenary.links as L
from catenary.errors import ArgumentError
from catenary.testing import LinkCase, WrongCall, link_tests, wrong_call_tests

Array = np.ndarray[Any, Any]


def n_step_lstm(v: dict[str, Array], *xs: Array) -> list[Array]:
    hs, cs, ys = np.zeros((2, len(xs), 2)), np.zeros((2, len(xs), 2)), list(xs)
    for layer in range(2):
        w, b = ([v[f"{layer}/{kind}{i}"] for i in range(8)] for kind in "wb")
        for k, sequence in enumerate(ys):
            h, c, out = hs[layer, k], cs[layer, k], []
            for x in sequence:
                i, f, a, o = (w[g] @ x + w[g + 4] @ h + b[g] + b[g + 4] for g in range(4))
                c = expit(f) * c + expit(i) * np.tanh(a)
                h = expit(o) * np.tanh(c)
                out.append(h)
            hs[layer, k], cs[layer, k], ys[k] = h, c, np.array(out)
    return [hs, cs, *ys]


def sequences(link: Any, *xs: Any) -> list[Any]:
    hy, cy, ys = link(None, None, list(xs))
    return [hy, cy, *ys]


CASES = [
    LinkCase(L.NStepLSTM, lambda: L.NStepLSTM(2, 3, 2, 0.0), [(2, 3), (4, 3), (1, 3)], n_step_lstm, call=sequences),
]
test_links = link_tests(CASES)

WRONG = [
    WrongCall(
        "NStepLSTM", lambda: L.NStepLSTM(1, 3, 2, 1.0), ArgumentError, "dropout must be at least 0 and below 1, got 1.0"
    ),
    WrongCall(
        "NStepLSTM",
        lambda: L.NStepLSTM(1, 3, 2, 0.0)(None, None, []),
        ArgumentError,
        "xs must be a list of one sequence or more, got list",
    ),
]
test_wrong_calls = wrong_call_tests(WRONG)
