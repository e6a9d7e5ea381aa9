"""Iterators, optimizers and targets by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catenary.errors import ArgumentError


def by_name(function: str, kind: str, given: Any) -> dict[str, Any]:
    """Return several objects by name; a single one is called `main`.

    Raises:
        ArgumentError: If there are several and none is called `main`.
    """
    named = dict(given) if isinstance(given, Mapping) else {"main": given}
    if "main" not in named:
        raise ArgumentError(f"{function}: one {kind} must be named 'main', got {sorted(named)}")
    return named


def pick(function: str, kind: str, named: Mapping[str, Any], name: str) -> Any:
    """Return one of several objects.

    Raises:
        ArgumentError: If there is none of this name.
    """
    if name not in named:
        raise ArgumentError(f"{function}: there is no {kind} {name!r}; it has {sorted(named)}")
    return named[name]
