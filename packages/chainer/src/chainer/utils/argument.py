"""Keyword arguments of functions that take any, checked by hand."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from catenary.errors import ArgumentError, ArgumentTypeError


def check_unexpected_kwargs(kwargs: Mapping[str, Any], **unexpected: str) -> None:
    """Refuse keyword arguments that a function does not take any more.

    Args:
        kwargs: The keyword arguments that came.
        unexpected: For each name that is refused, the message.

    Raises:
        ArgumentError: If one of these names came.
    """
    for name, message in unexpected.items():
        if name in kwargs:
            raise ArgumentError(message)


def parse_kwargs(kwargs: Mapping[str, Any], *name_and_values: tuple[str, Any], **unexpected: str) -> tuple[Any, ...]:
    """Return the values of keyword arguments, in the order of their names.

    Args:
        kwargs: The keyword arguments that came.
        name_and_values: Names, each with its default.
        unexpected: For each name that is refused in words of its own, the message.

    Raises:
        ArgumentError: If a refused name came.
        ArgumentTypeError: If a name came that is not known.

    Example:
        >>> from chainer.utils import argument
        >>> def dropout(x, **kwargs):
        ...     return argument.parse_kwargs(kwargs, ("ratio", 0.5), test="dropout: test is not supported any more")
        >>> dropout(1, ratio=0.1)
        (0.1,)
    """
    check_unexpected_kwargs(kwargs, **unexpected)
    defaults = dict(name_and_values)
    _refuse(kwargs.keys() - defaults.keys())
    return tuple(kwargs.get(name, default) for name, default in defaults.items())


def assert_kwargs_empty(kwargs: Mapping[str, Any]) -> None:
    """Refuse all keyword arguments.

    Args:
        kwargs: The keyword arguments that came.

    Raises:
        ArgumentTypeError: If there are any.
    """
    _refuse(set(kwargs))


def _refuse(names: set[str]) -> None:
    """Say that the function two calls up got these arguments."""
    if names:
        words = ", ".join(map(repr, sorted(names)))
        raise ArgumentTypeError(f"{inspect.stack()[2].function}() got unexpected keyword argument(s) {words}")
