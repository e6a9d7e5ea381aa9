"""Variable: an array with the way back to what it was computed from.

The operators of Variable and the methods that are functions are given by `catenary.operators`.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from catenary.device import Device, current, device_of, get_array_module, get_device
from catenary.errors import (
    ArgumentError,
    ArgumentTypeError,
    NotAvailableError,
    ShapeError,
    UninitializedParameterError,
)
from catenary.graph.node import Node, OutputNode, rank_of
from catenary.types import Array, ArrayModule, Axis, Shape

if TYPE_CHECKING:
    from catenary.graph.handle import VariableNode


class Variable:
    """An array that remembers how it was computed.

    Args:
        data: The array, or None. A NumPy number becomes a 0-d array.
        name: A name, shown in graphs.
        grad: The gradient to begin with, of the same shape and dtype.
        requires_grad: Whether a backward pass computes the gradient of this leaf.

    Raises:
        ArgumentTypeError: If `data` is not an array.

    Example:
        >>> import numpy as np
        >>> from catenary import Variable
        >>> x = Variable(np.array([5.0], np.float32))
        >>> y = x**2 - 2 * x + 1
        >>> y.backward()
        >>> x.grad
        array([8.], dtype=float32)
    """

    # Class attributes are the values of a fresh leaf: a function call sets only what differs.
    _array: Any = None
    _node: Node | None = None
    _grad: Any = None
    name: str | None = None
    requires_grad: bool = True
    _stops_graph = False  # a subclass may ask that nothing made of it is recorded; what is made is of that class, too
    order = 0  # a leaf waits at the end of every walk; nodes have negative numbers

    # NumPy's operators leave the work to ours when a Variable stands on the right.
    __array_ufunc__ = None

    def __init__(
        self, data: Array = None, *, name: str | None = None, grad: Array = None, requires_grad: bool = True
    ) -> None:
        if data is not None:
            self._array = checked_array(data, "Variable", "data")
        if name is not None:
            self.name = name
        if not requires_grad:
            self.requires_grad = False
        if grad is not None:
            self.grad = grad

    # --- the array ---

    @property
    def array(self) -> Array:
        """The array; never a bare NumPy number."""
        return self._array

    @array.setter
    def array(self, array: Array) -> None:
        self._array = None if array is None else checked_array(array, type(self).__name__, "array")

    data = array
    raw_array = array

    @property
    def shape(self) -> Shape:
        """The shape of the array."""
        try:
            return self._array.shape  # type: ignore[no-any-return]
        except AttributeError:
            raise self._missing("shape") from None

    @property
    def ndim(self) -> int:
        """The number of axes."""
        try:
            return self._array.ndim  # type: ignore[no-any-return]
        except AttributeError:
            raise self._missing("ndim") from None

    @property
    def size(self) -> int:
        """The number of elements."""
        try:
            return self._array.size  # type: ignore[no-any-return]
        except AttributeError:
            raise self._missing("size") from None

    @property
    def dtype(self) -> Any:
        """The dtype of the array."""
        try:
            return self._array.dtype
        except AttributeError:
            raise self._missing("dtype") from None

    def _missing(self, asked: str) -> UninitializedParameterError:
        """Return the error for what only an array can answer."""
        return UninitializedParameterError(
            f"{type(self).__name__}.{asked}: there is no array yet; "
            "initialize the parameter with its shape, or set .array"
        )

    @property
    def xp(self) -> ArrayModule:
        """The array module of the array."""
        return get_array_module(self._array)

    @property
    def device(self) -> Device:
        """The device where the array lives."""
        return current.get_current() if self._array is None else device_of(self._array)

    @property
    def layout(self) -> None:
        """None: arrays have the order of axes that their function documents, and any strides."""
        return None

    def item(self) -> Any:
        """Return the only element as a Python number.

        Raises:
            ArgumentError: If there is not exactly one element.
        """
        if self._array is None or self._array.size != 1:
            shape = None if self._array is None else self._array.shape
            raise ArgumentError(f"Variable.item: expected exactly one element, got an array of shape {shape}")
        return self._array.item()

    # --- the gradient ---

    @property
    def _kept_grad(self) -> Any:
        return self._grad if self._node is None else self._node.grad

    @_kept_grad.setter
    def _kept_grad(self, grad: Any) -> None:
        if self._node is None:
            self._grad = grad
        else:
            self._node.grad = grad

    @property
    def grad(self) -> Array:
        """The gradient as an array, or None."""
        node = self._node
        grad = self._grad if node is None else node.grad
        return grad._array if isinstance(grad, Variable) else grad

    @grad.setter
    def grad(self, grad: Array) -> None:
        self._kept_grad = None if grad is None else self._checked_grad(grad)

    @property
    def grad_var(self) -> Variable | None:
        """The gradient as a Variable; with `enable_double_backprop` it leads back to what it came from."""
        grad = self._kept_grad
        if grad is None or isinstance(grad, Variable):
            return grad
        self._kept_grad = variable = Variable(grad)
        return variable

    @grad_var.setter
    def grad_var(self, grad: Variable | None) -> None:
        if grad is None:
            self._kept_grad = None
            return
        if not isinstance(grad, Variable):
            raise ArgumentTypeError(f"Variable.grad_var: expected a Variable, got {type(grad).__name__}")
        self._checked_grad(grad._array)
        self._kept_grad = grad

    def _checked_grad(self, grad: Any) -> Array:
        if isinstance(grad, Variable):
            raise ArgumentTypeError(
                "Variable.grad: expected an array, got a Variable; set grad_var, or give its .array"
            )
        grad, array = checked_array(grad, "Variable", "grad"), self._array
        if array is not None:
            if type(grad) is not type(array):
                raise ArgumentTypeError(
                    f"Variable.grad: expected {type(array).__module__}.{type(array).__name__} as the array is, "
                    f"got {type(grad).__module__}.{type(grad).__name__}"
                )
            if grad.shape != array.shape:
                raise ShapeError(f"Variable.grad: expected shape {array.shape} as the array has, got {grad.shape}")
            if not self._takes_grad_of(grad.dtype):
                raise ArgumentTypeError(
                    f"Variable.grad: expected dtype {array.dtype} as the array has, got {grad.dtype}"
                )
        return grad

    def _takes_grad_of(self, dtype: Any) -> bool:
        return bool(dtype == self._array.dtype)

    def cleargrad(self) -> None:
        """Set the gradient to None."""
        self._kept_grad = None

    def zerograd(self) -> None:
        """Set the gradient to zeros."""
        self._kept_grad = None if self._array is None else self.xp.zeros_like(self._array)

    # --- the graph ---

    @property
    def creator_node(self) -> Node | None:
        """The node of the function that made this value, None for a leaf."""
        node = self._node
        if node is None or node.is_unchained:
            return None
        return node.source if isinstance(node, OutputNode) else node

    @property
    def creator(self) -> Any:
        """The function that made this value, None for a leaf."""
        node = self.creator_node
        return getattr(node, "function", node)

    @creator.setter
    def creator(self, node: Any) -> None:
        self.set_creator(node)

    def set_creator(self, gen_func: Any) -> None:
        """Say that this value was made by the old-style function `gen_func`."""
        self.set_creator_node(getattr(gen_func, "node", gen_func))

    def set_creator_node(self, fnode: Any) -> None:
        """Say that this value was made by the node `fnode`."""
        self._node = fnode

    @property
    def rank(self) -> int:
        """The number of functions on the longest way back to a leaf."""
        return rank_of(self._node)

    def unchain(self) -> None:
        """Forget the function that made this value: it becomes a leaf, also for what was computed from it."""
        if self._node is not None:
            self._node.unchain()

    def retain_data(self) -> None:
        """Do nothing: a Variable holds its array anyway."""

    # --- moving and copying ---

    def copydata(self, var: Variable) -> None:
        """Copy the array of `var` into this one, in place, also across devices.

        Raises:
            ShapeError: If the shapes differ.
        """
        source, target = var._array, self._array
        if source is None or target is None:
            if source is not None:
                self._array = self.device.send(source).copy()
            return
        if source.shape != target.shape:
            raise ShapeError(f"{type(self).__name__}.copydata: expected shape {target.shape}, got {source.shape}")
        target[...] = device_of(target).send(source)

    def to_device(self, device: Any) -> None:
        """Move the array and the gradient to another device.

        Args:
            device: A specifier that `get_device` takes, or a Device.
        """
        target = get_device(device)
        grad = self.grad
        if self._array is not None:
            self._array = target.send(self._array)
        if grad is not None:
            self._kept_grad = target.send(grad)

    def to_cpu(self) -> None:
        """Move to the host."""
        self.to_device("@numpy")

    def to_gpu(self, device: Any = None) -> None:
        """Move to a GPU: the current one, or the one with the given number."""
        self.to_device(0 if device is None else device)

    def to_intel64(self) -> None:
        """Refuse: iDeep is not available; `catenary-onednn` speeds up plain arrays.

        Raises:
            NotAvailableError: Always.
        """
        raise NotAvailableError("to_intel64: iDeep arrays are not available; stay on '@numpy'")

    def to_chx(self) -> None:
        """Refuse: ChainerX is not available.

        Raises:
            NotAvailableError: Always.
        """
        raise NotAvailableError("to_chx: ChainerX is not available; use to_device('@cupy:0') for a GPU")

    def from_chx(self) -> None:
        """Do nothing: no array is one of ChainerX."""

    @property
    def chx_array(self) -> Any:
        """Refuse: ChainerX is not available.

        Raises:
            NotAvailableError: Always.
        """
        raise NotAvailableError("chx_array: ChainerX is not available; use .array")

    def as_layout(self, layout: None) -> Variable:
        """Return self: there is no layout but None.

        Raises:
            NotAvailableError: If `layout` is not None.
        """
        if layout is not None:
            raise NotAvailableError(
                f"as_layout: layouts are not available, got {layout!r}; arrays may have any strides"
            )
        return self

    def __copy__(self) -> Variable:
        new = self.__class__.__new__(self.__class__)
        new.__dict__.update(self.__dict__)
        return new

    def __deepcopy__(self, memo: dict[int, Any]) -> Variable:
        new = self.__class__.__new__(self.__class__)
        memo[id(self)] = new
        new.__dict__.update(copy.deepcopy(self.__getstate__(), memo))
        return new

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy or a pickle holds: the array and the gradient, not the graph."""
        state = {k: v for k, v in self.__dict__.items() if k != "_node"}
        state["_grad"] = self.grad
        return state

    # --- showing ---

    @property
    def label(self) -> str:
        """The shape and dtype in short, for graphs."""
        if self._array is None:
            return "(uninitialized)"
        shape = "x".join(map(str, self.shape))
        return f"({shape}), {self.dtype}" if shape else f"{self.dtype}"

    def __repr__(self) -> str:
        return self._text(", ")

    def __str__(self) -> str:
        return self._text(" ")

    def _text(self, separator: str) -> str:
        start = "variable(" if self.name is None else f"variable {self.name}("
        if self._array is None:
            return f"{start}None)"
        body = np.array2string(device_of(self._array).to_host(self._array), separator=separator, prefix=start)
        return f"{start}{body})"

    def summary(self) -> str:
        """Return the name, shape, dtype and device in one line."""
        return f"<variable {self.name or 'at'} {hex(id(self))}: {self.label} on {self.device}>"

    def debug_print(self) -> str:
        """Return a text on the array and its gradient: device, shape, dtype, mean and standard deviation."""
        lines = [self.summary()]
        for title, array in (("data", self._array), ("grad", self.grad)):
            if array is None:
                lines.append(f"- {title}: None")
            else:
                mean, std = (float(array.mean()), float(array.std())) if array.size else (0.0, 0.0)
                lines.append(f"- {title}: {array.shape} {array.dtype}, mean={mean:.8f}, std={std:.8f}")
        return "\n".join(lines)

    def __len__(self) -> int:
        if self.ndim == 0:
            raise ArgumentTypeError("a 0-d Variable has no length and cannot be iterated over; see item()")
        return len(self._array)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        raise ArgumentTypeError(
            f"numpy.{function.__name__} got a Variable; give its .array, or use catenary.functions where gradients are "
            "needed"
        )

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        raise ArgumentTypeError(
            "a NumPy function got a Variable; give its .array, or use catenary.functions where gradients are needed"
        )

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        raise ArgumentTypeError("a Variable has no truth value; compare its .array")

    def _no_comparison(self, other: Any) -> Any:
        raise ArgumentTypeError("Variables cannot be compared; compare their .array")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _no_comparison

    if TYPE_CHECKING:  # given by catenary.operators

        def backward(
            self,
            retain_grad: bool = False,
            enable_double_backprop: bool = False,
            loss_scale: float | None = None,
        ) -> None: ...
        @property
        def node(self) -> VariableNode: ...
        def addgrad(self, var: Variable) -> None: ...
        def unchain_backward(self) -> None: ...
        def reshape(self, *shape: Any) -> Variable: ...
        def transpose(self, *axes: Any) -> Variable: ...
        def dot(self, other: Any) -> Variable: ...
        def sum(self, axis: Axis = None, keepdims: bool = False) -> Variable: ...
        def mean(self, axis: Axis = None, *, weights: Any = None, keepdims: bool = False) -> Variable: ...
        @property
        def T(self) -> Variable: ...
        def __neg__(self) -> Variable: ...
        def __abs__(self) -> Variable: ...
        def __add__(self, other: Any) -> Variable: ...
        def __radd__(self, other: Any) -> Variable: ...
        def __sub__(self, other: Any) -> Variable: ...
        def __rsub__(self, other: Any) -> Variable: ...
        def __mul__(self, other: Any) -> Variable: ...
        def __rmul__(self, other: Any) -> Variable: ...
        def __truediv__(self, other: Any) -> Variable: ...
        def __rtruediv__(self, other: Any) -> Variable: ...
        def __floordiv__(self, other: Any) -> Variable: ...
        def __rfloordiv__(self, other: Any) -> Variable: ...
        def __pow__(self, other: Any) -> Variable: ...
        def __rpow__(self, other: Any) -> Variable: ...
        def __matmul__(self, other: Any) -> Variable: ...
        def __rmatmul__(self, other: Any) -> Variable: ...
        def __getitem__(self, slices: Any) -> Variable: ...


