"""GradientMethod: optimizers that update each parameter by its gradient."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from operator import is_
from typing import Any, ClassVar, Self

import numpy as np

from catenary import Link, Parameter, Variable
from catenary.device.repeating import each_time
from catenary.errors import ArgumentError, ArgumentTypeError
from catenary_optimizers.hyperparameter import Hyperparameter
from catenary_optimizers.loss_scaling import DynamicLossScale
from catenary_optimizers.optimizer import Optimizer
from catenary_optimizers.sweep import Sweep, make_sweeps
from catenary_optimizers.update_rule import UpdateRule


class GradientMethod(Optimizer):
    """Base of optimizers that update each parameter by its gradient: name the rule, and its hyperparameters.

    Args:
        hyperparameters: The hyperparameters by name.

    Attributes:
        rule: The class of the update rules.
        hyperparam: The hyperparameters of all parameters.

    Example:
        >>> from catenary.optimizers import GradientMethod, HyperparameterProxy, UpdateRule
        >>> class SignRule(UpdateRule):
        ...     def step(self, xp, p, g):
        ...         p -= self.hp.lr * xp.sign(g)
        >>> class SignSGD(GradientMethod):
        ...     rule = SignRule
        ...     lr = HyperparameterProxy()
        ...     def __init__(self, lr=0.01):
        ...         super().__init__(lr=lr)
        >>> SignSGD().lr
        0.01
    """

    rule: ClassVar[type[UpdateRule]]

    def __init__(self, **hyperparameters: Any) -> None:
        super().__init__()
        self.hyperparam = Hyperparameter()
        for name, value in hyperparameters.items():
            _check_hyperparameter(type(self).__name__, name, value)
            setattr(self.hyperparam, name, value)
        self._use_cleargrads = True
        self._in_float32 = False
        self._members: list[Parameter] = []
        self._sweeps: list[Sweep] = []
        self._single: list[Parameter] = []

    def create_update_rule(self) -> UpdateRule:
        """Return a new rule for one parameter."""
        return self.rule(self.hyperparam)

    def setup(self, link: Link) -> Self:
        super().setup(link)
        for param in link.params():
            param.update_rule = self.create_update_rule()
            param.update_rule.use_fp32_update(self._in_float32)
        self._members = []
        return self

    def use_fp32_update(self, flag: bool = True) -> None:
        """Choose whether parameters in half precision are updated in float32; see `UpdateRule.use_fp32_update`.

        Args:
            flag: Whether to do so.
        """
        self._in_float32 = flag
        for param in () if self.target is None else self.target.params():
            if param.update_rule is not None:
                param.update_rule.use_fp32_update(flag)

    def group(self, params: Link | Iterable[Parameter], **hyperparameters: float) -> Hyperparameter:
        """Give some parameters hyperparameters of their own; what is not given stays that of the optimizer.

        Args:
            params: A link of the target, or parameters.
            hyperparameters: The hyperparameters by name.

        Returns:
            The hyperparameters of the group, whose attributes may be set later.

        Raises:
            OptimizerError: If `setup` was not called.
            ArgumentError: If there is no such hyperparameter, or a parameter is not of the target.

        Example:
            >>> import catenary as ct, catenary.links as L
            >>> from catenary import optimizers
            >>> model = ct.Sequential(L.Linear(2, 3), L.Linear(3, 1))
            >>> optimizer = optimizers.Adam(alpha=0.001).setup(model)
            >>> head = optimizer.group(model[1], alpha=0.01)
            >>> head.alpha, optimizer.alpha
            (0.01, 0.001)
        """
        self._need_target("group")
        name = f"{type(self).__name__}.group"
        known = self.hyperparam.get_dict()
        group = Hyperparameter(self.hyperparam)
        for key, value in hyperparameters.items():
            if key not in known:
                raise ArgumentError(f"{name}: there is no hyperparameter {key!r} (known: {', '.join(known)})")
            _check_hyperparameter(name, key, value)
            setattr(group, key, value)
        members = list(params.params() if isinstance(params, Link) else params)
        for param in members:
            rule = getattr(param, "update_rule", None)
            if rule is None or self.hyperparam not in rule.hyperparam.parents:
                raise ArgumentError(f"{name}: params must be parameters of the target, got {param!r}")
        for param in members:
            param.update_rule.hyperparam = Hyperparameter(group)
        return group

    def use_cleargrads(self, use: bool = True) -> None:
        """Choose whether `update` sets gradients to None (the default) or to zeros before the backward pass."""
        self._use_cleargrads = use

    def update(self, lossfun: Callable[..., Any] | None = None, *args: Any, **kwds: Any) -> None:
        target = self._need_target("update")
        if lossfun is not None:
            loss = self._loss_of(lossfun, args, kwds)
            if self._use_cleargrads:
                target.cleargrads()
            else:
                target.zerograds()
            with self._overflow_expected():
                loss.backward(loss_scale=self.loss_scale)
            del loss  # the graph is not needed any more
        params = list(self._params())
        for param in params:
            if param.grad is None:
                param.zerograd()
        if self._loss_scale is not None and not self._unscale(params):
            return
        self.call_hooks("pre")
        each_time(self._count)
        self._update_all(params)
        self.call_hooks("post")

    def _count(self) -> None:
        self.t += 1

    def _overflow_expected(self) -> AbstractContextManager[Any]:
        """Return a context without NumPy's warnings of overflow if a loss scale adapts to it."""
        if isinstance(self._loss_scale, DynamicLossScale):
            return np.errstate(over="ignore", invalid="ignore")
        return nullcontext()

    def _unscale(self, params: list[Parameter]) -> bool:
        """Divide the gradients by the loss scale, and return whether to go on with the update."""
        scale = self.loss_scale
        for param in params:
            grad = param.grad
            param.grad = (grad.astype(np.float32) if param.update_rule.widens(param) else grad) / scale
        if isinstance(self._loss_scale, DynamicLossScale):
            self.check_nan_in_grads()
            self.update_loss_scale()
            return self.is_safe_to_update()
        return True

    def _loss_of(self, lossfun: Callable[..., Any], args: tuple[Any, ...], kwds: dict[str, Any]) -> Variable:
        name = f"{type(self).__name__}.update"
        if not callable(lossfun):
            raise ArgumentTypeError(f"{name}: lossfun must be a function, got {type(lossfun).__name__}")
        loss = lossfun(*args, **kwds)
        if not isinstance(loss, Variable):
            raise ArgumentTypeError(f"{name}: lossfun must return a Variable, got {type(loss).__name__}")
        return loss

    def reallocate_cleared_grads(self) -> None:
        """Give zeros to parameters without a gradient."""
        for param in self._need_target("reallocate_cleared_grads").params(include_uninit=False):
            if param.grad is None:
                param.zerograd()

    def _update_all(self, params: list[Parameter]) -> None:
        """Update the parameters together where they do the same, and one by one where they do not."""
        known = len(params) == len(self._members) and all(map(is_, params, self._members))
        if not known or not all(sweep.still_fits() for sweep in self._sweeps):
            self._members = params
            self._sweeps, self._single = make_sweeps(params)
        for sweep in self._sweeps:
            sweep.run()
        for param in self._single:
            param.update()


def _check_hyperparameter(optimizer: str, name: str, value: Any) -> None:
    if not isinstance(value, int | float | np.number):
        raise ArgumentTypeError(f"{optimizer}: {name} must be a number, got {type(value).__name__}")
    if not value >= 0:  # NaN, too
        raise ArgumentError(f"{optimizer}: {name} must not be negative, got {value}")
