"""Hooks that change the gradient of each parameter by itself: Lasso, hard clipping, noise, LARS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from catenary import Parameter, get_array_module, get_device, get_device_from_array
from catenary.device.repeating import refuse_recording
from catenary.errors import ArgumentError
from catenary.types import Array, ArrayModule, DType, Shape


class Lasso:
    """Adds a multiple of each parameter's sign to its gradient, which makes many elements close to zero.

    Source: Tibshirani, "Regression Shrinkage and Selection via the Lasso" (1996).

    Args:
        rate: The multiple.

    Example:
        >>> import catenary.links as L
        >>> from catenary import optimizer_hooks, optimizers
        >>> optimizer = optimizers.SGD().setup(L.Linear(2, 1))
        >>> optimizer.add_hook(optimizer_hooks.Lasso(1e-4))
    """

    name = "Lasso"
    call_for_each_param = True
    timing = "pre"

    def __init__(self, rate: float) -> None:
        if not rate >= 0:
            raise ArgumentError(f"Lasso: rate must not be negative, got {rate}")
        self.rate = rate

    def __call__(self, rule: Any, param: Parameter) -> None:
        """Change the gradient of one parameter."""
        if param.grad is not None:
            param.grad = param.grad + self.rate * get_array_module(param.grad).sign(param.array)


class GradientHardClipping:
    """Holds each element of the gradients between two bounds.

    Args:
        lower_bound: The lower bound.
        upper_bound: The upper bound.

    Example:
        >>> import catenary.links as L
        >>> from catenary import optimizer_hooks, optimizers
        >>> optimizer = optimizers.SGD().setup(L.Linear(2, 1))
        >>> optimizer.add_hook(optimizer_hooks.GradientHardClipping(-1.0, 1.0))
    """

    name = "GradientHardClipping"
    call_for_each_param = True
    timing = "pre"

    def __init__(self, lower_bound: float, upper_bound: float) -> None:
        if not lower_bound <= upper_bound:
            raise ArgumentError(
                f"GradientHardClipping: lower_bound must not be above upper_bound, got {lower_bound} and {upper_bound}"
            )
        self.lower_bound = lower_bound
        self.upper_bound = upper_bound

    def __call__(self, rule: Any, param: Parameter) -> None:
        """Change the gradient of one parameter."""
        if param.grad is not None:
            param.grad = get_array_module(param.grad).clip(param.grad, self.lower_bound, self.upper_bound)


def exponential_decay_noise(xp: ArrayModule, shape: Shape, dtype: DType, hook: Any, opt: Any) -> Array:
    """Return normal noise of variance eta / (1 + t)^0.55, from the generator of the current device.

    Args:
        xp: The array module.
        shape: The shape.
        dtype: The dtype.
        hook: The hook, for `eta`.
        opt: The update rule, for `t`.
    """

    def scale(xp: ArrayModule, noise: Array) -> None:
        noise *= (hook.eta / (1 + opt.t) ** 0.55) ** 0.5

    device = get_device()
    noise: Array = xp.asarray(device.random.standard_normal(shape, "float32"))
    device.run_elementwise(scale, [[noise]])
    return noise.astype(dtype)


class GradientNoise:
    """Adds noise to gradients, less of it at each step.

    Source: Neelakantan et al., "Adding Gradient Noise Improves Learning for Very Deep Networks" (2015).

    Args:
        eta: The variance of the first noise.
        noise_func: Another source of noise: called with the array module, shape, dtype, this hook and the update rule
            while the parameter's device is the current one.

    Example:
        >>> import catenary.links as L
        >>> from catenary import optimizer_hooks, optimizers
        >>> optimizer = optimizers.SGD().setup(L.Linear(2, 1))
        >>> optimizer.add_hook(optimizer_hooks.GradientNoise(0.3))
    """

    name = "GradientNoise"
    call_for_each_param = True
    timing = "pre"

    def __init__(self, eta: float, noise_func: Callable[..., Array] = exponential_decay_noise) -> None:
        if not eta >= 0:
            raise ArgumentError(f"GradientNoise: eta must not be negative, got {eta}")
        self.eta = eta
        self.noise_func = noise_func

    def __call__(self, rule: Any, param: Parameter) -> None:
        """Change the gradient of one parameter."""
        if param.grad is None:
            return
        if self.noise_func is not exponential_decay_noise:
            refuse_recording("GradientNoise: noise_func may take numbers from the host")
        with get_device_from_array(param.grad) as device:
            param.grad = param.grad + self.noise_func(device.xp, param.grad.shape, param.grad.dtype, self, rule)


class GradientLARS:
    """Scales each gradient to the length of its parameter; a parameter at most `threshold` long keeps its gradient.

    The gradient g of parameter w becomes |w| / (|g| + weight_decay |w| + eps) (g + weight_decay w).

    Source: You, Gitman, Ginsburg, "Large Batch Training of Convolutional Networks" (2017); its trust coefficient is a
    part of the learning rate here.

    Args:
        threshold: The length of a parameter up to which nothing is scaled.
        weight_decay: The multiple of the parameter that is added to the gradient.
        eps: Added to the denominator.

    Example:
        >>> import catenary.links as L
        >>> from catenary import optimizer_hooks, optimizers
        >>> optimizer = optimizers.SGD().setup(L.Linear(2, 1))
        >>> optimizer.add_hook(optimizer_hooks.GradientLARS())
    """

    name = "GradientLARS"
    call_for_each_param = True
    timing = "pre"

    def __init__(self, threshold: float = 0.01, weight_decay: float = 0.0, eps: float = 1e-9) -> None:
        for name, value in (("threshold", threshold), ("weight_decay", weight_decay), ("eps", eps)):
            if not value >= 0:
                raise ArgumentError(f"GradientLARS: {name} must not be negative, got {value}")
        self.threshold = threshold
        self.weight_decay = weight_decay
        self.eps = eps

    def __call__(self, rule: Any, param: Parameter) -> None:
        """Change the gradient of one parameter."""
        if param.grad is None:
            return
        xp, w, g = get_array_module(param.grad), param.array, param.grad
        long, steep = xp.sqrt((w * w).sum()), xp.sqrt((g * g).sum())
        scaled = long > self.threshold
        divisor = xp.where(scaled, steep + self.weight_decay * long + self.eps, 1)
        rate = xp.where(scaled, long / divisor, 1).astype(g.dtype)
        param.grad = rate * (g + self.weight_decay * w)
