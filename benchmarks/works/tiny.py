"""150 tiny operations on 10 elements, forward and backward: what a call costs, and little else."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.frameworks import library
from benchmarks.steps import Step

TITLE = "tiny operations (150 on 10 elements), forward and backward"
STEPS = 50  # of three operations each

RNG = np.random.default_rng(0)
X, W, B, G = (RNG.uniform(-1, 1, 10).astype(np.float32) for _ in range(4))


def catenary() -> Step:
    return _chainer_style(library("catenary"))


def chainer() -> Step:
    return _chainer_style(library("chainer"))


def _chainer_style(ct: Any) -> Step:
    x, w, b = ct.Variable(X), ct.Variable(W), ct.Variable(B)
    tanh = ct.functions.tanh

    def step() -> object:
        for v in (x, w, b):
            v.cleargrad()
        h = x
        for _ in range(STEPS):
            h = tanh(h * w + b)
        h.grad = G
        h.backward()
        return x.grad

    return step


def torch() -> Step:
    import torch

    x, w, b = (torch.tensor(a, requires_grad=True) for a in (X, W, B))
    g = torch.tensor(G)

    def step() -> object:
        for v in (x, w, b):
            v.grad = None
        h = x
        for _ in range(STEPS):
            h = torch.tanh(h * w + b)
        h.backward(g)
        return x.grad

    return step
