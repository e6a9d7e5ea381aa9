"""Chainer's initializers: Catenary's."""

from __future__ import annotations

from typing import Any

import catenary.initializers
from chainer._old import deprecated

__all__ = list(catenary.initializers.__all__)


def _get_initializer(initializer: Any) -> Any:
    """Return what fills an array: LeCun's normal numbers for None, a constant for numbers and arrays.

    Args:
        initializer: What links take as `initialW`.
    """
    if initializer is None:
        return catenary.initializers.LeCunNormal()
    return initializer if callable(initializer) else catenary.initializers.Constant(initializer)


def init_weight(weights: Any, initializer: Any, scale: float = 1.0) -> None:
    """Fill an array, as up to Chainer 1.24.

    Args:
        weights: The array; it is changed in place.
        initializer: What links take as `initialW`.
        scale: A factor of what is filled in.
    """
    deprecated("chainer.initializers.init_weight(weights, initializer)", "initializer(weights)")
    _get_initializer(initializer)(weights)
    weights *= scale


def __getattr__(name: str) -> Any:
    return getattr(catenary.initializers, name)
