"""Steps of optimizers as one kernel over all parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from catenary import Link, Parameter, optimizers, using_device
from catenary_cupy.fusion import groups

SHAPES = [(0, 2), (3, 4), (), (groups.CHUNK + 5,), (2, groups.CHUNK)]
RNG = np.random.default_rng(0)
VALUES = [RNG.standard_normal(shape) for shape in SHAPES]


@pytest.fixture
def kernels(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Collect how many groups each kernel gets."""
    seen: list[int] = []
    launch = groups._Traced.launch

    def noting(self: Any, given: Any) -> None:
        seen.append(len(given))
        launch(self, given)

    monkeypatch.setattr(groups._Traced, "launch", noting)
    return seen


def model(dtype: str) -> Any:
    with using_device("@numpy"):
        link = Link()
        with link.init_scope():
            for i, value in enumerate(VALUES):
                setattr(link, f"p{i}", Parameter(value.astype(dtype)))
    return link


def train(optimizer: Any, target: Any, steps: int, dtype: str) -> list[Any]:
    optimizer.setup(target)
    for step in range(steps):
        rng = np.random.default_rng(step)
        for param in target.params():
            param.grad = param.device.send(np.asarray(rng.standard_normal(param.shape)).astype(dtype))
        optimizer.update()
    return [param.device.to_host(param.array) for param in target.params()]


@pytest.mark.parametrize(
    "name", ["SGD", "MomentumSGD", "NesterovAG", "Adam", "AdamW", "AMSGrad", "AdaGrad", "AdaDelta", "RMSprop", "Lion"]
)
def test_one_kernel_for_all_parameters(gpu: Any, kernels: list[int], name: str) -> None:
    for dtype, tolerance in (("float32", 2e-5), ("float64", 1e-12)):
        expected = train(getattr(optimizers, name)(), model(dtype), 4, dtype)
        kernels.clear()
        found = train(getattr(optimizers, name)(), model(dtype).to_gpu(), 4, dtype)
        assert kernels == [len(SHAPES)] * 4
        for a, b in zip(found, expected, strict=True):
            assert a.dtype == dtype
            np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


def test_numbers_of_the_host_are_taken_at_each_step(gpu: Any) -> None:
    target = model("float64").to_gpu()
    optimizer = optimizers.SGD(1.0).setup(target)
    for lr in (1.0, 0.1, 3.0):
        optimizer.lr = lr
        for param in target.params():
            param.grad = gpu.xp.ones_like(param.array)
        optimizer.update()
    for param, value in zip(target.params(), VALUES, strict=True):
        np.testing.assert_allclose(gpu.to_host(param.array), value - 4.1)


def test_half_precision_with_a_copy_in_single(gpu: Any, kernels: list[int]) -> None:
    def run(target: Any) -> list[Any]:
        optimizer = optimizers.Adam(0.01)
        optimizer.use_fp32_update()
        return train(optimizer, target, 5, "float16")

    found, expected = run(model("float16").to_gpu()), run(model("float16"))
    assert kernels == [len(SHAPES)] * 5
    for a, b in zip(found, expected, strict=True):
        assert a.dtype == np.float16
        np.testing.assert_allclose(a.astype("f4"), b.astype("f4"), rtol=2e-3, atol=2e-3)


def test_gradients_in_another_memory_order(gpu: Any) -> None:
    target = Link()
    target.add_param("p", (3, 4, 5), np.float64, 0)
    target.to_gpu()
    optimizer = optimizers.MomentumSGD(1.0).setup(target)
    grad = np.arange(60.0).reshape(5, 4, 3)
    target.p.grad = gpu.send(grad).T
    optimizer.update()
    target.p.grad = gpu.xp.ascontiguousarray(gpu.send(grad).T)
    optimizer.update()
    np.testing.assert_allclose(gpu.to_host(target.p.array), -2.9 * grad.T)


def test_half_and_single_in_another_memory_order(gpu: Any) -> None:
    p, g = (
        gpu.xp.asfortranarray(gpu.send(a)) for a in (np.zeros((2, 3), "f2"), np.arange(6.0).reshape(2, 3).astype("f2"))
    )
    copy = gpu.xp.zeros((2, 3), "f4")

    def step(xp: Any, p: Any, g: Any, copy: Any) -> None:
        copy -= g.astype(np.float32)
        p[...] = copy

    gpu.run_elementwise(step, [[p, g, copy]])
    np.testing.assert_array_equal(gpu.to_host(copy), -np.arange(6.0).reshape(2, 3))
    np.testing.assert_array_equal(gpu.to_host(p), -np.arange(6.0).reshape(2, 3))


def test_a_step_that_is_not_elementwise_runs_for_each_group(gpu: Any, kernels: list[int]) -> None:
    def step(xp: Any, p: Any, g: Any) -> None:
        p -= g / xp.sqrt((g * g).sum())

    pairs = [(np.ones(3), np.array([3.0, 4.0, 0.0])), (np.ones((2, 2)), np.full((2, 2), 2.0))]
    sent = [tuple(map(gpu.send, pair)) for pair in pairs]
    gpu.run_elementwise(step, sent)
    assert kernels == []
    np.testing.assert_allclose(gpu.to_host(sent[0][0]), [0.4, 0.2, 1.0])
    np.testing.assert_allclose(gpu.to_host(sent[1][0]), np.full((2, 2), 0.5))
