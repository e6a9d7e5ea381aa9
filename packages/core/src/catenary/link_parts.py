"""What links do to their parameters and persistent values: filling, storing, copying, comparing."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from catenary.device import device_of
from catenary.errors import LinkError, ShapeError
from catenary.parameter import Parameter
from catenary.types import Array
from catenary.variable import Variable, is_array

if TYPE_CHECKING:
    from catenary.link import Link


class MissingInit:
    """Stands for an attribute that `Link.__init__` sets, until it does."""

    def __get__(self, link: object, owner: type) -> Any:
        if link is None:
            return self
        raise LinkError(f"{owner.__name__}: call super().__init__() first in its __init__")


class Typed:
    """An initializer with a dtype.

    Args:
        initializer: A number, an array, a callable that fills an array, or None for NaN.
        dtype: The dtype of the parameter.
    """

    def __init__(self, initializer: Any, dtype: Any) -> None:
        self.initializer = initializer
        self.dtype = np.dtype(dtype)

    def __call__(self, array: Array) -> None:
        if callable(self.initializer):
            self.initializer(array)
            return
        value: Any = np.nan if self.initializer is None else self.initializer
        if is_array(value):
            if value.shape not in (array.shape, ()):
                raise ShapeError(f"add_param: the initial array has shape {value.shape}, expected {array.shape}")
            value = device_of(array).send(value)
        array[...] = value


def keep_loaded(param: Parameter, data: Array | None) -> None:
    """Put what a serializer returned for a parameter into it."""
    if data is None or data is param.array:
        return
    if param.array is not None:
        param.copydata(Variable(data))
        return
    # The data is the initializer this once: the proper one would draw random numbers for nothing.
    initializer, param.initializer = param.initializer, data.astype(param.dtype)
    try:
        param.initialize(data.shape)
    finally:
        param.initializer = initializer


def initialize_again(link: Link) -> None:
    """Draw the parameters of a link anew; those without an initializer keep their values."""
    for param in link.params(include_uninit=False):
        if param.initializer is not None:
            param.initialize(param.shape)
        param.cleargrad()


def copy_persistents(target: Link, source: Link) -> None:
    """Copy persistent values: arrays in place, across devices, and anything else as a deep copy."""
    for name in sorted(target._persistent & vars(source).keys()):
        old, new = vars(target)[name], vars(source)[name]
        if is_array(old) and is_array(new) and old.shape == new.shape:
            old[...] = device_of(old).send(new)
        elif is_array(new):
            vars(target)[name] = target.device.send(new).copy()
        else:
            vars(target)[name] = copy.deepcopy(new)


def check_same_parameters(method: str, target: Link, source: Link) -> None:
    """Raise unless `source` has every parameter of `target`, in the same shape.

    Raises:
        LinkError: If one is missing.
        ShapeError: If shapes differ.
    """
    theirs = dict(source.namedparams())
    for path, param in target.namedparams():
        if path not in theirs:
            raise LinkError(
                f"{method}: the given {type(source).__name__} has no parameter {path}, as this "
                f"{type(target).__name__} has (it has {', '.join(theirs) or 'none'})"
            )
        other = theirs[path]
        if param.array is not None and other.array is not None and param.shape != other.shape:
            raise ShapeError(f"{method}: parameter {path} has shape {param.shape} here and {other.shape} there")
