"""The sweep of Adam alone, over the parameters of the network of `mlp`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

TITLE = "Adam alone, 1.8 million parameters (fused: a compiled single pass)"

SHAPES = ((1000, 784), (1000,), (1000, 1000), (1000,), (10, 1000), (10,))
RNG = np.random.default_rng(0)
PARAMS = [RNG.standard_normal(shape, np.float32) for shape in SHAPES]
GRADS = [RNG.standard_normal(shape, np.float32) for shape in SHAPES]


def catenary() -> Callable[[], object]:
    from catenary import Link, Parameter, optimizers

    link = Link()
    with link.init_scope():
        for i, (param, grad) in enumerate(zip(PARAMS, GRADS, strict=True)):
            setattr(link, f"p{i}", Parameter(param.copy()))
            getattr(link, f"p{i}").grad = grad.copy()
    return optimizers.Adam().setup(link).update


def torch() -> Callable[[], object]:
    return _torch(fused=False)


def torch_fused() -> Callable[[], object]:
    return _torch(fused=True)


def _torch(fused: bool) -> Callable[[], object]:
    import torch

    params = [torch.nn.Parameter(torch.tensor(param)) for param in PARAMS]
    for param, grad in zip(params, GRADS, strict=True):
        param.grad = torch.tensor(grad)
    return torch.optim.Adam(params, fused=fused).step
