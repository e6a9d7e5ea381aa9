"""Long sums in half precision: results and gradients are those of float32, rounded once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np
import pytest

import catenary
import catenary.functions as F
from catenary import Variable

Array = np.ndarray[Any, Any]
LONG = (4, 5000)
LABELS = np.array([3, 77, 4999, 0])
BITS = np.random.default_rng(1).integers(0, 2, LONG)

#: Functions in which many numbers meet, with the shapes of their inputs.
WORKS: dict[str, tuple[Callable[..., Any], list[tuple[int, ...]]]] = {
    "sum": (lambda x: F.sum(x, 1), [LONG]),
    "sum over the batch": (lambda x: F.sum(x, 0), [(5000, 4)]),
    "mean": (lambda x: F.mean(x, 1), [LONG]),
    "cumsum": (lambda x: F.cumsum(x, 1), [LONG]),
    "logsumexp": (lambda x: F.logsumexp(x, 1), [LONG]),
    "softmax": (lambda x: F.softmax(x), [LONG]),
    "log_softmax": (lambda x: F.log_softmax(x), [LONG]),
    "matmul": (F.matmul, [LONG, (5000, 3)]),
    "linear": (F.linear, [LONG, (3, 5000), (3,)]),
    "bilinear": (F.bilinear, [(4, 60), (4, 50), (60, 50, 3)]),
    "einsum": (lambda a, b: F.einsum("ij,kj->ik", a, b), [LONG, (3, 5000)]),
    "tensordot": (lambda a, b: F.tensordot(a, b, 1), [LONG, (5000, 3)]),
    "convolution": (F.convolution_2d, [(2, 64, 9, 9), (3, 64, 7, 7), (3,)]),
    "average pooling": (lambda x: F.average_pooling_2d(x, 64), [(1, 2, 64, 64)]),
    "batch_normalization": (F.batch_normalization, [(5000, 3), (3,), (3,)]),
    "layer_normalization": (F.layer_normalization, [LONG, (5000,), (5000,)]),
    "rms_norm": (F.rms_norm, [LONG, (5000,)]),
    "group_normalization": (lambda x, g, b: F.group_normalization(x, 2, g, b), [(2, 4, 50, 50), (4,), (4,)]),
    "normalize": (F.normalize, [LONG]),
    "mean_squared_error": (F.mean_squared_error, [LONG, LONG]),
    "mean_absolute_error": (F.mean_absolute_error, [LONG, LONG]),
    "huber_loss": (lambda x, t: F.huber_loss(x, t, 1.0), [LONG, LONG]),
    "softmax_cross_entropy": (lambda x: F.softmax_cross_entropy(x, LABELS), [LONG]),
    "sigmoid_cross_entropy": (lambda x: F.sigmoid_cross_entropy(x, BITS), [LONG]),
    "gaussian_kl_divergence": (lambda m, v: F.gaussian_kl_divergence(m, v) / 1000, [LONG, LONG]),
    "attention": (F.scaled_dot_product_attention, [(3, 8), (5000, 8), (5000, 8)]),
}


def run(work: Callable[..., Any], arrays: list[Array], dtype: Any) -> list[Array]:
    """Return the result and the gradients of the inputs, for a gradient of the result that `dtype` can hold."""
    xs = [Variable(a) for a in arrays]
    y = work(*xs)
    gy = np.random.default_rng(2).uniform(0.5, 1, y.shape).astype(dtype)
    catenary.backward([y], [Variable(gy.astype(y.dtype))])
    return [y.array, *(x.grad for x in xs)]


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16], ids=["float16", "bfloat16"])
@pytest.mark.parametrize("name", WORKS)
def test_results_are_those_of_float32_rounded(name: str, dtype: Any) -> None:
    work, shapes = WORKS[name]
    rng = np.random.default_rng(0)
    arrays = [rng.uniform(0.1, 1, shape).astype(dtype) for shape in shapes]
    exact = run(work, [a.astype(np.float32) for a in arrays], dtype)
    eps, least = float(ml_dtypes.finfo(dtype).eps), float(ml_dtypes.finfo(dtype).smallest_subnormal)
    for found, expected in zip(run(work, arrays, dtype), exact, strict=True):
        assert found.dtype == dtype
        np.testing.assert_allclose(
            found.astype(np.float32), expected, rtol=eps, atol=least + 1e-6 * abs(expected).max()
        )
