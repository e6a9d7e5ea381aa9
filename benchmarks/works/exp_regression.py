"""The regression of exp(x) by a network 1-16-32-1 with leaky ReLU: one step of Adam on a batch of 100."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

TITLE = "exp regression 1-16-32-1, batch 100, one step of Adam"

X = np.random.default_rng(0).random((100, 1)).astype(np.float32)
T = np.exp(X)
SIZES = (1, 16, 32, 1)


def catenary() -> Callable[[], object]:
    import catenary.functions as F
    import catenary.links as L
    from catenary import Chain, optimizers

    return _chainer_style(Chain, F, L, optimizers)


def chainer() -> Callable[[], object]:
    import chainer.functions as F
    import chainer.links as L
    from chainer import Chain, optimizers

    return _chainer_style(Chain, F, L, optimizers)


def _chainer_style(chain, F, L, optimizers) -> Callable[[], object]:  # type: ignore[no-untyped-def]
    class Network(chain):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(l1=L.Linear(1, 16), l2=L.Linear(16, 32), l3=L.Linear(32, 1))

        def __call__(self, x, t):  # type: ignore[no-untyped-def]
            h = F.leaky_relu(self.l1(x))
            h = F.leaky_relu(self.l2(h))
            return F.mean_squared_error(F.leaky_relu(self.l3(h)), t)

    model = Network()
    optimizer = optimizers.Adam().setup(model)

    def step() -> object:
        model.cleargrads()
        loss = model(X, T)
        loss.backward()
        optimizer.update()
        return loss

    return step


def torch() -> Callable[[], object]:
    import torch
    from torch import nn
    from torch.nn.functional import leaky_relu, mse_loss

    l1, l2, l3 = (nn.Linear(i, o) for i, o in pairwise(SIZES))
    optimizer = torch.optim.Adam([p for layer in (l1, l2, l3) for p in layer.parameters()])
    x, t = torch.tensor(X), torch.tensor(T)

    def step() -> object:
        optimizer.zero_grad()
        h = leaky_relu(l1(x), 0.2)
        h = leaky_relu(l2(h), 0.2)
        loss = mse_loss(leaky_relu(l3(h), 0.2), t)
        loss.backward()
        optimizer.step()
        return loss

    return step
