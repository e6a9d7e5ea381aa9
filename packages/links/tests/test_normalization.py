"""Normalization layers, held to NumPy by the conformance kit; their running statistics."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg

import catenary
import catenary.links as L
from catenary import using_config
from catenary.errors import ArgumentError, ArgumentTypeError, ShapeError
from catenary.testing import LinkCase, WrongCall, link_tests, wrong_call_tests

Array = np.ndarray[Any, Any]
Values = dict[str, Array]


def batch_normalization(v: Values, x: Array) -> Array:
    mean, var = x.mean(0), x.var(0)
    return (x - mean) / np.sqrt(var + 2e-5) * v["gamma"] + v["beta"]


def fixed(v: Values, x: Array) -> Array:
    y = (x - v["avg_mean"]) / np.sqrt(v["avg_var"] + 2e-5)
    return y * v.get("gamma", 1) + v.get("beta", 0)


def renormalization(v: Values, x: Array) -> Array:
    """The bounds of factor and shift are reached, so that the gradient of a difference is the right one."""
    mean, std = x.mean(0), np.sqrt(x.var(0) + 2e-5)
    assert (std > 1.001).all() or (std < 1 / 1.001).all()
    assert (abs(mean + 3) > 0.01).all()
    y = (x - mean) / std * np.where(std > 1, 1.001, 1 / 1.001) + 0.01 * np.sign(mean + 3)
    return y * v["gamma"] + v["beta"]


def outside_of_training(link: Any, x: Any) -> Any:
    with using_config("train", False):
        return link(x)


def decorrelation(v: Values, x: Array) -> Array:
    y = np.empty_like(x)
    for some in np.split(np.arange(x.shape[1]), 2):
        rows = x[:, some].swapaxes(0, 1).reshape(len(some), -1)
        rows = rows - rows.mean(1, keepdims=True)
        root = scipy.linalg.sqrtm(rows @ rows.T / rows.shape[1] + 0.1 * np.eye(len(some)))
        y[:, some] = np.linalg.solve(root, rows).reshape(len(some), len(x), *x.shape[2:]).swapaxes(0, 1)
    return y


def over(x: Array, axes: Any, eps: float) -> Array:
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + eps)


def layer_normalization(v: Values, x: Array) -> Array:
    return over(x, -1, 1e-6) * v["gamma"] + v["beta"]


def group_normalization(v: Values, x: Array) -> Array:
    y = over(x.reshape(len(x), 2, -1), -1, 1e-5).reshape(x.shape)
    return y * v["gamma"][:, None] + v["beta"][:, None]


def rms_norm(v: Values, x: Array) -> Array:
    return x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-6) * v["gamma"]


DOUBLE = {"dtype": np.float64}
CASES = [
    LinkCase(
        L.BatchNormalization, lambda: L.BatchNormalization(3), [(5, 3)], batch_normalization, lazy=L.BatchNormalization
    ),
    LinkCase(
        L.BatchNormalization,
        lambda: L.BatchNormalization(3, use_gamma=False, initial_avg_mean=1, initial_avg_var=2),
        [(5, 3)],
        fixed,
        call=outside_of_training,
        name="fixed",
    ),
    LinkCase(
        L.BatchRenormalization,
        lambda: L.BatchRenormalization(3, 1.001, 0.01, initial_avg_mean=-3),
        [(5, 3)],
        renormalization,
        lazy=lambda: L.BatchRenormalization(None, 1.001, 0.01, initial_avg_mean=-3),
    ),
    LinkCase(
        L.BatchRenormalization,
        lambda: L.BatchRenormalization(3, initial_avg_mean=1),
        [(5, 3)],
        fixed,
        call=outside_of_training,
        name="fixed",
    ),
    LinkCase(
        L.DecorrelatedBatchNormalization,
        lambda: L.DecorrelatedBatchNormalization(4, groups=2, eps=0.1, **DOUBLE),
        [(6, 4, 2)],
        decorrelation,
    ),
    LinkCase(
        L.DecorrelatedBatchNormalization,
        lambda: L.DecorrelatedBatchNormalization(4, groups=2, **DOUBLE),
        [(6, 4, 2)],
        lambda v, x: x,  # it begins with mean 0 and covariance 1
        call=outside_of_training,
        name="fixed",
    ),
    LinkCase(
        L.LayerNormalization, lambda: L.LayerNormalization(3), [(4, 3)], layer_normalization, lazy=L.LayerNormalization
    ),
    LinkCase(L.LayerNormalization, lambda: L.LayerNormalization(3), [(4, 2, 3)], layer_normalization, name="sequences"),
    LinkCase(
        L.GroupNormalization,
        lambda: L.GroupNormalization(2, 4),
        [(3, 4, 5)],
        group_normalization,
        lazy=lambda: L.GroupNormalization(2),
    ),
    LinkCase(L.RMSNorm, lambda: L.RMSNorm(3), [(4, 2, 3)], rms_norm, lazy=L.RMSNorm),
]
test_links = link_tests(CASES)

X = np.ones((4, 3), np.float32)
WRONG = [
    WrongCall(
        "batch_normalization",
        lambda: L.BatchNormalization(2)(X),
        ShapeError,
        "gamma and beta must have shape (3,) for x of (4, 3), got (2,) and (2,)",
    ),
    WrongCall("BatchNormalization", lambda: L.BatchNormalization(-1), ArgumentError, "size must be a tuple of sizes"),
    WrongCall(
        "BatchRenormalization",
        lambda: L.BatchRenormalization(3, rmax=0.5),
        ArgumentError,
        "rmax must be at least 1 and dmax 0, got 0.5 and 0",
    ),
    WrongCall(
        "DecorrelatedBatchNormalization",
        lambda: L.DecorrelatedBatchNormalization(3),
        ArgumentError,
        "size must be divisible by groups, got 3 and 16",
    ),
    WrongCall(
        "DecorrelatedBatchNormalization",
        lambda: L.DecorrelatedBatchNormalization(None),
        ArgumentTypeError,
        "size must be an integer, got None",
    ),
    WrongCall("LayerNormalization", lambda: L.LayerNormalization(0), ArgumentError, "size must be positive, got 0"),
    WrongCall("GroupNormalization", lambda: L.GroupNormalization(0), ArgumentError, "groups must be positive, got 0"),
    WrongCall("RMSNorm", lambda: L.RMSNorm("3"), ArgumentTypeError, "size must be an integer, got '3'"),
]
test_wrong_calls = wrong_call_tests(WRONG)

DRAWN = np.random.default_rng(0).normal(2, 3, (3, 50, 4)).astype(np.float32)


@pytest.mark.parametrize("kind", [L.BatchNormalization, L.BatchRenormalization, L.DecorrelatedBatchNormalization])
def test_finetuning_gives_plain_means_of_all_calls_since_it_began(kind: Any) -> None:
    link = kind(4, groups=1) if kind is L.DecorrelatedBatchNormalization else kind(4)
    for x in DRAWN:
        link(x + 5)
    link.start_finetuning()
    for x in DRAWN:
        link(x, finetune=True)
    assert link.N == 3
    np.testing.assert_allclose(np.ravel(link.avg_mean), DRAWN.mean((0, 1)), rtol=1e-5)
    if hasattr(link, "avg_var"):
        np.testing.assert_allclose(link.avg_var, DRAWN.var(1, ddof=1).mean(0), rtol=1e-5)


@pytest.mark.parametrize("kind", [L.BatchRenormalization, L.DecorrelatedBatchNormalization])
def test_outside_of_training_the_running_statistics_stay(kind: Any) -> None:
    link = kind(4, groups=1) if kind is L.DecorrelatedBatchNormalization else kind(4)
    link(DRAWN[0])
    before = np.array(link.avg_mean)
    with using_config("train", False):
        first, second = link(DRAWN[1]), link(DRAWN[1])
    np.testing.assert_array_equal(link.avg_mean, before)
    np.testing.assert_array_equal(first.array, second.array)


def test_renormalization_with_wide_bounds_gives_the_same_in_training_and_outside() -> None:
    link = L.BatchRenormalization(4, rmax=1e6, dmax=1e6)
    for x in DRAWN:
        link(x)
    trained = link.copy("copy")(DRAWN[0]).array
    with using_config("train", False):
        np.testing.assert_allclose(trained, link(DRAWN[0]).array, rtol=1e-3, atol=1e-4)


def test_statistics_of_decorrelation_have_the_asked_dtype_and_move() -> None:
    link = L.DecorrelatedBatchNormalization(4, 2, dtype=np.float64)
    assert link.avg_mean.dtype == link.avg_projection.dtype == np.float64
    device = catenary.get_device("@tripwire")
    link.to_device(device)
    assert device.is_array_supported(link.avg_projection)


def test_initial_values_of_feature_normalization() -> None:
    link = L.GroupNormalization(1, initial_gamma=2, initial_beta=np.array([3.0, 4.0]))
    link(np.ones((2, 2), np.float32))
    assert (link.gamma.array.tolist(), link.beta.array.tolist()) == ([2, 2], [3, 4])
