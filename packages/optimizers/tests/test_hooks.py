"""Hooks that change gradients, against their formulas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import catenary
from catenary import Link, Parameter, optimizer_hooks as H, optimizers
from catenary.errors import ArgumentError

W = np.array([1.0, -2.0, 0.0])
G = np.array([0.3, -1.0, 2.0])


def changed(hook: Any, w: Any = W, device: str = "@numpy", steps: int = 1) -> Any:
    """Return the gradient as SGD sees it in the last of several steps with a learning rate of zero."""
    link = Link()
    with link.init_scope():
        link.W = Parameter(w.copy())
    link.to_device(device)
    optimizer = optimizers.SGD(lr=0.0).setup(link)
    optimizer.add_hook(hook)
    for _ in range(steps):
        link.W.grad = link.W.device.send(G.astype(w.dtype))
        optimizer.update()
    assert link.W.grad.dtype == w.dtype
    return link.W.device.to_host(link.W.grad)


def lars(w: Any, decay: float) -> Any:
    norm = np.linalg.norm(w)
    return norm / (np.linalg.norm(G) + decay * norm + 1e-9) * (G + decay * w)


@pytest.mark.parametrize("device", ["@numpy", "@tripwire"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("hook", "w", "expected"),
    [
        (H.Lasso(0.1), W, G + 0.1 * np.sign(W)),
        (H.GradientHardClipping(-0.5, 1.5), W, [0.3, -0.5, 1.5]),
        (H.GradientLARS(), W, lars(W, 0.0)),
        (H.GradientLARS(weight_decay=0.1), W, lars(W, 0.1)),
        (H.GradientLARS(threshold=3.0, weight_decay=0.1), W, G + 0.1 * W),
        (H.GradientLARS(), 0 * W, G),
        (H.GradientNoise(0.3, lambda xp, shape, dtype, hook, rule: xp.full(shape, hook.eta, dtype)), W, G + 0.3),
    ],
)
def test_formula(hook: Any, w: Any, expected: Any, dtype: str, device: str) -> None:
    np.testing.assert_allclose(changed(hook, w.astype(dtype), device), expected, rtol=1e-5)


def test_noise_comes_from_the_generator_of_the_device_and_decays() -> None:
    device = catenary.get_device("@numpy")
    before = catenary.get_random_state()
    try:
        device.random = device.make_random(5)
        first, later = changed(H.GradientNoise(0.3)), changed(H.GradientNoise(0.3), steps=3)
    finally:
        catenary.set_random_state(before)
    random = device.make_random(5)
    drawn = [random.standard_normal(3, "float32") for _ in range(4)]
    np.testing.assert_allclose(first, G + np.sqrt(0.3) * drawn[0], rtol=1e-5)
    np.testing.assert_allclose(later, G + np.sqrt(0.3 / 3**0.55) * drawn[3], rtol=1e-5)
    assert np.isfinite(changed(H.GradientNoise(0.3), device="@tripwire")).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: H.Lasso(-1.0), "Lasso: rate must not be negative, got -1.0"),
        (lambda: H.GradientHardClipping(1.0, -1.0), "lower_bound must not be above upper_bound, got 1.0 and -1.0"),
        (lambda: H.GradientNoise(-0.1), "GradientNoise: eta must not be negative, got -0.1"),
        (lambda: H.GradientLARS(eps=-1.0), "GradientLARS: eps must not be negative, got -1.0"),
    ],
)
def test_wrong_calls(make: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        make()
