"""Half precision: what is marked computes in float32; numbers do not widen bfloat16."""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest

import catenary
from catenary import PER_CALL, Parameter, Saved, Variable, arithmetic, function, several_outputs, widens_half
from catenary.errors import ArgumentTypeError
from catenary.graph.half import is_float, is_half
from catenary.types import Array, ArrayModule, Arrays

HALVES = [np.dtype(np.float16), np.dtype(ml_dtypes.bfloat16)]
seen: list[np.dtype] = []


@function(widens_half=True)
def total(_: ArrayModule, x: Array, factor: float = 1.0, *, saved: Saved = PER_CALL) -> Array:
    seen.append(x.dtype)
    saved.shape = x.shape
    return x.sum() * factor


total.gradient(x=lambda gy, factor, saved: arithmetic.broadcast_to(gy * factor, saved.shape))


@several_outputs(widens_half=True)
def sums(_: ArrayModule, xs: Arrays) -> tuple[Array, ...]:
    seen.append(xs[0].dtype)
    return tuple(x.sum() for x in xs)


@pytest.mark.parametrize("dtype", HALVES, ids=str)
def test_the_body_gets_float32_and_the_caller_half_precision(dtype: np.dtype) -> None:
    seen.clear()
    x = Variable(np.full(4096, 0.1).astype(dtype))
    y = total(x, 2.0)
    y.backward()
    assert (seen, y.dtype, x.grad.dtype) == ([np.float32], dtype, dtype)
    expected = np.float32(x.array[0]) * 2 * 4096
    assert abs(float(y.array) - expected) <= expected * float(ml_dtypes.finfo(dtype).eps)
    np.testing.assert_array_equal(x.grad, np.full(4096, 2.0).astype(dtype))


def test_other_dtypes_reach_the_body_as_they_are() -> None:
    for dtype in (np.float32, np.float64, np.int16):
        seen.clear()
        total(np.ones(3, dtype))
        assert seen == [dtype]


def test_gradients_of_higher_order_go_through_float32() -> None:
    x = Variable(np.ones(3, np.float16))
    (gx,) = catenary.grad([total(x * x)], [x], enable_double_backprop=True)
    (ggx,) = catenary.grad([total(gx * gx)], [x])
    assert (gx.dtype, ggx.dtype) == (np.float16, np.float16)
    np.testing.assert_array_equal(ggx.array, np.full(3, 8))


def test_lists_and_several_outputs() -> None:
    seen.clear()
    ys = sums([np.ones(3, np.float16), np.ones(2, np.float32)])
    assert seen == [np.float32]
    assert [y.dtype for y in ys] == [np.float16, np.float16]


def test_compositions() -> None:
    @widens_half
    def mean(xs: list[Variable], scale: Variable) -> tuple[Variable, str]:
        """Average."""
        assert all(x.dtype == np.float32 for x in (*xs, scale))
        return sum(xs[1:], xs[0]) * scale, "word"

    y, word = mean([Variable(np.ones(2, np.float16))] * 2, scale=np.ones(2, np.float16))
    assert (y.dtype, word, mean.__doc__) == (np.float16, "word", "Average.")


def test_numbers_do_not_widen_bfloat16() -> None:
    x = Variable(np.ones(2, ml_dtypes.bfloat16))
    for y in (x * 0.5, 0.5 * x, x + 1, 1 - x, x / 2, 2 / x, x**2):
        assert y.dtype == ml_dtypes.bfloat16


def test_which_dtypes_are_float_and_half() -> None:
    dtypes = [np.dtype(d) for d in ("f2", ml_dtypes.bfloat16, "f4", "f8", "i2", "i4", "?", "V2", "c8")]
    assert [is_float(d) for d in dtypes] == [True, True, True, True, False, False, False, False, False]
    assert [is_half(d) for d in dtypes] == [True, True, False, False, False, False, False, False, False]


def test_debug_mode_finds_nan_in_bfloat16() -> None:
    with catenary.using_config("debug", True), pytest.raises(catenary.errors.NaNError, match="mul: NaN"):
        Variable(np.full(2, np.nan, ml_dtypes.bfloat16)) * 2


def test_a_parameter_in_half_precision_takes_a_float32_gradient() -> None:
    p, g = Parameter(np.ones(2, np.float16)), np.full(2, 1e-9, np.float32)
    p.grad = g
    assert p.grad is g
    with pytest.raises(ArgumentTypeError, match="expected dtype float16"):
        p.grad = g.astype(np.float64)
    with pytest.raises(ArgumentTypeError, match="expected dtype float16"):
        Variable(np.ones(2, np.float16)).grad = g
