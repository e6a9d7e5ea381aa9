"""A call of a declared function, step by step: the long way, and the helpers of the short one."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any

import numpy as np

from catenary.config import DEBUG, NO_BACKPROP, RAW, settings
from catenary.device import get_array_module, get_device_from_array
from catenary.errors import (
    ArgumentError,
    ArgumentTypeError,
    CatenaryError,
    DeviceError,
    NaNError,
    UninitializedParameterError,
)
from catenary.graph.declaration import Declaration, Saved
from catenary.graph.half import half_of, in_float32, is_float
from catenary.graph.hooks import forward_hooks
from catenary.graph.implementation import chosen
from catenary.graph.node import Node, OutputNode, next_order
from catenary.types import Array, ArrayModule
from catenary.variable import Variable, checked_array, is_array


def call(declaration: Declaration, inputs: tuple[Any, ...], attributes: tuple[Any, ...]) -> Any:
    """Call a declared function.

    Args:
        declaration: What is known of it.
        inputs: Its inputs as the caller gave them.
        attributes: Its attributes.

    Returns:
        A Variable or a tuple of them; arrays inside a first-order backward walk.
    """
    given = _listed(declaration, inputs[0]) if declaration.many else inputs
    names = _input_names(declaration, len(given))
    arrays = tuple(_array_of(declaration, given, i, name) for i, name in enumerate(names))
    half = half_of(arrays) if declaration.widens_half else None
    raw = settings.mode & RAW and not any(isinstance(v, Variable) for v in given)
    implementation = chosen(declaration, arrays, attributes)
    if implementation is not None:
        return declaration.call_other(implementation, inputs, attributes)
    if half is not None:
        return in_float32(lambda *widened: call(declaration, widened, attributes), half, inputs, {})
    node = declaration.node_class()
    saved = Saved()
    if raw:
        return _run_body(declaration, arrays, attributes, saved)
    sources = tuple(source_of(v) for v in given)
    node.order = next_order()  # this and the sources before the body: hooks may ask for them
    for name, source in {declaration.many: sources}.items() if declaration.many else zip(declaration.inputs, sources):
        setattr(node, f"source_{name}", source)
    with forward_hooks(node, arrays):
        y = _run_body(declaration, arrays, attributes, saved)
        ys = tuple(output_array(one, declaration, arrays) for one in (y if declaration.several_outputs else (y,)))
        if settings.mode & DEBUG:
            check_nan(ys, declaration.name)
        stopper = next((v for v in given if isinstance(v, Variable) and v._stops_graph), None)
        if stopper is not None:
            outs = constants(ys, type(stopper))
        elif (
            settings.mode & NO_BACKPROP
            or settings.mode & RAW
            or not declaration.all_rules
            or not any(s is not None for s in sources)
        ):
            outs = constants(ys)
        else:
            _fill(node, declaration, arrays, attributes, ys, saved)
            outs = connect(node, ys, declaration.several_outputs)
    return outs if declaration.several_outputs else outs[0]


def _array_of(declaration: Declaration, given: Sequence[Any], i: int, name: str) -> Any:
    value = given[i]
    if isinstance(value, Variable) or value is None:
        return value._array if value is not None else None
    if declaration.keeps_numbers:
        return plain_number(value, declaration.name, name, given[i - 1])
    return plain(value, declaration.name, name)


def _listed(declaration: Declaration, value: Any) -> list[Any]:
    try:
        return list(value)
    except TypeError:
        raise ArgumentTypeError(
            f"{declaration.name}: {declaration.many} must be a list of arrays, got {type(value).__name__}"
        ) from None


def unwrap_list(declaration: Declaration, value: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return the arrays in a list of inputs, and what gradients for them go to."""
    given = value if type(value) is list or type(value) is tuple else _listed(declaration, value)
    arrays, sources = [], []
    for i, one in enumerate(given):
        if isinstance(one, Variable):
            arrays.append(one._array)
            sources.append(one if one._node is None and one.requires_grad else one._node)
        else:
            arrays.append(one if type(one) is np.ndarray else plain(one, declaration.name, f"{declaration.many}[{i}]"))
            sources.append(None)
    return tuple(arrays), tuple(sources)


def constants(ys: tuple[Array, ...], kind: type[Variable] = Variable) -> tuple[Variable, ...]:
    """Return Variables that lead back to nothing."""
    return tuple(kind(y, requires_grad=False) for y in ys)


def source_of(value: Any) -> Any:
    """Return what a gradient for this input goes to: its node, the leaf itself, or None."""
    if not isinstance(value, Variable):
        return None
    return value if value._node is None and value.requires_grad else value._node


def connect(node: Node, ys: tuple[Array, ...], several: bool) -> tuple[Variable, ...]:
    """Return Variables for the outputs of `node` that lead back to it."""
    outs = tuple(Variable(y) for y in ys)
    node.shape = node.dtype = node.grad = None
    if several:
        for i, (out, y) in enumerate(zip(outs, ys, strict=True)):
            out._node = OutputNode(node, i, len(ys), y)
        node.outs = tuple(weakref.ref(out._node) for out in outs)  # type: ignore[misc]  # subclasses have the slot
    else:
        node.shape, node.dtype = ys[0].shape, ys[0].dtype
        outs[0]._node = node
    return outs


