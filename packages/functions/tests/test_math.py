"""The functions of the family math, held to NumPy and SciPy by the conformance kit."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest
import scipy.special

import catenary
import catenary.functions as F
from catenary.errors import ArgumentError, ArgumentTypeError, ShapeError
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
INSIDE = (-0.8, 0.8)
SQUARE = np.array([[3.0, 0.5, -1.0], [0.2, 2.0, 0.7], [-0.4, 1.0, 4.0]])
SQUARES = np.stack([SQUARE, SQUARE.T + np.eye(3)])
ORDERS = np.array([[0], [1], [3]])
ROW, COL = np.array([0, 1, 1, 0]), np.array([2, 0, 2, 2])  # one place twice
ROWS, COLS = np.array([[0, 1, 1], [1, 0, -1]]), np.array([[2, 0, 2], [1, 1, -1]])


def einsum(text: str, *shapes: Any) -> case:
    reference = functools.partial(np.einsum, text)
    return case(F.einsum, shapes, reference, name=text, route=lambda *xs: F.einsum(text, *xs))


def sparse(data: Any, row: Array, col: Array, shape: tuple[int, int]) -> Any:
    send = catenary.get_device_from_array(data).send
    return F.CooMatrix(data, send(row), send(col), shape)


def dense(data: Array, row: Array, col: Array, shape: tuple[int, int]) -> Array:
    y = np.zeros((*data.shape[:-1], *shape))
    for place in np.ndindex(data.shape):
        y[(*place[:-1], row[place], col[place])] += data[place]
    return y


def sparse_left(a_shape: Any, b_shape: Any, transa: bool, transb: bool) -> case:
    """Return a case with a sparse left matrix of shape (2, 3), and one of shape (2, 3) by place in a batch."""
    row, col = (ROW, COL) if len(a_shape) == 1 else (ROWS, COLS)

    def reference(data: Array, b: Array, transa: bool, transb: bool) -> Array:
        a = dense(data * (row >= 0), row, col, (2, 3))
        return (a.swapaxes(-1, -2) if transa else a) @ (b.swapaxes(-1, -2) if transb else b)

    return case(
        F.sparse_matmul,
        [np.where(row >= 0, np.linspace(-1, 2, row.size).reshape(row.shape), 0), b_shape],
        reference,
        {"transa": transa, "transb": transb},
        deterministic=False,
        route=lambda data, b, **options: F.sparse_matmul(sparse(data, row, col, (2, 3)), b, **options),
        name="left",
    )


def sparse_right(a_shape: Any, transa: bool, transb: bool) -> case:
    def reference(a: Array, data: Array, transa: bool, transb: bool) -> Array:
        b = dense(data, ROW, COL, (2, 3))
        return (a.T if transa else a) @ (b.T if transb else b)

    return case(
        F.sparse_matmul,
        [a_shape, (4,)],
        reference,
        {"transa": transa, "transb": transb},
        deterministic=False,
        route=lambda a, data, **options: F.sparse_matmul(a, sparse(data, ROW, COL, (2, 3)), **options),
        name="right",
    )


def parts(y: Array) -> tuple[Array, Array]:
    return y.real, y.imag


CASES = [
    case(F.add, [(2, 3), (3,), ()], lambda *xs: sum(xs)),
    case(F.add, [(2, 3)], lambda x: x),
    *elementwise(F.absolute, np.abs, domain=AWAY),
    *elementwise(F.exp, np.exp),
    *elementwise(F.expm1, np.expm1),
    *elementwise(F.log, np.log, domain=AWAY),
    *elementwise(F.log1p, np.log1p, domain=AWAY),
    *elementwise(F.log2, np.log2, domain=AWAY),
    *elementwise(F.log10, np.log10, domain=AWAY),
    *elementwise(F.sqrt, np.sqrt, domain=AWAY),
    *elementwise(F.rsqrt, lambda x: x**-0.5, domain=AWAY),
    *elementwise(F.square, np.square),
    *elementwise(F.sin, np.sin),
    *elementwise(F.cos, np.cos),
    *elementwise(F.tan, np.tan, domain=(-1.2, 1.2)),
    *elementwise(F.arcsin, np.arcsin, domain=INSIDE),
    *elementwise(F.arccos, np.arccos, domain=INSIDE),
    *elementwise(F.arctan, np.arctan),
    *broadcasting(F.arctan2, np.arctan2, domain=AWAY),
    *elementwise(F.sinh, np.sinh),
    *elementwise(F.cosh, np.cosh),
    *elementwise(F.arctanh, np.arctanh, domain=INSIDE),
    *elementwise(F.ceil, np.ceil, order=0),
    *elementwise(F.floor, np.floor, order=0),
    *elementwise(F.fix, np.trunc, order=0),
    *elementwise(F.sign, np.sign, order=0),
    *broadcasting(F.fmod, np.fmod, domain=AWAY),
    *broadcasting(F.maximum, np.maximum),
    *broadcasting(F.minimum, np.minimum),
    *broadcasting(F.squared_difference, lambda a, b: (a - b) ** 2),
    case(F.linear_interpolate, [(2, 3), (3,), (2, 1)], lambda p, x, y: p * x + (1 - p) * y),
    case(F.linear_interpolate, [(), (), ()], lambda p, x, y: p * x + (1 - p) * y),
    *elementwise(F.clip, lambda x, x_min, x_max: np.clip(x, x_min, x_max), attributes={"x_min": -0.5, "x_max": 0.9}),
    case(F.clip, [(3, 4)], lambda x, x_min, x_max: np.maximum(x, x_min), {"x_min": 0.25, "x_max": None}),
    case(F.clip, [(3, 4)], lambda x, x_min, x_max: np.minimum(x, x_max), {"x_min": None, "x_max": 0.25}),
    *elementwise(F.erf, scipy.special.erf),
    *elementwise(F.erfc, scipy.special.erfc),
    *elementwise(F.erfcx, scipy.special.erfcx),
    *elementwise(F.erfinv, scipy.special.erfinv, domain=INSIDE),
    *elementwise(F.erfcinv, scipy.special.erfcinv, domain=(0.2, 1.8)),
    *elementwise(F.ndtr, scipy.special.ndtr),
    *elementwise(F.log_ndtr, scipy.special.log_ndtr),
    *elementwise(F.ndtri, scipy.special.ndtri, domain=(0.1, 0.9)),
    *elementwise(F.lgamma, scipy.special.gammaln, domain=AWAY),
    *elementwise(F.digamma, scipy.special.digamma, domain=AWAY),
    *(case(F.polygamma, [ORDERS, s], scipy.special.polygamma, domain=(0.5, 3.0)) for s in [(2,), (3, 1), (), (0,)]),
    *(case(F.zeta, [ORDERS + 2, s], scipy.special.zeta, domain=(0.5, 3.0)) for s in [(2,), (3, 1), (), (0,)]),
    *(
        case(f, [(2, 3, 4)], r, {"axis": axis, "keepdims": keep})
        for f, r in [(F.sum, np.sum), (F.max, np.max), (F.min, np.min), (F.mean, np.mean), (F.prod, np.prod)]
        for axis, keep in [(None, False), (1, True), ((0, -1), False)]
    ),
    case(F.prod, [np.array([[0.0, 2.0, 3.0], [0.0, 1.5, 0.0]])], np.prod, {"axis": 1}, name="zeros"),
    case(F.prod, [()], np.prod),
    case(F.prod, [(2, 0)], np.prod, {"axis": 1}),
    case(F.prod, [(0, 2)], np.prod, {"axis": 1}),
    *(
        case(f, [(2, 3, 4)], r, {"axis": a})
        for f, r in [(F.cumsum, np.cumsum), (F.cumprod, np.cumprod)]
        for a in (0, -2)
    ),
    *(case(f, [s], r) for f, r in [(F.cumsum, np.cumsum), (F.cumprod, np.cumprod)] for s in [(2, 3), (), (0,)]),
    case(F.cumprod, [np.array([[2.0, 0.0, 3.0, 0.0], [1.0, 2.0, 0.0, 5.0]])], np.cumprod, {"axis": 1}, name="zeros"),
    *(case(F.logsumexp, [s], scipy.special.logsumexp) for s in [(2, 3), (4,), ()]),
    *(case(F.logsumexp, [(2, 3, 4)], scipy.special.logsumexp, {"axis": axis}) for axis in (1, (0, -1))),
    case(F.logsumexp, [np.array([[1000.0, 999.0], [-1000.0, -1001.0]])], scipy.special.logsumexp, {"axis": 1}, order=0),
    *(
        case(f, [(2, 3, 4)], r, {"axis": a}, order=0)
        for f, r in [(F.argmax, np.argmax), (F.argmin, np.argmin)]
        for a in (None, 1, -1)
    ),
    case(F.batch_l2_norm_squared, [(3, 2, 2)], lambda x: np.square(x).sum((1, 2))),
    case(F.batch_l2_norm_squared, [(0, 2)], lambda x: np.square(x).sum(1)),
    case(F.average, [(2, 3)], np.average, {"axis": 0}),
    case(F.bias, [(2, 3, 4), (3,)], lambda x, y: x + y[:, None]),
    case(F.bias, [(2, 3, 4), (3, 4)], lambda x, y, axis: x + y, {"axis": -2}),
    case(F.bias, [(2, 3), ()], np.add),
    case(F.scale, [(2, 3, 4), (3,)], lambda x, y: x * y[:, None]),
    case(F.scale, [(2, 3, 4), (2, 3)], lambda x, y, axis: x * y[:, :, None], {"axis": 0}),
    case(F.matmul, [(2, 3), (3, 4)], np.matmul),
    case(F.matmul, [(5, 3, 2), (4, 3)], lambda a, b, **_: a.swapaxes(1, 2) @ b.T, {"transa": True, "transb": True}),
    case(F.batch_matmul, [(5, 2, 3), (5, 3, 4)], np.matmul),
    case(F.batch_matmul, [(5, 2, 3), (5, 3)], lambda a, b: a @ b[:, :, None]),
    case(
        F.batch_matmul,
        [(5, 3), (5, 4, 3)],
        lambda a, b, **_: a[:, None, :] @ b.swapaxes(1, 2),
        {"transa": True, "transb": True},
    ),
    *(
        case(F.tensordot, shapes, np.tensordot, {"axes": axes})
        for shapes, axes in [
            ([(2, 3, 4), (3, 4, 5)], 2),
            ([(2, 3), (4,)], 0),
            ([(2, 3), (2, 3)], 2),
            ([(2, 3, 4), (4, 3, 5)], ([1, -1], [1, 0])),
            ([(2, 3), (4, 3)], (1, 1)),
            ([(2, 0), (0, 3)], 1),
        ]
    ),
    einsum("ij,jk->ik", (2, 3), (3, 4)),
    einsum("ij,jk", (2, 3), (3, 4)),
    einsum("ba,b", (2, 3), (2,)),
    einsum("ij->", (2, 3)),
    einsum("ii->i", (3, 3)),
    einsum("iij,jk->k", (3, 3, 2), (2, 4)),
    einsum("iii", (2, 2, 2)),
    einsum("ijk->kji", (2, 3, 4)),
    einsum("...ij,...jk->...ik", (2, 1, 2, 3), (4, 3, 2)),
    einsum("i...,i...", (3, 2), (3, 4, 2)),
    einsum("...", (2, 3)),
    einsum("ij,kj,jl->il", (2, 3), (4, 3), (3, 2)),
    einsum("i,j->ij", (2,), (0,)),
    einsum(",i->i", (), (2,)),
    case(
        F.einsum,
        [(2, 3), (3, 4)],
        lambda a, b: (a @ b).T,
        name="numbers",
        route=lambda a, b: F.einsum(a, [0, 1], b, [1, 2], [2, 0]),
    ),
    case(
        F.einsum,
        [(2, 3), (4, 3)],
        lambda a, b: a @ b.T,
        name="numbers-ellipsis",
        route=lambda a, b: F.einsum(a, [Ellipsis, 1], b, [2, 1]),
    ),
    case(F.inv, [SQUARE], np.linalg.inv),
    case(F.batch_inv, [SQUARES], np.linalg.inv),
    case(F.det, [SQUARE], np.linalg.det),
    case(F.batch_det, [SQUARES], np.linalg.det),
    case(F.cholesky, [SQUARE @ SQUARE.T], np.linalg.cholesky, tolerance=3.0),
    case(F.cholesky, [SQUARES @ SQUARES.swapaxes(1, 2)], np.linalg.cholesky, tolerance=3.0),
    *(
        case(F.fft, [s, s], lambda x: parts(np.fft.fft(x[0] + 1j * x[1])), takes_list=True, tolerance=2.0)
        for s in [(4,), (2, 3, 5)]
    ),
    *(case(F.ifft, [s, s], lambda x: parts(np.fft.ifft(x[0] + 1j * x[1])), takes_list=True) for s in [(4,), (2, 3, 5)]),
    sparse_left((4,), (3, 5), False, False),
    sparse_left((4,), (5, 2), True, True),
    sparse_left((2, 3), (2, 3, 2), False, False),
    sparse_left((2, 3), (2, 4, 2), True, True),
    sparse_right((5, 2), False, False),
    sparse_right((3, 4), True, True),
    *elementwise(F.identity, lambda x: x),
    case(F.identity, [(2, 3), (4,)], lambda *xs: xs),
]
test_functions = function_tests(CASES)
test_any_shapes = property_tests(CASES)

X, Y = np.ones((2, 3)), np.ones((4, 3))
ONE_INPUT = (
    "absolute arccos arcsin arctan arctanh argmax argmin ceil cos cosh digamma erf erfc erfcinv erfcx erfinv exp expm1 "
    "fix floor lgamma log log10 log1p log2 log_ndtr logsumexp max min ndtr ndtri prod rsqrt sign sin sinh sqrt square "
    "sum tan"
)
WRONG: list[WrongCall] = [
    *(
        WrongCall(name, functools.partial(getattr(F, name), "x"), ArgumentTypeError, "x must be an array, got str")
        for name in ONE_INPUT.split()
    ),
    WrongCall("add", lambda: F.add(), ArgumentError, "there must be at least one input"),
    WrongCall("add", lambda: F.add(X, Y), ArgumentError, "operands could not be broadcast"),
    WrongCall("identity", lambda: F.identity(), ArgumentError, "there must be at least one input"),
    WrongCall("arctan2", lambda: F.arctan2(X, Y), ArgumentError, "operands could not be broadcast"),
    WrongCall("fmod", lambda: F.fmod(X, Y), ArgumentError, "operands could not be broadcast"),
    WrongCall("maximum", lambda: F.maximum(X, Y), ArgumentError, "operands could not be broadcast"),
    WrongCall("minimum", lambda: F.minimum(X, Y), ArgumentError, "operands could not be broadcast"),
    WrongCall("squared_difference", lambda: F.squared_difference(X, Y), ArgumentError, "operands could not be broad"),
    WrongCall("linear_interpolate", lambda: F.linear_interpolate(X, X, Y), ArgumentError, "operands could not be"),
    WrongCall("polygamma", lambda: F.polygamma(np.ones(2, int), X), ArgumentError, "operands could not be broadcast"),
    WrongCall("zeta", lambda: F.zeta(np.ones(2), X), ArgumentError, "operands could not be broadcast"),
    WrongCall("clip", lambda: F.clip(X, 2.0, 1.0), ArgumentError, "x_min must not be above x_max, got 2.0 and 1.0"),
    WrongCall("clip", lambda: F.clip(X, None, None), ArgumentError, "x_min and x_max must not both be None"),
    WrongCall("cumsum", lambda: F.cumsum(X, 2), ArgumentError, "axis must be from -2 to 1, got 2"),
    WrongCall("cumprod", lambda: F.cumprod(X, -3), ArgumentError, "axis must be from -2 to 1, got -3"),
    WrongCall("average", lambda: F.average(X, 1, Y), ShapeError, "weights must have shape (2, 3) or (3,), got (4, 3)"),
    WrongCall("mean", lambda: F.mean(X, 1, Y), ShapeError, "weights must have shape (2, 3) or (3,), got (4, 3)"),
    WrongCall(
        "batch_l2_norm_squared", lambda: F.batch_l2_norm_squared(X[0]), ShapeError, "x must have at least 2 axes"
    ),
    WrongCall("bias", lambda: F.bias(X, np.ones(1)), ShapeError, "y must have the lengths of the axes of x from 1 on"),
    WrongCall(
        "scale", lambda: F.scale(X, np.ones(1)), ShapeError, "y must have the lengths of the axes of x from 1 on"
    ),
    WrongCall("matmul", lambda: F.matmul(X, Y), ArgumentError, "shapes (2,3) and (4,3) not aligned"),
    WrongCall("batch_matmul", lambda: F.batch_matmul(X[0], X), ShapeError, "a must have 2 or 3 axes, got shape (3,)"),
    WrongCall("tensordot", lambda: F.tensordot(X, Y, 1), ShapeError, "axes 1 must have equal lengths"),
    WrongCall("tensordot", lambda: F.tensordot(X, Y, 3), ShapeError, "axes 3 must have equal lengths"),
    WrongCall("einsum", lambda: F.einsum("ij", X, Y), ArgumentError, "'ij' must name the axes of each input, got 2"),
    WrongCall("einsum", lambda: F.einsum("ijk->i", X), ArgumentError, "'ijk' must name the axes of an input of shape"),
    WrongCall("einsum", lambda: F.einsum(), ArgumentError, "'' must name the axes of each input, got 0 inputs"),
    WrongCall("inv", lambda: F.inv(X), ArgumentError, "Last 2 dimensions of the array must be square"),
    WrongCall("inv", lambda: F.inv(SQUARES), ShapeError, "a must have 2 axes (n, n), got shape (2, 3, 3)"),
    WrongCall("inv", lambda: F.inv(np.zeros((2, 2))), ArgumentError, "Singular matrix"),
    WrongCall("batch_inv", lambda: F.batch_inv(SQUARE), ShapeError, "a must have 3 axes (batch, n, n), got shape"),
    WrongCall("det", lambda: F.det(SQUARES), ShapeError, "a must have 2 axes (n, n), got shape (2, 3, 3)"),
    WrongCall("batch_det", lambda: F.batch_det(SQUARE), ShapeError, "a must have 3 axes (batch, n, n), got shape"),
    WrongCall("cholesky", lambda: F.cholesky(-SQUARE), ArgumentError, "Matrix is not positive definite"),
    WrongCall("fft", lambda: F.fft((X, Y)), ShapeError, "the inputs must have the same shape"),
    WrongCall("ifft", lambda: F.ifft((X, Y)), ShapeError, "the inputs must have the same shape"),
    WrongCall("sparse_matmul", lambda: F.sparse_matmul(X, Y), ArgumentTypeError, "one of a and b must be a CooMatrix"),
    WrongCall(
        "sparse_matmul",
        lambda: F.sparse_matmul(F.to_coo(X), Y),
        ShapeError,
        "for the sparse matrices of shape (2, 3), the others must begin with (3,), got (4, 3)",
    ),
    WrongCall(
        "CooMatrix", lambda: F.CooMatrix(X, ROW, COL, (2, 3)), ShapeError, "data, row and col must have one shape"
    ),
    WrongCall("to_coo", lambda: F.to_coo(X[0]), ShapeError, "x must have shape (m, n) or (batch, m, n), got (3,)"),
    WrongCall(
        "to_coo", lambda: F.to_coo(X, 5), ArgumentError, "ldnz must be at least 6, the number of elements, got 5"
    ),
]
test_wrong_calls = wrong_call_tests(WRONG)


def test_average_with_weights() -> None:
    x, w = np.random.default_rng(0).uniform(0.1, 1, (2, 2, 3))
    np.testing.assert_allclose(F.average(x, weights=w).array, np.average(x, weights=w))
    np.testing.assert_allclose(F.average(x, 1, w[0]).array, np.average(x, 1, w[0]))
    np.testing.assert_allclose(F.average(x, -1, w, True).array, np.average(x, 1, w, keepdims=True))


def test_the_root_of_a_matrix_that_is_not_quite_symmetric_is_that_of_its_symmetric_part() -> None:
    symmetric = SQUARE @ SQUARE.T
    skew = np.array([[0, 1e-3, 0], [-1e-3, 0, 0], [0, 0, 0]])
    np.testing.assert_allclose(F.cholesky(symmetric + skew).array, np.linalg.cholesky(symmetric))


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 4)])
def test_a_dense_matrix_goes_to_coordinate_form_and_back(shape: tuple[int, ...]) -> None:
    x = np.arange(np.prod(shape), dtype=np.float32).reshape(shape) % 3
    x[..., 1, :] = 0
    x[0, ..., 1] = 0  # so the matrices of the batch differ in their number of elements
    a = F.to_coo(x, requires_grad=True)
    assert a.data.dtype == np.float32
    assert a.shape == shape[-2:]
    np.testing.assert_array_equal(a.to_dense().array, x)
    longer = F.to_coo(x, ldnz=12)
    assert longer.row.shape == (*shape[:-2], 12)
    assert longer.row[..., -1].max() == -1
    assert not longer.data.requires_grad
    np.testing.assert_array_equal(longer.to_dense().array, x)
    F.sum(a.to_dense() * 2).backward()
    np.testing.assert_array_equal(a.data.grad, np.full(a.data.shape, 2, np.float32))
