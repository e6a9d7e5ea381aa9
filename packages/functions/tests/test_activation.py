"""The functions of the family activation, held to NumPy and SciPy by the conformance kit."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.signal
import scipy.special

import catenary.functions as F
from catenary.testing import (
    FunctionCase as case,
    WrongCall,
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
    *elementwise(F.relu, lambda x: np.where(x > 0, x, 0)),
    *elementwise(F.leaky_relu, lambda x: np.where(x > 0, x, 0.2 * x)),
    case(F.leaky_relu, [(3, 4)], lambda x, slope: np.where(x > 0, x, slope * x), {"slope": -1.5}),
    *elementwise(F.elu, lambda x: np.where(x > 0, x, np.exp(x) - 1)),
    case(F.elu, [(3, 4)], lambda x, alpha: np.where(x > 0, x, alpha * (np.exp(x) - 1)), {"alpha": 2.0}),
    *elementwise(F.sigmoid, scipy.special.expit),
    case(F.sigmoid, [np.array([-1000.0, 1000.0])], scipy.special.expit, order=0),
    *elementwise(F.tanh, np.tanh),
    *elementwise(F.softplus, lambda x: np.log1p(np.exp(x))),
    case(F.softplus, [(3,)], lambda x, beta: np.log1p(np.exp(beta * x)) / beta, {"beta": 2.0}),
    *(case(F.softmax, [s], scipy.special.softmax, {"axis": a}) for s, a in [((2, 3), 1), ((2, 3, 2), -1), ((0, 3), 1)]),
    *(case(F.log_softmax, [s], scipy.special.log_softmax, {"axis": a}) for s, a in [((2, 3), 1), ((2, 3, 2), 0)]),
]
test_functions = function_tests(CASES)
test_any_shapes = property_tests(CASES)

WRONG: list[WrongCall] = []
test_wrong_calls = wrong_call_tests(WRONG)
