"""Losses between sequences whose steps are not aligned."""

from __future__ import annotations

from typing import Any

from catenary import PER_CALL, Saved, Variable, function, get_array_module, widens_half
from catenary.arithmetic import matmul
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array, ArrayModule
from catenary_functions.activation.probabilities import log_softmax
from catenary_functions.array.choosing import where
from catenary_functions.array.joining import separate, stack
from catenary_functions.array.padding import pad
from catenary_functions.checks import can_look_at, check_ndim, check_word, integers
from catenary_functions.loss.reducing import reduced
from catenary_functions.math.reduction import logsumexp

__all__ = ["connectionist_temporal_classification"]

NEVER = -1e10  # the logarithm of no probability: infinity would make NaN


@widens_half
def connectionist_temporal_classification(
    x: Any, t: Any, blank_symbol: int, input_length: Any = None, label_length: Any = None, reduce: str = "mean"
) -> Variable:
    """Return the negative log likelihood of labels, summed over all ways to spread them over the steps.

    Source: Graves et al., "Connectionist Temporal Classification: Labelling Unsegmented Sequence Data with Recurrent
    Neural Networks" (2006).

    Args:
        x: Scores before softmax: a list with shape (batch, classes) for each step, or all as (steps, batch, classes).
        t: Labels, integers of shape (batch, labels); what lies behind `label_length` is not read.
        blank_symbol: The class that stands for no label.
        input_length: The number of steps of each row, integers of shape (batch,); all if None.
        label_length: The number of labels of each row, integers of shape (batch,); all if None.
        reduce: "mean", or "no" for one loss per row.

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentError: If a label or a length is out of range, or `reduce` is another word.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.connectionist_temporal_classification(np.zeros((2, 1, 2)), np.array([[1]]), 0).array.round(3)
        np.float64(0.288)
    """
    name = "connectionist_temporal_classification"
    check_word(name, "reduce", reduce, ("mean", "no"))
    x = stack(x) if isinstance(x, list | tuple) else x
    check_ndim(name, "x", x, 3, "(steps, batch, classes)")
    scores = log_softmax(x, 2)
    steps, batch, classes = scores.shape
    xp, labels = get_array_module(scores), integers(name, "t", t)
    if labels.ndim != 2 or len(labels) != batch:
        raise ShapeError(f"{name}: t must have shape ({batch}, labels), got {labels.shape}")
    ends = _lengths(name, xp, "input_length", input_length, batch, 1, steps)
    counts = _lengths(name, xp, "label_length", label_length, batch, 0, labels.shape[1])
    labels = xp.where(xp.arange(labels.shape[1]) < counts[:, None], labels, blank_symbol)

    # The states: labels with blanks around them. A state follows itself, the last one, or the one before that if it
    # is another class.
    path = xp.full((batch, 2 * max(labels.shape[1], 1) + 1), blank_symbol)
    path[:, 1 : 2 * labels.shape[1] : 2] = labels
    if batch and can_look_at(path) and not 0 <= int(path.min()) <= int(path.max()) < classes:
        raise ArgumentError(f"{name}: t and blank_symbol must hold classes from 0 to {classes - 1}")
    states = xp.arange(path.shape[1])
    never = scores.dtype.type(NEVER)
    leap = xp.full(path.shape, never)
    leap[:, 2:] *= path[:, 2:] == path[:, :-2]
    first, *rest = separate(_emissions(scores, path))
    alpha = first + never * (states > 1)
    for step, emission in enumerate(rest, 1):
        ahead = logsumexp(_ways(alpha, leap), 0) + emission
        alpha = ahead if input_length is None else where((ends > step)[:, None], ahead, alpha)
    last = 2 * counts[:, None]
    return reduced(name, -logsumexp(alpha + never * ((states != last) & (states != last - 1)), 1), reduce)


def _lengths(name: str, xp: ArrayModule, argument: str, given: Any, batch: int, least: int, most: int) -> Array:
    """Return the lengths of rows as an array, the greatest if none are given; raise if one is out of range."""
    if given is None:
        return xp.full(batch, most)
    lengths = integers(name, argument, given)
    if lengths.shape != (batch,):
        raise ShapeError(f"{name}: {argument} must have shape ({batch},), got {lengths.shape}")
    if batch and can_look_at(lengths) and not least <= int(lengths.min()) <= int(lengths.max()) <= most:
        raise ArgumentError(
            f"{name}: {argument} must be from {least} to {most}, got {int(lengths.min())} to {int(lengths.max())}"
        )
    return lengths


@function
def _emissions(xp: ArrayModule, scores: Array, path: Any, *, saved: Saved = PER_CALL) -> Array:
    """Return the scores of the states along a path, shape (steps, batch, states)."""
    saved.classes = scores.shape[2]
    return scores[:, xp.arange(len(path))[:, None], path]


def _emissions_gx(gy: Any, path: Any, saved: Any, xp: ArrayModule) -> Any:
    # States have classes in common. A product adds them up, quicker than scattering.
    hits = (path[:, :, None] == xp.arange(saved.classes)).astype(gy.dtype)
    return matmul(gy.transpose((1, 0, 2)), hits).transpose((1, 0, 2))


_emissions.gradient(scores=_emissions_gx)


@function
def _ways(xp: ArrayModule, alpha: Array, leap: Any) -> Array:
    """Return the log likelihoods of the three ways into each state, shape (3, batch, states)."""
    ways = xp.full((3, *alpha.shape), leap.dtype.type(NEVER))
    ways[0], ways[1, :, 1:], ways[2, :, 2:] = alpha, alpha[:, :-1], alpha[:, :-2]
    ways[2] += leap
    return ways


def _back(gy: Any, by: int) -> Any:
    return pad(gy[by, :, by:], ((0, 0), (0, by)), "constant")


_ways.gradient(alpha=lambda gy: gy[0] + _back(gy, 1) + _back(gy, 2))
