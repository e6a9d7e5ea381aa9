"""The functions of the family pooling, held to NumPy and SciPy by the conformance kit."""

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


def pooling(reduce: Any, fill: float) -> Any:
    def pool(x: Array, ksize: int, stride: int | None = None, pad: int = 0, cover_all: bool = False) -> Array:
        stride = stride or ksize
        size = [(n + 2 * pad - ksize + (stride - 1) * cover_all) // stride + 1 for n in x.shape[2:]]
        x = np.pad(x, ((0, 0), (0, 0), (pad, pad + ksize), (pad, pad + ksize)), constant_values=fill)
        y = np.empty((*x.shape[:2], *size))
        for i, j in np.ndindex(*size):
            y[:, :, i, j] = reduce(
                x[:, :, i * stride : i * stride + ksize, j * stride : j * stride + ksize], axis=(2, 3)
            )
        return y

    return pool


CASES = [
    *(
        case(
            F.max_pooling_2d, [IMAGES], pooling(np.max, -np.inf), {"ksize": 3, "stride": s, "pad": 1, "cover_all": all_}
        )
        for s, all_ in [(2, True), (None, False)]
    ),
    case(F.average_pooling_2d, [IMAGES], pooling(np.mean, 0.0), {"ksize": 3, "stride": 2, "pad": 1}),
]
test_functions = function_tests(CASES)

WRONG: list[WrongCall] = []
test_wrong_calls = wrong_call_tests(WRONG)
