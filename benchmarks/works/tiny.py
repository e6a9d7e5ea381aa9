"""150 tiny operations on 10 elements, forward and backward: what a call costs, and little else."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

TITLE = "tiny operations (150 on 10 elements), forward and backward"
STEPS = 50  # of three operations each

RNG = np.random.default_rng(0)
X, W, B, G = (RNG.uniform(-1, 1, 10).astype(np.float32) for _ in range(4))


def catenary() -> Callable[[], object]:
    import catenary.functions as F
    from catenary import Variable

    return _chainer_style(Variable, F)


def chainer() -> Callable[[], object]:
    import chainer.functions as F
    from chainer import Variable

    return _chainer_style(Variable, F)


def _chainer_style(variable, F) -> Callable[[], object]:  # type: ignore[no-untyped-def]
    x, w, b = variable(X), variable(W), variable(B)

    def step() -> object:
        for v in (x, w, b):
            v.cleargrad()
        h = x
        for _ in range(STEPS):
            h = F.tanh(h * w + b)
        h.grad = G
        h.backward()
        return x.grad

    return step


def torch() -> Callable[[], object]:
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
