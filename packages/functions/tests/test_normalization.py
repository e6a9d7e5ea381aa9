"""The functions of the family normalization, held to NumPy and SciPy by the conformance kit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg

import catenary
import catenary.functions as F
from catenary.errors import ArgumentError, ShapeError
from catenary.testing import (
    FunctionCase as case,
    WrongCall,
    function_tests,
    wrong_call_tests,
)

Array = np.ndarray[Any, Any]
AWAY = (0.2, 3.0)  # where a function has no kink and no pole
MEAN, VAR = np.array([5.0, -4.0, 6.0]), np.array([2.5, 3.7, 0.9])


def batch_normalization(x: Array, gamma: Array, beta: Array, eps: float = 2e-5, axis: Any = None) -> Array:
    over = (0, *range(2, x.ndim)) if axis is None else axis
    shape = [1 if i in over else n for i, n in enumerate(x.shape)]
    mean, var = x.mean(over, keepdims=True), x.var(over, keepdims=True)
    return (x - mean) / np.sqrt(var + eps) * gamma.reshape(shape) + beta.reshape(shape)


def fixed_batch_normalization(x: Array, gamma: Array, beta: Array, mean: Array, var: Array, eps: float = 2e-5) -> Array:
    return ((x.swapaxes(1, -1) - mean) / np.sqrt(var + eps) * gamma + beta).swapaxes(1, -1)


def layer_normalization(x: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Array:
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + eps) * gamma + beta


def rms_norm(x: Array, gamma: Array, eps: float = 1e-6) -> Array:
    return x / np.sqrt(np.mean(x**2, -1, keepdims=True) + eps) * gamma


def group_normalization(x: Array, gamma: Array, beta: Array, groups: int, eps: float = 1e-5) -> Array:
    y = np.empty_like(x)
    for n in range(len(x)):
        for some in np.split(np.arange(x.shape[1]), groups):
            y[n, some] = (x[n, some] - x[n, some].mean()) / np.sqrt(x[n, some].var() + eps)
    return (y.swapaxes(1, -1) * gamma + beta).swapaxes(1, -1)


def grouped(x_shape: tuple[int, ...], groups: int, **options: Any) -> case:
    return case(
        F.group_normalization,
        [x_shape, (x_shape[1],), (x_shape[1],)],
        lambda *xs, **_: group_normalization(*xs, groups=groups, **options),
        options,
        tolerance=3.0,
        route=lambda x, gamma, beta, **options: F.group_normalization(x, groups, gamma, beta, **options),
    )


def renormalized(rmax: float, dmax: float, order: int, **options: Any) -> case:
    """Return a case; gradients leave out the factor and the shift, so they are only right where both are bounds."""

    def reference(x: Array, gamma: Array, beta: Array, eps: float = 2e-5) -> Array:
        mean, std, running = x.mean((0, 2)), np.sqrt(x.var((0, 2)) + eps), np.sqrt(VAR + eps)
        r, d = np.clip(std / running, 1 / rmax, rmax), np.clip((mean - MEAN) / running, -dmax, dmax)
        return (((x.swapaxes(1, 2) - mean) / std * r + d) * gamma + beta).swapaxes(1, 2)

    def route(x: Any, gamma: Any, beta: Any) -> Any:
        send = catenary.get_device_from_array(x).send
        eps = options.get("eps", 2e-5)
        return F.batch_renormalization(x, gamma, beta, rmax, dmax, eps, send(MEAN), send(VAR))

    return case(
        F.batch_renormalization,
        [(4, 3, 2), (3,), (3,)],
        lambda *xs: reference(*xs, **options),
        order=order,
        tolerance=5.0,
        route=route,
    )


def decorrelated(x: Array, groups: int, eps: float = 2e-5) -> Array:
    y = np.empty_like(x)
    for some in np.split(np.arange(x.shape[1]), groups):
        rows = x[:, some].swapaxes(0, 1).reshape(len(some), -1)
        rows = rows - rows.mean(1, keepdims=True)
        root = scipy.linalg.sqrtm(rows @ rows.T / rows.shape[1] + eps * np.eye(len(some)))
        white = np.linalg.solve(root, rows)
        y[:, some] = white.reshape(len(some), len(x), *x.shape[2:]).swapaxes(0, 1)
    return y


def fixed_decorrelated(x: Array, mean: Array, projection: Array, groups: int) -> Array:
    parts = np.split(x, groups, 1)
    moved = [
        np.einsum("ij,nj...->ni...", p, (x.swapaxes(1, -1) - m).swapaxes(1, -1))
        for p, m, x in zip(projection, mean, parts)
    ]
    return np.concatenate(moved, 1)


def local_response(x: Array, n: int = 5, k: float = 2, alpha: float = 1e-4, beta: float = 0.75) -> Array:
    y = np.empty_like(x)
    for c in range(x.shape[1]):
        near = x[:, max(c - n // 2, 0) : c + n // 2 + 1]
        y[:, c] = x[:, c] / (k + alpha * (near**2).sum(1)) ** beta
    return y


def normalize(x: Array, eps: float = 1e-5, axis: Any = 1) -> Array:
    return x / (np.sqrt((x**2).sum(axis, keepdims=True)) + eps)


CASES = [
    *(
        case(F.batch_normalization, [s, (3,), (3,)], batch_normalization, tolerance=5.0)
        for s in [(4, 3), (2, 3, 2), (2, 3, 3, 2)]
    ),
    case(F.batch_normalization, [(4, 3, 2), (2,), (2,)], batch_normalization, {"axis": (0, 1), "eps": 0.1}),
    case(F.fixed_batch_normalization, [(2, 3, 4), *[(3,)] * 4], fixed_batch_normalization, domain=AWAY, tolerance=3.0),
    case(
        F.fixed_batch_renormalization, [(2, 3, 4), *[(3,)] * 4], fixed_batch_normalization, domain=AWAY, tolerance=3.0
    ),
    renormalized(1.0, 0.01, order=2),
    renormalized(1.0, 0.01, order=2, eps=0.5),
    renormalized(1.1, 1.5, order=0),
    renormalized(50.0, 50.0, order=0, eps=0.1),
    *(
        case(F.layer_normalization, [s, s[-1:], s[-1:]], layer_normalization, tolerance=3.0)
        for s in [(4, 3), (2, 3, 5), (0, 3), (2, 2, 1, 4)]
    ),
    case(F.layer_normalization, [(4, 3), (3,), (3,)], layer_normalization, {"eps": 0.1}),
    *(case(F.rms_norm, [s, s[-1:]], rms_norm, tolerance=3.0) for s in [(4, 3), (2, 3, 5), (0, 3), (2, 2, 1, 4)]),
    case(F.rms_norm, [(4, 3), (3,)], rms_norm, {"eps": 0.1}),
    grouped((2, 6), 2),
    grouped((2, 4, 3, 2), 2, eps=0.1),
    grouped((3, 4, 5), 1),
    grouped((0, 4, 5), 2),
    *(
        case(
            F.instance_normalization,
            [(2, 3, *rest), (3,), (3,)],
            lambda *xs, **options: group_normalization(*xs, 3, **options),
            options,
            tolerance=3.0,
        )
        for rest, options in [((4,), {}), ((3, 2), {"eps": 0.1})]
    ),
    # In half precision the inverse of a matrix that came from a rounded input lies far from the exact one.
    *(
        case(
            F.decorrelated_batch_normalization,
            [s],
            decorrelated,
            options,
            tolerance=20.0,
            dtypes=["float32", "float64"],
        )
        for s, options in [((6, 4), {"groups": 2}), ((3, 6, 2, 2), {"groups": 2, "eps": 0.1}), ((5, 2), {"groups": 1})]
    ),
    case(F.decorrelated_batch_normalization, [(6, 4, 3)], decorrelated, {"groups": 2, "eps": 1.0}, tolerance=5.0),
    *(
        case(
            F.fixed_decorrelated_batch_normalization,
            [s, (2, 2), (2, 2, 2)],
            fixed_decorrelated,
            {"groups": 2},
            tolerance=3.0,
        )
        for s in [(3, 4), (2, 4, 3, 2), (0, 4)]
    ),
    case(F.local_response_normalization, [(2, 7, 3)], local_response),
    *(
        case(F.local_response_normalization, [s], local_response, {"n": n, "k": 1.0, "alpha": 0.5, "beta": 0.6})
        for s, n in [((2, 4), 3), ((2, 5, 2, 2), 4), ((2, 2), 9), ((2, 3), 1), ((2, 0, 3), 5)]
    ),
    *(case(F.normalize, [s], normalize, domain=AWAY) for s in [(2, 3), (2, 3, 4), (0, 3)]),
    *(case(F.normalize, [(2, 3, 4)], normalize, {"axis": a, "eps": 0.1}) for a in [-1, 0, (1, 2)]),
]
test_functions = function_tests(CASES)

X, THREE, TWO = np.ones((4, 3)), np.ones(3), np.ones(2)
OF_CHANNELS = "gamma and beta must have shape (3,) for x of (4, 3), got (2,) and (3,)"
WRONG: list[WrongCall] = [
    WrongCall("batch_normalization", lambda: F.batch_normalization(X, TWO, THREE), ShapeError, OF_CHANNELS),
    WrongCall(
        "batch_normalization",
        lambda: F.batch_normalization(X[:0], THREE, THREE),
        ArgumentError,
        "x must not be empty, got shape (0, 3)",
    ),
    WrongCall(
        "fixed_batch_normalization",
        lambda: F.fixed_batch_normalization(X, TWO, THREE, THREE, THREE),
        ShapeError,
        OF_CHANNELS,
    ),
    WrongCall(
        "batch_renormalization", lambda: F.batch_renormalization(X, TWO, THREE, 2.0, 2.0), ShapeError, OF_CHANNELS
    ),
    WrongCall(
        "batch_renormalization",
        lambda: F.batch_renormalization(X, THREE, THREE, 2.0, 2.0),
        ArgumentError,
        "running_mean and running_var must be given",
    ),
    WrongCall(
        "fixed_batch_renormalization",
        lambda: F.fixed_batch_renormalization(X, TWO, THREE, THREE, THREE),
        ShapeError,
        OF_CHANNELS,
    ),
    WrongCall(
        "layer_normalization",
        lambda: F.layer_normalization(X, THREE, TWO),
        ShapeError,
        "x must have at least 2 axes, and beta the length of axis -1, got (4, 3) and (2,)",
    ),
    WrongCall("rms_norm", lambda: F.rms_norm(THREE, THREE), ShapeError, "x must have at least 2 axes, and gamma"),
    WrongCall(
        "group_normalization",
        lambda: F.group_normalization(X, 1, TWO, THREE),
        ShapeError,
        "x must have at least 2 axes, and gamma the length of axis 1, got (4, 3) and (2,)",
    ),
    WrongCall(
        "group_normalization",
        lambda: F.group_normalization(X, 2, THREE, THREE),
        ShapeError,
        "3 channels must be divisible by groups, got 2",
    ),
    WrongCall(
        "instance_normalization",
        lambda: F.instance_normalization(X, TWO, THREE),
        ShapeError,
        "x must have at least 2 axes, and gamma the length of axis 1, got (4, 3) and (2,)",
    ),
    WrongCall(
        "decorrelated_batch_normalization",
        lambda: F.decorrelated_batch_normalization(X),
        ShapeError,
        "the channels of x must be divisible by groups, got 16 for shape (4, 3)",
    ),
    WrongCall(
        "fixed_decorrelated_batch_normalization",
        lambda: F.fixed_decorrelated_batch_normalization(X, THREE, THREE, 3),
        ShapeError,
        "mean and projection must have shapes (3, 1) and (3, 1, 1), got (3,) and (3,)",
    ),
    WrongCall(
        "local_response_normalization",
        lambda: F.local_response_normalization(THREE),
        ArgumentError,
        "axis must be from -1 to 0, got 1",
    ),
    WrongCall(
        "local_response_normalization",
        lambda: F.local_response_normalization(X, 0),
        ArgumentError,
        "n must be positive, got 0",
    ),
    WrongCall("normalize", lambda: F.normalize(X, axis=2), ArgumentError, "axis must be from -2 to 1, got 2"),
]
test_wrong_calls = wrong_call_tests(WRONG)


def test_batch_normalization_keeps_running_values() -> None:
    x, one = np.random.default_rng(0).normal(2, 3, (5, 3, 4)).astype(np.float32), np.ones(3, np.float32)
    mean, var = one.copy(), 2 * one
    F.batch_normalization(x, one, one, running_mean=mean, running_var=var, decay=0.7)
    np.testing.assert_allclose(mean, 0.7 + 0.3 * x.mean((0, 2)), rtol=1e-5)
    np.testing.assert_allclose(var, 1.4 + 0.3 * x.var((0, 2), ddof=1), rtol=1e-5)


@pytest.mark.parametrize("update", [False, True])
def test_batch_renormalization_keeps_running_values_if_asked(update: bool) -> None:
    x, one = np.random.default_rng(0).normal(2, 3, (5, 3, 4)), np.ones(3)
    mean, var = one.copy(), 2 * one
    F.batch_renormalization(
        x, one, one, 2.0, 2.0, running_mean=mean, running_var=var, decay=0.7, update_statistics=update
    )
    np.testing.assert_allclose(mean, 0.7 + 0.3 * x.mean((0, 2)) if update else one)
    np.testing.assert_allclose(var, 1.4 + 0.3 * x.var((0, 2), ddof=1) if update else 2 * one)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_decorrelation_with_running_values_of_the_batch_alone_is_that_of_the_batch(dtype: str) -> None:
    x = np.random.default_rng(0).normal(2, 3, (50, 4, 2)).astype(dtype)
    mean, projection = np.ones((2, 2), np.float32), np.ones((2, 2, 2), np.float32)
    y = F.decorrelated_batch_normalization(x, groups=2, running_mean=mean, running_projection=projection, decay=0.0)
    np.testing.assert_allclose(mean.ravel(), x.astype(np.float64).mean((0, 2)), rtol=1e-3)
    fixed = F.fixed_decorrelated_batch_normalization(x, mean, projection * (99 / 100), groups=2)
    np.testing.assert_allclose(fixed.array, y.array, rtol=1e-2, atol=3e-3)
    F.decorrelated_batch_normalization(3 * x, groups=2, running_mean=mean, decay=0.9)
    np.testing.assert_allclose(mean.ravel(), 1.2 * x.astype(np.float64).mean((0, 2)), rtol=1e-2)


def test_the_gradient_of_normalize_at_zero_is_that_of_the_division_by_eps() -> None:
    x = catenary.Variable(np.zeros((2, 3)))
    F.sum(F.normalize(x, eps=0.5)).backward()
    np.testing.assert_array_equal(x.grad, np.full((2, 3), 2.0))
