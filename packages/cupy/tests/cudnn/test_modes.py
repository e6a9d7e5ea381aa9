"""Which of cuDNN's ways are taken, by dtype, order of memory and settings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import catenary
import catenary.functions as F
from catenary import Variable
from catenary.functions import kernels
from catenary_cupy.cudnn import layers


def images(cupy: Any, dtype: str, channels_last: bool) -> Any:
    x = cupy.asarray(np.random.default_rng(0).standard_normal((2, 5, 6, 4)).astype(dtype))
    return x.transpose(0, 3, 1, 2) if channels_last else cupy.ascontiguousarray(x.transpose(0, 3, 1, 2))


@pytest.mark.parametrize(
    ("dtype", "channels_last", "expected"),
    [("float32", True, True), ("float16", True, True), ("float32", False, False), ("float64", True, False)],
)
def test_filters_have_the_order_of_images(
    dtype: str, channels_last: bool, expected: bool, cupy: Any, double: Any
) -> None:
    x, W = images(cupy, dtype, channels_last), cupy.ones((3, 4, 3, 3), dtype)
    grid = kernels.Grid((5, 6), (3, 3), (1, 1), (0, 0), (1, 1), (3, 4))
    y = kernels.convolution(x, W, None, grid, 1).array
    for array in (y, kernels.deconvolution(y, W, None, grid, 1).array):
        assert array.flags.c_contiguous != expected
    assert kernels.filter_gradient(x, y, grid, 1).array.flags.c_contiguous
    of_filters = {"Forward": 4, "BackwardData": 2, "BackwardFilter": 11}
    for kind, place in of_filters.items():
        (arguments,) = double.arguments(f"Convolution{kind}")
        strides = double.objects[arguments[place]].strides
        assert strides == ((36, 1, 12, 4) if expected else (36, 9, 3, 1))


@pytest.mark.parametrize(("deterministic", "mode"), [(False, 0), (True, 3), ("warn", 3)])
def test_gradients_of_maxima_come_in_order_if_that_is_asked_for(
    deterministic: Any, mode: int, cupy: Any, double: Any
) -> None:
    x = Variable(images(cupy, "float32", False))
    with catenary.using_config("deterministic", deterministic):
        F.sum(F.max_pooling_2d(x, 2, 1)).backward()
    (arguments,) = double.arguments("PoolingBackward")
    assert double.objects[arguments[1]].mode == mode


@pytest.mark.parametrize(
    ("dtype", "channels_last", "deterministic", "mode"),
    [
        ("float16", True, False, 2),
        ("float16", True, True, 1),
        ("float16", False, False, 1),
        ("float32", True, False, 1),
    ],
)
def test_statistics_of_halves_with_channels_last_take_one_sweep(
    dtype: str, channels_last: bool, deterministic: bool, mode: int, cupy: Any, double: Any
) -> None:
    x, ones = Variable(images(cupy, dtype, channels_last)), cupy.ones(4, "float32")
    with catenary.using_config("deterministic", deterministic):
        y = F.batch_normalization(x, ones, ones)
    F.sum(y * y).backward()
    for name in ("BatchNormalizationForwardTrainingEx", "BatchNormalizationBackwardEx"):
        assert [arguments[1] for arguments in double.arguments(name)] == [mode]


@pytest.mark.parametrize(
    ("shape", "of_parameters", "mode"), [((7, 3), (3,), 0), ((7, 3, 2), (3, 2), 0), ((7, 3, 2), (3,), 1)]
)
def test_statistics_of_each_element_have_a_mode_of_their_own(
    shape: tuple[int, ...], of_parameters: tuple[int, ...], mode: int, cupy: Any, double: Any
) -> None:
    x, ones = np.random.default_rng(0).standard_normal(shape), cupy.ones(of_parameters)
    F.batch_normalization(cupy.asarray(x), ones, ones)
    (arguments,) = double.arguments("BatchNormalizationForwardTrainingEx")
    assert arguments[1] == mode


def test_users_arrays_are_written_where_they_can_be(cupy: Any, double: Any) -> None:
    x, ones = images(cupy, "float32", False), cupy.ones(4, "float32")
    mean, var = ones.copy(), ones.copy()
    F.batch_normalization(x, ones, ones, running_mean=mean, running_var=var, decay=0.9)
    (arguments,) = double.arguments("BatchNormalizationForwardTrainingEx")
    assert arguments[14] == pytest.approx(0.1)
    assert arguments[15:17] == (mean.data.ptr, var.data.ptr)


def lstm(cupy: Any) -> Any:
    shapes = (5, 3), (2, 2), (2, 2), (8, 3), (8, 2), (8,), (8,)
    x, *others = (cupy.ones(shape, "float32") for shape in shapes)
    return kernels.lstm_layer(Variable(x), *others, (2, 2, 1), False)[-1]


def test_layers_keep_nothing_outside_of_training(cupy: Any, double: Any) -> None:
    lstm(cupy)
    with catenary.no_backprop_mode():
        lstm(cupy)
    found = double.arguments("RNNForward")
    assert [arguments[2] for arguments in found] == [1, 0]
    assert [arguments[-2] for arguments in found] == [64, 0]


@pytest.mark.parametrize(("variable", "calls"), [(None, 0), (":4096:8", 1), ("yes", 0)])
def test_layers_are_served_where_their_sums_come_in_order(
    variable: str | None, calls: int, cupy: Any, double: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    if variable is not None:
        monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", variable)
    with catenary.using_config("deterministic", True):
        lstm(cupy)
    assert double.count()["RNNForward"] == calls


def test_weights_are_copied_in_few_pieces(cupy: Any, double: Any) -> None:
    _, places = layers.places(layers.Cell(layers.LSTM, 3, 2, "float32", 3, 0))
    assert len(places) == 16  # the double leaves gaps between them
    joined = layers._joined([place._replace(start=k) for k, place in zip(range(0, 96, 6), places[:4])], (3, 2, 1, 1))
    assert [(one.rows, one.start) for one in joined] == [(slice(0, 8), 0)]
