"""Every optimizer of this package, held to its rule in NumPy by the conformance kit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from catenary import optimizers as O
from catenary.testing import OptimizerCase, optimizer_tests, untested

Array = np.ndarray[Any, Any]


def sgd(p: Array, gs: Sequence[Array]) -> Array:
    return p - 0.1 * sum(gs)


def momentum(p: Array, gs: Sequence[Array]) -> Array:
    v = 0 * p
    for g in gs:
        v = 0.8 * v - 0.1 * g
        p = p + v
    return p


def adagrad(p: Array, gs: Sequence[Array]) -> Array:
    h = 0 * p
    for g in gs:
        h = h + g**2
        p = p - 0.1 * g / (np.sqrt(h) + 1e-8)
    return p


def adadelta(p: Array, gs: Sequence[Array]) -> Array:
    e_g = e_dx = 0 * p
    for g in gs:
        e_g = 0.9 * e_g + 0.1 * g**2
        dx = np.sqrt(e_dx + 1e-4) / np.sqrt(e_g + 1e-4) * g
        e_dx = 0.9 * e_dx + 0.1 * dx**2
        p = p - dx
    return p


def rmsprop(p: Array, gs: Sequence[Array], inside: bool = False) -> Array:
    ms = 0 * p
    for g in gs:
        ms = 0.9 * ms + 0.1 * g**2
        p = p - 0.05 * g / (np.sqrt(ms + 1e-2) if inside else np.sqrt(ms) + 1e-2)
    return p


def adam(p: Array, gs: Sequence[Array]) -> Array:
    """Algorithm 1 of the paper, in the form of the note after it: epsilon is added before the correction."""
    m = v = 0 * p
    for t, g in enumerate(gs, 1):
        m, v = 0.8 * m + 0.2 * g, 0.99 * v + 0.01 * g**2
        p = p - 0.01 * np.sqrt(1 - 0.99**t) / (1 - 0.8**t) * m / (np.sqrt(v) + 1e-8)
    return p


def adamw(p: Array, gs: Sequence[Array]) -> Array:
    m = v = 0 * p
    for t, g in enumerate(gs, 1):
        m, v = 0.8 * m + 0.2 * g, 0.99 * v + 0.01 * g**2
        rate = 0.01 * np.sqrt(1 - 0.99**t) / (1 - 0.8**t)
        p = p - 0.5 * (rate * m / (np.sqrt(v) + 1e-8) + 0.1 * p)
    return p


def amsgrad(p: Array, gs: Sequence[Array]) -> Array:
    m = v = largest = 0 * p
    for t, g in enumerate(gs, 1):
        m, v = 0.8 * m + 0.2 * g, 0.5 * v + 0.5 * g**2
        largest = np.maximum(largest, v)
        p = p - 0.01 * np.sqrt(1 - 0.5**t) / (1 - 0.8**t) * m / (np.sqrt(largest) + 1e-8)
    return p


def adabound(p: Array, gs: Sequence[Array], ams: bool = False) -> Array:
    m = v = largest = 0 * p
    for t, g in enumerate(gs, 1):
        m, v = 0.8 * m + 0.2 * g, 0.5 * v + 0.5 * g**2
        largest = np.maximum(largest, v) if ams else v
        rate = 0.1 * np.sqrt(1 - 0.5**t) / (1 - 0.8**t) / (np.sqrt(largest) + 1e-8)
        rate = np.minimum(np.maximum(rate, 0.2 - 0.2 / (0.5 * t + 1)), 0.2 + 0.2 / (0.5 * t))
        p = p - 0.5 * rate * m
    return p


def lion(p: Array, gs: Sequence[Array]) -> Array:
    m = 0 * p
    for g in gs:
        c = 0.8 * m + 0.2 * g
        p = p - 0.5 * 0.01 * (np.sign(c) + 0.1 * p)
        m = 0.9 * m + 0.1 * g
    return p


def lamb(p: Array, gs: Sequence[Array]) -> Array:
    m = v = 0 * p
    for t, g in enumerate(gs, 1):
        m, v = 0.8 * m + 0.2 * g, 0.99 * v + 0.01 * g**2
        r = m / (1 - 0.8**t) / (np.sqrt(v / (1 - 0.99**t)) + 1e-6) + 0.1 * p
        p = p - 0.5 * 0.01 * (np.linalg.norm(p) / np.linalg.norm(r) if p.size else 1.0) * r
    return p


def corrected_momentum(p: Array, gs: Sequence[Array]) -> Array:
    """A constant learning rate: the same as momentum."""
    return momentum(p, gs)


def nesterov(p: Array, gs: Sequence[Array]) -> Array:
    v = 0 * p
    for g in gs:
        v = 0.8 * v - 0.1 * g
        p = p + 0.8 * 0.8 * v - 1.8 * 0.1 * g
    return p


def rmsprop_graves(p: Array, gs: Sequence[Array]) -> Array:
    n = mean = delta = 0 * p
    for g in gs:
        n, mean = 0.9 * n + 0.1 * g**2, 0.9 * mean + 0.1 * g
        delta = 0.8 * delta - 0.05 * g / np.sqrt(n - mean**2 + 1e-2)
        p = p + delta
    return p


def smorms3(p: Array, gs: Sequence[Array]) -> Array:
    mem, mean, square = 0 * p + 1, 0 * p, 0 * p
    for g in gs:
        r = 1 / (mem + 1)
        mean, square = (1 - r) * mean + r * g, (1 - r) * square + r * g**2
        x = mean**2 / (square + 1e-8)
        p = p - g * np.minimum(0.1, x) / (np.sqrt(square) + 1e-8)
        mem = 1 + mem * (1 - x)
    return p


def msvag(p: Array, gs: Sequence[Array]) -> Array:
    """Algorithm 2 of the paper, which leaves the first step as it is, and decoupled weight decay."""
    m = v = 0 * p
    for t, g in enumerate(gs, 1):
        m, v = 0.8 * m + 0.2 * g, 0.8 * v + 0.2 * g**2
        mean, square = m / (1 - 0.8**t), v / (1 - 0.8**t)
        gamma = np.ones_like(p)
        if t > 1:
            rho = 0.2 * (1 + 0.8**t) / (1.8 * (1 - 0.8**t))
            gamma = mean**2 / (mean**2 + rho * (square - mean**2) / (1 - rho))
        p = p - 0.5 * (0.1 * gamma * mean + 0.02 * p)
    return p


def adafactor(p: Array, gs: Sequence[Array]) -> Array:
    """Algorithms 4 and 5 of the paper with sums as it has them; a vector is a matrix of one row."""
    if p.size == 0:
        return p
    rows = p.shape[0] if p.ndim > 1 else 1
    r, c = np.zeros(rows), np.zeros(p.size // rows)
    for t, g in enumerate(gs, 1):
        beta, x = 1 - t**-0.5, g.reshape(rows, -1)
        r = beta * r + (1 - beta) * (x**2 + 1e-3).sum(1)
        c = beta * c + (1 - beta) * (x**2 + 1e-3).sum(0)
        u = x / np.sqrt(r[:, None] * c[None, :] / r.sum())
        u = u / max(1.0, np.sqrt((u**2).mean()) / 0.8)
        p = p - min(0.6, 1 / np.sqrt(t)) * max(0.1, np.sqrt((p**2).mean())) * u.reshape(p.shape)
    return p


def muon(p: Array, gs: Sequence[Array]) -> Array:
    """By singular values: the polynomial acts on them alone."""
    if p.size == 0:
        return p
    v = 0 * p
    for g in gs:
        v = 0.8 * v + g
        u, s, w = np.linalg.svd((g + 0.8 * v).reshape(p.shape[0] if p.ndim > 1 else 1, -1), full_matrices=False)
        s = s / np.linalg.norm(s)
        for _ in range(5):
            s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5
        p = p - 0.1 * (0.2 * np.sqrt(max(u.shape[0], w.shape[1])) * ((u * s) @ w).reshape(p.shape) + 0.3 * p)
    return p


CASES = [
    OptimizerCase(O.SGD, lambda: O.SGD(lr=0.1), sgd),
    OptimizerCase(O.MomentumSGD, lambda: O.MomentumSGD(lr=0.1, momentum=0.8), momentum),
    OptimizerCase(O.AdaGrad, lambda: O.AdaGrad(lr=0.1), adagrad),
    OptimizerCase(O.AdaDelta, lambda: O.AdaDelta(rho=0.9, eps=1e-4), adadelta),
    OptimizerCase(O.RMSprop, lambda: O.RMSprop(lr=0.05, alpha=0.9, eps=1e-2), rmsprop),
    OptimizerCase(
        O.RMSprop,
        lambda: O.RMSprop(lr=0.05, alpha=0.9, eps=1e-2, eps_inside_sqrt=True),
        lambda p, gs: rmsprop(p, gs, inside=True),
        name="inside",
    ),
    OptimizerCase(O.CorrectedMomentumSGD, lambda: O.CorrectedMomentumSGD(lr=0.1, momentum=0.8), corrected_momentum),
    OptimizerCase(O.NesterovAG, lambda: O.NesterovAG(lr=0.1, momentum=0.8), nesterov),
    OptimizerCase(O.RMSpropGraves, lambda: O.RMSpropGraves(lr=0.05, alpha=0.9, momentum=0.8, eps=1e-2), rmsprop_graves),
    OptimizerCase(O.SMORMS3, lambda: O.SMORMS3(lr=0.1, eps=1e-8), smorms3),
    OptimizerCase(O.MSVAG, lambda: O.MSVAG(lr=0.1, beta=0.8, eta=0.5, weight_decay_rate=0.02), msvag),
    OptimizerCase(O.Adam, lambda: O.Adam(alpha=0.01, beta1=0.8, beta2=0.99), adam),
    OptimizerCase(O.AdamW, lambda: O.AdamW(alpha=0.01, beta1=0.8, beta2=0.99, eta=0.5, weight_decay_rate=0.1), adamw),
    OptimizerCase(O.AMSGrad, lambda: O.AMSGrad(alpha=0.01, beta1=0.8, beta2=0.5), amsgrad),
    OptimizerCase(
        O.AdaBound, lambda: O.AdaBound(alpha=0.1, beta1=0.8, beta2=0.5, final_lr=0.2, gamma=0.5, eta=0.5), adabound
    ),
    OptimizerCase(
        O.AMSBound,
        lambda: O.AMSBound(alpha=0.1, beta1=0.8, beta2=0.5, final_lr=0.2, gamma=0.5, eta=0.5),
        lambda p, gs: adabound(p, gs, ams=True),
    ),
    OptimizerCase(O.Lion, lambda: O.Lion(alpha=0.01, beta1=0.8, beta2=0.9, eta=0.5, weight_decay_rate=0.1), lion),
    OptimizerCase(O.Adafactor, lambda: O.Adafactor(lr=0.6, decay=0.5, threshold=0.8, eps1=1e-3, eps2=0.1), adafactor),
    OptimizerCase(O.Muon, lambda: O.Muon(lr=0.1, momentum=0.8, weight_decay_rate=0.3), muon),
    OptimizerCase(O.LAMB, lambda: O.LAMB(alpha=0.01, beta1=0.8, beta2=0.99, eta=0.5, weight_decay_rate=0.1), lamb),
]

test_optimizers = optimizer_tests(CASES)


def test_every_registered_optimizer_has_a_case() -> None:
    assert untested("optimizers", "catenary-optimizers", CASES) == []
