"""Stochastic gradient descent, with and without momentum."""

from __future__ import annotations

from catenary.types import Array, ArrayModule
from catenary_optimizers.hyperparameter import HyperparameterProxy
from catenary_optimizers.optimizer import GradientMethod
from catenary_optimizers.update_rule import UpdateRule


class SGDRule(UpdateRule):
    """The rule of `SGD`."""

    def step(self, xp: ArrayModule, p: Array, g: Array) -> None:
        p -= self.hp.lr * g


class SGD(GradientMethod):
    """Stochastic gradient descent: p -= lr g.

    Args:
        lr: The learning rate.

    Example:
        >>> from catenary.optimizers import SGD
        >>> SGD(lr=0.1).lr
        0.1
    """

    rule = SGDRule
    lr = HyperparameterProxy()

    def __init__(self, lr: float = 0.01) -> None:
        super().__init__(lr=lr)


class MomentumSGDRule(UpdateRule):
    """The rule of `MomentumSGD`."""

    state_names = ("v",)

    def step(self, xp: ArrayModule, p: Array, g: Array, v: Array) -> None:
        v *= self.hp.momentum
        v -= self.hp.lr * g
        p += v


class MomentumSGD(GradientMethod):
    """Stochastic gradient descent with momentum: v = momentum v - lr g, p += v.

    Source: Polyak, "Some methods of speeding up the convergence of iteration methods" (1964).

    Args:
        lr: The learning rate.
        momentum: What the velocity keeps of itself.

    Example:
        >>> from catenary.optimizers import MomentumSGD
        >>> MomentumSGD().momentum
        0.9
    """

    rule = MomentumSGDRule
    lr = HyperparameterProxy()
    momentum = HyperparameterProxy()

    def __init__(self, lr: float = 0.01, momentum: float = 0.9) -> None:
        super().__init__(lr=lr, momentum=momentum)
