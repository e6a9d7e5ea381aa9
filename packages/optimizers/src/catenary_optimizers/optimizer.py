"""Optimizer: what all optimizers share."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any, Self

from catenary import AbstractSerializer, Link, Parameter
from catenary.errors import ArgumentError, ArgumentTypeError, OptimizerError
from catenary_optimizers import hooking
from catenary_optimizers.loss_scaling import DynamicLossScale, all_finite


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
    _loss_scale: float | DynamicLossScale | None = None
    _is_safe = True

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

        Raises:
            ArgumentError: If the factor is not positive.
        """
        if loss_scale is not None and not 0 < loss_scale < float("inf"):
            raise ArgumentError(f"{type(self).__name__}: the loss scale must be positive, got {loss_scale}")
        self._loss_scale = loss_scale

    def loss_scaling(self, interval: int = 1000, scale: float | None = None) -> None:
        """Scale the loss by a factor, by default one that adapts itself.

        A factor that adapts is halved when a gradient is not finite, and that update is left out.

        Args:
            interval: How many updates in a row have to go well before a factor that adapts is doubled.
            scale: A constant factor instead.

        Raises:
            ArgumentError: If an argument is not positive.
        """
        if scale is not None:
            self.set_loss_scale(scale)
        elif interval >= 1:
            self._loss_scale = DynamicLossScale(interval)
        else:
            raise ArgumentError(f"{type(self).__name__}.loss_scaling: interval must be positive, got {interval}")

    @property
    def loss_scale(self) -> float | None:
        """The factor on the loss; for `loss.backward(loss_scale=...)` where `update` is called without a function."""
        scale = self._loss_scale
        return scale.value if isinstance(scale, DynamicLossScale) else scale

    def check_nan_in_grads(self) -> None:
        """Find out whether all gradients are finite; `is_safe_to_update` then says so."""
        self._is_safe = all_finite(list(self._params()))

    def is_safe_to_update(self) -> bool:
        """Return whether the gradients were finite when it was last found out."""
        return self._is_safe

    def update_loss_scale(self) -> None:
        """Adapt the factor on the loss to whether the gradients were finite; a constant one stays.

        Raises:
            OptimizerError: If gradients are not finite with any factor.
        """
        if isinstance(self._loss_scale, DynamicLossScale):
            self._loss_scale.adapt(self._is_safe)

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

    def frozen_numbers(self) -> Hashable:
        """Return the numbers of hooks and the loss scale: a step that a device has recorded holds them as they were."""
        hooks = [(name, hook) for by_name in self._hooks.values() for name, hook in by_name.items()]
        return self.loss_scale, *((name, *hooking.numbers_of(hook)) for name, hook in hooks)

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
        if isinstance(self._loss_scale, DynamicLossScale):
            self._loss_scale.serialize(serializer)
        for name, param in self._need_target("serialize").namedparams():
            if param.update_rule is not None:
                param.update_rule.serialize(serializer[name])
        hooking.serialize_hooks(self._hooks, serializer)
