"""One step over many parameters, in pieces that stay in the cache.

Small parameters are copied into one buffer, updated there with a single step, and copied back: for a small network
this is the difference between ten calls to NumPy and ten for each parameter. Large parameters are updated where they
are, piece by piece. Parameters keep arrays of their own, so nobody who shares one is left with an old copy.

A device whose memory needs no such care gets all parameters at once and does as it likes (`Device.run_elementwise`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from catenary import Device, Parameter
from catenary.device.repeating import each_time
from catenary.types import Array, ArrayModule
from catenary_optimizers.update_rule import COPY, UpdateRule, follow

#: Parameters of up to so many elements are copied into the buffer; for larger ones the copies cost more than the calls.
PACKED_UP_TO = 2**13


class Sweep:
    """Parameters of one device, dtype and kind of rule that are updated by one step.

    Args:
        params: The parameters; all have arrays, gradients, and common rules that did equally many updates.
        device: Their device.
    """

    def __init__(self, params: Sequence[Parameter], device: Device) -> None:
        self.device = device
        self.rule: UpdateRule = params[0].update_rule
        self.hp = self.rule.hp
        self.widens = self.rule.widens(params[0])
        self.dtype = np.dtype(np.float32) if self.widens else params[0].array.dtype
        self.packed: list[tuple[Parameter, Array, Array]] = []
        self.members = list(params)
        for param in params:
            param.update_rule.prepare(param)
        small = [p for p in params if device.cache_elements and p.size <= PACKED_UP_TO]
        self.large = [p for p in params if device.cache_elements and p.size > PACKED_UP_TO]
        if small:
            self._pack(small)
        self.made_for = [(p, p.update_rule, p.update_rule.state, type(p.array), p.array.dtype, p.shape) for p in params]

    def _pack(self, params: list[Parameter]) -> None:
        """Make the buffers for small parameters, and move their state there."""
        size = sum(p.size for p in params)
        xp, names = self.device.xp, self.rule.state_names
        self.buffers = [xp.zeros(size, self.dtype) for _ in range(2 + len(names))]
        start = 0
        for param in params:
            views = [b[start : start + param.size].reshape(param.shape) for b in self.buffers]
            start += param.size
            state = dict(zip(names, views[2:], strict=True))
            if self.widens:
                state[COPY] = views[0]
            for name, view in state.items():
                view[...] = param.update_rule.state[name]
            param.update_rule.state = state
            self.packed.append((param, views[0], views[1]))

    def still_fits(self) -> bool:
        """Return whether the parameters still have the arrays, rules and state that the sweep was made for."""
        t = self.rule.t
        for param, rule, state, kind, dtype, shape in self.made_for:
            array = param._array
            if param.update_rule is not rule or rule.state is not state or rule.t != t or not rule.is_common:
                return False
            if rule.hp is not self.hp or rule.widens(param) != self.widens:
                return False
            if type(array) is not kind or array.dtype is not dtype or array.shape != shape:
                return False
        return True

    def run(self) -> None:
        """Do one step on all parameters."""
        each_time(self._count)
        if not self.device.cache_elements:
            self._run_together()
            return
        with self.device.create_context():
            if self.packed:
                self._run_packed()
            for param in self.large:
                self._run_large(param)

    def _count(self) -> None:
        for param in self.members:
            param.update_rule.t += 1

    def _run_together(self) -> None:
        names = [*self.rule.state_names, *([COPY] if self.widens else [])]
        groups = [(p._array, p.grad, *(p.update_rule.state[name] for name in names)) for p in self.members]
        self.device.run_elementwise(self._step_in_float32 if self.widens else self.rule.step, groups)

    def _step_in_float32(self, xp: ArrayModule, array: Array, grad: Array, *state: Array) -> None:
        copy = state[-1]
        follow(xp, copy, array)
        self.rule.step(xp, copy, grad.astype(np.float32), *state[:-1])
        array[...] = copy

    def _run_packed(self) -> None:
        for param, array, grad in self.packed:
            if self.widens:
                follow(self.device.xp, array, param._array)
            else:
                array[...] = param._array
            grad[...] = param.grad
        self._step(self.buffers)
        for param, array, _ in self.packed:
            param._array[...] = array

    def _run_large(self, param: Parameter) -> None:
        rule, array, grad = param.update_rule, param._array, param.grad
        if self.widens:
            array, grad = rule.state[COPY], grad.astype(np.float32)
            follow(self.device.xp, array, param._array)
        self._run_in_pieces([array, grad, *(rule.state[name] for name in rule.state_names)])
        if self.widens:
            param._array[...] = array

    def _run_in_pieces(self, arrays: list[Array]) -> None:
        if not all(a.flags.c_contiguous for a in arrays):
            if not arrays[0].flags.c_contiguous:  # cannot be seen as one row without a copy
                self.rule.step(self.device.xp, *arrays)
                return
            arrays = [a if a.flags.c_contiguous else self.device.xp.ascontiguousarray(a) for a in arrays]
        self._step([a.reshape(-1) for a in arrays])

    def _step(self, rows: list[Array]) -> None:
        step, xp = self.rule.step, self.device.xp
        self.device.in_pieces(lambda piece: step(xp, *(row[piece] for row in rows)), rows[0].size)


def make_sweeps(params: Iterable[Parameter]) -> tuple[list[Sweep], list[Parameter]]:
    """Divide parameters into sweeps, and those that must be updated one by one."""
    groups: dict[Any, list[Parameter]] = {}
    single: list[Parameter] = []
    for param in params:
        rule = param.update_rule
        stepped = isinstance(rule, UpdateRule) and type(rule).update_core is UpdateRule.update_core
        if stepped and rule.elementwise and rule.is_common:
            kind = (type(rule), id(rule.hp), param.device.name, np.dtype(param.dtype).str, rule.widens(param), rule.t)
            groups.setdefault(kind, []).append(param)
        else:
            single.append(param)
    return [Sweep(group, group[0].device) for group in groups.values()], single
