"""Conditional random fields over sequences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import catenary.functions as F
from catenary import Link, Parameter, Variable
from catenary.types import Array
from catenary_links.sizes import checked_size


class CRF1d(Link):
    """The loss of a linear-chain conditional random field over sequences of labels.

    Source: Lafferty, McCallum, Pereira, "Conditional Random Fields: Probabilistic Models for Segmenting and Labeling
    Sequence Data" (2001).

    Args:
        n_label: The number of labels.
        initial_cost: The initializer of `cost`; zero by default.

    Attributes:
        cost: The score of each label after each, shape (labels, labels).

    Example:
        >>> import numpy as np, catenary.links as L
        >>> crf, xs = L.CRF1d(2), [np.zeros((1, 2), np.float32)] * 3
        >>> crf(xs, [np.array([0])] * 3).array.round(3)
        np.float32(2.079)
        >>> crf.argmax(xs)[1]
        [array([0]), array([0]), array([0])]
    """

    def __init__(self, n_label: int, initial_cost: Any = None) -> None:
        super().__init__()
        size = checked_size("CRF1d", "n_label", n_label)
        with self.init_scope():
            self.cost = Parameter(0.0 if initial_cost is None else initial_cost, (size, size))

    def forward(self, xs: Sequence[Any], ys: Sequence[Any], reduce: str = "mean", transpose: bool = False) -> Variable:
        """Return the negative log likelihood of the labels.

        Args:
            xs: The scores of labels, shape (batch, labels) for each step; the batch shrinks where sequences end.
            ys: The true labels, integers of shape (batch,) for each step.
            reduce: "mean", or "no" for one loss per sequence.
            transpose: Whether `xs` and `ys` have one array per sequence, of shapes (length, labels) and (length,), the
                longest first.
        """
        if transpose:
            xs, ys = F.transpose_sequence(xs), F.transpose_sequence(ys)
        return F.crf1d(self.cost, xs, ys, reduce)

    def argmax(self, xs: Sequence[Any], transpose: bool = False) -> tuple[Variable, list[Array]]:
        """Return the scores of the best labels, shape (batch,), and these labels.

        Args:
            xs: The scores of labels, as for a call.
            transpose: Whether there is one array per sequence, in `xs` and in the result.
        """
        score, labels = F.argmax_crf1d(self.cost, F.transpose_sequence(xs) if transpose else xs)
        if transpose:
            labels = [sequence.array for sequence in F.transpose_sequence(labels)]
        return score, labels
