"""Bodies that run as few kernels: how many, whether they are kept, and what cannot be traced."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import catenary.functions as F
from catenary import Variable, disable_implementations, grad, using_config
from catenary.errors import ArgumentError, PluginWarning
from catenary_cupy.fusion import expressions, programs, traces

X = np.random.default_rng(0).standard_normal((4, 6)).astype(np.float32)


@pytest.fixture
def launches(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the steps that programs and traces take: kernels of ours, and what is done outside of them."""
    seen: list[str] = []
    do, run = traces.Trace.do, programs.Program.run

    def noting(self: Any, step: Any, registers: Any) -> Any:
        seen.append(step.__qualname__.split(".")[1])
        return do(self, step, registers)

    def running(self: Any, arrays: Any) -> Any:
        seen.extend(step.__qualname__.split(".")[1] for step, _ in self._steps)
        return run(self, arrays)

    monkeypatch.setattr(traces.Trace, "do", noting)
    monkeypatch.setattr(programs.Program, "run", running)
    return seen


ONE_KERNEL = {
    "sigmoid": F.sigmoid,
    "tanh": F.tanh,
    "silu": F.silu,
    "mish": F.mish,
    "gelu by tanh": lambda x: F.gelu(x, "tanh"),
    "gelu": F.gelu,
    "softplus": F.softplus,
    "elu": F.elu,
    "hard_swish": F.hard_swish,
    "leaky_relu": F.leaky_relu,
}


@pytest.mark.parametrize("name", ONE_KERNEL)
def test_activations_are_one_kernel_each_way(gpu: Any, launches: list[str], name: str) -> None:
    x = Variable(gpu.send(X))
    y = ONE_KERNEL[name](x)
    assert launches == ["_launch"]
    launches.clear()
    y.grad = gpu.xp.ones_like(y.array)
    y.backward()
    assert launches == ["_launch"]


def test_softmax_is_two_kernels_and_two_reductions(gpu: Any, launches: list[str]) -> None:
    with disable_implementations("cudnn"):
        F.softmax(gpu.send(X))
    assert launches.count("_launch") <= 3
    assert launches.count("outside") == 2


def test_a_cell_of_an_lstm_is_one_kernel_forward(gpu: Any, launches: list[str]) -> None:
    c, x = gpu.send(X), gpu.send(np.ones((4, 24), np.float32))
    F.lstm(c, x)
    assert launches.count("_launch") == 1


def test_a_program_is_kept_for_shapes_and_attributes(gpu: Any) -> None:
    calls: list[Any] = []

    def body(xp: Any, x: Any, slope: float) -> Any:
        calls.append(x.shape)
        return xp.maximum(x * slope, x + 1)

    run = programs.Fused(body, ["xp", "x", "slope"])

    def call(value: Any, slope: float) -> Any:
        return run(gpu.xp, gpu.send(value), slope).get()

    for value in (X, X * 2, X + 1):
        np.testing.assert_allclose(call(value, 2.0), np.maximum(value * 2, value + 1), rtol=1e-6)
    assert calls == [(4, 6)]
    np.testing.assert_allclose(call(X, 3.0), np.maximum(X * 3, X + 1), rtol=1e-6)
    np.testing.assert_allclose(call(X, 3), np.maximum(X * 3, X + 1), rtol=1e-6)
    assert call(X.astype("f8"), 2.0).dtype == np.float64
    assert call(X[:2], 2.0).shape == (2, 6)
    assert len(calls) == 5


def test_what_asks_for_values_runs_as_it_is(gpu: Any) -> None:
    calls: list[Any] = []

    def body(x: Any) -> Any:
        calls.append(type(x).__name__)
        return x * 2 if float(x.sum()) > 0 else -x

    run = programs.Fused(body, ["x"])
    for value in (X, abs(X), -abs(X)):
        expected = value * 2 if value.sum() > 0 else -value
        np.testing.assert_allclose(run(gpu.send(value)).get(), expected, rtol=1e-6)
    assert calls == ["Traced", "ndarray", "ndarray", "ndarray"]


def test_an_array_with_two_names_that_is_changed_is_not_traced(gpu: Any) -> None:
    def body(xp: Any, x: Any) -> Any:
        y = xp.matmul(x, x.T)
        part = y[0]
        y += 1
        return part * 2

    run = programs.Fused(body, ["xp", "x"])
    for _ in range(2):
        np.testing.assert_allclose(run(gpu.xp, gpu.send(X)).get(), 2 * (X @ X.T + 1)[0], rtol=1e-4)


def test_an_array_from_elsewhere_is_not_kept_in_a_program(gpu: Any) -> None:
    held = [gpu.send(X)]
    run = programs.Fused(lambda x: x + held[0], ["x"])
    np.testing.assert_allclose(run(gpu.send(X)).get(), X + X, rtol=1e-6)
    held[0] = gpu.send(X * 3)
    np.testing.assert_allclose(run(gpu.send(X)).get(), X + X * 3, rtol=1e-6)


