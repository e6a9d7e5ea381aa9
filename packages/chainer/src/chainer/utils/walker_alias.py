"""Drawing numbers with given probabilities in constant time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


class WalkerAlias:
    """Draws numbers from 0 to n - 1 with given probabilities.

    Source: Walker, "An efficient method for generating discrete random variables with general distributions" (1977).

    Args:
        probs: The probabilities; they are divided by their sum.

    Attributes:
        threshold: For each number how often it is not replaced.
        values: For each number, what it is, and what replaces it.
    """

    def __init__(self, probs: Sequence[float]) -> None:
        share = np.array(probs, np.float32)
        share /= np.sum(share)
        n = len(share)
        order = sorted((float(p), i) for i, p in enumerate(share))
        self.threshold: Any = np.empty(n, np.float32)
        self.values: Any = np.empty(2 * n, np.int32)
        large: list[tuple[float, int]] = []
        small: list[tuple[float, int]] = []
        for p, i in order:
            (large if p * n > 1 else small).append((p * n, i))
        place = 0
        while small and large:
            (p, i), (q, j) = small.pop(), large.pop()
            self.threshold[place], self.values[2 * place : 2 * place + 2] = p, (i, j)
            place += 1
            (large if q + p - 1 > 1 else small).append((q + p - 1, j))
        for _, i in large + small:
            self.threshold[place], self.values[2 * place : 2 * place + 2] = 1, (i, i)
            place += 1
        self.use_gpu = False

    def sample(self, shape: Any) -> Any:
        """Return numbers, drawn with NumPy's global generator.

        Args:
            shape: The shape of the result.
        """
        place = np.random.uniform(0, len(self.threshold), shape)
        index = place.astype(np.int32)
        replaced = self.threshold[index] < place - index
        return self.values[index * 2 + replaced]

    def to_cpu(self) -> WalkerAlias:
        """Return the object itself: it draws on the host."""
        return self

    def to_gpu(self) -> WalkerAlias:
        """Return the object itself: it draws on the host."""
        return self
