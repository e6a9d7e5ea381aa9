"""Hooks for optimizers, given to `optimizer.add_hook`: use them as ``catenary.optimizer_hooks``."""

from __future__ import annotations

from typing import Any

from catenary import Parameter, get_array_module
from catenary.errors import ArgumentError


class WeightDecay:
    """Adds a multiple of each parameter to its gradient, which pulls parameters towards zero.

    Args:
        rate: The multiple.

    Example:
        >>> import catenary.links as L
        >>> from catenary import optimizer_hooks, optimizers
        >>> optimizer = optimizers.SGD().setup(L.Linear(2, 1))
        >>> optimizer.add_hook(optimizer_hooks.WeightDecay(1e-4))
    """

    name = "WeightDecay"
    call_for_each_param = True
    timing = "pre"

    def __init__(self, rate: float) -> None:
        if not rate >= 0:
            raise ArgumentError(f"WeightDecay: rate must not be negative, got {rate}")
        self.rate = rate

    def __call__(self, rule: Any, param: Parameter) -> None:
        """Change the gradient of one parameter."""
        if param.grad is not None:
            param.grad = param.grad + self.rate * param.array


class GradientClipping:
    """Scales all gradients down together when their norm is above a threshold.

    Source: Pascanu, Mikolov, Bengio, "On the difficulty of training Recurrent Neural Networks" (2012).

    Args:
        threshold: The largest norm of all gradients taken as one vector.

    Example:
        >>> import catenary.links as L
        >>> from catenary import optimizer_hooks, optimizers
        >>> optimizer = optimizers.SGD().setup(L.Linear(2, 1))
        >>> optimizer.add_hook(optimizer_hooks.GradientClipping(5.0))
    """

    name = "GradientClipping"
    call_for_each_param = False
    timing = "pre"

    def __init__(self, threshold: float) -> None:
        if not threshold > 0:
            raise ArgumentError(f"GradientClipping: threshold must be positive, got {threshold}")
        self.threshold = threshold

    def __call__(self, optimizer: Any) -> None:
        """Change the gradients of all parameters of the optimizer's target."""
        params = [p for p in optimizer.target.params(include_uninit=False) if p.grad is not None]
        if not params:
            return
        xp = get_array_module(params[0].grad)
        norm = xp.sqrt(sum(xp.vdot(p.grad, p.grad) for p in params))
        rate = xp.minimum(self.threshold / xp.maximum(norm, 1e-30), 1.0)
        for p in params:
            p.grad = p.grad * rate.astype(p.grad.dtype)
