"""The regression of exp(x) by a network 1-16-32-1 with leaky ReLU: one step of Adam on a batch of 100."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.frameworks import library
from benchmarks.steps import Step, torch_training, training

TITLE = "exp regression 1-16-32-1, batch 100, one step of Adam"

X = np.random.default_rng(0).random((100, 1)).astype(np.float32)
T = np.exp(X)
SIZES = (1, 16, 32, 1)


def catenary() -> Step:
    return _chainer_style(library("catenary"))


def chainer() -> Step:
    return _chainer_style(library("chainer"))


def _chainer_style(ct: Any) -> Step:
    F, L = ct.functions, ct.links
    model = ct.Chain(l1=L.Linear(1, 16), l2=L.Linear(16, 32), l3=L.Linear(32, 1))

    def loss() -> Any:
        h = F.leaky_relu(model.l1(X))
        h = F.leaky_relu(model.l2(h))
        return F.mean_squared_error(F.leaky_relu(model.l3(h)), T)

    return training(ct.optimizers.Adam().setup(model), loss)


def torch() -> Step:
    import torch
    from torch import nn
    from torch.nn.functional import leaky_relu, mse_loss

    l1, l2, l3 = (nn.Linear(i, o) for i, o in pairwise(SIZES))
    optimizer = torch.optim.Adam([p for layer in (l1, l2, l3) for p in layer.parameters()])
    x, t = torch.tensor(X), torch.tensor(T)

    def loss() -> Any:
        h = leaky_relu(l1(x), 0.2)
        h = leaky_relu(l2(h), 0.2)
        return mse_loss(leaky_relu(l3(h), 0.2), t)

    return torch_training(optimizer, loss)
