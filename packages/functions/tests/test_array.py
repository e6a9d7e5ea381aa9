"""The functions of the family array, held to NumPy and SciPy by the conformance kit."""

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


def concat(xs: list[Array], axis: int = 1) -> Array:
    return np.concatenate(xs, axis)


def split_axis(x: Array, indices_or_sections: Any, axis: int) -> list[Array]:
    return np.split(x, indices_or_sections, axis)


def im2col(x: Array, ksize: int, stride: int = 1, pad: int = 0) -> Array:
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    view = np.lib.stride_tricks.sliding_window_view(x, (ksize, ksize), (2, 3))[:, :, ::stride, ::stride]
    return view.transpose(0, 1, 4, 5, 2, 3).reshape(len(x), -1, *view.shape[2:4])


CASES = [
    case(F.concat, [(2, 1), (2, 3), (2, 0)], concat, takes_list=True),
    case(F.concat, [(2,), (3,)], concat, {"axis": 0}, takes_list=True),
    case(F.concat, [(2, 2)], concat, {"axis": -1}, takes_list=True),
    case(F.split_axis, [(2, 6)], split_axis, {"indices_or_sections": 3, "axis": 1}),
    case(F.split_axis, [(5,)], split_axis, {"indices_or_sections": [0, 2], "axis": 0}),
    case(F.stack, [(2, 3)] * 3, lambda xs, axis: np.stack(xs, axis), {"axis": -1}, takes_list=True),
    case(F.where, [np.array([[True], [False]]), (2, 3), (3,)], np.where),
    case(F.expand_dims, [(2, 3)], np.expand_dims, {"axis": -2}),
    case(F.squeeze, [(1, 3, 1)], np.squeeze),
    case(F.squeeze, [(1, 3, 1)], np.squeeze, {"axis": -1}),
    case(F.flatten, [(2, 3)], np.ravel),
    case(F.swapaxes, [(2, 3, 4)], np.swapaxes, {"axis1": 0, "axis2": -1}),
    case(F.broadcast_to, [(3, 1)], np.broadcast_to, {"shape": (2, 3, 4)}),
    case(F.cast, [(2,)], lambda x, typ: x, {"typ": "float64"}, dtypes=["float64"]),
    case(
        F.get_item, [(3, 4)], lambda x, slices: x[slices], {"slices": (slice(1, None), [0, 0, 3])}, deterministic=False
    ),
    case(F.reshape, [(2, 6)], np.reshape, {"shape": (3, -1)}),
    case(F.sum_to, [(2, 3)], lambda x, shape: x.sum(0), {"shape": (3,)}),
    case(F.transpose, [(2, 3, 4)], np.transpose, {"axes": (1, 2, 0)}),
    case(F.im2col, [IMAGES], im2col, {"ksize": 3, "stride": 2, "pad": 1}),
]
test_functions = function_tests(CASES)

WRONG: list[WrongCall] = []
test_wrong_calls = wrong_call_tests(WRONG)