def _fill(
    node: Any,
    declaration: Declaration,
    arrays: tuple[Array, ...],
    attributes: tuple[Any, ...],
    ys: tuple[Array, ...],
    saved: Saved,
) -> None:
    given = {declaration.many: arrays} if declaration.many else dict(zip(declaration.inputs, arrays, strict=True))
    for name, users in node.users.items():
        needed = not users or any(getattr(node, f"source_{user}") is not None for user in users)
        setattr(node, f"array_{name}", given[name] if needed else None)
    for name, value in zip(declaration.attributes, attributes, strict=True):
        if name in node.attribute_names:
            setattr(node, f"attribute_{name}", value)
    if declaration.several_outputs:
        node.likes = tuple((y.shape, y.dtype) for y in ys)
    if "y" in node.slots:
        node.y = ys if declaration.several_outputs else ys[0]
    if declaration.takes_saved:
        node.saved = saved


def _run_body(declaration: Declaration, arrays: tuple[Array, ...], attributes: tuple[Any, ...], saved: Saved) -> Any:
    xp = module_of(*arrays) if declaration.takes_xp else None
    named = dict(zip(declaration.attributes, attributes, strict=True))
    named.update({declaration.many: arrays} if declaration.many else zip(declaration.inputs, arrays, strict=True))
    if declaration.takes_saved:
        named["saved"] = saved
    try:
        return declaration.body(xp, **named)
    except Exception as error:
        explain(error, declaration, arrays)
        raise


def complete(gys: Sequence[Any], node: Any) -> tuple[Any, ...]:
    """Return the gradients of all outputs, zeros where none came.

    Arrays come as views: so the walk sees when a rule passes one on to a leaf, and copies it.
    """
    there = next(g for g in gys if g is not None)
    xp = get_array_module(there)
    return tuple(
        xp.zeros(shape, dtype) if g is None else g if isinstance(g, Variable) else g[...]
        for g, (shape, dtype) in zip(gys, node.likes, strict=True)
    )


# --- arrays in, arrays out ---


def module_of(*arrays: Any) -> ArrayModule:
    """Return the array module of the inputs of a call."""
    return get_array_module(*(a._array if isinstance(a, Variable) else a for a in arrays))


def plain(value: Any, function: str, argument: str) -> Array:
    """Return an input that is no Variable as an array.

    Raises:
        ArgumentTypeError: If it is neither an array nor a number.
    """
    if isinstance(value, float | int) and not isinstance(value, bool | np.generic):
        return np.asarray(value, settings.dtype if isinstance(value, float) else None)
    return checked_array(value, function, argument)


def plain_number(value: Any, function: str, argument: str, other: Any) -> Any:
    """Do as `plain`, but let numbers stay Python numbers, so that they do not widen the dtype of the other input."""
    if value.__class__ is float or value.__class__ is int:
        array = other._array if isinstance(other, Variable) else other
        if getattr(array, "itemsize", 0) == 2 and array.dtype.kind == "V":  # NumPy would widen bfloat16
            return array.dtype.type(value)
        return value
    if isinstance(value, np.generic):
        return value.item()
    return value if isinstance(value, float | int) else checked_array(value, function, argument)


def output_array(y: Any, declaration: Declaration, arrays: tuple[Any, ...]) -> Array:
    """Return what a body returned as an array: NumPy makes bare numbers of 0-d results."""
    if isinstance(y, np.generic | float | int):
        return np.asarray(y)
    if is_array(y):
        return y
    raise ArgumentTypeError(
        f"{declaration.name}: the body must return {'arrays' if declaration.several_outputs else 'an array'}, "
        f"got {type(y).__name__}"
    )


# --- errors ---


def explain(error: Exception, declaration: Declaration, arrays: tuple[Any, ...]) -> None:
    """Raise an error in place of one that a body met, if it can say more: which function got what."""
    better = _explained(error, declaration, arrays)
    if better is not error:
        raise better from error


def _explained(error: Exception, declaration: Declaration, arrays: tuple[Any, ...]) -> Exception:
    if isinstance(error, CatenaryError):
        return error
    names = _input_names(declaration, len(arrays))
    kinds = declaration.inputs.values() if not declaration.many else ["one"] * len(arrays)
    for name, array, kind in zip(names, arrays, kinds, strict=True):
        if array is None and kind != "optional":
            return UninitializedParameterError(
                f"{declaration.name}: {name} has no array yet (a lazy parameter, or Variable(None)); "
                "initialize it with its shape"
            )
    got = ", ".join(f"{name}: {describe(array)}" for name, array in zip(names, arrays, strict=True))
    try:
        get_device_from_array(*arrays)
    except CatenaryError as mixed:
        return DeviceError(f"{declaration.name}: {mixed} ({got}); move them with to_device")
    kind_of_error = ArgumentTypeError if isinstance(error, TypeError) else ArgumentError
    if not isinstance(error, TypeError | ValueError | IndexError | KeyError):
        return error
    return kind_of_error(f"{declaration.name}: {error} ({got or 'no inputs'})")


def describe(value: Any) -> str:
    """Return the shape and dtype of an array, or the value itself."""
    return f"{tuple(value.shape)} {value.dtype}" if is_array(value) else repr(value)


def check_nan(arrays: Sequence[Any], name: str) -> None:
    """Raise if an array of floats holds NaN.

    Raises:
        NaNError: Naming the function.
    """
    for i, array in enumerate(arrays):
        array = array._array if isinstance(array, Variable) else array
        if array is not None and is_float(array.dtype) and bool(get_array_module(array).isnan(array).any()):
            raise NaNError(f"{name}: NaN in {'the result' if len(arrays) == 1 else f'result {i}'} ({describe(array)})")


def _input_names(declaration: Declaration, count: int) -> list[str]:
    if declaration.many:
        return [f"{declaration.many}[{i}]" for i in range(count)]
    return list(declaration.inputs)
