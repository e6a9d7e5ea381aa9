"""NumPy's global generator as that of the host: `numpy.random.seed` governs weights, dropout and shuffling.

Catenary draws from generators of devices. Scripts for Chainer seed `numpy.random`; here its numbers are drawn in the
precision of Chainer (float64), so that weights and masks under one seed are those of Chainer 7.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import catenary


class GlobalRandom:
    """The methods of `numpy.random.Generator`, with numbers of a `numpy.random.RandomState`.

    Args:
        state: Where they come from; NumPy's global one by default.
    """

    def __init__(self, state: np.random.RandomState | None = None) -> None:
        self._state = np.random.mtrand._rand if state is None else state

    def __deepcopy__(self, memo: Any) -> GlobalRandom:
        copy = np.random.RandomState()
        copy.set_state(self._state.get_state())
        return GlobalRandom(copy)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._state, name)

    def random(self, size: Any = None, dtype: Any = None) -> Any:
        """Return numbers from 0 to below 1 in float64, whatever the dtype."""
        return self._state.random_sample(size)

    def standard_normal(self, size: Any = None, dtype: Any = None) -> Any:
        """Return normal numbers in float64, whatever the dtype."""
        return self._state.standard_normal(size)

    def standard_exponential(self, size: Any = None, dtype: Any = None) -> Any:
        """Return exponentially distributed numbers in float64, whatever the dtype."""
        return self._state.standard_exponential(size)

    def integers(self, low: Any, high: Any = None, size: Any = None, dtype: Any = np.int64) -> Any:
        """Return integers from `low` to below `high`."""
        return self._state.randint(low, high, size, dtype)


def install() -> None:
    """Let the host draw from NumPy's global generator from now on."""
    catenary.get_device("@numpy").random = GlobalRandom()
