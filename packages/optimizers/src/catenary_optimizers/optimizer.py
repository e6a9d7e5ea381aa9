"""Optimizer and GradientMethod: what all optimizers share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import is_
from typing import Any, ClassVar, Self

import numpy as np

from catenary import AbstractSerializer, Link, Parameter, Variable
from catenary.errors import ArgumentError, ArgumentTypeError, OptimizerError
from catenary_optimizers import hooking
from catenary_optimizers.hyperparameter import Hyperparameter
from catenary_optimizers.sweep import Sweep, make_sweeps
from catenary_optimizers.update_rule import UpdateRule


class Optimizer:
    """Base of optimizers.

    Attributes:
        target: The link that is optimized, after `setup`.
        t: The number of updates done.
        epoch: The number of epochs done.
        use_auto_new_epoch: Whether the updater counts the epochs.
    """

    target: Link | None = None
    t = 0
    epoch = 0
    use_auto_new_epoch = False
    _loss_scale: float | None = None

    def __init__(self) -> None:
        self._hooks = hooking.no_hooks()

    def setup(self, link: Link) -> Self:
        """Take a link as the target, and begin to count.

        Args:
            link: The link whose parameters are to be updated.

        Returns:
            The optimizer itself.

        Raises:
            ArgumentTypeError: If it is no link.
        """
        if not isinstance(link, Link):
            raise ArgumentTypeError(
                f"{type(self).__name__}.setup: expected a Link, got {type(link).__name__}"
                + ("; the class was given, make an object of it" if isinstance(link, type) else "")
            )
        self.target, self.t, self.epoch = link, 0, 0
        return self

    def update(self, lossfun: Callable[..., Any] | None = None, *args: Any, **kwds: Any) -> None:
        """Update the parameters.

        Args:
            lossfun: A function whose result is differentiated first; without one, the gradients that are there
                are used.
            args: Its arguments.
            kwds: Its arguments by name.
        """
        raise NotImplementedError(f"{type(self).__name__} gives no update")

    def new_epoch(self, auto: bool = False) -> None:
        """Count an epoch.

        Args:
            auto: Whether an updater calls this, not the user.

        Raises:
            OptimizerError: If both count.
        """
        if auto != self.use_auto_new_epoch:
            who = "the updater counts epochs; do not call it" if self.use_auto_new_epoch else "the user counts epochs"
            raise OptimizerError(f"{type(self).__name__}.new_epoch: {who}")
        self.epoch += 1

    def set_loss_scale(self, loss_scale: float | None) -> None:
        """Multiply the loss before the backward pass, and divide the gradients after it.

        Args:
            loss_scale: The factor; None for none.
        """
        self._loss_scale = loss_scale

    def add_hook(self, hook: Any, name: str | None = None, timing: str = "auto") -> None:
        """Add a hook that runs at each update.

        Args:
            hook: A callable with the optimizer; one whose `call_for_each_param` is true is called with the update
                rule and the parameter, for each parameter.
            name: Its name; its attribute `name` by default.
            timing: "pre" (before the update), "post" (after it), or "auto" for what the hook says.

        Raises:
            OptimizerError: If `setup` was not called.
        """
        self._need_target("add_hook")
        hooking.add_hook(self._hooks, hook, name, timing)

    def remove_hook(self, name: str) -> None:
        """Remove a hook."""
        hooking.remove_hook(self._hooks, name)

    def call_hooks(self, timing: str = "pre") -> None:
        """Call the hooks of one timing."""
        for hook in self._hooks[timing].values():
            self.call_hook(hook)

    def call_hook(self, hook: Any) -> None:
        """Call one hook."""
        if getattr(hook, "call_for_each_param", False):
            for param in self._params():
                hook(param.update_rule, param)
        else:
            hook(self)

    def _need_target(self, method: str) -> Link:
        if self.target is None:
            raise OptimizerError(f"{type(self).__name__}.{method}: call setup(link) first")
        return self.target

    def _params(self) -> Iterator[Parameter]:
        """Yield the parameters that are to be updated now."""
        params = self._need_target("update").params(include_uninit=False)
        for param in dict.fromkeys(params):  # a parameter that two links share comes once
            if param.update_rule is not None and param.update_rule.enabled:
                yield param

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the counts, and the state of each parameter."""
        self.t = serializer("t", self.t)
        self.epoch = serializer("epoch", self.epoch)
        for name, param in self._need_target("serialize").namedparams():
            if param.update_rule is not None:
                param.update_rule.serialize(serializer[name])


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
        self._members = []
        return self

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
            loss.backward(loss_scale=self._loss_scale)
            del loss  # the graph is not needed any more
        params = list(self._params())
        for param in params:
            if param.grad is None:
                param.zerograd()
            if self._loss_scale is not None:
                param.grad = param.grad / self._loss_scale
        self.call_hooks("pre")
        self.t += 1
        self._update_all(params)
        self.call_hooks("post")

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
