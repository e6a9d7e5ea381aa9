"""From a batch, a list of examples, to arrays on a device."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import update_wrapper
from typing import Any

import numpy as np

from catenary import get_array_module, get_device
from catenary.errors import ArgumentError, ArgumentTypeError, ShapeError
from catenary.types import Array, Shape
from catenary_training.dataset.batch import Batch

#: What fills up arrays of different shapes: one number for all, or one per element of an example.
Padding = Any


class Converter:
    """Base class of converters: callables that make arrays of a batch and put them on a device."""

    def __call__(self, batch: Sequence[Any], device: Any = None) -> Any:
        """Return the arrays of a batch.

        Args:
            batch: A list of examples.
            device: Where the arrays go; None leaves them where they are.
        """
        raise NotImplementedError(f"{type(self).__name__} gives no __call__")


class _FunctionConverter(Converter):
    def __init__(self, function: Callable[[Any, Any], Any]) -> None:
        update_wrapper(self, function)
        self._function = function

    def __call__(self, batch: Sequence[Any], device: Any = None) -> Any:
        return self._function(batch, None if device is None else get_device(device))


def converter() -> Callable[[Callable[[Any, Any], Any]], Converter]:
    """Make a converter of a function of a batch and a device.

    The function always gets a `Device` or None, whatever specifier the caller gave.

    Returns:
        A decorator.

    Example:
        >>> import numpy as np
        >>> from catenary.dataset import converter, to_device
        >>> @converter()
        ... def halves(batch, device):
        ...     return to_device(device, np.array(batch) / 2)
        >>> halves([2, 4], device="@numpy")
        array([1., 2.])
    """
    return _FunctionConverter


def to_device(device: Any, x: Any) -> Any:
    """Move arrays to a device.

    Args:
        device: What `catenary.get_device` takes, or None to leave the arrays where they are.
        x: An array, or lists, tuples and dicts of arrays.

    Returns:
        The same structure on the device.

    Example:
        >>> import numpy as np
        >>> from catenary.dataset import to_device
        >>> to_device("@numpy", np.arange(2))
        array([0, 1])
    """
    return x if device is None else get_device(device).send_batch(x)


def concat_examples(batch: Sequence[Any], device: Any = None, padding: Padding = None) -> Any:
    """Make arrays of a batch, with the batch as their first axis.

    Examples that are tuples give a tuple of arrays, dicts give a dict of arrays, arrays and numbers give one
    array. The dtype is the one that NumPy gives for the values together.

    Args:
        batch: A list of examples that are all built alike.
        device: Where the arrays go (a specifier or a Device); None leaves them where they are.
        padding: A number that fills up arrays of different shapes at their ends; None means that all shapes
            must be equal. For tuples and dicts it may be a tuple or dict with one value per element.

    Returns:
        An array of shape (batch size, ...), or a tuple or dict of such arrays.

    Raises:
        ArgumentError: If the batch is empty or its examples are not built alike.
        ShapeError: If shapes differ and there is no padding.

    Example:
        >>> import numpy as np
        >>> from catenary.dataset import concat_examples
        >>> x, t = concat_examples([(np.array([1, 2]), 0), (np.array([3, 4]), 1)])
        >>> x
        array([[1, 2],
               [3, 4]])
        >>> concat_examples([np.array([1, 2]), np.array([3])], padding=0)
        array([[1, 2],
               [3, 0]])
    """
    if len(batch) == 0:
        raise ArgumentError("concat_examples: the batch is empty; it needs at least one example")
    if isinstance(batch, Batch) and padding is None and (arrays := batch.arrays()) is not None:
        return to_device(device, arrays)
    first = batch[0]
    if isinstance(first, tuple):
        pads = _per_element(padding, range(len(first)), tuple)
        return tuple(_element(batch, i, len(first), device, pads[i]) for i in range(len(first)))
    if isinstance(first, dict):
        pads = _per_element(padding, first, dict)
        return {key: _element(batch, key, len(first), device, pads[key]) for key in first}
    return to_device(device, _concat(batch, padding, ""))


def call_with(function: Callable[..., Any], arrays: Any, *first: Any) -> Any:
    """Call a function with what a converter made: a tuple by position, a dict by keyword.

    Args:
        function: The function.
        arrays: What the converter made.
        *first: Arguments that come before.
    """
    if isinstance(arrays, tuple):
        return function(*first, *arrays)
    if isinstance(arrays, dict):
        return function(*first, **arrays)
    return function(*first, arrays)


def _per_element(padding: Padding, keys: Any, kind: type) -> Any:
    """Return what maps each element of an example to its padding."""
    if not isinstance(padding, tuple | dict) or type(padding) is not kind:
        return dict.fromkeys(keys, padding)
    given = padding if kind is dict else range(len(padding))
    missing = [key for key in keys if key not in given]
    if missing:
        raise ArgumentError(
            f"concat_examples: padding has no value for element {missing[0]!r}; give one for each of "
            f"{list(keys)} (None where all shapes are equal), got {padding!r}"
        )
    return padding


def _element(batch: Sequence[Any], key: Any, size: int, device: Any, padding: Padding) -> Array:
    """Return the array of one element of all examples."""
    try:
        values = [example[key] for example in batch if len(example) == size]
    except (KeyError, TypeError, IndexError):
        values = []
    if len(values) != len(batch):
        bad = next(i for i, example in enumerate(batch) if not _has(example, key, size))
        raise ArgumentError(
            f"concat_examples: the examples of a batch must be built alike; example 0 is "
            f"{_outline(batch[0])}, example {bad} is {_outline(batch[bad])}"
        )
    return to_device(device, _concat(values, padding, f", element {key!r}"))


def _has(example: Any, key: Any, size: int) -> bool:
    try:
        example[key]
        return len(example) == size
    except (KeyError, TypeError, IndexError):
        return False


def _outline(example: Any) -> str:
    if isinstance(example, dict):
        return f"a dict with the keys {sorted(example)}"
    if isinstance(example, tuple | list):
        return f"a {type(example).__name__} of {len(example)}"
    return f"of type {type(example).__name__}"


def _concat(values: Sequence[Any], padding: Padding, where: str) -> Array:
    """Stack values along a new first axis."""
    if not hasattr(values[0], "shape"):
        return _from_python(values, padding, where)
    xp = get_array_module(values[0])
    shapes = [getattr(value, "shape", ()) for value in values]
    shape = shapes[0]
    different = next((i for i, other in enumerate(shapes) if other != shape), None)
    if different is None:
        return xp.stack(values) if shape else xp.asarray(values)
    if padding is None:
        raise ShapeError(
            f"concat_examples: arrays of one batch must have equal shapes; example 0{where} has shape "
            f"{shape}, example {different}{where} has {shapes[different]}. Give padding=0 "
            "(or another number) to fill them up"
        )
    return _pad(xp, values, shapes, padding, where)


def _from_python(values: Sequence[Any], padding: Padding, where: str) -> Array:
    if padding is not None:
        raise ArgumentError(
            f"concat_examples: padding needs arrays, got {type(values[0]).__name__} (example 0{where}); "
            "leave padding out or make arrays of the values"
        )
    try:
        array = np.asarray(values)
    except ValueError as e:
        raise ShapeError(f"concat_examples: no array can be made of the values{where}: {e}") from None
    if array.dtype.kind not in "biufc":
        raise ArgumentTypeError(
            f"concat_examples: expected arrays, numbers, or tuples and dicts of them; example 0{where} is "
            f"{type(values[0]).__name__}"
        )
    return array


def _pad(xp: Any, values: Sequence[Array], shapes: list[Shape], padding: Padding, where: str) -> Array:
    if len({len(shape) for shape in shapes}) > 1:
        raise ShapeError(
            f"concat_examples: padding needs arrays of one number of dimensions{where}, got "
            f"{sorted({len(shape) for shape in shapes})}"
        )
    largest = tuple(max(sizes) for sizes in zip(*shapes))
    result = xp.full((len(values), *largest), padding, dtype=np.result_type(*{value.dtype for value in values}))
    for i, value in enumerate(values):
        result[(i, *(slice(size) for size in shapes[i]))] = value
    return result
