"""A network 784-1000-1000-10 as on MNIST: one step of Adam on a batch of 100."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

TITLE = "MLP 784-1000-1000-10 (MNIST), batch 100, one step of Adam"

RNG = np.random.default_rng(0)
X = RNG.random((100, 784), np.float32)
T = RNG.integers(0, 10, 100).astype(np.int32)
SIZES = (784, 1000, 1000, 10)


def catenary() -> Callable[[], object]:
    import catenary.functions as F
    import catenary.links as L
    from catenary import Sequential, optimizers

    return _chainer_style(Sequential, F, L, optimizers)


def chainer() -> Callable[[], object]:
    import chainer.functions as F
    import chainer.links as L
    from chainer import Sequential, optimizers

    return _chainer_style(Sequential, F, L, optimizers)


def _chainer_style(sequential, F, L, optimizers) -> Callable[[], object]:  # type: ignore[no-untyped-def]
    model = L.Classifier(sequential(L.Linear(784, 1000), F.relu, L.Linear(1000, 1000), F.relu, L.Linear(1000, 10)))
    model.compute_accuracy = False
    optimizer = optimizers.Adam().setup(model)

    def step() -> object:
        optimizer.update(model, X, T)
        return model.loss

    return step


def torch() -> Callable[[], object]:
    import torch
    from torch import nn

    model = nn.Sequential(nn.Linear(784, 1000), nn.ReLU(), nn.Linear(1000, 1000), nn.ReLU(), nn.Linear(1000, 10))
    optimizer = torch.optim.Adam(model.parameters())
    x, t = torch.tensor(X), torch.tensor(T, dtype=torch.long)

    def step() -> object:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), t)
        loss.backward()
        optimizer.step()
        return loss

    return step
