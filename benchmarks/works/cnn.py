"""A small convolutional network: four times convolution, batch normalization and ReLU on 64 images of 3x32x32."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.frameworks import library
from benchmarks.steps import Step, torch_training, training

TITLE = "CNN, 4 conv-BN-ReLU on 64x3x32x32, one step of SGD"

RNG = np.random.default_rng(0)
X = RNG.random((64, 3, 32, 32), np.float32)
T = RNG.integers(0, 10, 64).astype(np.int32)
CHANNELS = (3, 32, 32, 64, 64)


def catenary() -> Step:
    return _chainer_style(library("catenary"))


def chainer() -> Step:
    return _chainer_style(library("chainer"))


def _chainer_style(ct: Any) -> Step:
    model = network(ct)
    return training(ct.optimizers.SGD(0.1).setup(model), lambda: ct.functions.softmax_cross_entropy(model(X), T))


def network(ct: Any) -> Any:
    F, L = ct.functions, ct.links
    layers: list[Any] = []
    for i, (before, after) in enumerate(pairwise(CHANNELS)):
        layers += [L.Convolution2D(before, after, 3, pad=1), L.BatchNormalization(after), F.relu]
        if i == 1:
            layers.append(lambda x: F.max_pooling_2d(x, 2))
    return ct.Sequential(*layers, lambda x: F.average_pooling_2d(x, 16), L.Linear(64, 10))


def torch() -> Step:
    import torch

    model = torch_network()
    x, t = torch.tensor(X), torch.tensor(T, dtype=torch.long)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    return torch_training(optimizer, lambda: torch.nn.functional.cross_entropy(model(x), t))


def torch_network() -> Any:
    from torch import nn

    layers: list[nn.Module] = []
    for i, (before, after) in enumerate(pairwise(CHANNELS)):
        layers += [nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU()]
        if i == 1:
            layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.AvgPool2d(16), nn.Flatten(), nn.Linear(64, 10))
