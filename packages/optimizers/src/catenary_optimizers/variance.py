"""Optimizers that weigh steps by the variance of gradients: RMSpropGraves, SMORMS3, MSVAG."""

from __future__ import annotations

from catenary import Parameter
from catenary.types import Array, ArrayModule
from catenary_optimizers.gradient_method import GradientMethod
from catenary_optimizers.hyperparameter import HyperparameterProxy
from catenary_optimizers.update_rule import UpdateRule


class RMSpropGravesRule(UpdateRule):
    """The rule of `RMSpropGraves`."""

    state_names = ("n", "g", "delta")

    def step(self, xp: ArrayModule, p: Array, g: Array, n: Array, mean: Array, delta: Array) -> None:
        hp = self.hp
        n += (1 - hp.alpha) * (g * g - n)
        mean += (1 - hp.alpha) * (g - mean)
        delta *= hp.momentum
        delta -= hp.lr * g / xp.sqrt(n - mean * mean + hp.eps)
        p += delta


class RMSpropGraves(GradientMethod):
    """RMSprop with momentum, divided by the running standard deviation of gradients.

    Source: Graves, "Generating Sequences With Recurrent Neural Networks" (2013), equations 38 to 45.

    Args:
        lr: The learning rate.
        alpha: What the running means keep of themselves.
        momentum: What the step keeps of the step before.
        eps: Added under the root.

    Example:
        >>> from catenary.optimizers import RMSpropGraves
        >>> RMSpropGraves().alpha
        0.95
    """

    rule = RMSpropGravesRule
    lr = HyperparameterProxy()
    alpha = HyperparameterProxy()
    momentum = HyperparameterProxy()
    eps = HyperparameterProxy()

    def __init__(self, lr: float = 0.0001, alpha: float = 0.95, momentum: float = 0.9, eps: float = 0.0001) -> None:
        super().__init__(lr=lr, alpha=alpha, momentum=momentum, eps=eps)


class SMORMS3Rule(UpdateRule):
    """The rule of `SMORMS3`."""

    state_names = ("mem", "g", "g2")

    def init_state(self, param: Parameter) -> None:
        super().init_state(param)
        assert self.state is not None
        self.state["mem"] += 1

    def step(self, xp: ArrayModule, p: Array, g: Array, mem: Array, mean: Array, square: Array) -> None:
        lr, eps = self.hp.lr, self.hp.eps
        r = 1 / (mem + 1)
        mean += r * (g - mean)
        square += r * (g * g - square)
        x = mean * mean / (square + eps)
        p -= g * xp.minimum(lr, x) / (xp.sqrt(square) + eps)
        mem *= 1 - x
        mem += 1


class SMORMS3(GradientMethod):
    """SMORMS3: RMSprop whose memory of gradients adapts to how much they agree, which bounds the step, too.

    Source: Funk, "RMSprop loses to SMORMS3 - Beware the Epsilon!" (2015).

    Args:
        lr: The largest learning rate.
        eps: Added to the denominators.

    Example:
        >>> from catenary.optimizers import SMORMS3
        >>> SMORMS3().lr
        0.001
    """

    rule = SMORMS3Rule
    lr = HyperparameterProxy()
    eps = HyperparameterProxy()

    def __init__(self, lr: float = 0.001, eps: float = 1e-16) -> None:
        super().__init__(lr=lr, eps=eps)


class MSVAGRule(UpdateRule):
    """The rule of `MSVAG`."""

    state_names = ("m", "v")

    def step(self, xp: ArrayModule, p: Array, g: Array, m: Array, v: Array) -> None:
        hp = self.hp
        m += (1 - hp.beta) * (g - m)
        v += (1 - hp.beta) * (g * g - v)
        power = hp.beta ** max(self.t, 1)
        mean = m / (1 - power)
        square = mean * mean
        rho = (1 - hp.beta) * (1 + power) / ((1 + hp.beta) * (1 - power))  # the variance of the mean, by that of g
        if self.t > 1 and rho < 1:  # of a single gradient nothing is known about the variance
            variance = xp.maximum(v / (1 - power) - square, 0) / (1 - rho)
            total = square + rho * variance
            mean *= square / xp.where(total > 0, total, 1)
        p -= hp.eta * (hp.lr * mean + hp.weight_decay_rate * p)


class MSVAG(GradientMethod):
    """M-SVAG: momentum where each element's step is shortened by its estimated relative variance.

    Source: Balles, Hennig, "Dissecting Adam: The Sign, Magnitude and Variance of Stochastic Gradients" (2018).

    Args:
        lr: The learning rate.
        beta: What the running means keep of themselves.
        eta: A factor for the whole step, for schedules.
        weight_decay_rate: The part of a parameter that is taken off at each step.

    Example:
        >>> from catenary.optimizers import MSVAG
        >>> MSVAG().beta
        0.9
    """

    rule = MSVAGRule
    lr = HyperparameterProxy()
    beta = HyperparameterProxy()
    eta = HyperparameterProxy()
    weight_decay_rate = HyperparameterProxy()

    def __init__(self, lr: float = 0.1, beta: float = 0.9, eta: float = 1.0, weight_decay_rate: float = 0.0) -> None:
        super().__init__(lr=lr, beta=beta, eta=eta, weight_decay_rate=weight_decay_rate)
