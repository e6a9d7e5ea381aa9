"""Function hooks: what runs before and after each function, forward and backward, while a hook is active."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from catenary.config import HOOKS, set_mode_bit
from catenary.errors import GraphError
from catenary.graph.node import Pairs, RelayNode


class FunctionHook:
    """Base of function hooks: override what is wanted, and use it in a `with` statement.

    `function` is the node of the call; it has a `label`, a `rank` and `inputs`. `in_data` are the input arrays
    (in a backward pass None where an array was not kept), `out_grad` the gradients of the outputs.

    Attributes:
        name: The key of the hook; a thread has one active hook per name.

    Example:
        >>> import numpy as np, catenary
        >>> class Names(catenary.FunctionHook):
        ...     name = "Names"
        ...     def forward_preprocess(self, function, in_data):
        ...         print(function.label)
        >>> with Names():
        ...     y = catenary.Variable(np.ones(2)) + 1
        add
    """

    name = "FunctionHook"

    def __enter__(self) -> Self:
        if self.name in active.hooks:
            raise GraphError(f"FunctionHook: a hook named {self.name!r} is active in this thread already")
        self.added(None)
        active.hooks[self.name] = self
        set_mode_bit(HOOKS, True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del active.hooks[self.name]
        set_mode_bit(HOOKS, bool(active.hooks))
        self.deleted(None)

    def added(self, function: Any) -> None:
        """Run when the hook becomes active: for `function`, or for the thread (None)."""

    def deleted(self, function: Any) -> None:
        """Run when the hook is no longer active."""

    def forward_preprocess(self, function: Any, in_data: tuple[Any, ...]) -> None:
        """Run before the forward body of `function`."""

    def forward_postprocess(self, function: Any, in_data: tuple[Any, ...]) -> None:
        """Run after the forward body of `function`."""

    def backward_preprocess(self, function: Any, in_data: tuple[Any, ...], out_grad: tuple[Any, ...]) -> None:
        """Run before the gradient rules of `function`."""

    def backward_postprocess(self, function: Any, in_data: tuple[Any, ...], out_grad: tuple[Any, ...]) -> None:
        """Run after the gradient rules of `function`."""


class _Active(threading.local):
    def __init__(self) -> None:
        self.hooks: dict[str, FunctionHook] = {}


active = _Active()


def get_function_hooks() -> dict[str, FunctionHook]:
    """Return the active function hooks of this thread by name."""
    return active.hooks


def hooks_of(node: Any) -> list[FunctionHook]:
    """Return the hooks to run for a node: those of the thread, then its own."""
    return [*active.hooks.values(), *getattr(node, "local_function_hooks", {}).values()]


@contextmanager
def forward_hooks(node: Any, arrays: tuple[Any, ...]) -> Iterator[None]:
    """Run the hooks before and after the forward body that stands in the `with` block."""
    hooks = hooks_of(node)
    for hook in hooks:
        hook.forward_preprocess(node, arrays)
    yield
    for hook in hooks:
        hook.forward_postprocess(node, arrays)


def with_backward_hooks(step: Callable[[Any, Any], Pairs]) -> Callable[[Any, Any], Pairs]:
    """Return `step` of a backward walk with the hooks of the thread before and after it."""

    def hooked(node: Any, gy: Any) -> Pairs:
        hooks = [] if isinstance(node, RelayNode) else list(active.hooks.values())
        arrays, out_grad = node.arrays, tuple(gy) if isinstance(gy, list) else (gy,)
        for hook in hooks:
            hook.backward_preprocess(node, arrays, out_grad)
        pairs = step(node, gy)
        for hook in hooks:
            hook.backward_postprocess(node, arrays, out_grad)
        return pairs

    return hooked
