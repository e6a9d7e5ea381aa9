"""Calls of mathematical functions whose results in Chainer 7.8.1 are stored; see `make.py`."""

from importlib import import_module

import numpy as np

ROW, COL = np.array([0, 1, 1, 0], np.int32), np.array([2, 0, 2, 1], np.int32)
ROWS, COLS = np.array([[0, 1, 1], [1, 0, 1]], np.int32), np.array([[2, 0, 2], [1, 1, 0]], np.int32)
POWERS = np.array([1.5, 2, 3, 4], np.float32)
AWAY = ((3, 4), 0.2, 3)  # where a function has no kink and no pole
INSIDE = ((3, 4), -0.8, 0.8)
ELEMENTWISE = {
    "absolute": (3, 4),
    "arccos": INSIDE,
    "arcsin": INSIDE,
    "arctan": (3, 4),
    "arctanh": INSIDE,
    "ceil": (3, 4),
    "cos": (3, 4),
    "cosh": (3, 4),
    "digamma": AWAY,
    "erf": (3, 4),
    "erfc": (3, 4),
    "erfcinv": ((3, 4), 0.2, 1.8),
    "erfcx": (3, 4),
    "erfinv": INSIDE,
    "exp": (3, 4),
    "expm1": (3, 4),
    "fix": (3, 4),
    "floor": (3, 4),
    "lgamma": AWAY,
    "log": AWAY,
    "log10": AWAY,
    "log1p": AWAY,
    "log2": AWAY,
    "log_ndtr": (3, 4),
    "ndtr": (3, 4),
    "ndtri": ((3, 4), 0.1, 0.9),
    "rsqrt": AWAY,
    "sign": (3, 4),
    "sin": (3, 4),
    "sinh": (3, 4),
    "sqrt": AWAY,
    "square": (3, 4),
    "tan": ((3, 4), -1.2, 1.2),
}


def of_one(name):
    return lambda F, x: getattr(F, name)(x)


def coo(F, data, row, col, shape):
    module = "chainer.utils" if F.__name__ == "chainer.functions" else "catenary_functions.math.sparse"
    return import_module(module).CooMatrix(data.array, row, col, shape)


def positive(F, a):
    """Return a symmetric, positive definite matrix."""
    return F.matmul(a, a, transb=True) + np.eye(3, dtype=np.float32)


