"""Optimizers with a step size for each element: AdaGrad, AdaDelta, RMSprop, Adam."""

from __future__ import annotations

import math
from typing import ClassVar

from catenary.types import Array, ArrayModule
from catenary_optimizers.gradient_method import GradientMethod
from catenary_optimizers.hyperparameter import Hyperparameter, HyperparameterProxy
from catenary_optimizers.update_rule import UpdateRule


class AdaGradRule(UpdateRule):
    """The rule of `AdaGrad`."""

    state_names = ("h",)

    def step(self, xp: ArrayModule, p: Array, g: Array, h: Array) -> None:
        h += g * g
        p -= self.hp.lr * g / (xp.sqrt(h) + self.hp.eps)


class AdaGrad(GradientMethod):
    """AdaGrad: steps become shorter where gradients were large.

    Source: Duchi, Hazan, Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization"
    (2011).

    Args:
        lr: The learning rate.
        eps: Added to the denominator.

    Example:
        >>> from catenary.optimizers import AdaGrad
        >>> AdaGrad().lr
        0.001
    """

    rule = AdaGradRule
    lr = HyperparameterProxy()
    eps = HyperparameterProxy()

    def __init__(self, lr: float = 0.001, eps: float = 1e-8) -> None:
        super().__init__(lr=lr, eps=eps)


class AdaDeltaRule(UpdateRule):
    """The rule of `AdaDelta`."""

    state_names = ("msg", "msdx")

    def step(self, xp: ArrayModule, p: Array, g: Array, msg: Array, msdx: Array) -> None:
        rho, eps = self.hp.rho, self.hp.eps
        msg += (1 - rho) * (g * g - msg)
        dx = xp.sqrt((msdx + eps) / (msg + eps)) * g
        msdx += (1 - rho) * (dx * dx - msdx)
        p -= dx


class AdaDelta(GradientMethod):
    """AdaDelta: steps of the size of earlier steps; no learning rate.

    Source: Zeiler, "ADADELTA: An Adaptive Learning Rate Method" (2012).

    Args:
        rho: What the running means keep of themselves.
        eps: Added under both roots.

    Example:
        >>> from catenary.optimizers import AdaDelta
        >>> AdaDelta().rho
        0.95
    """

    rule = AdaDeltaRule
    rho = HyperparameterProxy()
    eps = HyperparameterProxy()

    def __init__(self, rho: float = 0.95, eps: float = 1e-6) -> None:
        super().__init__(rho=rho, eps=eps)


class RMSpropRule(UpdateRule):
    """The rule of `RMSprop`."""

    state_names = ("ms",)

    def step(self, xp: ArrayModule, p: Array, g: Array, ms: Array) -> None:
        hp = self.hp
        ms += (1 - hp.alpha) * (g * g - ms)
        p -= hp.lr * g / (xp.sqrt(ms + hp.eps) if hp.eps_inside_sqrt else xp.sqrt(ms) + hp.eps)


class RMSprop(GradientMethod):
    """RMSprop: steps divided by the running root mean square of gradients.

    Source: Tieleman, Hinton, "Lecture 6.5: rmsprop", Neural Networks for Machine Learning (2012).

    Args:
        lr: The learning rate.
        alpha: What the running mean keeps of itself.
        eps: Added to the denominator.
        eps_inside_sqrt: Whether it is added under the root instead.

    Example:
        >>> from catenary.optimizers import RMSprop
        >>> RMSprop().alpha
        0.99
    """

    rule = RMSpropRule
    lr = HyperparameterProxy()
    alpha = HyperparameterProxy()
    eps = HyperparameterProxy()
    eps_inside_sqrt = HyperparameterProxy()

    def __init__(self, lr: float = 0.01, alpha: float = 0.99, eps: float = 1e-8, eps_inside_sqrt: bool = False) -> None:
        super().__init__(lr=lr, alpha=alpha, eps=eps, eps_inside_sqrt=eps_inside_sqrt)


def corrected_rate(hp: Hyperparameter, t: int) -> float:
    """Return the step size alpha with the correction of the bias that means have in the first steps.

    Args:
        hp: The hyperparameters `alpha`, `beta1` and `beta2`.
        t: The number of the update, from 1; 0 counts as 1.
    """
    t = max(t, 1)
    return float(hp.alpha * math.sqrt(1 - hp.beta2**t) / (1 - hp.beta1**t))


class AdamRule(UpdateRule):
    """The rule of `Adam`."""

    state_names: ClassVar[tuple[str, ...]] = ("m", "v")

    @property
    def lr(self) -> float:
        """The step size of the next or running update, with the correction of the first steps' bias."""
        return corrected_rate(self.hp, self.t)

    def step(self, xp: ArrayModule, p: Array, g: Array, m: Array, v: Array, *more: Array) -> None:
        hp = self.hp
        # m += (1 - beta1) (g - m), v += (1 - beta2) (g^2 - v), p -= lr m / (sqrt(v) + eps): written with few temporary
        # arrays, which spares memory traffic for large parameters.
        t = g - m
        t *= 1 - hp.beta1
        m += t
        t = g * g
        t -= v
        t *= 1 - hp.beta2
        v += t
        p -= self.change(xp, p, m, self.spread(xp, v, *more))

    def spread(self, xp: ArrayModule, v: Array) -> Array:
        """Return a new array: what the running mean of gradients is divided by."""
        d = xp.sqrt(v)
        d += self.hp.eps
        return d

    def change(self, xp: ArrayModule, p: Array, m: Array, spread: Array) -> Array:
        """Return a new array: what is taken off the parameter."""
        d = m / spread
        d *= self.hp.eta * self.lr
        return d


class AdamMethod(GradientMethod):
    """Base of optimizers with rules like `AdamRule`."""

    @property
    def lr(self) -> float:
        """The step size of the last update: `alpha` with the correction of the first steps' bias."""
        return corrected_rate(self.hyperparam, self.t)

    @property
    def alpha_t(self) -> float:
        """Another name of `lr`."""
        return self.lr


class Adam(AdamMethod):
    """Adam: running means of gradients and of their squares.

    Source: Kingma, Ba, "Adam: A Method for Stochastic Optimization" (2014).

    Args:
        alpha: The step size.
        beta1: What the running mean of gradients keeps of itself.
        beta2: What the running mean of squares keeps of itself.
        eps: Added to the denominator.
        eta: A factor for the whole step, for schedules.

    Example:
        >>> from catenary.optimizers import Adam
        >>> Adam().alpha
        0.001
    """

    rule = AdamRule
    alpha = HyperparameterProxy()
    beta1 = HyperparameterProxy()
    beta2 = HyperparameterProxy()
    eps = HyperparameterProxy()
    eta = HyperparameterProxy()

    def __init__(
        self, alpha: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8, eta: float = 1.0
    ) -> None:
        super().__init__(alpha=alpha, beta1=beta1, beta2=beta2, eps=eps, eta=eta)
