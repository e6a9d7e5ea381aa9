"""The functions of the family noise, held to NumPy and SciPy by the conformance kit."""

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


def dropout(x: Array, ratio: float, rng: np.random.Generator) -> Array:
    return x * (rng.random(x.shape, "float32") >= ratio) / (1 - ratio)


CASES = [
    case(F.dropout, [(4, 5)], dropout, {"ratio": 0.4}, random=True),
]
test_functions = function_tests(CASES)

WRONG: list[WrongCall] = []
test_wrong_calls = wrong_call_tests(WRONG)
