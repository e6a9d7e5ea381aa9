"""Chainer's initializers: Catenary's."""

from __future__ import annotations

from typing import Any

import catenary.initializers

__all__ = list(catenary.initializers.__all__)


def _get_initializer(initializer: Any) -> Any:
    """Return what fills an array: LeCun's normal numbers for None, a constant for numbers and arrays.

    Args:
        initializer: What links take as `initialW`.
    """
    if initializer is None:
        return catenary.initializers.LeCunNormal()
    return initializer if callable(initializer) else catenary.initializers.Constant(initializer)


def __getattr__(name: str) -> Any:
    return getattr(catenary.initializers, name)
