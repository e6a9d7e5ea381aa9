"""Optimizers with the methods that they had in older versions."""

from __future__ import annotations

from typing import Any

import numpy as np

import catenary.optimizers
from catenary import get_array_module, optimizer_hooks
from catenary.optimizers import HyperparameterProxy
from chainer._old import Kin, deprecated, derived
from chainer.optimizers._rules import ADAM_RULES


class OldOptimizer:
    """Mixin of optimizers: what the methods of Chainer 1 did."""

    target: Any

    def zero_grads(self) -> None:
        """Fill the gradients of the target with zeros."""
        deprecated("optimizer.zero_grads()", "model.cleargrads()")
        self.target.zerograds()

    def compute_grads_norm(self) -> float:
        """Return the norm of all gradients taken as one vector."""
        deprecated(
            "optimizer.compute_grads_norm()", "optimizer.add_hook(chainer.optimizer_hooks.GradientClipping(...))"
        )
        return float(np.sqrt(sum(float(get_array_module(g).vdot(g, g)) for g in self._grads())))

    def clip_grads(self, maxnorm: float) -> None:
        """Scale all gradients down together when their norm is above a threshold.

        Args:
            maxnorm: The threshold.
        """
        deprecated("optimizer.clip_grads(n)", "optimizer.add_hook(chainer.optimizer_hooks.GradientClipping(n))")
        optimizer_hooks.GradientClipping(maxnorm)(self)

    def weight_decay(self, decay: float) -> None:
        """Add a multiple of each parameter to its gradient.

        Args:
            decay: The multiple.
        """
        deprecated("optimizer.weight_decay(r)", "optimizer.add_hook(chainer.optimizer_hooks.WeightDecay(r))")
        hook = optimizer_hooks.WeightDecay(decay)
        for param in self.target.params():
            hook(None, param)

    def accumulate_grads(self, grads: Any) -> None:
        """Add arrays to the gradients.

        Args:
            grads: One array for each parameter of the target, in order.
        """
        deprecated("optimizer.accumulate_grads(grads)", "model.addgrads(other_model)")
        for param, grad in zip(self.target.params(), grads):
            grad = param.device.send(grad)
            param.grad = grad.copy() if param.grad is None else param.grad + grad

    def _grads(self) -> list[Any]:
        return [param.grad for param in self.target.params() if param.grad is not None]


NAMES = (
    *(
        "AMSBound",
        "AMSGrad",
        "AdaBound",
        "AdaDelta",
        "AdaGrad",
        "AdamW",
        "CorrectedMomentumSGD",
        "MSVAG",
        "MomentumSGD",
    ),
    *("NesterovAG", "RMSprop", "RMSpropGraves", "SGD", "SMORMS3"),
)
#: Name -> class.
OLDER = {name: derived(getattr(catenary.optimizers, name), OldOptimizer, "chainer.optimizers") for name in NAMES}


class Adam(OldOptimizer, catenary.optimizers.Adam, metaclass=Kin):
    """Adam with Chainer's options, each of which is an optimizer of its own here: AdamW, AMSGrad, AdaBound, AMSBound.

    Args:
        alpha: The step size.
        beta1: What the running mean of gradients keeps of itself.
        beta2: What the running mean of squares keeps of itself.
        eps: Added to the denominator.
        eta: A factor for the whole step, for schedules.
        weight_decay_rate: The part of a parameter that is taken off at each step, as in `AdamW`.
        amsgrad: Whether to divide as `AMSGrad` does.
        adabound: Whether to hold step sizes between the bounds of `AdaBound`.
        final_lr: That of `AdaBound`.
        gamma: That of `AdaBound`.
    """

    weight_decay_rate = HyperparameterProxy()
    amsgrad = HyperparameterProxy()
    adabound = HyperparameterProxy()
    final_lr = HyperparameterProxy()
    gamma = HyperparameterProxy()

    def __init__(
        self,
        alpha: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
        eta: float = 1.0,
        weight_decay_rate: float = 0,
        amsgrad: bool = False,
        adabound: bool = False,
        final_lr: float = 0.1,
        gamma: float = 0.001,
    ) -> None:
        super().__init__(alpha, beta1, beta2, eps, eta)
        self.weight_decay_rate, self.amsgrad, self.adabound = weight_decay_rate, amsgrad, adabound
        self.final_lr, self.gamma, self.hyperparam.initial_alpha = final_lr, gamma, alpha

    def create_update_rule(self) -> Any:
        """Return a new rule for one parameter."""
        return ADAM_RULES[bool(self.amsgrad), bool(self.adabound)](self.hyperparam)
