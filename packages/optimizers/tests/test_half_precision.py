"""Parameters in half precision: float32 copies, and the scale of the loss."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest

from catenary import Chain, Link, Parameter, optimizers
from catenary.errors import ArgumentError, OptimizerError
from catenary_testing.memory import load, saved

HALF = [np.float16, ml_dtypes.bfloat16]
#: One that is packed with others, and one that is updated where it is.
SHAPES = [(3,), (100, 100)]


def make_model(dtype: Any) -> Any:
    rng = np.random.default_rng(0)
    links = {}
    for i, shape in enumerate(SHAPES):
        links[f"l{i}"] = link = Link()
        with link.init_scope():
            link.W = Parameter(rng.standard_normal(shape).astype(dtype))
    return Chain(**links)


def run(optimizer: Any, model: Any, steps: range) -> None:
    for step in steps:
        rng = np.random.default_rng(step)
        for param in model.params():
            param.grad = rng.standard_normal(param.shape).astype(param.dtype)
        optimizer.update()


@pytest.mark.parametrize("dtype", HALF)
@pytest.mark.parametrize("alone", [False, True])
def test_parameters_are_rounded_float32_ones(dtype: Any, alone: bool) -> None:
    half, wide = make_model(dtype), make_model(dtype)
    for param in wide.params():
        param.array = param.array.astype(np.float32)
    a = optimizers.MomentumSGD(lr=1e-4).setup(half)
    a.use_fp32_update()
    b = optimizers.MomentumSGD(lr=1e-4).setup(wide)
    if alone:
        for param in half.params():
            param.update_rule.add_hook(lambda rule, p: None, name="alone")
    run(a, half, range(20))
    for step in range(20):
        rng = np.random.default_rng(step)
        for param in wide.params():
            param.grad = rng.standard_normal(param.shape).astype(dtype).astype(np.float32)
        b.update()
    for mine, theirs in zip(half.params(), wide.params(), strict=True):
        assert mine.dtype == dtype
        np.testing.assert_array_equal(mine.array, theirs.array.astype(dtype))


def test_short_steps_add_up_only_in_float32() -> None:
    for widened in (False, True):
        link = Link()
        with link.init_scope():
            link.W = Parameter(np.ones(2, np.float16))
        optimizer = optimizers.SGD(lr=1e-4)
        optimizer.use_fp32_update(widened)
        optimizer.setup(link)
        for _ in range(100):
            link.W.grad = np.ones(2, np.float16)
            optimizer.update()
        np.testing.assert_array_equal(link.W.array, np.array([0.99, 0.99] if widened else [1, 1], np.float16))


@pytest.mark.parametrize("dtype", HALF)
def test_what_is_written_into_a_parameter_is_taken_over(dtype: Any) -> None:
    model = make_model(dtype)
    optimizer = optimizers.SGD(lr=0.5).setup(model)
    optimizer.use_fp32_update()
    run(optimizer, model, range(2))
    for param in model.params():
        param.array[...] = 4
        param.grad = np.ones_like(param.array)
    optimizer.update()
    for param in model.params():
        np.testing.assert_array_equal(param.array, np.full_like(param.array, 3.5))


def test_a_resumed_run_goes_on_to_the_bit() -> None:
    whole, half, rest = (make_model(np.float16) for _ in range(3))
    made = []
    for model in (whole, half, rest):
        optimizer = optimizers.Adam(alpha=1e-4).setup(model)
        optimizer.use_fp32_update()
        optimizer.loss_scaling(interval=3)
        made.append(optimizer)
    run(made[0], whole, range(10))
    run(made[1], half, range(4))
    load(saved(half), rest)
    load(saved(made[1]), made[2])
    assert made[2].loss_scale == 2.0**16
    run(made[2], rest, range(4, 10))
    for mine, theirs in zip(whole.params(), rest.params(), strict=True):
        np.testing.assert_array_equal(mine.array, theirs.array)
    assert made[0].loss_scale == made[2].loss_scale == 2.0**18


def one_weight() -> Any:
    link = Link()
    with link.init_scope():
        link.W = Parameter(np.ones(1, np.float16))
    return link


def test_a_scale_saves_gradients_that_would_vanish() -> None:
    found = []
    for scaled in (False, True):
        link = one_weight()
        optimizer = optimizers.SGD(lr=1e4).setup(link)
        optimizer.use_fp32_update()
        if scaled:
            optimizer.loss_scaling()
        optimizer.update(lambda W: (W * np.float16(2e-4) * np.float16(1e-4)).sum(), link.W)
        found.append(float(link.W.array[0]))
    assert found[0] == 1  # 2e-8 is zero in float16
    np.testing.assert_allclose(found[1], 1 - 1e4 * 2e-8, rtol=1e-3)


def test_an_update_with_infinite_gradients_is_left_out_and_the_scale_halved() -> None:
    link = one_weight()
    optimizer = optimizers.MomentumSGD(lr=0.25).setup(link)
    optimizer.use_fp32_update()
    optimizer.loss_scaling(interval=2)
    seen = []
    for gradient in (16.0, 1.0, 1.0, 1.0):
        optimizer.update(lambda factor: (link.W * np.float16(factor)).sum(), gradient)
        seen.append((optimizer.t, optimizer.loss_scale, optimizer.is_safe_to_update()))
    assert seen == [(0, 2.0**14, False), (1, 2.0**14, True), (2, 2.0**15, True), (3, 2.0**15, True)]


def test_a_loss_that_is_not_finite_with_any_scale_is_an_error() -> None:
    link = one_weight()
    optimizer = optimizers.SGD().setup(link)
    optimizer.loss_scaling()
    for _ in range(29):
        optimizer.update(lambda: (link.W * np.float16(np.nan)).sum())
    with pytest.raises(OptimizerError, match="not finite"):
        optimizer.update(lambda: (link.W * np.float16(np.nan)).sum())
    np.testing.assert_array_equal(link.W.array, [1])


def test_hooks_see_gradients_without_the_scale() -> None:
    link = one_weight()
    optimizer = optimizers.SGD(lr=0.0).setup(link)
    optimizer.use_fp32_update()
    optimizer.loss_scaling(scale=1024.0)
    seen = []
    optimizer.add_hook(lambda opt: seen.append(link.W.grad.copy()), name="look")
    optimizer.update(lambda: (link.W * np.float16(0.5)).sum())
    np.testing.assert_array_equal(seen, [[0.5]])
    assert seen[0].dtype == np.float32


@pytest.mark.parametrize("call", [lambda o: o.loss_scaling(0), lambda o: o.loss_scaling(scale=-1.0)])
def test_wrong_scales(call: Any) -> None:
    with pytest.raises(ArgumentError, match="positive"):
        call(optimizers.SGD())


def test_a_constant_scale_is_not_changed() -> None:
    optimizer = optimizers.SGD().setup(one_weight())
    optimizer.loss_scaling(scale=8.0)
    optimizer.update_loss_scale()
    assert optimizer.loss_scale == 8.0
