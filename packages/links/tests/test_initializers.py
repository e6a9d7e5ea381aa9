"""Initializers: values against formulas, and the statistics of what is drawn."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.stats

import catenary
from catenary import Parameter, initializers as I, using_config
from catenary.errors import ArgumentError, ArgumentTypeError, ShapeError
from catenary.testing import WrongCall, wrong_call_tests

Array = np.ndarray[Any, Any]
SHAPE = (40, 30, 5)  # 150 inputs, 200 outputs
DRAWN = {
    I.Normal: ("norm", 0.05),
    I.LeCunNormal: ("norm", math.sqrt(1 / 150)),
    I.GlorotNormal: ("norm", math.sqrt(2 / 350)),
    I.HeNormal: ("norm", math.sqrt(2 / 150)),
    I.Uniform: ("uniform", 0.05 / math.sqrt(3)),
    I.LeCunUniform: ("uniform", math.sqrt(1 / 150)),
    I.GlorotUniform: ("uniform", math.sqrt(2 / 350)),
    I.HeUniform: ("uniform", math.sqrt(2 / 150)),
}


@dataclasses.dataclass
class Filled:
    """An initializer, and what it fills in."""

    kind: Any
    make: Callable[[], Any]
    shape: tuple[int, ...]
    expected: Any


def triangle(n: int) -> Array:
    """What linear interpolation takes of a point, for points at the distances of the elements."""
    stride = math.ceil(n / 2)
    return np.array([max(0.0, 1 - abs(i - (n - 1) / 2) / stride) for i in range(n)])


def of_channels(channels: int, kernel: Array) -> Array:
    filters = np.zeros((channels, channels, *kernel.shape))
    for i in range(channels):
        filters[i, i] = kernel
    return filters


INITIALIZERS = [
    Filled(I.Constant, lambda: I.Constant(2.5), (2, 3), np.full((2, 3), 2.5)),
    Filled(I.Constant, lambda: I.Constant(np.array([1.0, 2.0])), (2,), [1, 2]),
    Filled(I.Zero, I.Zero, (2,), [0, 0]),
    Filled(I.One, I.One, (2,), [1, 1]),
    Filled(I.NaN, I.NaN, (2,), [np.nan, np.nan]),
    Filled(I.Identity, lambda: I.Identity(3), (2, 2), [[3, 0], [0, 3]]),
    *(
        Filled(
            I.UpsamplingDeconvFilter,
            I.UpsamplingDeconvFilter,
            (2, 2, n, n),
            of_channels(2, np.outer(*[triangle(n)] * 2)),
        )
        for n in (1, 2, 3, 4, 7)
    ),
    Filled(I.UpsamplingDeconvFilter, I.UpsamplingDeconvFilter, (3, 1, 4), [[triangle(4)]] * 3),
    *(
        Filled(
            I.DownsamplingConvFilter,
            I.DownsamplingConvFilter,
            (2, 2, n, n),
            of_channels(2, np.outer(*[triangle(n) / triangle(n).sum()] * 2)),
        )
        for n in (1, 2, 3, 4, 6, 7)
    ),
    Filled(I.DownsamplingConvFilter, I.DownsamplingConvFilter, (1, 1, 3), [[[0.25, 0.5, 0.25]]]),
    *(Filled(kind, kind, SHAPE, None) for kind in [*DRAWN, I.Orthogonal]),
]


@pytest.mark.parametrize("case", INITIALIZERS, ids=lambda case: f"{case.kind.__name__}-{case.shape}")
@pytest.mark.parametrize("device", ["@numpy", "@tripwire"])
def test_values(case: Filled, device: str) -> None:
    with catenary.using_device(device):
        array = Parameter(case.make(), case.shape).array
    found = catenary.get_device(device).to_host(array)
    assert (found.shape, found.dtype) == (case.shape, np.float32)
    if case.expected is not None:
        np.testing.assert_allclose(found, case.expected, rtol=1e-6)


@pytest.mark.parametrize("dtype", ["float16", "float64"])
@pytest.mark.parametrize("kind", [case for case in {c.kind for c in INITIALIZERS} if case is not I.Constant])
def test_dtype(kind: Any, dtype: str) -> None:
    assert Parameter(kind(dtype=dtype), (2, 2, 3) if "Filter" in kind.__name__ else (2, 2)).dtype == dtype
    with using_config("dtype", np.dtype(dtype)):
        assert Parameter(kind(), (2, 2, 3) if "Filter" in kind.__name__ else (2, 2)).dtype == dtype


@pytest.mark.parametrize("kind", DRAWN, ids=lambda kind: kind.__name__)
def test_distribution(kind: Any) -> None:
    name, deviation = DRAWN[kind]
    catenary.seed(1)
    for factor in (1.0, 3.0):
        scale = factor * (0.05 if kind in (I.Normal, I.Uniform) else 1.0)
        drawn = Parameter(kind(scale), SHAPE).array.ravel() / (deviation * factor)
        half = math.sqrt(3)
        expected = scipy.stats.norm() if name == "norm" else scipy.stats.uniform(-half, 2 * half)
        assert scipy.stats.kstest(drawn, expected.cdf).pvalue > 0.01


@pytest.mark.parametrize("kind", [I.HeNormal, I.HeUniform])
def test_fan_option(kind: Any) -> None:
    drawn = Parameter(kind(fan_option="fan_out"), SHAPE).array
    assert drawn.std() == pytest.approx(math.sqrt(2 / 200), rel=0.05)


@pytest.mark.parametrize(
    ("shape", "mode"), [((3, 5), "projection"), ((5, 3), "embedding"), ((6, 2, 3), "auto"), ((4, 2, 2), "basis")]
)
def test_orthogonal(shape: tuple[int, ...], mode: str) -> None:
    matrix = Parameter(I.Orthogonal(2.0, mode=mode), shape).array.reshape(shape[0], -1)
    short = min(matrix.shape)
    gram = matrix @ matrix.T if len(matrix) == short else matrix.T @ matrix
    np.testing.assert_allclose(gram, 4 * np.eye(short), atol=1e-5)


@pytest.mark.parametrize("kind", [*DRAWN, I.Orthogonal], ids=lambda kind: kind.__name__)
def test_a_generator_of_its_own_leaves_that_of_the_device(kind: Any) -> None:
    catenary.seed(0)
    expected = catenary.get_device("@numpy").random.random(3)
    catenary.seed(0)
    first = Parameter(kind(rng=np.random.default_rng(5)), (4, 3)).array
    again = Parameter(kind(rng=np.random.default_rng(5)), (4, 3)).array
    old = Parameter(kind(rng=np.random.RandomState(5)), (4, 3)).array
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, old)
    np.testing.assert_array_equal(catenary.get_device("@numpy").random.random(3), expected)


def test_upsampling_by_a_deconvolution_keeps_a_ramp() -> None:
    """The filter of length 4 is for stride 2: what lies between two pixels is their weighted mean."""
    W = Parameter(I.UpsamplingDeconvFilter(), (1, 1, 4)).array[0, 0]
    x = np.array([0.0, 1.0, 2.0, 3.0])
    y = np.zeros(2 * 3 + 4)
    for i, value in enumerate(x):
        y[2 * i : 2 * i + 4] += value * W
    np.testing.assert_allclose(np.diff(y[2:7]), 0.5)


def test_downsampling_keeps_a_constant() -> None:
    for n in range(1, 8):
        assert Parameter(I.DownsamplingConvFilter(), (1, 1, n, n)).array.sum() == pytest.approx(1, rel=1e-5)


def test_generate_array() -> None:
    array = I.generate_array(I.Constant(3), 2, np)
    assert (array.tolist(), array.dtype) == ([3, 3], np.float32)
    assert I.generate_array(I.One(dtype="float64"), (2,), np).dtype == np.float64
    assert I.generate_array(1, (), np, dtype="float16").dtype == np.float16
    assert I.generate_array(lambda array: array.fill(7), (1,), np).tolist() == [7]
    device = catenary.get_device("@tripwire")
    there = I.generate_array(I.Normal(), (2, 3), np, device=device)
    assert device.is_array_supported(there)
    with catenary.using_device(device):
        assert device.is_array_supported(I.generate_array(I.Normal(), (2, 3), device.xp))
        assert isinstance(I.generate_array(I.Normal(), (2, 3), np), np.ndarray)


WRONG_FILTER = "expected shape (channels, channels or 1, n, n, ...), got "
WRONG = [
    WrongCall("Identity", lambda: Parameter(I.Identity(), (2, 3)), ShapeError, "expected a square matrix, got shape"),
    WrongCall(
        "HeNormal", lambda: I.HeNormal(fan_option="in"), ArgumentError, "fan_option must be 'fan_in' or 'fan_out'"
    ),
    WrongCall(
        "Orthogonal",
        lambda: I.Orthogonal(mode="x"),
        ArgumentError,
        "mode must be 'embedding', 'projection', 'basis' or 'auto', got 'x'",
    ),
    WrongCall(
        "Orthogonal",
        lambda: Parameter(I.Orthogonal(mode="basis"), (3, 2)),
        ShapeError,
        "mode 'basis' does not fit shape (3, 2)",
    ),
    WrongCall(
        "Orthogonal",
        lambda: Parameter(I.Orthogonal(mode="projection"), (3, 2)),
        ShapeError,
        "mode 'projection' does not fit shape (3, 2)",
    ),
    WrongCall(
        "UpsamplingDeconvFilter",
        lambda: I.UpsamplingDeconvFilter("nearest"),
        ArgumentError,
        "interpolation must be 'linear', got 'nearest'",
    ),
    *(
        WrongCall(kind.__name__, lambda k=kind, s=shape: Parameter(k(), s), ShapeError, f"{WRONG_FILTER}{shape}")
        for kind in (I.UpsamplingDeconvFilter, I.DownsamplingConvFilter)
        for shape in ((4,), (3, 3), (1, 1, 4, 3), (2, 3, 4))
    ),
    WrongCall(
        "generate_array",
        lambda: I.generate_array(I.One(dtype="float64"), (2,), np, dtype="float32"),
        ArgumentError,
        "the initializer is for float64, dtype is float32",
    ),
    WrongCall(
        "Parameter",
        lambda: I.generate_array("one", (2,), np),
        ArgumentTypeError,
        "the initializer must be a number, an array, a callable",
    ),
]
test_wrong_calls = wrong_call_tests(WRONG)