def is_array(value: Any) -> bool:
    """Return whether `value` is an array (not a Variable, not a number)."""
    if isinstance(value, Variable | np.generic):
        return False
    return isinstance(value, np.ndarray) or all(hasattr(value, name) for name in ("shape", "dtype", "ndim"))


def checked_array(value: Any, function: str, argument: str) -> Array:
    """Return `value` if it is an array, a NumPy number as a 0-d array; raise otherwise."""
    if value.__class__ is np.ndarray:
        return value
    if isinstance(value, np.generic):
        return np.asarray(value)
    if isinstance(value, Variable):
        raise ArgumentTypeError(f"{function}: {argument} must be an array, got a Variable; give its .array")
    if isinstance(value, list | tuple | int | float | str | bytes):
        raise ArgumentTypeError(
            f"{function}: {argument} must be an array, got {type(value).__name__}; "
            "make one with numpy.array(..., numpy.float32)"
        )
    try:
        device_of(value)
    except ArgumentTypeError:
        known = "" if value is None else f" (of no installed device: {type(value).__module__})"
        raise ArgumentTypeError(f"{function}: {argument} must be an array, got {type(value).__name__}{known}") from None
    return value


def as_variable(obj: Any) -> Variable:
    """Return `obj` if it is a Variable, otherwise a Variable of the array that needs no gradient.

    Example:
        >>> import numpy as np, catenary
        >>> catenary.as_variable(np.zeros(2)).requires_grad
        False
    """
    return obj if isinstance(obj, Variable) else Variable(obj, requires_grad=False)


def as_array(obj: Any) -> Array:
    """Return the array of a Variable; anything else as it is.

    Example:
        >>> import numpy as np, catenary
        >>> catenary.as_array(catenary.Variable(np.zeros(2)))
        array([0., 0.])
    """
    return obj._array if isinstance(obj, Variable) else obj
