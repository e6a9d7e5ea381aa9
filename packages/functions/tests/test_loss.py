"""The functions of the family loss, held to NumPy and SciPy by the conformance kit."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.signal
import scipy.special

import catenary.functions as F
from catenary.testing import (
    FunctionCase as case,
    WrongCall,
    function_tests,
    wrong_call_tests,
)

Array = np.ndarray[Any, Any]
AWAY = (0.2, 3.0)  # where a function has no kink and no pole
IMAGES = (2, 3, 5, 6)
SAME_SHAPES: list[tuple[int, ...]] = [(), (3, 2), (0, 2)]
LABELS = np.array([2, 0, 1, 0])


def softmax_cross_entropy(
    x: Array, t: Array, class_weight: Any = None, normalize: bool = True, ignore_label: int = -1, reduce: str = "mean"
) -> Array:
    log_p = scipy.special.log_softmax(x, 1)
    loss = np.zeros(t.shape)
    for place in np.ndindex(*t.shape):
        if t[place] != ignore_label:
            weight = 1.0 if class_weight is None else class_weight[t[place]]
            loss[place] = -log_p[(place[0], t[place], *place[1:])] * weight
    return loss if reduce == "no" else loss.sum() / ((t != ignore_label).sum() if normalize else len(t))


def sigmoid_cross_entropy(x: Array, t: Array, normalize: bool = True, reduce: str = "mean") -> Array:
    p = scipy.special.expit(x)
    loss = -(t * np.log(p) + (1 - t) * np.log(1 - p)) * (t != -1)
    return loss if reduce == "no" else loss.sum() / ((t != -1).sum() if normalize else len(t))


CASES = [
    *(case(F.mean_squared_error, [s, s], lambda a, b: np.sum((a - b) ** 2) / max(a.size, 1)) for s in SAME_SHAPES),
    case(F.mean_absolute_error, [(3, 2), (3, 2)], lambda a, b: np.abs(a - b).mean()),
    *(
        case(F.softmax_cross_entropy, [(4, 3), t], softmax_cross_entropy, options)
        for t, options in [
            (LABELS, {}),
            (LABELS, {"reduce": "no"}),
            (LABELS, {"ignore_label": 0, "normalize": False}),
            (LABELS - (LABELS == 1) * 2, {"class_weight": np.array([0.5, 1.0, 2.0])}),
        ]
    ),
    case(
        F.softmax_cross_entropy, [(2, 3, 4), np.array([[0, 1, 2, -1], [2, 2, 1, 0]])], softmax_cross_entropy, name="nd"
    ),
    *(
        case(F.sigmoid_cross_entropy, [(2, 3), np.array([[0, 1, -1], [1, 1, 0]])], sigmoid_cross_entropy, options)
        for options in [{}, {"normalize": False}, {"reduce": "no"}]
    ),
]
test_functions = function_tests(CASES)

WRONG: list[WrongCall] = []
test_wrong_calls = wrong_call_tests(WRONG)
