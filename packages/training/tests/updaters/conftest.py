"""A model without random numbers, and an optimizer that also takes gradients that are there."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import catenary


class Line(catenary.Chain):
    """t = W x + b; the numbers of Chainer in these tests begin with the same weights."""

    def __init__(self):
        super().__init__()
        with self.init_scope():
            self.W = catenary.Parameter(np.array([[0.5], [-0.25]], np.float32))
            self.b = catenary.Parameter(0.0, (1,))

    def forward(self, x, t):
        difference = x @ self.W + self.b - t
        loss = (difference * difference).sum() / len(x)
        catenary.report({"loss": loss}, self)
        return loss


class Momentum:
    """Gradient descent with momentum, with gradients of a loss or those that are there."""

    def __init__(self, target, lr=0.05):
        self.target = target
        self.lr = lr
        self.t = self.epoch = 0
        self.scale = 1.0
        self.v = {}

    def set_loss_scale(self, scale):
        self.scale = scale

    def update(self, lossfun=None, *args):
        if lossfun is not None:
            self.target.cleargrads()
            lossfun(*args).backward(loss_scale=self.scale)
        self.t += 1
        for name, param in self.target.namedparams():
            step = np.float32(self.lr / self.scale) * param.grad
            self.v[name] = np.float32(0.9) * self.v[name] - step if name in self.v else -step
            param.array[...] = param.array + self.v[name]

    def new_epoch(self, auto=False):
        self.epoch += 1

    def serialize(self, serializer):
        self.t = serializer("t", self.t)


def number(value):
    """Return an observed value as a float, from whatever device."""
    return float(catenary.get_device("@numpy").send(getattr(value, "array", value)))


@pytest.fixture
def line():
    x = np.arange(20, dtype=np.float32).reshape(10, 2) / 10
    return SimpleNamespace(
        Model=Line, Optimizer=Momentum, number=number, data=list(zip(x, x.sum(axis=1, keepdims=True)))
    )