BODIES: dict[str, Callable[..., Any]] = {
    "in place": lambda xp, x: _in_place(xp, x),
    "views": lambda xp, x: _views(xp, x),
    "assignment": lambda xp, x: _assignment(xp, x),
    "reductions": lambda xp, x: (x - x.mean(1, keepdims=True)) / xp.sqrt(x.var(axis=1, keepdims=True) + 1e-3),
    "integers": lambda xp, x: (x > 0).astype(np.int32) * 3 + xp.arange(6) % 2,
    "bits": lambda xp, x: xp.invert(x.astype(np.int32)) + xp.invert(x > 0) * 2 + ~(x * 3).astype(np.int16),
    "where": lambda xp, x: xp.where((x > 0) & ~(x > 1), xp.exp(x), xp.minimum(x, 0.5)),
    "broadcasting": lambda xp, x: x[:, :1] * x[:1] + xp.clip(x, -1, 1),
    "out": lambda xp, x: _out(xp, x),
    "mixed dtypes": lambda xp, x: x.astype(np.float64) * 2 + x.astype(np.float16).astype(np.float32),
    "matrix products": lambda xp, x: xp.tanh(x @ x.T) + xp.einsum("ij,kj->ik", x, x) * 0.5,
    "scalars of NumPy": lambda xp, x: np.float32(2) * x + x.dtype.type(1) - x**2 + x**3,
    "nothing to compute": lambda xp, x: xp.zeros_like(x) + xp.full(x.shape, 2, x.dtype),
}


def _in_place(xp: Any, x: Any) -> Any:
    y = xp.exp(x)
    z = y + 1
    y *= 2
    y += z
    y -= x
    return y / z


def _views(xp: Any, x: Any) -> Any:
    a, b = x[:, ::2], x[:, 1::2]
    return xp.concatenate([(a * b).T, xp.tanh(a).transpose()], 1).reshape(-1)[::-1] * 2


def _assignment(xp: Any, x: Any) -> Any:
    y = xp.empty_like(x)
    y[:, :3] = xp.exp(x[:, :3])
    y[:, 3:] = 0
    y[...] = y * 2 + x
    y[0] += 1
    return y


def _out(xp: Any, x: Any) -> Any:
    y = x * 2
    xp.maximum(y, 0, out=y)
    return xp.add(y, x)


@pytest.mark.parametrize("name", BODIES)
def test_traced_bodies_do_as_they_do_on_the_host(gpu: Any, name: str) -> None:
    run = programs.Fused(BODIES[name], ["xp", "x"])
    for value in (X, X[::-1] * 3):
        expected = BODIES[name](np, value.copy())
        sent = gpu.send(np.ascontiguousarray(value))
        found = run(gpu.xp, sent)
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found.get(), expected, rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(sent.get(), value)


@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf, -0.0])
def test_special_numbers_go_through_as_in_numpy(gpu: Any, special: float) -> None:
    x = np.array([special, 1.0, -2.0], np.float32)
    for body in (
        lambda xp, x: xp.maximum(x, 0),
        lambda xp, x: xp.minimum(x, 0),
        lambda xp, x: abs(x),
        lambda xp, x: xp.sign(x),
        lambda xp, x: xp.isnan(x) | xp.isinf(x),
        lambda xp, x: x != x,
    ):
        found = programs.Fused(body, ["xp", "x"])(gpu.xp, gpu.send(x)).get()
        np.testing.assert_array_equal(found, body(np, x))
        if found.dtype.kind == "f":
            np.testing.assert_array_equal(np.signbit(found[1:]), np.signbit(body(np, x)[1:]))


def test_gradients_of_higher_order_take_the_plain_rules(gpu: Any) -> None:
    x = Variable(gpu.send(X))
    (g,) = grad([F.sigmoid(x).sum()], [x], enable_double_backprop=True)
    (gg,) = grad([g.sum()], [x])
    s = 1 / (1 + np.exp(-X))
    np.testing.assert_allclose(gg.array.get(), s * (1 - s) * (1 - 2 * s), rtol=1e-4, atol=1e-6)


def test_a_kernel_that_does_not_compile_is_done_without(gpu: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(expressions.TEXTS, "cosh", "no_such_function({0})")
    run = programs.Fused(lambda xp, x: xp.cosh(x) * 3 + 0.125, ["xp", "x"])
    with pytest.warns(PluginWarning, match="a generated kernel does not compile"):
        found = run(gpu.xp, gpu.send(X))
    np.testing.assert_allclose(found.get(), np.cosh(X) * 3 + 0.125, rtol=1e-5)
    np.testing.assert_allclose(run(gpu.xp, gpu.send(X)).get(), np.cosh(X) * 3 + 0.125, rtol=1e-5)

    def step(xp: Any, p: Any) -> None:
        p -= xp.cosh(p) * 0.375

    for _ in range(2):
        p = gpu.send(X)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PluginWarning)
            gpu.run_elementwise(step, [[p]])
        np.testing.assert_allclose(p.get(), X - np.cosh(X) * 0.375, rtol=1e-5, atol=1e-6)


def test_in_debug_mode_values_are_looked_at(gpu: Any) -> None:
    x, t = gpu.send(X), gpu.send(np.array([0, 9, 1, 2]))
    assert F.softmax_cross_entropy(x, t).shape == ()  # nothing waits for the GPU, so nobody looks
    with using_config("debug", True), pytest.raises(ArgumentError, match="t must hold classes from 0 to 5"):
        F.softmax_cross_entropy(x, t)


def test_channels_last_stays_so(gpu: Any) -> None:
    x = gpu.xp.ascontiguousarray(gpu.send(np.ones((2, 4, 5, 3), np.float32))).transpose(0, 3, 1, 2)
    y = F.silu(x).array
    assert y.strides == x.strides


def test_half_precision_is_rounded_once(gpu: Any) -> None:
    x = np.linspace(-4, 4, 33).astype(np.float16)
    exact = (x.astype(np.float64) / (1 + np.exp(-x.astype(np.float64)))).astype(np.float16)
    found = F.silu(gpu.send(x)).array.get()
    assert found.dtype == np.float16
    assert np.abs(found.view(np.int16).astype(int) - exact.view(np.int16).astype(int)).max() <= 1
