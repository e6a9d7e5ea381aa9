"""The functions of the family normalization, held to NumPy and SciPy by the conformance kit."""

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


def batch_normalization(x: Array, gamma: Array, beta: Array, eps: float = 2e-5, axis: Any = None) -> Array:
    over = (0, *range(2, x.ndim)) if axis is None else axis
    shape = [1 if i in over else n for i, n in enumerate(x.shape)]
    mean, var = x.mean(over, keepdims=True), x.var(over, keepdims=True)
    return (x - mean) / np.sqrt(var + eps) * gamma.reshape(shape) + beta.reshape(shape)


def fixed_batch_normalization(x: Array, gamma: Array, beta: Array, mean: Array, var: Array, eps: float = 2e-5) -> Array:
    return ((x.swapaxes(1, -1) - mean) / np.sqrt(var + eps) * gamma + beta).swapaxes(1, -1)


CASES = [
    *(
        case(F.batch_normalization, [s, (3,), (3,)], batch_normalization, tolerance=5.0)
        for s in [(4, 3), (2, 3, 2), (2, 3, 3, 2)]
    ),
    case(F.batch_normalization, [(4, 3, 2), (2,), (2,)], batch_normalization, {"axis": (0, 1), "eps": 0.1}),
    case(F.fixed_batch_normalization, [(2, 3, 4), *[(3,)] * 4], fixed_batch_normalization, domain=AWAY, tolerance=3.0),
]
test_functions = function_tests(CASES)

WRONG: list[WrongCall] = []
test_wrong_calls = wrong_call_tests(WRONG)
