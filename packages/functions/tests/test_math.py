"""The functions of the family math, held to NumPy and SciPy by the conformance kit."""

from __future__ import annotations

from typing import Any

import numpy as np

import catenary.functions as F
from catenary.testing import (
    FunctionCase as case,
    WrongCall,
    broadcasting,
    elementwise,
    function_tests,
    property_tests,
    wrong_call_tests,
)

Array = np.ndarray[Any, Any]
AWAY = (0.2, 3.0)  # where a function has no kink and no pole
IMAGES = (2, 3, 5, 6)
LABELS = np.array([2, 0, 1, 0])


CASES = [
    case(F.add, [(2, 3), (3,), ()], lambda *xs: sum(xs)),
    case(F.add, [(2, 3)], lambda x: x),
    *elementwise(F.absolute, np.abs, domain=AWAY),
    *elementwise(F.exp, np.exp),
    *elementwise(F.log, np.log, domain=AWAY),
    *elementwise(F.sqrt, np.sqrt, domain=AWAY),
    *elementwise(F.square, np.square),
    *elementwise(F.sin, np.sin),
    *elementwise(F.cos, np.cos),
    *broadcasting(F.maximum, np.maximum),
    *broadcasting(F.minimum, np.minimum),
    *elementwise(F.clip, lambda x, x_min, x_max: np.clip(x, x_min, x_max), attributes={"x_min": -0.5, "x_max": 0.9}),
    *(
        case(f, [(2, 3, 4)], r, {"axis": axis, "keepdims": keep})
        for f, r in [(F.sum, np.sum), (F.max, np.max), (F.min, np.min), (F.mean, np.mean)]
        for axis, keep in [(None, False), (1, True), ((0, -1), False)]
    ),
    case(F.average, [(2, 3)], np.average, {"axis": 0}),
    case(F.matmul, [(2, 3), (3, 4)], np.matmul),
    case(F.matmul, [(5, 3, 2), (4, 3)], lambda a, b, **_: a.swapaxes(1, 2) @ b.T, {"transa": True, "transb": True}),
    *elementwise(F.identity, lambda x: x),
]
test_functions = function_tests(CASES)
test_any_shapes = property_tests(CASES)

WRONG: list[WrongCall] = []
test_wrong_calls = wrong_call_tests(WRONG)


def test_average_with_weights() -> None:
    x, w = np.random.default_rng(0).uniform(0.1, 1, (2, 2, 3))
    np.testing.assert_allclose(F.average(x, weights=w).array, np.average(x, weights=w))
    np.testing.assert_allclose(F.average(x, 1, w[0]).array, np.average(x, 1, w[0]))
    np.testing.assert_allclose(F.average(x, -1, w, True).array, np.average(x, 1, w, keepdims=True))
