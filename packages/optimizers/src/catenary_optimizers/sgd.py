"""Stochastic gradient descent, without and with momentum of several kinds, and by its sign."""

from __future__ import annotations

from catenary.types import Array, ArrayModule
from catenary_optimizers.gradient_method import GradientMethod
from catenary_optimizers.hyperparameter import HyperparameterProxy
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


class CorrectedMomentumSGDRule(UpdateRule):
    """The rule of `CorrectedMomentumSGD`."""

    state_names = ("v",)

    def step(self, xp: ArrayModule, p: Array, g: Array, v: Array) -> None:
        v *= self.hp.momentum
        v -= g
        p += self.hp.lr * v


class CorrectedMomentumSGD(GradientMethod):
    """Momentum whose velocity is free of the learning rate: v = momentum v - g, p += lr v.

    With a constant learning rate this is `MomentumSGD`; a change of the learning rate acts on the whole velocity at
    once.

    Source: Goyal et al., "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour" (2017), section 3.

    Args:
        lr: The learning rate.
        momentum: What the velocity keeps of itself.

    Example:
        >>> from catenary.optimizers import CorrectedMomentumSGD
        >>> CorrectedMomentumSGD().momentum
        0.9
    """

    rule = CorrectedMomentumSGDRule
    lr = HyperparameterProxy()
    momentum = HyperparameterProxy()

    def __init__(self, lr: float = 0.01, momentum: float = 0.9) -> None:
        super().__init__(lr=lr, momentum=momentum)


class NesterovAGRule(UpdateRule):
    """The rule of `NesterovAG`."""

    state_names = ("v",)

    def step(self, xp: ArrayModule, p: Array, g: Array, v: Array) -> None:
        momentum = self.hp.momentum
        d = self.hp.lr * g
        v *= momentum
        v -= d
        p += momentum**2 * v
        d *= 1 + momentum
        p -= d


class NesterovAG(GradientMethod):
    """Nesterov's accelerated gradient: v = momentum v - lr g, p += momentum^2 v - (1 + momentum) lr g.

    The velocity in the second formula is the new one, as in Chainer; the paper has the old one there.

    Source: Bengio, Boulanger-Lewandowski, Pascanu, "Advances in Optimizing Recurrent Networks" (2012), equations 6
    and 7.

    Args:
        lr: The learning rate.
        momentum: What the velocity keeps of itself.

    Example:
        >>> from catenary.optimizers import NesterovAG
        >>> NesterovAG().momentum
        0.9
    """

    rule = NesterovAGRule
    lr = HyperparameterProxy()
    momentum = HyperparameterProxy()

    def __init__(self, lr: float = 0.01, momentum: float = 0.9) -> None:
        super().__init__(lr=lr, momentum=momentum)


class LionRule(UpdateRule):
    """The rule of `Lion`."""

    state_names = ("m",)

    def step(self, xp: ArrayModule, p: Array, g: Array, m: Array) -> None:
        hp = self.hp
        d = xp.sign(hp.beta1 * m + (1 - hp.beta1) * g)
        m += (1 - hp.beta2) * (g - m)
        d += hp.weight_decay_rate * p
        d *= hp.eta * hp.alpha
        p -= d


class Lion(GradientMethod):
    """Lion: steps of one size, by the sign of the gradient mixed with its running mean.

    Source: Chen et al., "Symbolic Discovery of Optimization Algorithms" (2023). As there, the decay is multiplied by
    `alpha`, too.

    Args:
        alpha: The step size.
        beta1: The part of the running mean in the mixture.
        beta2: What the running mean keeps of itself.
        eta: A factor for the whole step, for schedules.
        weight_decay_rate: The multiple of a parameter that is added to its step.

    Example:
        >>> from catenary.optimizers import Lion
        >>> Lion().beta2
        0.99
    """

    rule = LionRule
    alpha = HyperparameterProxy()
    beta1 = HyperparameterProxy()
    beta2 = HyperparameterProxy()
    eta = HyperparameterProxy()
    weight_decay_rate = HyperparameterProxy()

    def __init__(
        self,
        alpha: float = 0.0001,
        beta1: float = 0.9,
        beta2: float = 0.99,
        eta: float = 1.0,
        weight_decay_rate: float = 0.0,
    ) -> None:
        super().__init__(alpha=alpha, beta1=beta1, beta2=beta2, eta=eta, weight_decay_rate=weight_decay_rate)
