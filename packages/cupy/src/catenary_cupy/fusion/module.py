"""What bodies get for `xp` and for the device of their arrays while they are traced."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from catenary import Device
from catenary.device import current
from catenary.types import Shape
from catenary_cupy.fusion.expressions import TEXTS, Expression
from catenary_cupy.fusion.traced import Traced, apply, tracing

#: Other names for ufuncs.
ALIASES = {"abs": "absolute", "divide": "true_divide", "acos": "arccos"}


class TracedModule:
    """The functions of a module of CuPy for stand-ins.

    Args:
        module: The module.
    """

    def __init__(self, module: Any) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._module, name)
        if isinstance(found, ModuleType):
            return TracedModule(found)
        if isinstance(found, type) or not callable(found):
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            operation = ALIASES.get(name, name)
            if operation in TEXTS and (not kwargs or kwargs.keys() == {"out"}):
                result = apply(operation, args, lambda: NotImplemented)
                if result is not NotImplemented:
                    return kwargs["out"]._assign(result) if kwargs else result
            return tracing.trace.outside(found, args, kwargs)

        return call

    def clip(self, a: Any, a_min: Any = None, a_max: Any = None) -> Any:
        """Return elements between two bounds."""
        if a_min is not None:
            a = self.maximum(a, a_min)
        return a if a_max is None else self.minimum(a, a_max)

    def zeros_like(self, a: Any, dtype: Any = None) -> Any:
        """Return zeros of the shape of an array."""
        return self._filled(0, a.shape, a.dtype if dtype is None else dtype)

    def ones_like(self, a: Any, dtype: Any = None) -> Any:
        """Return ones of the shape of an array."""
        return self._filled(1, a.shape, a.dtype if dtype is None else dtype)

    def _filled(self, value: Any, shape: Shape, dtype: Any) -> Traced:
        return Traced(tracing.trace, Expression("number", (value,), np.dtype(dtype)), shape)


class TracingDevice(Device):
    """The device of stand-ins: it answers for the device of the arrays for which they stand."""

    name = "@traced"
    supported_array_types = (Traced,)
    adds_in_order = False

    @property
    def xp(self) -> Any:
        """The functions of CuPy for stand-ins."""
        return TracedModule(tracing.trace.device.xp)

    def library(self, name: str) -> Any:
        return TracedModule(tracing.trace.device.library(name))


current.know_types(TracingDevice())
