"""The functions behind the operators, held to NumPy by the conformance kit."""

from __future__ import annotations

import numpy as np

from catenary import arithmetic as A
from catenary.testing import FunctionCase, broadcasting, elementwise, function_tests

MATRICES = [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 2))]
SLICES = [
    (0,),
    (slice(None), 1),
    (Ellipsis, slice(None, None, -1)),
    (None, slice(0, 0)),
    ([0, 1, 1, 0],),
    (np.array([True, False]),),
    (slice(None), np.array([[2, 0], [0, 0]])),
]


def _sum_to(x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    for _ in range(x.ndim - len(shape)):
        x = x.sum(0)
    for axis, n in enumerate(shape):
        x = x.sum(axis, keepdims=True) if n == 1 else x
    return x


def _names_twice(slices: tuple[object, ...]) -> bool:
    return any(isinstance(p, list) or (isinstance(p, np.ndarray) and p.dtype != bool) for p in slices)


def _put(values: np.ndarray, slices: object, shape: tuple[int, ...]) -> np.ndarray:
    x = np.zeros(shape)
    np.add.at(x, slices, values)
    return x


test_arithmetic = function_tests(
    [
        *broadcasting(A.add, np.add),
        *broadcasting(A.sub, np.subtract),
        *broadcasting(A.mul, np.multiply),
        *broadcasting(A.div, np.divide, domain=(0.5, 2)),
        *broadcasting(A.power, np.power, domain=(0.5, 2)),
        *broadcasting(A.floor_div, np.floor_divide, domain=(0.5, 2), order=0, dtypes=["float64"]),
        *elementwise(A.neg, np.negative),
        *elementwise(A.absolute, np.abs),
        *elementwise(A.log, np.log, domain=(0.5, 2)),
        *(FunctionCase(A.matmul, pair, np.matmul) for pair in MATRICES),
        FunctionCase(A.reshape, [(2, 6)], np.reshape, {"shape": (3, -1)}),
        FunctionCase(A.reshape, [(0, 2)], np.reshape, {"shape": (2, 0)}),
        FunctionCase(A.transpose, [(2, 3, 4)], np.transpose, {"axes": (2, 0, -2)}),
        FunctionCase(A.transpose, [(2, 3)], np.transpose),
        *(
            FunctionCase(A.sum, [shape], np.sum, {"axis": axis, "keepdims": keep})
            for shape, axis in [
                ((), None),
                ((0,), None),
                ((2, 3), None),
                ((2, 3), -1),
                ((2, 3, 4), (0, 2)),
                ((0, 2), 0),
            ]
            for keep in (False, True)
        ),
        FunctionCase(A.broadcast_to, [(3, 1)], np.broadcast_to, {"shape": (2, 3, 4)}),
        FunctionCase(A.sum_to, [(2, 3, 4)], _sum_to, {"shape": (3, 1)}),
        FunctionCase(A.sum_to, [(2, 3)], _sum_to, {"shape": ()}),
        FunctionCase(A.cast, [(2, 3)], lambda x, typ: x.astype(typ), {"typ": "float64"}, dtypes=["float64"]),
        *(
            FunctionCase(
                A.get_item, [(2, 3)], lambda x, slices: x[slices], {"slices": s}, deterministic=not _names_twice(s)
            )
            for s in SLICES
        ),
        FunctionCase(A.put_item, [(2,)], _put, {"slices": (slice(None), 1), "shape": (2, 3)}),
        FunctionCase(A.put_item, [(3, 3)], _put, {"slices": ([0, 1, 0],), "shape": (2, 3)}, deterministic=False),
    ]
)
