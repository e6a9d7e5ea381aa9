"""Less memory for more time: results in between are forgotten, and computed again for the gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from catenary import (
    FunctionNode,
    Variable,
    backward,
    config,
    force_backprop_mode,
    get_device_from_array,
    no_backprop_mode,
    using_config,
)
from catenary.config import NO_BACKPROP, settings
from catenary.errors import ArgumentTypeError, GraphError
from catenary.types import Array

__all__ = ["forget"]


def forget(func: Callable[..., Any], *xs: Any) -> Any:
    """Call a function without keeping what it computes in between; the backward pass calls it again.

    Random numbers that it draws are the same in the second call. Parameters that it uses get their gradients if at
    least one of `xs` needs a gradient, too.

    Source: Chen et al., "Training Deep Nets with Sublinear Memory Cost" (2016).

    Args:
        func: A function of Variables that returns a Variable or a tuple of them.
        xs: What it is called with: Variables or arrays.

    Returns:
        What it returns.

    Raises:
        ArgumentTypeError: If it cannot be called, or returns something else.
        GraphError: If gradients of higher order are asked for.

    Example:
        >>> import numpy as np, catenary, catenary.functions as F
        >>> x = catenary.Variable(np.ones(3, np.float32))
        >>> F.sum(F.forget(lambda x: F.exp(x) * 2, x)).backward()
        >>> x.grad.round(3)
        array([5.437, 5.437, 5.437], dtype=float32)
    """
    if not callable(func):
        raise ArgumentTypeError(f"forget: func must be a function, got {type(func).__name__}")
    node = Forget(func, config.train)
    ys = node.apply(xs)
    return ys if node.several else ys[0]


class Forget(FunctionNode):
    """One call of a function whose results in between are forgotten.

    Attributes:
        several: Whether the function returned several results.
    """

    several = False

    def __init__(self, func: Callable[..., Any], train: bool) -> None:
        self._func, self._train = func, train
        self._seed: int | None = None

    def _call(self, xs: list[Variable]) -> tuple[Variable, ...]:
        device = get_device_from_array(*xs)
        random = device.random
        if self._seed is None:
            self._seed = int(random.integers(2**31))
        device.random = device.make_random(self._seed)
        try:
            with using_config("train", self._train):
                y = self._func(*xs)
        finally:
            device.random = random
        ys = tuple(y) if isinstance(y, list | tuple) else (y,)
        if not all(isinstance(one, Variable) for one in ys):
            raise ArgumentTypeError(
                f"forget: func must return Variables, got {', '.join(type(y).__name__ for y in ys)}"
            )
        self.several = isinstance(y, list | tuple)
        return ys

    def forward(self, inputs: tuple[Array, ...]) -> tuple[Array, ...]:
        self.retain_inputs(range(len(inputs)))
        with no_backprop_mode():
            return tuple(y.array for y in self._call([Variable(x) for x in inputs]))

    def backward(self, target_input_indexes: tuple[int, ...], grad_outputs: tuple[Any, ...]) -> tuple[Any, ...]:
        if not settings.mode & NO_BACKPROP:  # the walk is a differentiable one
            raise GraphError("forget: it has no gradients of higher order")
        xs = [Variable(x.array) for x in self.get_retained_inputs()]
        with force_backprop_mode():
            pairs = [(y, gy) for y, gy in zip(self._call(xs), grad_outputs, strict=True) if gy is not None]
            backward([y for y, _ in pairs], [gy for _, gy in pairs])
        return tuple(None if xs[i].grad is None else Variable(xs[i].grad) for i in target_input_indexes)
