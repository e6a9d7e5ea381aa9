"""Writes chainer_numbers.npz: fifty updates by optimizers of Chainer 7.8.1; run it where that is installed.

Each key is the class and its arguments in JSON; with `#` and a name of the state after it, that array of the state.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

RUNS: list[tuple[str, dict[str, float]]] = [
    ("AdaDelta", {"rho": 0.9, "eps": 1e-4}),
    ("AdaGrad", {"lr": 0.1}),
    ("Adam", {"eta": 0.5}),
    ("AdamW", {"eta": 0.5, "weight_decay_rate": 0.1}),
    ("AMSGrad", {"beta2": 0.5}),
    ("AdaBound", {"alpha": 0.1, "gamma": 1.0, "final_lr": 0.05}),
    ("AMSBound", {"alpha": 0.1, "beta2": 0.5, "gamma": 1.0, "final_lr": 0.05}),
    ("CorrectedMomentumSGD", {}),
    ("MomentumSGD", {"momentum": 0.8}),
    ("NesterovAG", {}),
    ("MSVAG", {"eta": 0.5, "weight_decay_rate": 0.1}),
    ("RMSprop", {"alpha": 0.9}),
    ("RMSprop", {"alpha": 0.9, "eps": 0.01, "eps_inside_sqrt": True}),
    ("RMSpropGraves", {}),
    ("SGD", {"lr": 0.1}),
    ("SMORMS3", {}),
]
START = [1.0, -2.0, 0.5]


def fifty_updates(optimizer: Any, link: Any, parameter: type[Any]) -> dict[str, Any]:
    """Return what the parameter and, by name, its state are after the updates; the rate is halved after the tenth."""
    with link.init_scope():
        link.W = parameter(np.array(START))
    optimizer.setup(link)
    for step in range(50):
        link.W.grad = np.sin(np.arange(3) + step * np.array([0.3, 0.9, 2.9])) * [1, 2, 0.1] + [0.2, 0, 0]
        optimizer.update()
        if optimizer.t == 10 and type(optimizer).__name__ != "AdaDelta":
            rate = "lr" if "lr" in optimizer.hyperparam.get_dict() else "alpha"
            setattr(optimizer, rate, getattr(optimizer, rate) / 2)
    state = link.W.update_rule.state or {}
    return {"": link.W.array, **{f"#{name}": np.asarray(a) for name, a in state.items()}}


def main() -> None:
    import chainer

    found = {}
    for name, arguments in RUNS:
        optimizer = getattr(chainer.optimizers, name)(**arguments)
        for key, array in fifty_updates(optimizer, chainer.Link(), chainer.Parameter).items():
            found[f"{name} {json.dumps(arguments)}{key}"] = array
    np.savez(Path(__file__).with_name("chainer_numbers.npz"), **found)


if __name__ == "__main__":
    main()
