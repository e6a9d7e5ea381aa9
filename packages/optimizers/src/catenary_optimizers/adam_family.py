"""Relatives of Adam, each of which changes one part of its rule: AdamW, AMSGrad, AdaBound, AMSBound, LAMB."""

from __future__ import annotations

from typing import ClassVar

from catenary.errors import ArgumentError
from catenary.types import Array, ArrayModule
from catenary_optimizers.adaptive import AdamMethod, AdamRule
from catenary_optimizers.gradient_method import GradientMethod
from catenary_optimizers.hyperparameter import HyperparameterProxy
from catenary_optimizers.update_rule import UpdateRule


class AdamWRule(AdamRule):
    """The rule of `AdamW`."""

    def change(self, xp: ArrayModule, p: Array, m: Array, spread: Array) -> Array:
        d = super().change(xp, p, m, spread)
        d += self.hp.eta * self.hp.weight_decay_rate * p
        return d


class AdamW(AdamMethod):
    """AdamW: Adam, and a part of each parameter that is taken off beside the gradient's step.

    Source: Loshchilov, Hutter, "Decoupled Weight Decay Regularization" (2017), algorithm 2. As there, the decay is
    multiplied by `eta` but not by `alpha`.

    Args:
        alpha: The step size.
        beta1: What the running mean of gradients keeps of itself.
        beta2: What the running mean of squares keeps of itself.
        eps: Added to the denominator.
        eta: A factor for the whole step, for schedules.
        weight_decay_rate: The part of a parameter that is taken off at each step.

    Example:
        >>> from catenary.optimizers import AdamW
        >>> AdamW(weight_decay_rate=1e-5).weight_decay_rate
        1e-05
    """

    rule = AdamWRule
    alpha = HyperparameterProxy()
    beta1 = HyperparameterProxy()
    beta2 = HyperparameterProxy()
    eps = HyperparameterProxy()
    eta = HyperparameterProxy()
    weight_decay_rate = HyperparameterProxy()

    def __init__(
        self,
        alpha: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
        eta: float = 1.0,
        weight_decay_rate: float = 0.0,
    ) -> None:
        super().__init__(alpha=alpha, beta1=beta1, beta2=beta2, eps=eps, eta=eta, weight_decay_rate=weight_decay_rate)


class AMSGradRule(AdamRule):
    """The rule of `AMSGrad`."""

    state_names = ("m", "v", "vhat")

    def spread(self, xp: ArrayModule, v: Array, vhat: Array) -> Array:  # type: ignore[override]
        xp.maximum(vhat, v, out=vhat)
        return super().spread(xp, vhat)


class AMSGrad(AdamMethod):
    """AMSGrad: Adam, divided by the largest running mean of squares so far.

    Source: Reddi, Kale, Kumar, "On the Convergence of Adam and Beyond" (2018), with Adam's correction of the bias.

    Args:
        alpha: The step size.
        beta1: What the running mean of gradients keeps of itself.
        beta2: What the running mean of squares keeps of itself.
        eps: Added to the denominator.
        eta: A factor for the whole step, for schedules.

    Example:
        >>> from catenary.optimizers import AMSGrad
        >>> AMSGrad().alpha
        0.001
    """

    rule = AMSGradRule
    alpha = HyperparameterProxy()
    beta1 = HyperparameterProxy()
    beta2 = HyperparameterProxy()
    eps = HyperparameterProxy()
    eta = HyperparameterProxy()

    def __init__(
        self, alpha: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8, eta: float = 1.0
    ) -> None:
        super().__init__(alpha=alpha, beta1=beta1, beta2=beta2, eps=eps, eta=eta)


class AdaBoundRule(AdamRule):
    """The rule of `AdaBound`."""

    def change(self, xp: ArrayModule, p: Array, m: Array, spread: Array) -> Array:
        hp = self.hp
        final = hp.final_lr * (hp.alpha / hp.initial_alpha if hp.initial_alpha else 1.0)
        passed = hp.gamma * max(self.t, 1)
        d = xp.clip(self.lr / spread, final * (1 - 1 / (passed + 1)), final * (1 + 1 / passed))
        d *= m
        d *= hp.eta
        return d


