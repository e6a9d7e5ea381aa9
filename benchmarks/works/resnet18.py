"""ResNet-18 (He et al., "Deep Residual Learning for Image Recognition", 2015) on 32 images of 3x64x64."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.frameworks import library
from benchmarks.steps import Step, torch_training, training

TITLE = "ResNet-18 on 32x3x64x64, one step of SGD with momentum"

CLASSES = 1000
RNG = np.random.default_rng(0)
X = RNG.random((32, 3, 64, 64), np.float32)
T = RNG.integers(0, CLASSES, 32).astype(np.int32)
# Channels before and after, and the stride, of each block.
BLOCKS = (
    (64, 64, 1), (64, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2), (256, 256, 1), (256, 512, 2), (512, 512, 1),
)  # fmt: skip


def catenary() -> Step:
    return _chainer_style(library("catenary"))


def chainer() -> Step:
    return _chainer_style(library("chainer"))


def _chainer_style(ct: Any) -> Step:
    model = network(ct)
    optimizer = ct.optimizers.MomentumSGD(0.01, 0.9).setup(model)
    return training(optimizer, lambda: ct.functions.softmax_cross_entropy(model(X), T))


def network(ct: Any) -> Any:
    F, L = ct.functions, ct.links

    def conv_norm(before: int, after: int, size: int, stride: int) -> list[Any]:
        return [L.Convolution2D(before, after, size, stride, size // 2, nobias=True), L.BatchNormalization(after)]

    class Block(ct.Chain):  # type: ignore[misc]
        def __init__(self, before: int, after: int, stride: int) -> None:
            super().__init__()
            with self.init_scope():
                self.main = ct.Sequential(*conv_norm(before, after, 3, stride), F.relu, *conv_norm(after, after, 3, 1))
                if before != after:
                    self.shortcut = ct.Sequential(*conv_norm(before, after, 1, stride))

        def forward(self, x: Any) -> Any:
            return F.relu(self.main(x) + (self.shortcut(x) if hasattr(self, "shortcut") else x))

    return ct.Sequential(
        *conv_norm(3, 64, 7, 2),
        F.relu,
        lambda x: F.max_pooling_2d(x, 3, 2, 1, cover_all=False),
        *(Block(*sizes) for sizes in BLOCKS),
        lambda x: F.mean(x, axis=(2, 3)),
        L.Linear(512, CLASSES),
    )


def torch() -> Step:
    import torch

    model = torch_network()
    optimizer = torch.optim.SGD(model.parameters(), 0.01, 0.9)
    x, t = torch.tensor(X), torch.tensor(T, dtype=torch.long)
    return torch_training(optimizer, lambda: torch.nn.functional.cross_entropy(model(x), t))


def torch_network() -> Any:
    from torch import nn

    def conv_norm(before: int, after: int, size: int, stride: int) -> list[nn.Module]:
        return [nn.Conv2d(before, after, size, stride, size // 2, bias=False), nn.BatchNorm2d(after)]

    class Block(nn.Module):
        def __init__(self, before: int, after: int, stride: int) -> None:
            super().__init__()
            self.main = nn.Sequential(
                *conv_norm(before, after, 3, stride), nn.ReLU(inplace=True), *conv_norm(after, after, 3, 1)
            )
            self.shortcut = nn.Sequential(*conv_norm(before, after, 1, stride) if before != after else ())

        def forward(self, x: Any) -> Any:
            return nn.functional.relu(self.main(x) + self.shortcut(x), inplace=True)

    return nn.Sequential(
        *conv_norm(3, 64, 7, 2),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, 2, 1),
        *(Block(*sizes) for sizes in BLOCKS),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(512, CLASSES),
    )
