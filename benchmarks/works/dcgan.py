"""DCGAN (Radford, Metz and Chintala, 2015) with half of the paper's channels, on 32 images of 3x64x64.

A step makes images, trains the discriminator on real ones and on them, and then the generator through it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.frameworks import library
from benchmarks.steps import Step

TITLE = "DCGAN, 32 images of 3x64x64, one step of Adam for each of both networks"

NOISE, CHANNELS, BATCH = 100, (64, 128, 256, 512), 32
RNG = np.random.default_rng(0)
X = RNG.uniform(-1, 1, (BATCH, 3, 64, 64)).astype(np.float32)
Z = RNG.standard_normal((BATCH, NOISE, 1, 1), np.float32)


def catenary() -> Step:
    return _chainer_style(library("catenary"))


def chainer() -> Step:
    return _chainer_style(library("chainer"))


def _chainer_style(ct: Any) -> Step:
    F = ct.functions
    make, judge = generator(ct), discriminator(ct)
    of_make, of_judge = (ct.optimizers.Adam(0.0002, beta1=0.5).setup(model) for model in (make, judge))

    def step() -> Any:
        made = make(Z)
        loss = F.mean(F.softplus(-judge(X))) + F.mean(F.softplus(judge(made.array)))
        judge.cleargrads()
        loss.backward()
        of_judge.update()
        loss_of_make = F.mean(F.softplus(-judge(made)))
        make.cleargrads()
        loss_of_make.backward()
        of_make.update()
        return loss_of_make

    return step


def generator(ct: Any) -> Any:
    F, L = ct.functions, ct.links
    layers = [L.Deconvolution2D(NOISE, CHANNELS[-1], 4, nobias=True), L.BatchNormalization(CHANNELS[-1]), F.relu]
    for before, after in pairwise(reversed(CHANNELS)):
        layers += [L.Deconvolution2D(before, after, 4, 2, 1, nobias=True), L.BatchNormalization(after), F.relu]
    return ct.Sequential(*layers, L.Deconvolution2D(CHANNELS[0], 3, 4, 2, 1, nobias=True), F.tanh)


def discriminator(ct: Any) -> Any:
    F, L = ct.functions, ct.links
    layers = [L.Convolution2D(3, CHANNELS[0], 4, 2, 1, nobias=True), F.leaky_relu]
    for before, after in pairwise(CHANNELS):
        layers += [L.Convolution2D(before, after, 4, 2, 1, nobias=True), L.BatchNormalization(after), F.leaky_relu]
    return ct.Sequential(*layers, L.Convolution2D(CHANNELS[-1], 1, 4, nobias=True))


def torch() -> Step:
    import torch
    from torch.nn.functional import softplus

    make, judge = torch_generator(), torch_discriminator()
    of_make, of_judge = (torch.optim.Adam(m.parameters(), 0.0002, betas=(0.5, 0.999)) for m in (make, judge))
    x, z = torch.tensor(X), torch.tensor(Z)

    def step() -> Any:
        made = make(z)
        loss = softplus(-judge(x)).mean() + softplus(judge(made.detach())).mean()
        of_judge.zero_grad()
        loss.backward()
        of_judge.step()
        loss_of_make = softplus(-judge(made)).mean()
        of_make.zero_grad()
        loss_of_make.backward()
        of_make.step()
        return loss_of_make

    return step


def torch_generator() -> Any:
    from torch import nn

    layers: list[nn.Module] = [
        nn.ConvTranspose2d(NOISE, CHANNELS[-1], 4, bias=False), nn.BatchNorm2d(CHANNELS[-1]), nn.ReLU(inplace=True),
    ]  # fmt: skip
    for before, after in pairwise(reversed(CHANNELS)):
        layers += [
            nn.ConvTranspose2d(before, after, 4, 2, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True),
        ]  # fmt: skip
    return nn.Sequential(*layers, nn.ConvTranspose2d(CHANNELS[0], 3, 4, 2, 1, bias=False), nn.Tanh())


def torch_discriminator() -> Any:
    from torch import nn

    layers: list[nn.Module] = [nn.Conv2d(3, CHANNELS[0], 4, 2, 1, bias=False), nn.LeakyReLU(0.2, inplace=True)]
    for before, after in pairwise(CHANNELS):
        layers += [
            nn.Conv2d(before, after, 4, 2, 1, bias=False), nn.BatchNorm2d(after), nn.LeakyReLU(0.2, inplace=True),
        ]  # fmt: skip
    return nn.Sequential(*layers, nn.Conv2d(CHANNELS[-1], 1, 4, bias=False))
