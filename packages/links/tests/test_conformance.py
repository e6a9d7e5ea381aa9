"""Every link of this package, held to NumPy by the conformance kit."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.signal
from scipy.special import expit, log_softmax

import catenary.functions as F
import catenary.links as L
from catenary.testing import LinkCase, link_tests, untested

Array = np.ndarray[Any, Any]
Values = dict[str, Array]
LABELS = np.array([1, 0, 1, 1])


def linear(v: Values, x: Array, prefix: str = "") -> Array:
    return x.reshape(len(x), -1) @ v[f"{prefix}W"].T + v.get(f"{prefix}b", 0.0)


def convolution(v: Values, x: Array) -> Array:
    def filtered(image: Array, bank: Array) -> Array:
        return sum(scipy.signal.correlate2d(np.pad(c, 1), k, "valid") for c, k in zip(image, bank, strict=True))

    y = np.stack([np.stack([filtered(image, bank) for bank in v["W"]]) for image in x])
    return y[:, :, ::2, ::2] + v["b"][:, None, None]


def batch_normalization(v: Values, x: Array) -> Array:
    mean, var = x.mean(0), x.var(0)
    return (x - mean) / np.sqrt(var + 2e-5) * v["gamma"] + v["beta"]


def lstm(v: Values, *xs: Array) -> list[Array]:
    c = h = np.zeros((len(xs[0]), 2))
    ys = []
    for x in xs:
        n = len(x)
        gates = (linear(v, x, "upward/") + h[:n] @ v["lateral/W"].T).reshape(n, 2, 4)
        a, (i, f, o) = np.tanh(gates[..., 0]), (expit(gates[..., k]) for k in (1, 2, 3))
        c = np.concatenate([f * c[:n] + i * a, c[n:]])
        h = np.concatenate([o * np.tanh(c[:n]), h[n:]])
        ys.append(h[:n])
    return ys


def gru(v: Values, *xs: Array) -> list[Array]:
    h, ys = None, []
    for x in xs:
        z, candidate = linear(v, x, "W_z/"), linear(v, x, "W/")
        if h is None:
            h = expit(z) * np.tanh(candidate)
        else:
            r, z = expit(linear(v, x, "W_r/") + linear(v, h, "U_r/")), expit(z + linear(v, h, "U_z/"))
            h = (1 - z) * h + z * np.tanh(candidate + linear(v, r * h, "U/"))
        ys.append(h)
    return ys


def n_step_lstm(v: Values, *xs: Array) -> list[Array]:
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


def steps(link: Any, *xs: Any) -> list[Any]:
    link.reset_state()
    return [link(x) for x in xs]


def sequences(link: Any, *xs: Any) -> list[Any]:
    hy, cy, ys = link(None, None, list(xs))
    return [hy, cy, *ys]


def classifier(v: Values, x: Array, t: Array) -> Array:
    return -log_softmax(linear(v, x, "predictor/"), 1)[np.arange(len(t)), t].mean()


CASES = [
    LinkCase(L.Linear, lambda: L.Linear(3, 2), [(4, 3)], linear, lazy=lambda: L.Linear(None, 2)),
    LinkCase(
        L.Linear,
        lambda: L.Linear(6, 2, nobias=True),
        [(4, 3, 2)],
        linear,
        lazy=lambda: L.Linear(2, nobias=True),
        name="nobias",
    ),
    LinkCase(L.EmbedID, lambda: L.EmbedID(5, 3), [np.array([[1, 4], [0, 1]])], lambda v, x: v["W"][x]),
    LinkCase(
        L.Convolution2D,
        lambda: L.Convolution2D(2, 3, 3, stride=2, pad=1),
        [(2, 2, 5, 4)],
        convolution,
        lazy=lambda: L.Convolution2D(3, 3, stride=2, pad=1),
    ),
    LinkCase(
        L.BatchNormalization, lambda: L.BatchNormalization(3), [(5, 3)], batch_normalization, lazy=L.BatchNormalization
    ),
    LinkCase(L.LSTM, lambda: L.LSTM(3, 2), [(3, 3), (3, 3), (2, 3)], lstm, call=steps, lazy=lambda: L.LSTM(2)),
    LinkCase(L.GRU, lambda: L.GRU(3, 2), [(2, 3)] * 3, gru, call=steps),
    LinkCase(L.StatefulGRU, lambda: L.StatefulGRU(3, 2), [(2, 3)] * 3, gru, call=steps),
    LinkCase(L.NStepLSTM, lambda: L.NStepLSTM(2, 3, 2, 0.0), [(2, 3), (4, 3), (1, 3)], n_step_lstm, call=sequences),
    LinkCase(L.Classifier, lambda: L.Classifier(L.Linear(3, 2)), [(4, 3), LABELS], classifier),
]

test_links = link_tests(CASES)


def test_every_registered_link_has_a_case() -> None:
    assert untested("links", "catenary-links", CASES) == []


def test_functions_of_the_links_are_public() -> None:
    assert {"linear", "lstm", "n_step_lstm"} <= set(F.__all__)
