"""ResNet-50: one step of training on 64 images of 3x224x224. For GPUs."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.frameworks import library
from benchmarks.steps import Step, torch_training, training

TITLE = "ResNet-50 on 64x3x224x224, one step of SGD with momentum"

RNG = np.random.default_rng(0)
X = RNG.random((64, 3, 224, 224), np.float32)
T = RNG.integers(0, 1000, 64).astype(np.int32)


def catenary() -> Step:
    ct = library("catenary")
    model = ct.links.ResNet50Layers(pretrained_model=None)

    def loss() -> Any:
        return ct.functions.softmax_cross_entropy(model(X, layers=["fc6"])["fc6"], T)

    return training(ct.optimizers.MomentumSGD(0.1).setup(model), loss)


def torch() -> Step:
    import torch
    from torchvision.models import resnet50

    model = resnet50()
    x, t = torch.tensor(X), torch.tensor(T, dtype=torch.long)
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    return torch_training(optimizer, lambda: torch.nn.functional.cross_entropy(model(x), t))
