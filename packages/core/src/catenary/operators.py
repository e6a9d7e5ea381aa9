"""Gives Variable its operators, and the methods that are functions.

They stand above the graph engine, which itself needs Variable; so they are put on the class here.
"""

from __future__ import annotations

from typing import Any

from catenary import arithmetic
from catenary.errors import ArgumentTypeError
from catenary.graph import handle, walk
from catenary.graph.node import Node
from catenary.types import Axis
from catenary.variable import Variable


def _swap(function: Any) -> Any:
    def reflected(self: Variable, other: Any) -> Variable:
        return function(other, self)  # type: ignore[no-any-return]

    return reflected


def _index(self: Variable, slices: Any) -> Variable:
    """Take a part: indices, slices, None, Ellipsis, index arrays and boolean arrays, or a tuple of them."""
    parts = slices if isinstance(slices, tuple) else (slices,)
    if any(isinstance(p, Variable) for p in parts):
        raise ArgumentTypeError("Variable.__getitem__: an index must not be a Variable; give its .array")
    return arithmetic.get_item(self, slices)


def _iterate(self: Variable) -> Any:
    return (self[i] for i in range(len(self)))


def _shape_of(args: tuple[Any, ...]) -> Any:
    return args[0] if len(args) == 1 and (args[0] is None or isinstance(args[0], tuple | list)) else args


def _reshape(self: Variable, *shape: Any) -> Variable:
    """Return a Variable of another shape with the same elements, given as numbers or as one tuple."""
    return arithmetic.reshape(self, tuple(_shape_of(shape)))


def _transpose(self: Variable, *axes: Any) -> Variable:
    """Permute the axes, given as numbers or as one tuple; without any, reverse them."""
    given = _shape_of(axes) if axes else None
    return arithmetic.transpose(self, None if given is None else tuple(given))


def _dot(self: Variable, other: Any) -> Variable:
    """Multiply vectors and matrices; the same as `@`, by the name that arrays have for it, too."""
    return arithmetic.matmul(self, other)


def _sum(self: Variable, axis: Axis = None, keepdims: bool = False) -> Variable:
    """Sum over axes (over all if None)."""
    return arithmetic.sum(self, axis, keepdims)


def _mean(self: Variable, axis: Axis = None, *, weights: Any = None, keepdims: bool = False) -> Variable:
    """Average over axes (over all if None), weighted where `weights` (of the same shape) are given."""
    if weights is not None:
        weighted: Variable = self * weights
        return weighted.sum(axis, keepdims) / arithmetic.sum(weights, axis, keepdims)
    total: Variable = self.sum(axis, keepdims)
    return total * (total.size / self.size) if self.size else total / 0.0  # NaN, as NumPy's mean of nothing


def _addgrad(self: Variable, var: Variable) -> None:
    """Add the gradient of `var` to this one's, also across devices."""
    if var.grad is None:
        return
    gradient = self.device.send(var.grad)
    if self._array is None:
        self.array = self.device.send(var._array).copy()
    self.grad = gradient.copy() if self.grad is None else self.grad + gradient


_OPERATORS: dict[str, Any] = {
    "__add__": arithmetic.add,
    "__radd__": _swap(arithmetic.add),
    "__sub__": arithmetic.sub,
    "__rsub__": _swap(arithmetic.sub),
    "__mul__": arithmetic.mul,
    "__rmul__": _swap(arithmetic.mul),
    "__truediv__": arithmetic.div,
    "__rtruediv__": _swap(arithmetic.div),
    "__floordiv__": arithmetic.floor_div,
    "__rfloordiv__": _swap(arithmetic.floor_div),
    "__pow__": arithmetic.power,
    "__rpow__": _swap(arithmetic.power),
    "__matmul__": arithmetic.matmul,
    "__rmatmul__": _swap(arithmetic.matmul),
    "__neg__": arithmetic.neg,
    "__abs__": arithmetic.absolute,
    "__getitem__": _index,
    "__iter__": _iterate,
    "T": property(lambda self: arithmetic.transpose(self)),
    "reshape": _reshape,
    "transpose": _transpose,
    "dot": _dot,
    "sum": _sum,
    "mean": _mean,
    "addgrad": _addgrad,
    "backward": walk.backward_from,
    "unchain_backward": walk.unchain_backward,
}


def install() -> None:
    """Put the operators on Variable, and the handles of values on it and on Node."""
    for name, member in _OPERATORS.items():
        setattr(Variable, name, member)
    Variable.node = property(handle.handle_of)  # type: ignore[assignment, method-assign]
    Node.inputs = property(handle.handles_of_inputs)  # type: ignore[assignment, method-assign]
    Node.outputs = property(handle.handles_of_outputs)  # type: ignore[assignment, method-assign]
