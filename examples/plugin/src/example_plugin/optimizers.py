"""An optimizer: how one array is updated by its gradient."""

from __future__ import annotations

from catenary.optimizers import GradientMethod, HyperparameterProxy, UpdateRule
from catenary.types import Array, ArrayModule


class SignSGDRule(UpdateRule):
    """The rule of `SignSGD`."""

    def step(self, xp: ArrayModule, p: Array, g: Array) -> None:
        p -= self.hp.lr * xp.sign(g)


class SignSGD(GradientMethod):
    """Gradient descent by the sign of the gradient alone: p -= lr sign(g).

    Source: Bernstein et al., "signSGD: Compressed Optimisation for Non-Convex Problems" (2018).

    Args:
        lr: The step that each element makes.

    Example:
        >>> from catenary import optimizers
        >>> optimizers.get("SignSGD", lr=0.01).lr
        0.01
    """

    rule = SignSGDRule
    lr = HyperparameterProxy()

    def __init__(self, lr: float = 0.001) -> None:
        super().__init__(lr=lr)
