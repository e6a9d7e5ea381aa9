"""Packed sequences: sorted by falling length, then step by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from catenary import Variable
from catenary.arithmetic import get_item
from catenary_functions.array import concat, split_axis


class Packing:
    """How sequences of different lengths are packed, and back.

    Args:
        lengths: The lengths of the sequences.

    Attributes:
        order: The sequences by falling length.
        back: Where each sequence stands in that order.
        batches: The number of sequences at each step.
    """

    def __init__(self, lengths: Sequence[int]) -> None:
        array = np.asarray(lengths, np.intp)
        self.order = np.argsort(-array, kind="stable")
        self.back = np.argsort(self.order)
        steps = np.arange(array.max(initial=0))
        self.batches: tuple[int, ...] = tuple((array[:, None] > steps).sum(0).tolist())
        # From (sequence, step) to the place in the joined list, read step by step in the order of packing.
        starts = np.concatenate([[0], np.cumsum(array)[:-1]]) if len(array) else array
        self._places = np.concatenate(
            [starts[self.order[:n]] + t for t, n in enumerate(self.batches)] or [np.zeros(0, np.intp)]
        )
        self._places_back = np.argsort(self._places)
        self._ends = np.cumsum(array)[:-1].tolist()

    def pack(self, xs: Sequence[Any]) -> Variable:
        """Return sequences of shape (length, features) as one packed array."""
        return get_item(concat(list(xs), 0), self._places)

    def unpack(self, y: Any) -> list[Variable]:
        """Return a packed array as sequences in their first order."""
        return list(split_axis(get_item(y, self._places_back), self._ends, 0))
