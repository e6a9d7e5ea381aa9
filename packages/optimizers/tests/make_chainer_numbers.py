"""Writes chainer_numbers.npz: three updates by optimizers of Chainer 7.8.1; run it where that is installed.

Each key is the class and its arguments in JSON; with `#` and a name of the state after it, that array of the state.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

RUNS: list[tuple[str, dict[str, float]]] = [
    ("NesterovAG", {}),
    ("CorrectedMomentumSGD", {}),
    ("RMSpropGraves", {}),
    ("SMORMS3", {}),
    ("MSVAG", {"eta": 0.5, "weight_decay_rate": 0.1}),
    ("AdamW", {"eta": 0.5, "weight_decay_rate": 0.1}),
    ("AMSGrad", {"beta2": 0.5}),
    ("AdaBound", {"alpha": 0.1, "gamma": 1.0, "final_lr": 0.05}),
    ("AMSBound", {"alpha": 0.1, "beta2": 0.5, "gamma": 1.0, "final_lr": 0.05}),
]
#: What the learning rate is called, where it is not alpha.
HALVED = dict.fromkeys(["NesterovAG", "CorrectedMomentumSGD", "RMSpropGraves", "SMORMS3", "MSVAG"], "lr")
START = [1.0, -2.0, 0.5]
GRADIENTS = [[0.3, -1.0, 2.0], [-0.1, 0.4, 1.5], [0.2, 0.6, -0.01]]


def three_updates(optimizer: Any, link: Any, parameter: type[Any]) -> dict[str, Any]:
    """Return what the parameter and, by name, its state are after the updates; the rate is halved after the first."""
    with link.init_scope():
        link.W = parameter(np.array(START))
    optimizer.setup(link)
    for g in GRADIENTS:
        link.W.grad = np.array(g)
        optimizer.update()
        if optimizer.t == 1:
            rate = HALVED.get(type(optimizer).__name__, "alpha")
            setattr(optimizer, rate, getattr(optimizer, rate) / 2)
    return {"": link.W.array, **{f"#{name}": np.asarray(a) for name, a in link.W.update_rule.state.items()}}


def main() -> None:
    import chainer

    found = {}
    for name, arguments in RUNS:
        optimizer = getattr(chainer.optimizers, name)(**arguments)
        for key, array in three_updates(optimizer, chainer.Link(), chainer.Parameter).items():
            found[f"{name} {json.dumps(arguments)}{key}"] = array
    np.savez(Path(__file__).with_name("chainer_numbers.npz"), **found)


if __name__ == "__main__":
    main()
