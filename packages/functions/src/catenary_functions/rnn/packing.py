"""Packed sequences: one array that holds step after step, of falling batch sizes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from catenary import Device, Variable, function
from catenary.types import Array, ArrayModule
from catenary_functions.array.joining import concat, split_axis


class Steps:
    """Sequences that are given step by step, those that have ended left out.

    Args:
        batches: The number of sequences at each step; it does not grow.

    Attributes:
        batches: The same, as a tuple.
    """

    def __init__(self, batches: Sequence[int]) -> None:
        self.batches = tuple(batches)
        self._ends = list(itertools.accumulate(self.batches))[:-1]

    def pack(self, xs: Sequence[Any]) -> Variable:
        """Return arrays of shape (batch, features) as one packed array."""
        return concat(list(xs), 0)

    def unpack(self, y: Any) -> list[Variable]:
        """Return a packed array as arrays like those that were packed."""
        return list(split_axis(y, self._ends, 0))

    def sort(self, state: Any) -> Any:
        """Return states, one row for each sequence, in the order of packing."""
        return state

    def unsort(self, state: Any) -> Any:
        """Return states in the order in which the sequences were given."""
        return state


class Packing(Steps):
    """Whole sequences of any lengths; packed, they are sorted by falling length.

    Args:
        lengths: The lengths of the sequences.
        device: Where they are.
    """

    def __init__(self, lengths: Sequence[int], device: Device) -> None:
        array = np.asarray(lengths, np.intp)
        order = np.argsort(-array, kind="stable")
        super().__init__((array[:, None] > np.arange(array.max(initial=0))).sum(0).tolist())
        self._ends = np.cumsum(array)[:-1].tolist()
        # From (step, sequence in the order of packing) to the place in the joined sequences.
        starts = (np.cumsum(array) - array)[order]
        places = np.concatenate(
            [starts[:n] + t for t, n in enumerate(self.batches)] or [np.zeros(0, np.intp)],
        )
        self._order, self._order_back = device.send((order, np.argsort(order)))
        self._places, self._places_back = device.send((places, np.argsort(places)))

    def pack(self, xs: Sequence[Any]) -> Variable:
        return permuted(super().pack(xs), self._places, self._places_back)

    def unpack(self, y: Any) -> list[Variable]:
        return super().unpack(permuted(y, self._places_back, self._places))

    def sort(self, state: Any) -> Any:
        return permuted(state, self._order, self._order_back)

    def unsort(self, state: Any) -> Any:
        return permuted(state, self._order_back, self._order)


@lru_cache(64)
def packing_of(lengths: tuple[int, ...], device: Device) -> Packing:
    """Return the packing of sequences of some lengths; it is kept, so that a device gets its indices once.

    Args:
        lengths: The lengths.
        device: Where the sequences are.
    """
    return Packing(lengths, device)


@function
def permuted(xp: ArrayModule, x: Array, places: Any, back: Any) -> Array:
    """Return rows in another order; `back` is the way back."""
    return xp.take(x, places, 0)


permuted.gradient(x=lambda gy, places, back: permuted(gy, back, places))
