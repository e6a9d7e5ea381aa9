"""Precision and recall of each class; they have no gradient."""

from __future__ import annotations

from typing import Any

from catenary import Variable, several_outputs
from catenary.types import Array, ArrayModule
from catenary_functions.checks import integers
from catenary_functions.evaluation.classification import check_classes

__all__ = ["classification_summary", "f1_score", "precision", "recall"]


def classification_summary(
    y: Any, t: Any, label_num: int | None = None, beta: float = 1.0, ignore_label: int = -1
) -> tuple[Variable, ...]:
    """Return precision, recall, F score and support of each class.

    Args:
        y: Scores, shape (batch, classes, ...).
        t: True classes, integers of shape (batch, ...).
        label_num: The number of classes; None for those up to the largest one in `t`.
        beta: How many times as important recall is as precision, for the F score.
        ignore_label: A class that is not counted.

    Returns:
        Four arrays of shape (label_num,): which share of the examples predicted to be of the class are so, which
        share of those of the class are predicted so, the weighted harmonic mean of both, and the number of examples
        of the class. A share of nothing is NaN.

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentTypeError: If `t` holds no integers.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> y, t = np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]]), np.array([1, 0, 0])
        >>> precision, recall, f, support = F.classification_summary(y, t)
        >>> precision.array, recall.array, support.array
        (array([1. , 0.5]), array([0.5, 1. ]), array([2, 1]))
    """
    return _measured("classification_summary", y, t, label_num, beta, ignore_label)


def precision(y: Any, t: Any, label_num: int | None = None, ignore_label: int = -1) -> tuple[Variable, ...]:
    """Return precision and support of each class: see `classification_summary`.

    Args:
        y: Scores, shape (batch, classes, ...).
        t: True classes, integers of shape (batch, ...).
        label_num: The number of classes; None for those up to the largest one in `t`.
        ignore_label: A class that is not counted.

    Returns:
        Two arrays of shape (label_num,).

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentTypeError: If `t` holds no integers.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> value, support = F.precision(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]))
        >>> value.array
        array([0., 1.])
    """
    value, _, _, support = _measured("precision", y, t, label_num, 1.0, ignore_label)
    return value, support


def recall(y: Any, t: Any, label_num: int | None = None, ignore_label: int = -1) -> tuple[Variable, ...]:
    """Return recall and support of each class: see `classification_summary`.

    Args:
        y: Scores, shape (batch, classes, ...).
        t: True classes, integers of shape (batch, ...).
        label_num: The number of classes; None for those up to the largest one in `t`.
        ignore_label: A class that is not counted.

    Returns:
        Two arrays of shape (label_num,).

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentTypeError: If `t` holds no integers.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> value, support = F.recall(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]))
        >>> value.array
        array([nan, 0.5])
    """
    _, value, _, support = _measured("recall", y, t, label_num, 1.0, ignore_label)
    return value, support


def f1_score(y: Any, t: Any, label_num: int | None = None, ignore_label: int = -1) -> tuple[Variable, ...]:
    """Return F1 score and support of each class: see `classification_summary`.

    Args:
        y: Scores, shape (batch, classes, ...).
        t: True classes, integers of shape (batch, ...).
        label_num: The number of classes; None for those up to the largest one in `t`.
        ignore_label: A class that is not counted.

    Returns:
        Two arrays of shape (label_num,).

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentTypeError: If `t` holds no integers.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> value, support = F.f1_score(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]))
        >>> value.array.round(3)
        array([0.   , 0.667])
    """
    _, _, value, support = _measured("f1_score", y, t, label_num, 1.0, ignore_label)
    return value, support


def _measured(name: str, y: Any, t: Any, label_num: int | None, beta: float, ignore_label: int) -> tuple[Variable, ...]:
    check_classes(name, y, t)
    return _measures(y, integers(name, "t", t), label_num, beta, ignore_label)


@several_outputs(widens_half=True)
def _measures(xp: ArrayModule, y: Array, t: Array, label_num: int | None, beta: float, ignore_label: int) -> Any:
    classes = xp.arange(int(t.max()) + 1 if label_num is None else label_num)[:, None]
    counted = (t != ignore_label).ravel()
    true, predicted = ((labels.ravel() == classes) & counted for labels in (t, y.argmax(1)))
    hits, support, named = (x.sum(1) for x in (true & predicted, true, predicted))
    weighted = beta * beta * support + named
    parts = ((hits, named), (hits, support), ((1 + beta * beta) * hits, weighted))
    return *((part / xp.where(whole > 0, whole, xp.nan)).astype(y.dtype) for part, whole in parts), support
