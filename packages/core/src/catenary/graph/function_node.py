"""FunctionNode and Function: differentiable functions as classes, with `forward` and `backward` methods.

`@function` is shorter for most functions; these are for user code that comes as classes, and for functions whose
backward pass fits no rule per input.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np

from catenary.config import DEBUG, NO_BACKPROP, settings
from catenary.errors import ArgumentTypeError, GraphError
from catenary.graph.call import check_nan, connect, constants, plain, source_of
from catenary.graph.hooks import FunctionHook, forward_hooks
from catenary.graph.node import Node, OutputNode, Pairs, VariableMaker, next_order
from catenary.graph.walk import variable_of
from catenary.types import Array
from catenary.variable import Variable, as_array, as_variable, is_array


class FunctionNode(Node):
    """Base of differentiable functions as classes; an object is one application.

    Override `forward` and `backward`, and call `retain_inputs` or `retain_outputs` in `forward` for what
    `backward` needs.

    Example:
        >>> import numpy as np, catenary
        >>> class Square(catenary.FunctionNode):
        ...     def forward(self, inputs):
        ...         self.retain_inputs((0,))
        ...         return (inputs[0] ** 2,)
        ...     def backward(self, target_input_indexes, grad_outputs):
        ...         (x,) = self.get_retained_inputs()
        ...         return (2 * x * grad_outputs[0],)
        >>> x = catenary.Variable(np.array([3.0], np.float32))
        >>> (y,) = Square().apply((x,))
        >>> y.backward()
        >>> x.grad
        array([6.], dtype=float32)
    """

    _sources: tuple[Any, ...] | None = None
    _arrays: tuple[Array, ...] = ()
    _ys: tuple[Array, ...] = ()
    _keep_inputs: tuple[int, ...] = ()
    _keep_outputs: tuple[int, ...] = ()
    _likes: tuple[Any, ...] = ()
    _several = False
    #: Called with the node and its input arrays before `forward`; a package on top may set it.
    check_inputs: ClassVar[Callable[[FunctionNode, tuple[Array, ...]], None] | None] = None
    stack = None
    is_elementwise = False
    lazy_grad_sum = False
    local_function_hooks: Mapping[str, FunctionHook] = MappingProxyType({})

    # --- to override ---

    def forward(self, inputs: tuple[Array, ...]) -> tuple[Array, ...]:
        """Compute the outputs, a tuple of arrays, from arrays."""
        on_host = all(isinstance(x, np.ndarray) for x in inputs)
        return self.forward_cpu(inputs) if on_host else self.forward_gpu(inputs)

    def forward_cpu(self, inputs: tuple[Array, ...]) -> tuple[Array, ...]:
        """Compute the outputs on the host, where `forward` is not overridden."""
        raise NotImplementedError(f"{type(self).__name__} gives neither forward nor forward_cpu")

    def forward_gpu(self, inputs: tuple[Array, ...]) -> tuple[Array, ...]:
        """Compute the outputs on another device, where `forward` is not overridden."""
        raise NotImplementedError(f"{type(self).__name__} gives neither forward nor forward_gpu")

    def backward(
        self, target_input_indexes: tuple[int, ...], grad_outputs: tuple[Variable | None, ...]
    ) -> tuple[Variable | None, ...]:
        """Compute the gradients of the inputs at the given positions.

        Args:
            target_input_indexes: The positions of the inputs that need a gradient.
            grad_outputs: The gradients of the outputs, None where none came.

        Returns:
            One Variable per target, or None for zero.
        """
        return (None,) * len(target_input_indexes)

    def backward_accumulate(
        self,
        target_input_indexes: tuple[int, ...],
        grad_outputs: tuple[Variable | None, ...],
        grad_inputs: tuple[Variable | None, ...],
    ) -> tuple[Variable | None, ...]:
        """Compute gradients and add them to `grad_inputs`, one entry per target."""
        gxs = self._checked(target_input_indexes, self.backward(target_input_indexes, grad_outputs))
        return tuple(b if a is None else a if b is None else a + b for a, b in zip(gxs, grad_inputs, strict=True))

    def check_type_forward(self, in_types: Any) -> None:
        """Do nothing; a package on top calls it if it sets `FunctionNode.check_inputs`, as `import chainer` does."""

    def check_layout_forward(self, inputs: Any) -> None:
        """Do nothing: there is no layout but None."""

    # --- what `forward` and `backward` call ---

    def retain_inputs(self, indexes: Any) -> None:
        """Keep the inputs at these positions for `backward`."""
        self._keep_inputs = tuple(indexes)

    def retain_outputs(self, indexes: Any) -> None:
        """Keep the outputs at these positions for `backward`."""
        self._keep_outputs = tuple(indexes)

    def get_retained_inputs(self) -> tuple[Any, ...]:
        """Return the kept inputs as Variables."""
        return tuple(
            as_variable(variable_of(self.sources[i], a)) for i, a in zip(self._keep_inputs, self._arrays, strict=True)
        )

    def get_retained_outputs(self) -> tuple[Variable, ...]:
        """Return the kept outputs as Variables."""
        count = len(self._likes) if self._several else 1
        nodes = [
            OutputNode(self, i, count, y) if self._several else self
            for i, y in zip(self._keep_outputs, self._ys, strict=True)
        ]
        return tuple(variable_of(node, y) for node, y in zip(nodes, self._ys, strict=True))

    # --- calling ---

    def apply(self, inputs: Any) -> tuple[Variable, ...]:
        """Compute the outputs for Variables or arrays, and record how.

        Args:
            inputs: A tuple of Variables or arrays.

        Returns:
            A tuple of Variables.

        Raises:
            GraphError: If this object was applied before.
            ArgumentTypeError: If `forward` returns no tuple of arrays.
        """
        if self._sources is not None:
            raise GraphError(f"{self.label}: a FunctionNode is applied once; make a new object for each call")
        arrays = tuple(
            x._array if isinstance(x, Variable) else plain(x, self.label, f"inputs[{i}]") for i, x in enumerate(inputs)
        )
        if self.check_inputs is not None:
            self.check_inputs(arrays)
        self._sources = tuple(source_of(x) for x in inputs)
        self.order = next_order()
        with forward_hooks(self, arrays):
            ys = self.forward(arrays)
        if not isinstance(ys, tuple) or not all(is_array(y) or isinstance(y, np.generic) for y in ys):
            raise ArgumentTypeError(f"{self.label}.forward: must return a tuple of arrays, got {type(ys).__name__}")
        ys = tuple(np.asarray(y) if isinstance(y, np.generic) else y for y in ys)
        if settings.mode & DEBUG:
            check_nan(ys, self.label)
        stopper = next((type(v) for v in inputs if isinstance(v, Variable) and v._stops_graph), None)
        if stopper or settings.mode & NO_BACKPROP or all(source is None for source in self._sources):
            return constants(ys, stopper or Variable)
        self._arrays = tuple(arrays[i] for i in self._keep_inputs)
        self._ys = tuple(ys[i] for i in self._keep_outputs)
        self._several, self._likes = len(ys) > 1, tuple((y.shape, y.dtype) for y in ys)
        return connect(self, ys, self._several)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse: only old-style functions are called; use `apply`."""
        raise ArgumentTypeError(f"{self.label}: a FunctionNode is not called; use apply((x, ...))")

    # --- what the engine asks ---

    @property
    def label(self) -> str:  # type: ignore[override]
        """The name of the function in graphs and messages."""
        return type(self).__name__

    @property
    def sources(self) -> tuple[Any, ...]:
        return self._sources or ()

    @property
    def arrays(self) -> tuple[Any, ...]:
        kept = dict(zip(self._keep_inputs, self._arrays, strict=False))
        return tuple(kept.get(i) for i in range(len(self.sources)))

    @property
    def rank(self) -> int:
        """The number of functions on the longest way back to a leaf."""
        return 0 if self._sources is None else super().rank

    @property
    def input_layouts(self) -> tuple[None, ...]:
        """None for each input."""
        return (None,) * len(self.sources)

    @property
    def output_layouts(self) -> tuple[None, ...]:
        """None for each output."""
        return (None,) * len(self._likes)

    @property
    def output_data(self) -> tuple[Array, ...]:
        """The arrays of the outputs, None in place of those not kept."""
        kept = dict(zip(self._keep_outputs, self._ys, strict=True))
        return tuple(kept.get(i) for i in range(len(self._likes)))

    def twin(self, variable_of: VariableMaker | None, wanted: set[Any] | None) -> Node:
        return self if wanted is None else _Restricted(self, wanted)

    def propagate(self, gy: Any, wanted: set[Any] | None = None) -> Pairs:
        gys = tuple(gy) if self._several else (gy,)
        for hook in self.local_function_hooks.values():
            hook.backward_preprocess(self, self.arrays, gys)
        targets = tuple(i for i, s in enumerate(self.sources) if s is not None and (wanted is None or s in wanted))
        if any(isinstance(g, Variable) for g in gys):
            gxs = self._backward(targets, gys)
        else:
            gxs = self._backward_on_arrays(targets, gys)
        for hook in self.local_function_hooks.values():
            hook.backward_postprocess(self, self.arrays, gys)
        return [(self.sources[i], gx) for i, gx in zip(targets, gxs, strict=True)]

    def _backward_on_arrays(self, targets: tuple[int, ...], gys: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return gradients as arrays; the user's code gets Variables, but nothing is recorded."""
        mode, settings.mode = settings.mode, NO_BACKPROP
        try:
            wrapped = tuple(
                None if g is None else Variable(np.asarray(g) if isinstance(g, np.generic) else g) for g in gys
            )
            gxs = [as_array(gx) for gx in self._backward(targets, wrapped)]
        finally:
            settings.mode = mode
        # What came in, and what stands here twice, is copied: a leaf may get it as its own.
        seen = {id(g) for g in gys if self._several}
        for i, gx in enumerate(gxs):
            if gx is not None and id(gx) in seen:
                gxs[i] = gx.copy()
            seen.add(id(gx))
        return tuple(gxs)

    def _backward(self, targets: tuple[int, ...], gys: tuple[Any, ...]) -> tuple[Any, ...]:
        return self._checked(targets, self.backward_accumulate(targets, gys, (None,) * len(targets)))

    def _checked(self, targets: tuple[int, ...], gxs: Any) -> tuple[Any, ...]:
        """Return one gradient per target, also where `backward` gave those of all inputs."""
        if not isinstance(gxs, tuple | list) or not all(gx is None or isinstance(gx, Variable) for gx in gxs):
            got = ", ".join(type(gx).__name__ for gx in gxs) if isinstance(gxs, tuple | list) else type(gxs).__name__
            raise ArgumentTypeError(f"{self.label}.backward: must return a tuple of Variables (or None), got {got}")
        if len(gxs) == len(self.sources) and len(targets) < len(gxs):
            gxs = tuple(gxs[i] for i in targets)
        if len(gxs) != len(targets):
            raise GraphError(f"{self.label}.backward: expected {len(targets)} gradients, got {len(gxs)}")
        return tuple(gxs)

    def unchain(self) -> None:
        super().unchain()
        self._sources = (None,) * len(self.sources)
        self._keep_inputs = self._keep_outputs = ()
        self._arrays = self._ys = ()

    # --- hooks of this object ---

    def add_hook(self, hook: FunctionHook, name: str | None = None) -> None:
        """Add a hook for this object only."""
        add_local_hook(self, hook, name)

    def delete_hook(self, name: str) -> None:
        """Remove a hook of this object."""
        delete_local_hook(self, name)


class _Restricted(Node):
    """A FunctionNode that is asked for some of its gradients only."""

    __slots__ = ("node", "wanted")

    def __init__(self, node: FunctionNode, wanted: set[Any]) -> None:
        self.node, self.wanted = node, wanted

    def propagate(self, gy: Any) -> Pairs:
        return self.node.propagate(gy, self.wanted)


def add_local_hook(function: Any, hook: FunctionHook, name: str | None) -> None:
    """Add a hook to one function object."""
    if not isinstance(hook, FunctionHook):
        raise ArgumentTypeError(f"add_hook: expected a FunctionHook, got {type(hook).__name__}")
    name = hook.name if name is None else name
    if name in function.local_function_hooks:
        raise GraphError(f"add_hook: {type(function).__name__} has a hook named {name!r} already")
    hook.added(function)
    function.local_function_hooks = {**function.local_function_hooks, name: hook}


def delete_local_hook(function: Any, name: str) -> None:
    """Remove a hook from one function object."""
    if name not in function.local_function_hooks:
        raise GraphError(f"delete_hook: {type(function).__name__} has no hook named {name!r}")
    hooks = dict(function.local_function_hooks)
    hooks.pop(name).deleted(function)
    function.local_function_hooks = hooks
