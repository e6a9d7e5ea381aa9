"""A small convolutional network: four times convolution, batch normalization and ReLU on 64 images of 3x32x32."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

TITLE = "CNN, 4 conv-BN-ReLU on 64x3x32x32, one step of SGD"

RNG = np.random.default_rng(0)
X = RNG.random((64, 3, 32, 32), np.float32)
T = RNG.integers(0, 10, 64).astype(np.int32)
CHANNELS = (3, 32, 32, 64, 64)


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
    layers: list[object] = []
    for i, (before, after) in enumerate(pairwise(CHANNELS)):
        layers += [L.Convolution2D(before, after, 3, pad=1), L.BatchNormalization(after), F.relu]
        if i == 1:
            layers.append(lambda x: F.max_pooling_2d(x, 2))
    layers += [lambda x: F.average_pooling_2d(x, 16), L.Linear(64, 10)]
    model = L.Classifier(sequential(*layers))
    model.compute_accuracy = False
    optimizer = optimizers.SGD(0.1).setup(model)

    def step() -> object:
        optimizer.update(model, X, T)
        return model.loss

    return step


def torch() -> Callable[[], object]:
    import torch
    from torch import nn

    layers: list[nn.Module] = []
    for i, (before, after) in enumerate(pairwise(CHANNELS)):
        layers += [nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU()]
        if i == 1:
            layers.append(nn.MaxPool2d(2))
    model = nn.Sequential(*layers, nn.AvgPool2d(16), nn.Flatten(), nn.Linear(64, 10))
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    x, t = torch.tensor(X), torch.tensor(T, dtype=torch.long)

    def step() -> object:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), t)
        loss.backward()
        optimizer.step()
        return loss

    return step
