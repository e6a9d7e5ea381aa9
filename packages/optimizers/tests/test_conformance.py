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
    OptimizerCase(O.Adam, lambda: O.Adam(alpha=0.01, beta1=0.8, beta2=0.99), adam),
]

test_optimizers = optimizer_tests(CASES)


def test_every_registered_optimizer_has_a_case() -> None:
    assert untested("optimizers", "catenary-optimizers", CASES) == []
