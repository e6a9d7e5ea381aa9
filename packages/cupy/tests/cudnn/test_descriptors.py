"""Descriptors: how arrays are described, made once for each layout, let go in the end."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import catenary
import catenary.functions as F
from catenary_cupy.cudnn import descriptors, layouts, library
from catenary_cupy.cudnn.descriptors import KEPT
from catenary_cupy.cudnn.layouts import Layout


@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (2, 3, 1, 5), (1, 1, 1, 1), (2, 3, 4, 5, 6)])
def test_strides_are_those_of_numpy(shape: tuple[int, ...]) -> None:
    dense = np.empty(shape, np.int8)
    assert Layout(shape, False, "float32").strides == dense.strides
    last = np.empty((shape[0], *shape[2:], shape[1]), np.int8)
    expected = np.moveaxis(last, -1, 1).strides
    assert Layout(shape, True, "float32").strides == expected
    assert sorted(expected)[-1] * shape[0] >= math.prod(shape)


def test_layouts_of_arrays(cupy: Any, double: Any) -> None:
    x = cupy.ones((2, 3, 4, 5), "float32")
    last = cupy.ones((2, 4, 5, 3), "float64").transpose(0, 3, 1, 2)
    assert layouts.layout(x) == ((2, 3, 4, 5), False, "float32")
    assert layouts.layout(last) == ((2, 3, 4, 5), True, "float64")
    assert layouts.layout(x[:, :, 0]) == ((2, 3, 1, 5), False, "float32")
    assert layouts.layout(x[:, :, 0, 0]) == ((2, 3, 1, 1), False, "float32")
    assert layouts.dense(cupy, last) is last
    gaps = layouts.dense(cupy, x[:, ::2])
    assert gaps.flags.c_contiguous
    for channels_last in (False, True):
        for one in (x, last, x[..., ::2]):
            found = layouts.ordered(cupy, one, channels_last)
            assert layouts.has_channels_last(found) == channels_last
            np.testing.assert_array_equal(found.get(), one.get())


def test_a_second_call_makes_no_descriptor(cupy: Any, double: Any) -> None:
    x, W, b = cupy.ones((2, 3, 8, 8), "float32"), cupy.ones((4, 3, 3, 3), "float32"), cupy.ones(4, "float32")

    def work() -> None:
        h = F.convolution_2d(catenary.Variable(x), W, b, pad=1)
        h = F.max_pooling_2d(F.batch_normalization(h, b, b), 2)
        F.sum(F.softmax(h)).backward()

    work()
    made = dict(double.made)
    assert made.keys() == {"handle", "Tensor", "Filter", "Convolution", "Pooling"}
    work()
    assert double.made == made


def test_descriptors_of_many_shapes_are_let_go(cupy: Any, double: Any) -> None:
    for n in range(1, KEPT + 11):
        descriptors.tensor(Layout((1, 1, 1, n), False, "float32"))
    assert double.made["Tensor"] == KEPT + 10
    assert double.alive("Tensor") == KEPT
    descriptors.tensor.cache_clear()
    assert double.alive("Tensor") == 0


def test_arithmetic_of_dtypes(monkeypatch: pytest.MonkeyPatch) -> None:
    for value, of_float32 in ((None, 3), ("0", 3), ("1", 0)):
        if value is None:
            monkeypatch.delenv("CUPY_TF32", raising=False)
        else:
            monkeypatch.setenv("CUPY_TF32", value)
        found = [descriptors.math_type(dtype) for dtype in ("float16", "bfloat16", "float32", "float64")]
        assert found == [1, 1, of_float32, 0]
    assert [descriptors.compute_dtype(dtype) for dtype in ("float16", "float32", "float64")] == [0, 0, 1]


def test_what_is_served(cupy: Any, double: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    x = cupy.ones((2, 3), "float32")
    serves = layouts.serves
    assert serves(x)
    assert serves(x, x)
    assert not serves(x, x.astype("float64"))
    assert not serves(x.astype("int32"))
    assert not serves(x[:0])
    monkeypatch.setattr(layouts, "MOST", 5)
    assert not serves(x)
    monkeypatch.undo()
    monkeypatch.setattr(layouts, "is_usable", lambda device: False)
    assert not serves(x)
    assert library.is_usable()
