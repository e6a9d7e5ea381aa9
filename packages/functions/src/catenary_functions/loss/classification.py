"""Losses between scores and classes."""

from __future__ import annotations

from typing import Any

from catenary import PER_CALL, Saved, Variable, as_array, function, get_array_module
from catenary.arithmetic import get_item, sum
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array, ArrayModule
from catenary_functions.activation.probabilities import log_softmax
from catenary_functions.activation.smooth import softplus
from catenary_functions.checks import check_same_shape, check_word, integers

__all__ = ["sigmoid_cross_entropy", "softmax_cross_entropy"]


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
    count = counted.sum() if normalize else len(labels)
    return sum(loss) / max(int(count), 1)


def softmax_cross_entropy(
    x: Any,
    t: Any,
    normalize: bool = True,
    cache_score: bool = True,
    class_weight: Array | None = None,
    ignore_label: int = -1,
    reduce: str = "mean",
    enable_double_backprop: bool = False,
) -> Variable:
    """Return the cross entropy of softmax(x) and true classes.

    Args:
        x: Scores, shape (batch, classes, ...).
        t: True classes, integers of shape (batch, ...).
        normalize: Whether the mean is over the classes counted, or over the batch.
        cache_score: Accepted for old code; the scores are always kept.
        class_weight: A factor for each class, shape (classes,).
        ignore_label: A class that is not counted.
        reduce: "mean", or "no" for one loss per true class.
        enable_double_backprop: Accepted for old code; there always are gradients of higher order.

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentError: If a class is out of range.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.softmax_cross_entropy(np.zeros((1, 2)), np.array([1]))
        variable(0.69314718)
    """
    check_word("softmax_cross_entropy", "reduce", reduce, ("mean", "no"))
    if t.shape != x.shape[:1] + x.shape[2:]:
        raise ShapeError(
            f"softmax_cross_entropy: t must have shape {x.shape[:1] + x.shape[2:]} for x of {x.shape}, got {t.shape}"
        )
    labels = integers("softmax_cross_entropy", "t", t)
    return _softmax_cross_entropy(x, labels, class_weight, normalize, ignore_label, reduce)


@function(widens_half=True)
def _softmax_cross_entropy(
    xp: ArrayModule,
    x: Array,
    t: Any,
    class_weight: Any,
    normalize: bool,
    ignore_label: int,
    reduce: str,
    *,
    saved: Saved = PER_CALL,
) -> Array:
    log_p = x - x.max(1, keepdims=True) if x.size else x
    log_p -= xp.log(xp.exp(log_p).sum(1, keepdims=True))
    saved.log_p = log_p
    saved.places, factors = _places_and_factors(xp, x, t, class_weight, normalize, ignore_label, reduce)
    saved.factors = factors
    loss = log_p[saved.places] * factors
    return loss if reduce == "no" else loss.sum()


def _places_and_factors(
    xp: ArrayModule, x: Any, t: Array, class_weight: Any, normalize: bool, ignore_label: int, reduce: str
) -> tuple[Any, Array]:
    """Return where the true classes stand in `x`, and what their log probabilities are multiplied by."""
    counted = t != ignore_label
    classes = xp.where(counted, t, 0)
    if t.size and not (int(classes.min()) >= 0 and int(classes.max()) < x.shape[1]):
        raise ArgumentError(
            f"softmax_cross_entropy: classes in t must be from 0 to {x.shape[1] - 1} (or {ignore_label}, which is not "
            f"counted), got {int(t.min())} to {int(t.max())}"
        )
    factors = -counted.astype(x.dtype)
    if class_weight is not None:
        factors *= xp.asarray(as_array(class_weight), x.dtype)[classes]
    if reduce == "mean":
        factors /= xp.maximum(counted.sum(), 1).astype(x.dtype) if normalize else x.dtype.type(max(len(t), 1))
    grid = [xp.arange(n).reshape(n, *[1] * (t.ndim - i - 1)) for i, n in enumerate(t.shape)]
    return (grid[0], classes, *grid[1:]), factors


def _softmax_cross_entropy_gx(gy: Any, saved: Any, xp: ArrayModule) -> Any:
    factors = gy * saved.factors
    gx = xp.exp(saved.log_p)
    gx[saved.places] -= 1
    gx *= -factors[:, None]
    return gx


_softmax_cross_entropy.gradient(x=_softmax_cross_entropy_gx)


@_softmax_cross_entropy.compose
def _composed(x: Any, t: Array, class_weight: Any, normalize: bool, ignore_label: int, reduce: str) -> Variable:
    places, factors = _places_and_factors(get_array_module(t), x, t, class_weight, normalize, ignore_label, reduce)
    loss = get_item(log_softmax(x), places) * factors
    return loss if reduce == "no" else sum(loss)