CASES = {
    **{name: [(of_one(name), spec)] for name, spec in ELEMENTWISE.items()},
    "add": [(lambda F, a, b, c: F.add(a, b, c), (3, 4), (3, 4), (3, 4)), (lambda F, a: F.add(a), (3, 4))],
    "arctan2": [(lambda F, a, b: F.arctan2(a, b), (3, 4), AWAY)],
    "argmax": [(lambda F, x: F.argmax(x), (3, 4)), (lambda F, x: F.argmax(x, axis=1), (3, 4))],
    "argmin": [(lambda F, x: F.argmin(x), (3, 4)), (lambda F, x: F.argmin(x, axis=0), (3, 4))],
    "average": [
        (lambda F, x: F.average(x, axis=1, keepdims=True), (3, 4)),
        (lambda F, x, w: F.average(x, axis=1, weights=w), (3, 4), ((4,), 0.1, 1)),
        (lambda F, x, w: F.average(x, weights=w), (2, 3), ((2, 3), 0.1, 1)),
    ],
    "batch_det": [(lambda F, a: F.batch_det(a), (2, 3, 3))],
    "batch_inv": [(lambda F, a: F.batch_inv(a), (2, 3, 3))],
    "batch_l2_norm_squared": [(lambda F, x: F.batch_l2_norm_squared(x), (3, 2, 4))],
    "batch_matmul": [
        (lambda F, a, b: F.batch_matmul(a, b), (2, 3, 4), (2, 4, 2)),
        (lambda F, a, b: F.batch_matmul(a, b, transa=True, transb=True), (2, 4), (2, 3, 4)),
        (lambda F, a, b: F.batch_matmul(a, b), (2, 3, 4), (2, 4)),
    ],
    "bias": [
        (lambda F, x, y: F.bias(x, y), (2, 3, 4), (3,)),
        (lambda F, x, y: F.bias(x, y, axis=0), (2, 3, 4), (2, 3)),
    ],
    "cholesky": [(lambda F, a: F.cholesky(positive(F, a)), (3, 3))],
    "clip": [
        (lambda F, x: F.clip(x, -0.5, 0.9), (3, 4)),
        (lambda F, x: F.clip(x, None, 0.9), (3, 4)),
        (lambda F, x: F.clip(x, -0.5, None), (3, 4)),
    ],
    "cumprod": [(lambda F, x: F.cumprod(x), (3, 4)), (lambda F, x: F.cumprod(x, axis=1), (3, 4))],
    "cumsum": [(lambda F, x: F.cumsum(x), (3, 4)), (lambda F, x: F.cumsum(x, axis=-1), (3, 4))],
    "det": [(lambda F, a: F.det(a), (3, 3))],
    "einsum": [
        (lambda F, a, b: F.einsum("ij,jk->ki", a, b), (2, 3), (3, 4)),
        (lambda F, a, b: F.einsum("...ij,jk", a, b), (2, 2, 3), (3, 4)),
        (lambda F, a, b: F.einsum("iij,jk->k", a, b), (3, 3, 2), (2, 4)),
        (lambda F, a, b: F.einsum(a, [0, 1], b, [1, 2], [2, 0]), (2, 3), (3, 4)),
    ],
    "fft": [(lambda F, a, b: F.fft((a, b)), (3, 4), (3, 4))],
    "fmod": [(lambda F, a, b: F.fmod(a, b), (3, 4), AWAY)],
    "identity": [(lambda F, x: F.identity(x), (3, 4)), (lambda F, x, y: F.identity(x, y), (3, 4), (2,))],
    "ifft": [(lambda F, a, b: F.ifft((a, b)), (3, 4), (3, 4))],
    "inv": [(lambda F, a: F.inv(a), (3, 3))],
    "linear_interpolate": [(lambda F, p, x, y: F.linear_interpolate(p, x, y), ((3, 4), 0, 1), (3, 4), (3, 4))],
    "logsumexp": [
        (lambda F, x: F.logsumexp(x), (3, 4)),
        (lambda F, x: F.logsumexp(x, axis=1), (3, 4)),
        (lambda F, x: F.logsumexp(x, axis=(0, 2)), (2, 3, 4)),
    ],
    "matmul": [
        (lambda F, a, b: F.matmul(a, b), (2, 3), (3, 4)),
        (lambda F, a, b: F.matmul(a, b, transa=True, transb=True), (2, 3, 4), (2, 2, 3)),
        (lambda F, a, b: F.matmul(a, b), (3,), (3,)),
    ],
    "max": [(lambda F, x: F.max(x), (3, 4)), (lambda F, x: F.max(x, axis=(0, 2), keepdims=True), (2, 3, 4))],
    "maximum": [(lambda F, a, b: F.maximum(a, b), (3, 4), (3, 4))],
    "mean": [(lambda F, x: F.mean(x), (3, 4)), (lambda F, x: F.mean(x, axis=0), (3, 4))],
    "min": [(lambda F, x: F.min(x), (3, 4)), (lambda F, x: F.min(x, axis=1), (3, 4))],
    "minimum": [(lambda F, a, b: F.minimum(a, b), (3, 4), (3, 4))],
    "polygamma": [(lambda F, n, x: F.polygamma(n, x), [0, 1, 2, 3], AWAY)],
    "prod": [
        (lambda F, x: F.prod(x), (3, 4)),
        (lambda F, x: F.prod(x, axis=(0, 2), keepdims=True), (2, 3, 4)),
        (lambda F, x: F.prod(F.maximum(x, x * 0), axis=1), (3, 4)),
    ],
    "scale": [
        (lambda F, x, y: F.scale(x, y), (2, 3, 4), (3,)),
        (lambda F, x, y: F.scale(x, y, axis=0), (2, 3, 4), (2, 3)),
    ],
    "sparse_matmul": [
        (lambda F, a, b: F.sparse_matmul(coo(F, a, ROW, COL, (2, 3)), b), (4,), (3, 2)),
        (lambda F, a, b: F.sparse_matmul(coo(F, a, ROW, COL, (2, 3)), b, transa=True, transb=True), (4,), (5, 2)),
        (lambda F, a, b: F.sparse_matmul(a, coo(F, b, ROW, COL, (2, 3)), transb=True), (5, 3), (4,)),
        (lambda F, a, b: F.sparse_matmul(coo(F, a, ROWS, COLS, (2, 3)), b), (2, 3), (2, 3, 2)),
    ],
    "squared_difference": [(lambda F, a, b: F.squared_difference(a, b), (3, 4), (3, 4))],
    "sum": [(lambda F, x: F.sum(x), (3, 4)), (lambda F, x: F.sum(x, axis=(0, 2), keepdims=True), (2, 3, 4))],
    "sum_to": [(lambda F, x: F.sum_to(x, (3, 1)), (2, 3, 4))],
    "tensordot": [
        (lambda F, a, b: F.tensordot(a, b), (2, 3, 4), (3, 4, 5)),
        (lambda F, a, b: F.tensordot(a, b, axes=1), (2, 3), (3, 4)),
        (lambda F, a, b: F.tensordot(a, b, axes=([2, 0], [0, 1])), (2, 3, 4), (4, 2, 5)),
    ],
    "zeta": [(lambda F, x: F.zeta(POWERS, x), AWAY)],
}
