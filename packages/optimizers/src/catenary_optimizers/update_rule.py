"""UpdateRule: how one parameter is updated."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from catenary import AbstractSerializer, Deserializer, Device, Parameter, get_device_from_array
from catenary.device.repeating import refuse_recording
from catenary.graph.half import is_half
from catenary.types import Array, ArrayModule
from catenary_optimizers import hooking
from catenary_optimizers.hyperparameter import Hyperparameter

#: What the float32 copy of a parameter is called in the state.
COPY = "fp32_param"


class UpdateRule:
    """Base of update rules: override `step`, and name the state it keeps.

    Args:
        parent_hyperparam: The hyperparameters of the optimizer.

    Attributes:
        state_names: The names of the arrays that are kept for a parameter, zeros at first.
        elementwise: Whether `step` treats each element by itself, so that it may get pieces; else it gets each
            parameter whole.
        hyperparam: Hyperparameters; what is set here is for this parameter only.
        enabled: Whether the parameter is updated at all.
        t: The number of updates done.
        state: The arrays by name, None before the first update.

    Example:
        >>> from catenary.optimizers import UpdateRule
        >>> class SignRule(UpdateRule):
        ...     def step(self, xp, p, g):
        ...         p -= self.hp.lr * xp.sign(g)
    """

    state_names: ClassVar[tuple[str, ...]] = ()
    elementwise: ClassVar[bool] = True

    def __init__(self, parent_hyperparam: Hyperparameter | None = None) -> None:
        self.hyperparam = Hyperparameter(parent_hyperparam)
        self.enabled = True
        self.t = 0
        self.state: dict[str, Array] | None = None
        self._in_float32 = False
        self._hooks = hooking.no_hooks()

    def step(self, xp: ArrayModule, p: Array, g: Array, *state: Array) -> None:
        """Update an array in place.

        The arrays may be pieces of parameters, or several parameters in one, unless `elementwise` is false; all have
        the same shape.

        Args:
            xp: The array module.
            p: The parameter.
            g: Its gradient.
            state: The arrays that `state_names` names, in that order, to be updated in place, too.
        """
        raise NotImplementedError(f"{type(self).__name__} gives no step")

    @property
    def hp(self) -> Hyperparameter:
        """The hyperparameters to read in `step`: those of the optimizer unless some are set for this parameter."""
        own = self.hyperparam
        return own if own.is_own or own.parent is None else own.parent

    @property
    def is_common(self) -> bool:
        """Whether this rule does what the others of its optimizer do, so that they may share a step."""
        return not (self.hyperparam.is_own or self._hooks["pre"] or self._hooks["post"])

    def init_state(self, param: Parameter) -> None:
        """Make the state of a parameter: zeros of its shape, dtype and device."""
        xp = param.xp
        self.state = {name: xp.zeros_like(param.array) for name in self.state_names}

    def use_fp32_update(self, flag: bool = True) -> None:
        """Choose whether a parameter in half precision is updated in float32.

        Then a float32 copy of it is kept, and the parameter is that copy rounded; steps too short for half precision
        add up. What somebody else writes into the parameter is taken over.

        Args:
            flag: Whether to do so.
        """
        self._in_float32 = flag

    def widens(self, param: Parameter) -> bool:
        """Return whether a parameter is in half precision, and is updated in float32."""
        return self._in_float32 and is_half(param.array.dtype)

    def prepare(self, param: Parameter) -> Device:
        """Make the state of a parameter, or send it to where the parameter is; return that device."""
        device: Device = get_device_from_array(param.array)
        if self.state is None:
            self.init_state(param)
        state: dict[str, Array] = device.send(self.state)
        if self.widens(param):
            state = {name: a.astype(np.float32) if is_half(a.dtype) else a for name, a in state.items()}
            state.setdefault(COPY, param.array.astype(np.float32))
        self.state = state
        return device

    def update(self, param: Parameter) -> None:
        """Update one parameter, with the hooks of this rule around it.

        Args:
            param: A parameter; nothing happens if it has no array yet, or the rule is not enabled.
        """
        if not self.enabled or param.array is None:
            return
        refuse_recording(f"{type(self).__name__} takes numbers from the host for a parameter of its own")
        self.t += 1
        for hook in self._hooks["pre"].values():
            hook(self, param)
        self.update_core(param)
        for hook in self._hooks["post"].values():
            hook(self, param)

    def update_core(self, param: Parameter) -> None:
        """Do one step on the whole array of a parameter."""
        if param.grad is None:
            return
        device = self.prepare(param)
        assert self.state is not None
        state = [self.state[name] for name in self.state_names]
        with device.create_context():
            if not self.widens(param):
                self.step(device.xp, param.array, param.grad, *state)
                return
            copy = self.state[COPY]
            follow(device.xp, copy, param.array)
            self.step(device.xp, copy, param.grad.astype(np.float32), *state)
            param.array[...] = copy

    def add_hook(self, hook: Any, name: str | None = None, timing: str = "auto") -> None:
        """Add a hook for this parameter: a callable with the rule and the parameter.

        Args:
            hook: The hook.
            name: Its name; its attribute `name` by default.
            timing: "pre", "post", or "auto" for what the hook says.
        """
        hooking.add_hook(self._hooks, hook, name, timing)

    def remove_hook(self, name: str) -> None:
        """Remove a hook of this parameter."""
        hooking.remove_hook(self._hooks, name)

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the number of updates and the state."""
        self.t = serializer("t", self.t)
        before = self.state or {}
        names = [*self.state_names]
        if COPY in before if not isinstance(serializer, Deserializer) else self._in_float32 and COPY in serializer:
            names.append(COPY)
        after = {name: serializer(name, before.get(name)) for name in names}
        if all(array is not None for array in after.values()) and after:
            self.state = after


def follow(xp: ArrayModule, copy: Array, array: Array) -> None:
    """Take over into a float32 copy what was written into the array in half precision since it was made of the copy."""
    copy[...] = xp.where(copy.astype(array.dtype) == array, copy, array)
