"""Conditional random fields over sequences."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from catenary import Variable, as_array, get_array_module, widens_half
from catenary.arithmetic import get_item
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array
from catenary_functions.array.choosing import select_item
from catenary_functions.array.joining import concat
from catenary_functions.checks import check_arrays, check_word
from catenary_functions.loss.reducing import reduced
from catenary_functions.math.reduction import logsumexp, max

__all__ = ["argmax_crf1d", "crf1d"]


def _check(name: str, cost: Any, xs: Sequence[Any]) -> None:
    if not xs:
        raise ArgumentError(f"{name}: xs must not be empty")
    check_arrays(name, cost=cost, **{f"xs[{i}]": x for i, x in enumerate(xs)})
    if any(x.ndim != 2 or cost.shape != (x.shape[1], x.shape[1]) for x in xs):
        raise ShapeError(
            f"{name}: xs must have shapes (batch, labels) and cost (labels, labels), got {[x.shape for x in xs]} "
            f"and {cost.shape}"
        )
    if any(len(x) < len(y) for x, y in pairwise(xs)):
        raise ShapeError(f"{name}: the batches in xs must not grow, got {[len(x) for x in xs]}")


def _updated(whole: Any, part: Any) -> Any:
    """Return `whole` with its first rows replaced: the sequences that go on."""
    return part if len(part) == len(whole) else concat([part, whole[len(part) :]], 0)


@widens_half
def crf1d(cost: Any, xs: Sequence[Any], ys: Sequence[Any], reduce: str = "mean") -> Variable:
    """Return the negative log likelihood of sequences of labels under a linear-chain conditional random field.

    Source: Lafferty, McCallum, Pereira, "Conditional Random Fields: Probabilistic Models for Segmenting and Labeling
    Sequence Data" (2001).

    Args:
        cost: The score of each label after each, shape (labels, labels).
        xs: The scores of labels, shape (batch, labels) for each step; the batch shrinks where sequences end.
        ys: The true labels, integers of shape (batch,) for each step.
        reduce: "mean", or "no" for one loss per sequence.

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentError: If `reduce` is another word, or there is no step.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.crf1d(np.zeros((2, 2)), [np.zeros((1, 2))] * 3, [np.array([0])] * 3).array.round(3)
        np.float64(2.079)
    """
    check_word("crf1d", "reduce", reduce, ("mean", "no"))
    _check("crf1d", cost, xs)
    if [x.shape[:1] for x in xs] != [y.shape for y in ys]:
        raise ShapeError(f"crf1d: ys must have shapes {[x.shape[:1] for x in xs]}, got {[y.shape for y in ys]}")
    alpha, score, before = xs[0], select_item(xs[0], ys[0]), as_array(ys[0])
    for x, y in zip(xs[1:], ys[1:], strict=True):
        n, label = len(x), as_array(y)
        alpha = _updated(alpha, logsumexp(alpha[:n, :, None] + cost, 1) + x)
        score = _updated(score, score[:n] + get_item(cost, (before[:n], label)) + select_item(x, label))
        before = label
    return reduced("crf1d", logsumexp(alpha, 1) - score, reduce)


@widens_half
def argmax_crf1d(cost: Any, xs: Sequence[Any]) -> tuple[Variable, list[Array]]:
    """Return the best sequences of labels under a linear-chain conditional random field, and their scores.

    Args:
        cost: The score of each label after each, shape (labels, labels).
        xs: The scores of labels, shape (batch, labels) for each step; the batch shrinks where sequences end.

    Returns:
        A tuple of the scores, shape (batch,), and a list with an array of labels, shape (batch,), for each step.

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentError: If there is no step.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.argmax_crf1d(np.array([[0.0, 2.0], [1.0, 0.0]]), [np.array([[1.0, 0.0]])] * 2)
        (variable([3.]), [array([0]), array([1])])
    """
    _check("argmax_crf1d", cost, xs)
    xp, alpha, ways_back = get_array_module(cost), xs[0], []
    for x in xs[1:]:
        ways = alpha[: len(x), :, None] + cost
        ways_back.append(as_array(ways).argmax(1))
        alpha = _updated(alpha, max(ways, 1) + x)
    best = as_array(alpha).argmax(1)
    labels = [best[: len(xs[-1])]]
    for way, x in zip(reversed(ways_back), reversed(xs[:-1]), strict=True):
        before = way[xp.arange(len(way)), labels[0]]
        labels.insert(0, xp.concatenate([before, best[len(way) : len(x)]]))
    return max(alpha, 1), labels
