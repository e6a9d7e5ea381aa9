"""`chainer.Variable`, with the flag `volatile` of Chainer 1."""

from __future__ import annotations

import inspect
from typing import Any

import catenary
from chainer._old import Kin, deprecated


class VolatileVariable(catenary.Variable):
    """A Variable whose uses are not recorded, nor what is made of them."""

    _stops_graph = True
    requires_grad = False


class _Variables(Kin):
    @property
    def __signature__(cls) -> inspect.Signature | None:
        return inspect.signature(catenary.Variable) if cls is Variable else None

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls is not Variable:
            return super().__call__(*args, **kwargs)
        data, *rest = args or (kwargs.pop("data", None),)
        if rest:
            kwargs["volatile"] = rest[0]
        if "volatile" not in kwargs:
            return catenary.Variable(data, **kwargs)
        deprecated("Variable(volatile=...)", "with chainer.no_backprop_mode()")
        if kwargs.pop("volatile") not in (True, "on"):
            return catenary.Variable(data, **kwargs)
        _let_hooks_look()
        return VolatileVariable(data, **kwargs)


class Variable(catenary.Variable, metaclass=_Variables):
    """An array and what it was made of: `catenary.Variable`, which here also takes `volatile`.

    Args:
        data: The array.
        volatile: "on" or True: what is made of it is not recorded. "off", "auto" and False: as ever.
        name: A name, shown in graphs.
        grad: The gradient to begin with.
        requires_grad: Whether a backward pass computes the gradient.
    """


def _let_hooks_look() -> None:
    """Let this thread's calls take the way on which Variables are looked at one by one."""
    if "volatile" not in catenary.get_function_hooks():
        hook = catenary.FunctionHook()
        hook.name = "volatile"
        hook.__enter__()


def _volatile(variable: Any) -> str:
    deprecated("variable.volatile", "chainer.config.enable_backprop")
    return "on" if isinstance(variable, VolatileVariable) else "off"


catenary.Variable.volatile = property(_volatile)  # type: ignore[attr-defined]
