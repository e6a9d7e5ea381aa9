"""Losses between scores and classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from catenary import (
    PER_CALL,
    Saved,
    Variable,
    as_array,
    function,
    get_array_module,
    get_device_from_array,
    widens_half,
)
from catenary.arithmetic import get_item, sum
from catenary.errors import ArgumentError, ShapeError
from catenary.graph.half import is_float
from catenary.types import Array, ArrayModule
from catenary_functions.activation.probabilities import log_softmax
from catenary_functions.activation.smooth import softplus
from catenary_functions.checks import can_look_at, check_arrays, check_ndim, check_same_shape, check_word, integers
from catenary_functions.loss.reducing import reduced
from catenary_functions.math.elementwise import maximum
from catenary_functions.math.reduction import mean

__all__ = ["hinge", "sigmoid_cross_entropy", "softmax_cross_entropy"]

#: Scores of more elements are not in a cache, and worked on in pieces.
LARGE = 2**18


@widens_half
def sigmoid_cross_entropy(x: Any, t: Any, normalize: bool = True, reduce: str = "mean") -> Variable:
    """Return the cross entropy of sigmoid(x) and labels 0 and 1; label -1 is not counted.

    Args:
        x: Scores of any shape.
        t: Labels, integers of the same shape.
        normalize: Whether the mean is over the labels counted, or over the batch.
        reduce: "mean", or "no" for one loss per element.

    Raises:
        ShapeError: If the shapes differ.
        ArgumentError: If `reduce` is another word.
        ArgumentTypeError: If `t` holds no integers.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.sigmoid_cross_entropy(np.zeros(2), np.array([0, 1]))
        variable(0.69314718)
    """
    check_same_shape("sigmoid_cross_entropy", x, t)
    check_word("sigmoid_cross_entropy", "reduce", reduce, ("mean", "no"))
    labels = integers("sigmoid_cross_entropy", "t", t, "iub")
    counted = labels != -1
    loss: Variable = (softplus(x) - x * labels.astype(x.dtype)) * counted
    if reduce == "no":
        return loss
    count = number_of(counted, x) if normalize else max(len(labels), 1)
    return sum(loss) / count


def softmax_cross_entropy(
    x: Any,
    t: Any,
    normalize: bool = True,
    cache_score: bool = True,
    class_weight: Array | None = None,
    ignore_label: int = -1,
    reduce: str = "mean",
    enable_double_backprop: bool = False,
    soft_target_loss: str = "cross-entropy",
    *,
    label_smoothing: float = 0.0,
) -> Variable:
    """Return the cross entropy of softmax(x) and true classes, or probabilities of classes.

    Source of label smoothing: Szegedy et al., "Rethinking the Inception Architecture for Computer Vision" (2016).

    Args:
        x: Scores, shape (batch, classes, ...).
        t: True classes, integers of shape (batch, ...), or probabilities, floats of the shape of `x`.
        normalize: Whether the mean is over the classes counted, or over the batch.
        cache_score: Accepted for old code; probabilities are not kept, but made again for the gradient.
        class_weight: A factor for each class, shape (classes,).
        ignore_label: A class that is not counted.
        reduce: "mean", or "no" for one loss per true class.
        enable_double_backprop: Accepted for old code; there always are gradients of higher order.
        soft_target_loss: "cross-entropy", or "kl-divergence" from probabilities `t` to softmax(x).
        label_smoothing: The share of each true class that goes to all classes equally.

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentError: If a class is out of range.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.softmax_cross_entropy(np.zeros((1, 2)), np.array([1]))
        variable(0.69314718)
    """
    check_word("softmax_cross_entropy", "reduce", reduce, ("mean", "no"))
    check_arrays("softmax_cross_entropy", x=x, t=t)
    if t.shape == x.shape and is_float(t.dtype):
        return _soft_cross_entropy(x, t, class_weight, reduce, soft_target_loss)
    labels = labels_of("softmax_cross_entropy", x, t)
    if not 0 <= label_smoothing <= 1:
        raise ArgumentError(f"softmax_cross_entropy: label_smoothing must be from 0 to 1, got {label_smoothing}")
    if label_smoothing and class_weight is not None:
        return _smoothed_cross_entropy(x, labels, class_weight, normalize, ignore_label, reduce, label_smoothing)
    return _softmax_cross_entropy(x, labels, class_weight, normalize, ignore_label, reduce, label_smoothing)


@function(widens_half=True)
def _softmax_cross_entropy(
    xp: ArrayModule,
    x: Array,
    t: Any,
    class_weight: Any,
    normalize: bool,
    ignore_label: int,
    reduce: str,
    smoothing: float = 0.0,
    *,
    saved: Saved = PER_CALL,
) -> Array:
    places, factors = _places_and_factors(xp, x, t, class_weight, normalize, ignore_label, reduce)
    sums = _sums_in_pieces if x.size > LARGE else _sums
    top, total, average = sums(xp, x, places[0], smoothing)
    score = x[places] - top
    if smoothing:
        score = score * (1 - smoothing) + average * smoothing
    saved.places, saved.factors, saved.top, saved.total = places, factors, top, total
    loss = (score - xp.log(total)) * factors
    return loss if reduce == "no" else loss.sum()


def _sums(xp: ArrayModule, x: Array, rows: Array, smoothing: float) -> tuple[Array, Array, Any]:
    """Return the largest score m of each example, the sum of e^(x - m), and for smoothing the mean of x - m."""
    is_matrix = x.ndim == 2 and x.size > 0  # then there are quicker ways for a maximum and a sum
    top = x[rows, x.argmax(1)] if is_matrix else x.max(1) if x.size else xp.zeros((len(x), *x.shape[2:]), x.dtype)
    power = x - top[:, None]
    average = power.mean(1) if smoothing else 0.0
    xp.exp(power, out=power)
    return top, power.dot(xp.ones(x.shape[1], x.dtype)) if is_matrix else power.sum(1), average


def _sums_in_pieces(xp: ArrayModule, x: Array, rows: Array, smoothing: float) -> tuple[Array, Array, Any]:
    """Do as `_sums`, for some examples at a time."""
    top, total, average = (xp.empty((len(x), *x.shape[2:]), x.dtype) for _ in range(3))

    def work(examples: slice) -> None:
        part = x[examples]
        top[examples], total[examples], average[examples] = _sums(xp, part, rows[: len(part)], smoothing)

    _in_pieces(work, x)
    return top, total, average


def _in_pieces(work: Callable[[slice], object], x: Array) -> None:
    """Call a function for all examples, for as many at a time as stay in the cache."""
    size = x.size // len(x)

    def work_on_elements(piece: slice) -> None:
        work(slice(-(-piece.start // size), -(-piece.stop // size)))  # the examples that begin in the piece

    get_device_from_array(x).in_pieces(work_on_elements, x.size)


def _places_and_factors(
    xp: ArrayModule, x: Any, t: Array, class_weight: Any, normalize: bool, ignore_label: int, reduce: str
) -> tuple[Any, Any]:
    """Return where the true classes stand in `x`, and what their log probabilities are multiplied by."""
    classes, count, factors = t, max(t.size, 1), -1.0
    if not all_counted("softmax_cross_entropy", x, t, ignore_label):
        counted = t != ignore_label
        factors = -counted.astype(x.dtype)
        classes, count = xp.where(counted, t, 0), number_of(counted, x)
    if class_weight is not None:
        factors = factors * xp.asarray(as_array(class_weight), x.dtype)[classes]
    if reduce == "mean":
        factors = factors / (count if normalize else max(len(t), 1))
    grid = [xp.arange(n).reshape(n, *[1] * (t.ndim - i - 1)) for i, n in enumerate(t.shape)]
    return (grid[0], classes, *grid[1:]), factors


def _times_powers(xp: ArrayModule, x: Array, top: Array, factors: Array, y: Array) -> None:
    """Write e^(x - top) * factors."""
    xp.subtract(x, top[:, None], out=y)
    xp.exp(y, out=y)
    y *= factors[:, None]


def _softmax_cross_entropy_gx(gy: Any, x: Any, smoothing: float, saved: Any, xp: ArrayModule) -> Any:
    factors = gy * saved.factors
    slopes, gx = -factors / saved.total, xp.empty_like(x)
    arrays = x, saved.top, slopes, gx
    if x.size > LARGE:
        _in_pieces(lambda examples: _times_powers(xp, *(a[examples] for a in arrays)), x)
    else:
        _times_powers(xp, *arrays)
    if smoothing:
        factors, even = factors * (1 - smoothing), factors * (smoothing / gx.shape[1])
        gx += even[:, None] if even.ndim else even
    gx[saved.places] += factors
    return gx


_softmax_cross_entropy.gradient(x=_softmax_cross_entropy_gx)


@_softmax_cross_entropy.compose
def _composed(
    x: Any, t: Array, class_weight: Any, normalize: bool, ignore_label: int, reduce: str, smoothing: float
) -> Variable:
    places, factors = _places_and_factors(get_array_module(t), x, t, class_weight, normalize, ignore_label, reduce)
    log_p = log_softmax(x)
    loss = (get_item(log_p, places) * (1 - smoothing) + mean(log_p, 1) * smoothing) * factors
    return loss if reduce == "no" else sum(loss)


def _weighted(x: Any, class_weight: Any) -> Variable:
    """Return log probabilities times the weights of their classes."""
    log_p = log_softmax(x)
    if class_weight is not None:
        weights = get_array_module(x).asarray(as_array(class_weight), x.dtype)
        log_p *= weights.reshape((-1, *[1] * (x.ndim - 2)))
    return log_p


@widens_half
def _soft_cross_entropy(x: Any, t: Any, class_weight: Any, reduce: str, kind: str) -> Variable:
    check_word("softmax_cross_entropy", "soft_target_loss", kind, ("cross-entropy", "kl-divergence"))
    t = as_array(t)
    loss: Variable = -sum(_weighted(x, class_weight) * t, 1)
    if kind == "kl-divergence":
        loss += (t * get_array_module(t).log(t + (t == 0))).sum(1)
    return reduced("softmax_cross_entropy", loss, reduce)


@widens_half
def _smoothed_cross_entropy(
    x: Any, t: Array, class_weight: Any, normalize: bool, ignore_label: int, reduce: str, smoothing: float
) -> Variable:
    sharp = _softmax_cross_entropy(x, t, class_weight, normalize, ignore_label, reduce)
    # What goes to all classes takes the weight of each, not that of the true one.
    _, factors = _places_and_factors(get_array_module(t), x, t, None, normalize, ignore_label, reduce)
    flat = mean(_weighted(x, class_weight), 1) * factors
    return sharp * (1 - smoothing) + (flat if reduce == "no" else sum(flat)) * smoothing


@widens_half
def hinge(x: Any, t: Any, norm: str = "L1", reduce: str = "mean") -> Variable:
    """Return the hinge loss of scores: how far true classes stay below 1, and the others above -1.

    Args:
        x: Scores, shape (batch, classes).
        t: True classes, integers of shape (batch,).
        norm: "L1", or "L2" for squares.
        reduce: "mean" for the mean over the batch of the sums over classes, or "no" for one loss per score.

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentError: If a word is unknown, or a class is out of range.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.hinge(np.array([[0.5, -2.0]]), np.array([0])).array
        array(0.5)
    """
    check_word("hinge", "norm", norm, ("L1", "L2"))
    check_ndim("hinge", "x", x, 2, "(batch, classes)")
    labels = labels_of("hinge", x, t)
    all_counted("hinge", x, labels)
    hit = labels[:, None] == get_array_module(labels).arange(x.shape[1])
    loss: Variable = maximum(x * (1 - 2 * hit.astype(x.dtype)) + 1, 0)
    loss = loss if norm == "L1" else loss * loss
    return reduced("hinge", loss if reduce == "no" else sum(loss, 1), reduce)


def labels_of(name: str, x: Any, t: Any) -> Array:
    """Return true classes as an array; raise unless they are integers of the shape that fits scores.

    Args:
        name: The function that asks, for messages.
        x: Scores, shape (batch, classes, ...).
        t: True classes, shape (batch, ...).
    """
    check_arrays(name, x=x)
    labels = integers(name, "t", t)
    if labels.shape != x.shape[:1] + x.shape[2:]:
        raise ShapeError(f"{name}: t must have shape {x.shape[:1] + x.shape[2:]} for x of {x.shape}, got {t.shape}")
    return labels


def number_of(counted: Array, x: Any) -> Any:
    """Return how many elements are true, at least 1: a number for the host, an array of x's dtype elsewhere."""
    if isinstance(counted, np.ndarray):
        return max(int(counted.sum()), 1)
    return get_array_module(counted).maximum(counted.sum(), 1).astype(x.dtype)


def all_counted(name: str, x: Any, t: Array, ignore_label: int | None = None) -> bool:
    """Return whether no true class is the one that is not counted; raise if another one is out of range.

    Of arrays elsewhere than on the host nobody knows without waiting for their device, so they are not looked at.
    """
    if not t.size:
        return True
    if not can_look_at(t):
        return ignore_label is None
    low, high = int(t.min()), int(t.max())
    all_are = ignore_label is None or not low <= ignore_label <= high
    if not 0 <= low <= high < x.shape[1]:
        others = t if all_are else get_array_module(t).where(t == ignore_label, 0, t)
        if all_are or not 0 <= int(others.min()) <= int(others.max()) < x.shape[1]:
            ignored = "" if ignore_label is None else f" (or {ignore_label}, which is not counted)"
            raise ArgumentError(f"{name}: t must hold classes from 0 to {x.shape[1] - 1}{ignored}, got {low} to {high}")
    return all_are
