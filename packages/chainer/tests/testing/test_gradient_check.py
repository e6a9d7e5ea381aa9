"""chainer.gradient_check: right gradients pass, wrong ones do not; numbers and raised classes of Chainer 7.8.1."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import chainer
import chainer.functions as F
from chainer import gradient_check
from chainer.gradient_check import NondifferentiableError, check_backward, check_double_backward, numerical_grad

RNG = np.random.default_rng(0)
X = RNG.uniform(-1, 1, (3, 2))
GY = RNG.uniform(-1, 1, (3, 2))
TIGHT = {"eps": 1e-4, "atol": 1e-6, "rtol": 1e-6}


class Power(chainer.FunctionNode):
    """x cubed, with a gradient that is off by a factor, or one that cannot be differentiated."""

    def __init__(self, factor: float = 3.0, cut: bool = False) -> None:
        self.factor, self.cut = factor, cut

    def forward(self, inputs: Any) -> Any:
        self.retain_inputs((0,))
        return (inputs[0] ** 3,)

    def backward(self, indexes: Any, gys: Any) -> Any:
        (x,) = self.get_retained_inputs()
        slope = x.array if self.cut else x
        return (self.factor * slope * slope * gys[0],)


class OldPower(chainer.Function):
    factor = 3.0

    def forward(self, inputs: Any) -> Any:
        return (inputs[0] ** 3,)

    def backward(self, inputs: Any, gys: Any) -> Any:
        return (np.asarray(self.factor * inputs[0] ** 2 * gys[0], inputs[0].dtype),)


def power(x: Any, **options: Any) -> Any:
    return Power(**options).apply((x,))[0]


@pytest.mark.parametrize(
    ("func", "inputs", "gys"),
    [
        (F.tanh, X, GY),
        (power, X, GY),
        (OldPower(), X, GY),
        (lambda x, y: F.matmul(x, y, transb=True), (X, X * 2), np.ones((3, 3))),
        (lambda x: (x * x, x * 3), X, (GY, GY)),
        (lambda x: (x * x, x * 3), X, (None, GY)),
        (lambda x: [x * 3], [X], [GY]),
        (lambda x: F.sum(x * x), X, None),
        (lambda x, y: x * 2, (X, X), GY),
        (lambda x, i: F.embed_id(i, x), (X, np.array([0, 2, 2])), GY),
        (lambda x: x, X, GY),
        (lambda x: x * x, np.full((), 2.0), np.ones(())),
        (lambda x: x * 2, np.zeros((0, 2)), np.zeros((0, 2))),
    ],
)
def test_right_gradients(func: Any, inputs: Any, gys: Any) -> None:
    check_backward(func, inputs, gys, **TIGHT)
    check_backward(func, inputs, gys, **TIGHT, detect_nondifferentiable=True)


@pytest.mark.parametrize(("dtype", "rtol"), [(np.float32, 1e-4), (np.float16, 3e-2)])
def test_the_difference_can_be_more_precise_than_the_gradient(dtype: Any, rtol: float) -> None:
    seen = []

    def tanh(x: Any) -> Any:
        seen.append(x.dtype)
        return F.tanh(x)

    x, gy = X.astype(dtype), GY.astype(dtype)
    check_backward(tanh, x, gy, dtype=np.float64, rtol=rtol)
    assert seen[0] == dtype
    assert set(seen[1:]) == {np.dtype(np.float64)}
    check_double_backward(F.tanh, x, gy, gy, dtype=np.float64, rtol=10 * rtol)
    check_backward(F.tanh, x, gy, eps=0.1, atol=1e-2, rtol=0.1)


@pytest.mark.parametrize("factor", [2.999, -3.0, 0.0])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_wrong_gradients(factor: float, dtype: Any) -> None:
    x, gy = np.abs(X).astype(dtype) + 1, np.abs(GY).astype(dtype) + 1
    with pytest.raises(AssertionError, match=r"check_backward failed \(eps=0.001 atol=1e-06 rtol=1e-05\)") as caught:
        check_backward(lambda x: power(x, factor=factor), x, gy, atol=1e-6, rtol=1e-5, dtype=np.float64)
    for word in ("inputs[0]:", "grad_outputs[0]:", "directions[0]:", "gradients (numeric)", "gradients (backward)"):
        assert word in str(caught.value)


def test_one_wrong_element_is_found_in_any_direction() -> None:
    right = np.full((3, 2), 3.0)
    right[1, 1] = 3.01
    for _ in range(20):
        with pytest.raises(AssertionError):
            check_backward(lambda x: Power(right).apply((x,))[0], X + 2, GY + 2, **{**TIGHT, "rtol": 1e-5})


def test_nan_is_found() -> None:
    class Log(OldPower):
        def forward(self, inputs: Any) -> Any:
            return (np.full_like(inputs[0], np.nan),)

    with pytest.raises(AssertionError):
        check_backward(Log(), X, GY)


def test_params() -> None:
    w = chainer.Parameter(RNG.uniform(-1, 1, (4, 2)))
    before = w.array
    gy = np.ones((3, 4))
    check_backward(lambda x: F.linear(x, w) ** 2, X, gy, w, **TIGHT)
    assert w.array is before
    assert w.grad is None
    with pytest.raises(AssertionError):
        check_backward(lambda x: F.linear(x, F.identity(w) * 0 + w.array) ** 2, X, gy, w, **TIGHT)
    second = (np.ones((4, 2)),)
    check_double_backward(lambda x: F.linear(x, w) ** 2, X, gy, GY, w, second, **TIGHT)


@pytest.mark.parametrize(
    ("error", "func", "inputs", "gys", "options"),
    [
        (ValueError, F.tanh, X, GY, {"dtype": np.int32}),
        (ValueError, F.tanh, X, None, {}),
        (ValueError, F.tanh, X, (GY, GY), {}),
        (ValueError, F.tanh, X, GY[:2], {}),
        (ValueError, F.tanh, X, GY.astype(np.float32), {}),
        (ValueError, F.add, (X, X), GY, {"no_grads": [False]}),
        (RuntimeError, F.add, (X, X), GY, {"no_grads": [False, True]}),
        (NondifferentiableError, F.relu, X * 0, GY * 0 + 1, {"detect_nondifferentiable": True}),
        (NondifferentiableError, F.absolute, X * 0, GY * 0 + 1, {"detect_nondifferentiable": True}),
    ],
)
def test_errors_as_in_chainer(error: type[Exception], func: Any, inputs: Any, gys: Any, options: Any) -> None:
    with pytest.raises(error):
        check_backward(func, inputs, gys, **options)


def test_inputs_without_a_gradient() -> None:
    check_backward(lambda x, y: x * F.identity(y.array), (X, X), GY, no_grads=[False, True], **TIGHT)


@pytest.mark.parametrize(
    ("func", "inputs", "gys", "ggxs"),
    [
        (F.tanh, X, GY, X),
        (power, X, GY, X),
        (lambda x: x * 2, X, GY, X),
        (lambda x: x + 1, X, GY, X),
        (lambda x, y: x * y, (X, X), GY, (GY, None)),
        (lambda x, y: (x * y, x * x), (X, X), (GY, None), (GY, X)),
        (lambda x, i: F.embed_id(i, x) ** 2, (X, np.array([0, 1, 1])), GY, (X, None)),
    ],
)
def test_right_second_gradients(func: Any, inputs: Any, gys: Any, ggxs: Any) -> None:
    check_double_backward(func, inputs, gys, ggxs, **TIGHT)


def test_wrong_second_gradients() -> None:
    check_backward(lambda x: power(x, cut=True), X, GY, **TIGHT)
    with pytest.raises(AssertionError, match="check_double_backward failed"):
        check_double_backward(lambda x: power(x, cut=True), X, GY, X, **TIGHT)
    with pytest.raises(ValueError, match="expected 1 gradients of gradients of inputs"):
        check_double_backward(F.tanh, X, GY, (X, X))


def test_numerical_grad_as_in_chainer() -> None:
    # numerical_grad(lambda: (x ** 2,), (x,), (ones,)) with x = RandomState(0).randn(3, 2).astype('f')
    x = np.random.RandomState(0).randn(3, 2).astype(np.float32)
    (found,) = numerical_grad(lambda: (x**2,), (x,), (np.ones_like(x),))
    expected = [[3.5282373, 0.8003041], [1.9574463, 4.481554], [3.7353039, -1.9545257]]
    np.testing.assert_allclose(found, expected, rtol=1e-7)
    (found,) = numerical_grad(lambda: (x**2, x), (x,), (np.ones_like(x), None), eps=1e-2)
    expected = [[3.5281062, 0.80031383], [1.9574732, 4.4817686], [3.7351131, -1.9545525]]
    np.testing.assert_allclose(found, expected, rtol=1e-7)
    with pytest.raises(ValueError, match="floating-point"):
        numerical_grad(lambda: (x,), (np.array([1, 2]),), (x,))
    for gys in ((x, x), (x[:1],), ()):
        with pytest.raises(ValueError, match="gradients do not fit"):
            numerical_grad(lambda: (x,), (x,), gys)


def test_kinks_as_in_chainer() -> None:
    z = np.array([0.0, 1.0])
    ones = (np.ones(2),)
    find = {"detect_nondifferentiable": True}
    for curve in (np.abs, lambda z: z**3, np.sign):
        with pytest.raises(NondifferentiableError, match=r"near x\[0\] = 0\.0"):
            numerical_grad(lambda curve=curve: (curve(z),), (z,), ones, **find)
    np.testing.assert_array_equal(z, [0, 1])
    (found,) = numerical_grad(lambda: (np.floor(z + 0.5),), (z,), ones, **find)
    np.testing.assert_array_equal(found, [0, 0])
    (found,) = numerical_grad(lambda: (np.abs(z + 1),), (z,), ones, **find, center_outputs=(z,))
    np.testing.assert_allclose(found, [1, 1])


def test_assert_allclose() -> None:
    same = gradient_check.assert_allclose
    same(X, X + 1e-6)
    same(chainer.Variable(X), X.astype(np.float64))
    same(1.0, 1.00001)
    same(np.array([np.nan]), np.array([np.nan]))
    same(np.ones(2), np.full(2, 1.05), atol=0, rtol=0.05)
    for other in (X + 1e-4, X[:1], np.where(X > 0, np.nan, X)):
        with pytest.raises(AssertionError):
            same(X, other, rtol=0)
    with pytest.raises(AssertionError):
        same(np.ones(2), np.full(2, 1.06), atol=0, rtol=0.05)
