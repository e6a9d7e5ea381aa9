"""Cross entropies that count what is already right for less."""

from __future__ import annotations

from typing import Any

from catenary import Variable, as_array, widens_half
from catenary.arithmetic import sum
from catenary_functions.activation.smooth import softplus
from catenary_functions.checks import check_same_shape, check_word
from catenary_functions.loss.classification import all_counted, labels_of, number_of, softmax_cross_entropy
from catenary_functions.loss.reducing import reduced
from catenary_functions.math.elementwise import exp, maximum

__all__ = ["sigmoid_focal_loss", "softmax_focal_loss"]

WORDS = ("mean", "sum", "no")


@widens_half
def sigmoid_focal_loss(
    x: Any, t: Any, alpha: float | None = 0.25, gamma: float = 2.0, reduce: str = "mean"
) -> Variable:
    """Return the focal loss of sigmoid(x) and labels from 0 to 1.

    Source: Lin et al., "Focal Loss for Dense Object Detection" (2017), equation 5.

    Args:
        x: Scores of any shape.
        t: Labels 0 and 1, or what lies between, of the same shape.
        alpha: The weight of label 1, against 1 - alpha for label 0; None for no weights.
        gamma: How much less it counts what is already right; 0 is the cross entropy.
        reduce: "mean", "sum", or "no" for one loss per element.

    Raises:
        ShapeError: If the shapes differ.
        ArgumentError: If `reduce` is another word.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.sigmoid_focal_loss(np.zeros(1), np.array([1])).array.round(4)
        np.float64(0.0433)
    """
    check_same_shape("sigmoid_focal_loss", x, t)
    label = as_array(t).astype(x.dtype)
    log_0, log_1 = -softplus(x), -softplus(-x)  # the probabilities themselves might underflow
    found, missed = log_1 * label + log_0 * (1 - label), log_0 * label + log_1 * (1 - label)
    weight = 1.0 if alpha is None else alpha * label + (1 - alpha) * (1 - label)
    return reduced("sigmoid_focal_loss", -found * exp(missed * gamma) * weight, reduce, WORDS)


@widens_half
def softmax_focal_loss(
    x: Any, t: Any, gamma: float = 2.0, class_weight: Any = None, ignore_label: int = -1, reduce: str = "mean"
) -> Variable:
    """Return the focal loss of softmax(x) and true classes.

    Source: Lin et al., "Focal Loss for Dense Object Detection" (2017), equation 4.

    Args:
        x: Scores, shape (batch, classes, ...).
        t: True classes, integers of shape (batch, ...).
        gamma: How much less it counts what is already right; 0 is the cross entropy.
        class_weight: A factor for each class, shape (classes,).
        ignore_label: A class that is not counted.
        reduce: "mean" over the classes counted, "sum", or "no" for one loss per true class.

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentError: If a class is out of range, or `reduce` another word.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.softmax_focal_loss(np.zeros((1, 2)), np.array([1])).array.round(4)
        np.float64(0.1733)
    """
    check_word("softmax_focal_loss", "reduce", reduce, WORDS)
    labels = labels_of("softmax_focal_loss", x, t)
    all_counted("softmax_focal_loss", x, labels, ignore_label)

    def cross_entropy(class_weight: Any = None) -> Variable:
        return softmax_cross_entropy(x, t, class_weight=class_weight, ignore_label=ignore_label, reduce="no")

    plain = cross_entropy()
    weighted = plain if class_weight is None else cross_entropy(class_weight)
    # Powers below 1 have no gradient at 0.
    loss: Variable = weighted * maximum(1 - exp(-plain), 1e-30) ** gamma
    if reduce == "mean":
        total: Variable = sum(loss) / number_of(labels != ignore_label, x)
        return total
    return reduced("softmax_focal_loss", loss, reduce, WORDS)
