"""A network 784-1000-1000-10 as on MNIST: one step of Adam on a batch of 100."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.frameworks import library
from benchmarks.steps import Step, torch_training, training

TITLE = "MLP 784-1000-1000-10 (MNIST), batch 100, one step of Adam"

RNG = np.random.default_rng(0)
X = RNG.random((100, 784), np.float32)
T = RNG.integers(0, 10, 100).astype(np.int32)
SIZES = (784, 1000, 1000, 10)


def catenary() -> Step:
    return _chainer_style(library("catenary"))


def chainer() -> Step:
    return _chainer_style(library("chainer"))


def _chainer_style(ct: Any) -> Step:
    model = network(ct)
    return training(ct.optimizers.Adam().setup(model), lambda: ct.functions.softmax_cross_entropy(model(X), T))


def network(ct: Any) -> Any:
    F, L = ct.functions, ct.links
    return ct.Sequential(L.Linear(784, 1000), F.relu, L.Linear(1000, 1000), F.relu, L.Linear(1000, 10))


def numpy() -> Step:
    """The same by hand, with every large buffer made once: what NumPy itself allows."""
    rng = np.random.default_rng(1)
    Ws = [rng.standard_normal((o, i), np.float32) / np.float32(i) ** 0.5 for i, o in pairwise(SIZES)]
    bs = [np.zeros(o, np.float32) for o in SIZES[1:]]
    params = [*Ws, *bs]
    grads, ms, vs = ([np.zeros_like(p) for p in params] for _ in range(3))
    ts = [np.empty_like(p) for p in params]
    rows = np.arange(len(T))
    t = 0

    def step() -> object:
        nonlocal t
        hs = [X]
        for i, (W, b) in enumerate(zip(Ws, bs, strict=True)):
            h = hs[-1].dot(W.T)
            h += b
            hs.append(np.maximum(h, 0) if i < 2 else h)
        p = np.exp(hs[-1] - hs[-1].max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        loss = -np.log(p[rows, T]).mean()
        p[rows, T] -= 1
        g = p / np.float32(len(T))
        for i in (2, 1, 0):
            np.dot(g.T, hs[i], out=grads[i])
            g.sum(0, out=grads[3 + i])
            if i:
                g = g.dot(Ws[i])
                g *= hs[i] > 0
        t += 1
        lr = 0.001 * (1 - 0.999**t) ** 0.5 / (1 - 0.9**t)
        for arrays in zip(params, grads, ms, vs, ts, strict=True):
            adam_in_pieces(lr, *(a.reshape(-1) for a in arrays))
        return loss

    return step


def adam_in_pieces(lr: float, *arrays: np.ndarray) -> None:
    for start in range(0, arrays[0].size, 2**16):
        p, g, m, v, t = (a[start : start + 2**16] for a in arrays)
        np.subtract(g, m, out=t)
        t *= 0.1
        m += t
        np.multiply(g, g, out=t)
        t -= v
        t *= 0.001
        v += t
        np.sqrt(v, out=t)
        t += 1e-8
        np.divide(m, t, out=t)
        t *= lr
        p -= t


def torch() -> Step:
    return _torch(fused=False)


def torch_fused() -> Step:
    return _torch(fused=True)


def _torch(fused: bool) -> Step:
    import torch

    model = torch_network()
    optimizer = torch.optim.Adam(model.parameters(), fused=fused)
    x, t = torch.tensor(X), torch.tensor(T, dtype=torch.long)
    return torch_training(optimizer, lambda: torch.nn.functional.cross_entropy(model(x), t))


def torch_network() -> Any:
    from torch import nn

    return nn.Sequential(nn.Linear(784, 1000), nn.ReLU(), nn.Linear(1000, 1000), nn.ReLU(), nn.Linear(1000, 10))
