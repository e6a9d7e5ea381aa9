"""Function: old-style differentiable functions, whose `backward` maps arrays to arrays."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from catenary.config import NO_BACKPROP, settings
from catenary.errors import GraphError
from catenary.graph.call import connect, source_of
from catenary.graph.function_node import FunctionNode, add_local_hook, delete_local_hook
from catenary.graph.hooks import FunctionHook
from catenary.graph.node import Pairs, next_order
from catenary.types import Array
from catenary.variable import Variable, as_array


class Function:
    """Base of old-style functions: override `forward` and `backward`, both on tuples of arrays.

    All inputs are kept for `backward` unless `forward` calls `retain_inputs`. Gradients of higher order need a
    `FunctionNode` or `@function`.

    Example:
        >>> import numpy as np, catenary
        >>> class Cube(catenary.Function):
        ...     def forward(self, inputs):
        ...         return (inputs[0] ** 3,)
        ...     def backward(self, inputs, grad_outputs):
        ...         return (3 * inputs[0] ** 2 * grad_outputs[0],)
        >>> x = catenary.Variable(np.array([2.0], np.float32))
        >>> Cube()(x).backward()
        >>> x.grad
        array([12.], dtype=float32)
    """

    _node_of_last_call: Callable[[], FunctionAdapter | None] | None = None
    stack = None
    local_function_hooks: Mapping[str, FunctionHook] = MappingProxyType({})

    def __call__(self, *inputs: Any) -> Any:
        """Return a Variable, or a tuple of them if `forward` returns several arrays."""
        node = FunctionAdapter(self)
        node.local_function_hooks = self.local_function_hooks
        self._node_of_last_call = weakref.ref(node)  # the graph is freed with its outputs
        ys = node.apply(inputs)
        return ys[0] if len(ys) == 1 else ys

    def forward(self, inputs: tuple[Array, ...]) -> tuple[Array, ...]:
        """Compute the outputs from arrays."""
        on_host = all(isinstance(x, np.ndarray) for x in inputs)
        return self.forward_cpu(inputs) if on_host else self.forward_gpu(inputs)

    def forward_cpu(self, inputs: tuple[Array, ...]) -> tuple[Array, ...]:
        """Compute the outputs on the host, where `forward` is not overridden."""
        raise NotImplementedError(f"{type(self).__name__} gives neither forward nor forward_cpu")

    def forward_gpu(self, inputs: tuple[Array, ...]) -> tuple[Array, ...]:
        """Compute the outputs on another device, where `forward` is not overridden."""
        raise NotImplementedError(f"{type(self).__name__} gives neither forward nor forward_gpu")

    def backward(self, inputs: tuple[Array, ...], grad_outputs: tuple[Array, ...]) -> tuple[Array, ...]:
        """Compute one gradient (or None) per input from arrays."""
        on_host = all(g is None or isinstance(g, np.ndarray) for g in grad_outputs)
        return (self.backward_cpu if on_host else self.backward_gpu)(inputs, grad_outputs)

    def backward_cpu(self, inputs: tuple[Array, ...], grad_outputs: tuple[Array, ...]) -> tuple[Array, ...]:
        """Compute the gradients on the host, where `backward` is not overridden."""
        return (None,) * len(inputs)

    def backward_gpu(self, inputs: tuple[Array, ...], grad_outputs: tuple[Array, ...]) -> tuple[Array, ...]:
        """Compute the gradients on another device, where `backward` is not overridden."""
        return (None,) * len(inputs)

    @property
    def node(self) -> FunctionAdapter:
        """The node of the last call, as long as its graph is in use; then an empty one."""
        node = None if self._node_of_last_call is None else self._node_of_last_call()
        return FunctionAdapter(self) if node is None else node

    def check_type_forward(self, in_types: Any) -> None:
        """Do nothing; a package on top calls it if it sets `FunctionNode.check_inputs`, as `import chainer` does."""

    @property
    def label(self) -> str:
        """The name of the function in graphs and messages."""
        return type(self).__name__

    @property
    def inputs(self) -> Any:
        """Handles of the inputs of the last call."""
        return self.node.inputs

    @property
    def outputs(self) -> Any:
        """Handles of the outputs of the last call."""
        return self.node.outputs

    @property
    def output_data(self) -> tuple[Array, ...]:
        """The arrays of the outputs, None in place of those not kept."""
        return self.node.output_data

    @property
    def rank(self) -> int:
        """The number of functions on the longest way back to a leaf."""
        return self.node.rank

    def retain_inputs(self, indexes: Any) -> None:
        """Keep only the inputs at these positions; `backward` gets None for the others."""
        self.node.retain_inputs(indexes)

    def retain_outputs(self, indexes: Any, retain_after_backward: bool = False) -> None:
        """Keep the outputs at these positions, as `output_data`."""
        self.node.retain_outputs(indexes)

    def unchain(self) -> None:
        """Cut the way back from the outputs of the last call."""
        self.node.unchain()

    def add_hook(self, hook: FunctionHook, name: str | None = None) -> None:
        """Add a hook for this object only."""
        add_local_hook(self, hook, name)

    def delete_hook(self, name: str) -> None:
        """Remove a hook of this object."""
        delete_local_hook(self, name)


class FunctionAdapter(FunctionNode):
    """The node of an old-style function.

    Attributes:
        function: The old-style function.
    """

    def __init__(self, function: Function) -> None:
        self.function = function

    @property
    def label(self) -> str:  # type: ignore[override]
        return self.function.label

    def check_type_forward(self, in_types: Any) -> None:
        self.function.check_type_forward(in_types)

    def forward(self, inputs: tuple[Array, ...]) -> tuple[Array, ...]:
        self._keep_inputs = tuple(range(len(inputs)))
        return self.function.forward(inputs)

    def backward(
        self, target_input_indexes: tuple[int, ...], grad_outputs: tuple[Variable | None, ...]
    ) -> tuple[Variable | None, ...]:
        gxs = self.function.backward(self.arrays, tuple(as_array(g) for g in grad_outputs))
        if len(gxs) != len(self.sources):
            raise GraphError(f"{self.label}.backward: expected {len(self.sources)} gradients, got {len(gxs)}")
        wanted = tuple(gxs[i] for i in target_input_indexes)
        if settings.mode & NO_BACKPROP:
            return tuple(None if gx is None else Variable(gx) for gx in wanted)
        return _first_order_only(self, grad_outputs, wanted)


def _first_order_only(
    node: FunctionAdapter, grad_outputs: tuple[Variable | None, ...], gxs: tuple[Array, ...]
) -> tuple[Variable | None, ...]:
    """Return gradients as Variables that lead back to a node which refuses to be differentiated."""
    there = tuple(np.asarray(gx) if isinstance(gx, np.generic) else gx for gx in gxs if gx is not None)
    end = _FirstOrderOnly()
    end.of, end.order = node.label, next_order()
    end._sources = (*node.sources, *(source_of(g) for g in grad_outputs))
    made = iter(connect(end, there, len(there) > 1) if there else ())
    return tuple(None if gx is None else next(made) for gx in gxs)


class _FirstOrderOnly(FunctionNode):
    """What computed the gradient of an old-style function."""

    of: str

    @property
    def label(self) -> str:  # type: ignore[override]
        return f"gradient of {self.of}"

    def propagate(self, gy: Any, wanted: set[Any] | None = None) -> Pairs:
        raise GraphError(
            f"{self.of}: an old-style Function has no gradients of higher order; write it as a FunctionNode "
            "or with @function"
        )
