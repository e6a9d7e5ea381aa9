"""The functions of the family evaluation, held to NumPy and SciPy by the conformance kit."""

from __future__ import annotations

from typing import Any

import numpy as np

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
LABELS = np.array([2, 0, 1, 0])


def accuracy(y: Array, t: Array, ignore_label: int | None = None) -> Any:
    right, counted = y.argmax(1) == t, t != ignore_label
    return np.float64((right & counted).sum() / counted.sum())


CASES = [
    case(F.accuracy, [(4, 3), LABELS], accuracy, order=0),
    case(F.accuracy, [(4, 3), LABELS], accuracy, {"ignore_label": 0}, order=0),
]
test_functions = function_tests(CASES)

WRONG: list[WrongCall] = []
test_wrong_calls = wrong_call_tests(WRONG)
