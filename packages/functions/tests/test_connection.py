"""The functions of the family connection, held to NumPy and SciPy by the conformance kit."""

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
LABELS = np.array([2, 0, 1, 0])


def embed_id(x: Array, W: Array, ignore_label: int | None = None) -> Array:
    rows = [np.zeros(W.shape[1]) if i == ignore_label else W[i] for i in x.ravel()]
    return np.reshape(rows, (*x.shape, W.shape[1]))


def linear(x: Array, W: Array, b: Any = 0.0, n_batch_axes: int = 1) -> Array:
    flat = x.reshape(*x.shape[:n_batch_axes], W.shape[1])
    return np.einsum("...i,oi->...o", flat, W) + b


def convolution(
    x: Array,
    W: Array,
    b: Any = None,
    stride: Any = 1,
    pad: Any = 0,
    cover_all: bool = False,
    dilate: Any = 1,
    groups: int = 1,
) -> Array:
    (sh, sw), (ph, pw), (dh, dw) = (np.broadcast_to(v, 2) for v in (stride, pad, dilate))
    spread = np.zeros((*W.shape[:2], (W.shape[2] - 1) * dh + 1, (W.shape[3] - 1) * dw + 1))
    spread[:, :, ::dh, ::dw] = W
    extra = [(s - 1) * cover_all for s in (sh, sw)]
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph + extra[0]), (pw, pw + extra[1])))
    per_group_in, per_group_out = x.shape[1] // groups, len(W) // groups
    y = np.stack(
        [
            np.stack(
                [
                    sum(
                        scipy.signal.correlate2d(image[o // per_group_out * per_group_in + c], spread[o, c], "valid")
                        for c in range(per_group_in)
                    )
                    for o in range(len(W))
                ]
            )
            for image in x
        ]
    )[:, :, ::sh, ::sw]
    return y if b is None else y + b[:, None, None]


CASES = [
    case(F.affine, [(4, 3), (2, 3), (2,)], linear),
    *(
        case(F.linear, shapes, linear)
        for shapes in [[(4, 3), (2, 3), (2,)], [(0, 3), (2, 3)], [(2, 3, 2), (4, 6), (4,)]]
    ),
    case(F.linear, [(2, 3, 4), (5, 4)], linear, {"n_batch_axes": 2}),
    case(F.embed_id, [np.array([[1, 0], [2, 1]]), (3, 4)], embed_id, deterministic=False),
    case(F.embed_id, [np.array([1, -1, 2]), (3, 4)], embed_id, {"ignore_label": -1}, deterministic=False),
    case(F.convolution_2d, [IMAGES, (4, 3, 3, 2), (4,)], convolution),
    case(F.convolution_2d, [IMAGES, (4, 3, 3, 2)], convolution, {"stride": (2, 1), "pad": (1, 2)}, name="strided"),
    case(F.convolution_2d, [IMAGES, (2, 3, 2, 2)], convolution, {"stride": 3, "cover_all": True}, name="cover_all"),
    case(F.convolution_2d, [(1, 4, 5, 5), (6, 2, 2, 2)], convolution, {"dilate": 2, "groups": 2}, name="groups"),
]
test_functions = function_tests(CASES)

WRONG: list[WrongCall] = []
test_wrong_calls = wrong_call_tests(WRONG)
