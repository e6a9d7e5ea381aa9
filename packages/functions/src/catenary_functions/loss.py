"""Loss functions."""

from __future__ import annotations

from typing import Any

from catenary import PER_CALL, Saved, Variable, as_array, function, get_array_module
from catenary.arithmetic import absolute, get_item, sum
from catenary.errors import ArgumentError, ArgumentTypeError, ShapeError
from catenary.types import Array, ArrayModule
from catenary_functions.activation import log_softmax, softplus


def _same_shape(name: str, x0: Any, x1: Any) -> None:
    if x0.shape != x1.shape:  # NumPy would broadcast
        raise ShapeError(f"{name}: the inputs must have the same shape, got {x0.shape} and {x1.shape}")


@function
def mean_squared_error(_: ArrayModule, x0: Array, x1: Array, *, saved: Saved = PER_CALL) -> Array:
    """Return the mean of the squared differences.

    Args:
        x0: Input of any shape.
        x1: Input of the same shape.

    Returns:
        A 0-d array.

    Raises:
        ShapeError: If the shapes differ.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.mean_squared_error(np.array([1.0, 3.0]), np.array([1.0, 1.0])).array
        array(2.)
    """
    _same_shape("mean_squared_error", x0, x1)
    saved.difference = d = x0 - x1
    flat = d.ravel()
    return flat.dot(flat) / d.dtype.type(max(d.size, 1))


mean_squared_error.gradient(
    x0=lambda gy, saved: saved.difference * (gy * (2.0 / max(saved.difference.size, 1))),
    x1=lambda gy, saved: saved.difference * (gy * (-2.0 / max(saved.difference.size, 1))),
)


@mean_squared_error.compose
def _mean_squared_error(x0: Any, x1: Any) -> Variable:
    d: Variable = x0 - x1
    return sum(d * d) / max(d.size, 1)


def mean_absolute_error(x0: Any, x1: Any) -> Variable:
    """Return the mean of the absolute differences.

    Args:
        x0: Input of any shape.
        x1: Input of the same shape.

    Raises:
        ShapeError: If the shapes differ.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.mean_absolute_error(np.array([1.0, 3.0]), np.array([1.0, 1.0])).array
        array(1.)
    """
    _same_shape("mean_absolute_error", x0, x1)
    d = absolute(x0 - x1)
    return sum(d) / max(d.size, 1)


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
    _same_shape("sigmoid_cross_entropy", x, t)
    _check_reduce("sigmoid_cross_entropy", reduce)
    labels = as_array(t)
    if labels.dtype.kind not in "iub":
        raise ArgumentTypeError(f"sigmoid_cross_entropy: t must hold integers, got {labels.dtype}")
    counted = labels != -1
    loss: Variable = (softplus(x) - x * labels.astype(x.dtype)) * counted
    if reduce == "no":
        return loss
    count = counted.sum() if normalize else len(labels)
    return sum(loss) / max(int(count), 1)


def _check_reduce(name: str, reduce: str) -> None:
    if reduce not in ("mean", "no"):
        raise ArgumentError(f"{name}: reduce must be 'mean' or 'no', got {reduce!r}")


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
    _check_reduce("softmax_cross_entropy", reduce)
    if t.shape != x.shape[:1] + x.shape[2:]:
        raise ShapeError(
            f"softmax_cross_entropy: t must have shape {x.shape[:1] + x.shape[2:]} for x of {x.shape}, got {t.shape}"
        )
    labels = as_array(t)
    if labels.dtype.kind not in "iu":
        raise ArgumentTypeError(f"softmax_cross_entropy: t must hold integers, got {labels.dtype}")
    return _softmax_cross_entropy(x, labels, class_weight, normalize, ignore_label, reduce)


@function
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
