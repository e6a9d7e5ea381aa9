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
        self.threshold: Any = np.empty(n, np.float32)
        self.values: Any = np.zeros(2 * n, np.int32)
        filled = 0  # places below have their replacement
        for place, i in enumerate(np.argsort(share, kind="stable")):
            height = share[i] * np.float32(n)
            while height > 1 and filled < place:
                self.values[2 * filled + 1] = i
                height -= 1 - self.threshold[filled]
                filled += 1
            self.threshold[place], self.values[2 * place] = height, i
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
