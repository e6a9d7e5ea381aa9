"""Every optimizer finds the minimum of a quadratic, and comes down the curved valley of Rosenbrock's function."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from catenary import Link, Parameter, optimizers
from catenary.testing import untested

#: Name -> hyperparameters for the quadratic, and for Rosenbrock's function; the learning rate falls to zero meanwhile.
SETTINGS: dict[str, tuple[dict[str, float], dict[str, float]]] = {
    "AdaBound": ({"alpha": 0.1}, {"alpha": 0.1, "final_lr": 0.001}),
    "AdaDelta": ({"rho": 0.95, "eps": 1e-2}, {"rho": 0.9, "eps": 1e-8}),
    "AdaGrad": ({"lr": 0.5}, {"lr": 0.5}),
    "Adafactor": ({"lr": 0.3}, {"lr": 0.3}),
    "Adam": ({"alpha": 0.1}, {"alpha": 0.05}),
    "AdamW": ({"alpha": 0.1}, {"alpha": 0.05}),
    "AMSBound": ({"alpha": 0.1}, {"alpha": 0.1, "final_lr": 0.001}),
    "AMSGrad": ({"alpha": 0.1}, {"alpha": 0.05}),
    "CorrectedMomentumSGD": ({"lr": 0.05}, {"lr": 0.0005}),
    "LAMB": ({"alpha": 0.05, "weight_decay_rate": 0}, {"alpha": 0.02, "weight_decay_rate": 0}),
    "Lion": ({"alpha": 0.05}, {"alpha": 0.02}),
    "MSVAG": ({"lr": 0.1}, {"lr": 0.001}),
    "MomentumSGD": ({"lr": 0.05}, {"lr": 0.0005}),
    "Muon": ({"lr": 0.5}, {"lr": 0.1}),
    "NesterovAG": ({"lr": 0.05}, {"lr": 0.0005}),
    "RMSprop": ({"lr": 0.05}, {"lr": 0.02}),
    "RMSpropGraves": ({"lr": 0.02}, {"lr": 0.005}),
    "SGD": ({"lr": 0.2}, {"lr": 0.001}),
    "SMORMS3": ({"lr": 0.3}, {"lr": 0.1}),
}


def minimized(name: str, hyperparameters: dict[str, float], gradient: Any, start: list[float], steps: int) -> Any:
    link = Link()
    with link.init_scope():
        link.W = Parameter(np.array(start))
    optimizer = optimizers.get(name, **hyperparameters).setup(link)
    rate = next((key for key in ("lr", "alpha") if key in hyperparameters), None)
    for step in range(steps):
        link.W.grad = gradient(link.W.array)
        if rate is not None:
            setattr(optimizer, rate, hyperparameters[rate] * (1 - step / steps))
        optimizer.update()
    return link.W.array


def test_every_registered_optimizer_has_settings() -> None:
    tried = [SimpleNamespace(optimizer=getattr(optimizers, name)) for name in SETTINGS]
    assert untested("optimizers", "catenary-optimizers", tried) == []


@pytest.mark.parametrize("name", SETTINGS)
def test_quadratic(name: str) -> None:
    target = np.array([1.0, -2.0, 0.5])
    found = minimized(name, SETTINGS[name][0], lambda w: np.array([1, 3, 0.5]) * (w - target), [3.0, 1.0, -1.0], 400)
    np.testing.assert_allclose(found, target, atol=0.01)


def rosenbrock(w: Any) -> Any:
    x, y = w
    return np.array([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)])


@pytest.mark.parametrize("name", SETTINGS)
def test_rosenbrock(name: str) -> None:
    x, y = minimized(name, SETTINGS[name][1], rosenbrock, [-1.2, 1.0], 5000)
    assert (1 - x) ** 2 + 100 * (y - x * x) ** 2 < 0.1  # 24.2 at the start