class AdaBound(AdamMethod):
    """AdaBound: Adam whose step sizes are held between bounds that close in on one learning rate.

    Source: Luo, Xiong, Liu, Sun, "Adaptive Gradient Methods with Dynamic Bound of Learning Rate" (2019), with Adam's
    correction of the bias. When `alpha` is changed later, the bounds change in proportion.

    Args:
        alpha: The step size.
        beta1: What the running mean of gradients keeps of itself.
        beta2: What the running mean of squares keeps of itself.
        final_lr: The learning rate in the end.
        gamma: How fast the bounds close in.
        eps: Added to the denominator.
        eta: A factor for the whole step, for schedules.

    Example:
        >>> from catenary.optimizers import AdaBound
        >>> AdaBound().final_lr
        0.1
    """

    rule: ClassVar[type[UpdateRule]] = AdaBoundRule
    alpha = HyperparameterProxy()
    beta1 = HyperparameterProxy()
    beta2 = HyperparameterProxy()
    final_lr = HyperparameterProxy()
    gamma = HyperparameterProxy()
    eps = HyperparameterProxy()
    eta = HyperparameterProxy()

    def __init__(
        self,
        alpha: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        final_lr: float = 0.1,
        gamma: float = 0.001,
        eps: float = 1e-8,
        eta: float = 1.0,
    ) -> None:
        super().__init__(alpha=alpha, beta1=beta1, beta2=beta2, final_lr=final_lr, gamma=gamma, eps=eps, eta=eta)
        if gamma == 0:
            raise ArgumentError(f"{type(self).__name__}: gamma must be positive, got {gamma}")
        self.hyperparam.initial_alpha = alpha


class AMSBoundRule(AdaBoundRule, AMSGradRule):
    """The rule of `AMSBound`."""


class AMSBound(AdaBound):
    """AMSBound: AdaBound, divided by the largest running mean of squares so far as in AMSGrad.

    Source: Luo, Xiong, Liu, Sun, "Adaptive Gradient Methods with Dynamic Bound of Learning Rate" (2019). Its arguments
    are those of `AdaBound`.

    Example:
        >>> from catenary.optimizers import AMSBound
        >>> AMSBound().gamma
        0.001
    """

    rule = AMSBoundRule


class LAMBRule(AdamRule):
    """The rule of `LAMB`."""

    elementwise = False  # it needs the norms of whole parameters

    def spread(self, xp: ArrayModule, v: Array) -> Array:
        d = xp.sqrt(v / (1 - self.hp.beta2 ** max(self.t, 1)))
        d += self.hp.eps
        return d

    def change(self, xp: ArrayModule, p: Array, m: Array, spread: Array) -> Array:
        hp = self.hp
        d = m / spread
        d /= 1 - hp.beta1 ** max(self.t, 1)
        d += hp.weight_decay_rate * p
        long, wide = xp.sqrt((p * p).sum()), xp.sqrt((d * d).sum())
        known = (long > 0) & (wide > 0)
        d *= hp.eta * hp.alpha * xp.where(known, long / xp.where(known, wide, 1), 1)
        return d


class LAMB(GradientMethod):
    """LAMB: Adam with weight decay, where the length of each parameter's step is in proportion to the parameter's.

    Source: You et al., "Large Batch Optimization for Deep Learning: Training BERT in 76 minutes" (2019), algorithm 2,
    with the norm itself as its function phi; a parameter or step of zeros counts as one of length 1.

    Args:
        alpha: The step size, as a part of a parameter's length.
        beta1: What the running mean of gradients keeps of itself.
        beta2: What the running mean of squares keeps of itself.
        eps: Added to the denominator.
        eta: A factor for the whole step, for schedules.
        weight_decay_rate: The multiple of a parameter that is added to its step.

    Example:
        >>> from catenary.optimizers import LAMB
        >>> LAMB().weight_decay_rate
        0.01
    """

    rule = LAMBRule
    alpha = HyperparameterProxy()
    beta1 = HyperparameterProxy()
    beta2 = HyperparameterProxy()
    eps = HyperparameterProxy()
    eta = HyperparameterProxy()
    weight_decay_rate = HyperparameterProxy()

    def __init__(
        self,
        alpha: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-6,
        eta: float = 1.0,
        weight_decay_rate: float = 0.01,
    ) -> None:
        super().__init__(alpha=alpha, beta1=beta1, beta2=beta2, eps=eps, eta=eta, weight_decay_rate=weight_decay_rate)
