"""Link hooks: what they do to weights, and what they measure."""

from __future__ import annotations

import io
import pickle
import time
from typing import Any

import numpy as np
import pytest

import catenary
import catenary.functions as F
import catenary.links as L
from catenary import Chain, Link, Parameter, Variable, using_config
from catenary.errors import ArgumentError, LinkError, ShapeError
from catenary.link_hooks import SpectralNormalization, TimerHook, WeightStandardization
from catenary.testing import MemoryDeserializer, MemorySerializer, WrongCall, check_backward, wrong_call_tests

Array = np.ndarray[Any, Any]
W = np.array([[1.0, 2.0, 3.0], [3.0, 1.0, 5.0]])
U = np.array([1.0, 2.0])
EYE = np.eye(3)


def layer(hook: Any, in_size: int | None = 3) -> Any:
    with using_config("dtype", np.float64):
        return L.Linear(in_size, 2, nobias=True, initialW=W).add_hook(hook)


def used(link: Any) -> Array:
    """Return the weight that a linear layer uses."""
    return link(EYE).array.T


def power_iteration(u: Array, n: int, eps: float) -> tuple[Array, float]:
    for _ in range(n):
        v = W.T @ u
        v /= np.linalg.norm(v) + eps
        u = W @ v
        u /= np.linalg.norm(u) + eps
    return u, u @ W @ v


@pytest.mark.parametrize(("n", "eps", "factor"), [(1, 1e-6, None), (3, 1e-6, 2.0), (2, 0.5, None)])
def test_spectral_normalization(n: int, eps: float, factor: float | None) -> None:
    link = layer(SpectralNormalization(n, eps, factor=factor))
    link.W_u = U
    u, largest = power_iteration(U, n, eps)
    np.testing.assert_allclose(used(link), W / largest * (factor or 1))
    np.testing.assert_allclose(link.W_u, u)
    np.testing.assert_array_equal(link.W.array, W)


def test_numbers_of_chainer() -> None:
    """What Chainer 7.8.1 gives for the same weight and vector, in float32."""
    link = layer(SpectralNormalization())
    link.W_u = U
    np.testing.assert_allclose(used(link)[0], [0.1457458, 0.2914916, 0.4372374], rtol=1e-6)
    np.testing.assert_allclose(link.W_u, [0.5144957, 0.8574928], rtol=1e-6)
    link = layer(WeightStandardization(eps=1.0))
    np.testing.assert_allclose(used(link)[:, 2], [0.77459663, 1.0444659], rtol=1e-6)


def test_many_calls_give_the_largest_singular_value_one_and_gamma_the_weight() -> None:
    link, scaled = layer(SpectralNormalization()), layer(SpectralNormalization(use_gamma=True))
    for _ in range(50):
        normalized, again = used(link), used(scaled)
    assert np.linalg.norm(normalized, 2) == pytest.approx(1, rel=1e-6)
    assert float(scaled.gamma.array) == pytest.approx(np.linalg.norm(W, 2))
    np.testing.assert_allclose(again, W, rtol=1e-5)


def test_outside_of_training_the_vector_stays() -> None:
    link = layer(SpectralNormalization())
    before = link.W_u.copy()
    with using_config("train", False):
        first, second = used(link), used(link)
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(link.W_u, before)
    _, largest = power_iteration(before, 1, 1e-6)
    np.testing.assert_allclose(first, W / largest)


@pytest.mark.parametrize(
    "hook", [lambda: SpectralNormalization(use_gamma=True, factor=1.5), WeightStandardization], ids=["spectral", "std"]
)
def test_gradients_reach_the_weight_through_the_hook(hook: Any) -> None:
    start = np.random.default_rng(0).random(2)

    def function(x: Variable, weight: Variable) -> Variable:
        link = layer(hook())
        if hasattr(link, "W_u"):
            link.W_u = start
            for _ in range(40):  # until the vector stands still: then its change is no part of the gradient
                link(EYE)
        link.W = weight
        return link(x)

    check_backward(function, [np.random.default_rng(1).random((4, 3)), W])


def test_gradients_arrive_at_the_parameter_itself() -> None:
    for hook in (SpectralNormalization(use_gamma=True), WeightStandardization()):
        link = layer(hook)
        F.sum(link(EYE) ** 2).backward()
        assert isinstance(link.W, Parameter)
        assert all(np.abs(param.grad).max() > 0 for param in link.params())


@pytest.mark.parametrize("hook", [lambda: SpectralNormalization(use_gamma=True), WeightStandardization])
def test_a_lazy_weight_is_normalized_at_the_first_call(hook: Any) -> None:
    catenary.seed(0)
    lazy = layer(hook(), None)
    with using_config("dtype", np.float64):
        first = used(lazy)
    if isinstance(lazy.local_link_hooks.get("SpectralNormalization"), SpectralNormalization):
        assert lazy.W_u.shape == (2,)
        assert float(lazy.gamma.array) == pytest.approx(np.linalg.norm(W, 2))
    else:
        np.testing.assert_allclose(first, used(layer(hook())))


def test_the_vector_is_saved_loaded_moved_and_pickled() -> None:
    link = layer(SpectralNormalization(use_gamma=True))
    used(link)
    values: dict[str, Any] = {}
    link.serialize(MemorySerializer(values))
    assert sorted(values) == ["W", "W_u", "gamma"]
    for other in (layer(SpectralNormalization(use_gamma=True)), layer(SpectralNormalization(use_gamma=True), None)):
        other.serialize(MemoryDeserializer(values))
        np.testing.assert_array_equal(other.W_u, values["W_u"])
        assert float(other.gamma.array) == float(values["gamma"])
    copy = pickle.loads(pickle.dumps(link))
    device = catenary.get_device("@tripwire")
    there = link.copy("copy").to_device(device)
    np.testing.assert_allclose(device.to_host(there(device.send(EYE)).array), copy(EYE).array, rtol=1e-6)
    np.testing.assert_allclose(copy(EYE).array.shape, (3, 2))


def test_a_deleted_hook_takes_what_it_brought() -> None:
    link = layer(SpectralNormalization(use_gamma=True))
    link.delete_hook("SpectralNormalization")
    assert [path for path, _ in link.namedparams()] == ["/W"]
    assert not hasattr(link, "W_u")
    np.testing.assert_array_equal(used(link), W)


@pytest.mark.parametrize("axis", [0, 1])
def test_outputs_stand_along_the_output_axis_of_the_link(axis: int) -> None:
    class Filters(Link):
        output_axis = axis

        def __init__(self) -> None:
            super().__init__()
            with self.init_scope():
                self.W = Parameter(np.random.default_rng(0).random((3, 4, 2)))

        def forward(self) -> Any:
            return self.W + 0

    link = Filters().add_hook(SpectralNormalization(30))
    matrix = np.moveaxis(link.W.array, axis, 0).reshape(3 + axis, -1)
    assert link.W_u.shape == (3 + axis,)
    np.testing.assert_allclose(link().array, link.W.array / np.linalg.norm(matrix, 2), rtol=1e-6)


def test_weight_standardization() -> None:
    hook = WeightStandardization(eps=0.1)
    with using_config("dtype", np.float64):
        link = L.Convolution2D(3, 2, 2, nobias=True).add_hook(hook)
    weight = link.W.array.reshape(2, -1)
    expected = (weight - weight.mean(1, keepdims=True)) / np.sqrt(weight.var(1, keepdims=True) + 0.1)
    patches = np.eye(12).reshape(12, 3, 2, 2)
    np.testing.assert_allclose(link(patches).array.reshape(12, 2), expected.T, atol=1e-12)


def test_two_hooks_by_names_of_their_own() -> None:
    link = layer(WeightStandardization(name="first")).add_hook(WeightStandardization(name="second"))
    used(link)
    assert list(link.local_link_hooks) == ["first", "second"]
    assert isinstance(link.W, Parameter)
    np.testing.assert_array_equal(link.W.array, W)


def test_an_error_in_the_link_leaves_the_weight_as_soon_as_it_is_called_again() -> None:
    link = layer(WeightStandardization())
    with pytest.raises(ShapeError):
        link(np.ones((2, 7)))
    used(link)
    assert isinstance(link.W, Parameter)


class Slow(Link):
    def forward(self, x: Any) -> Any:
        time.sleep(0.01)
        return x


def test_timer_counts_calls_and_only_outer_ones_for_the_total() -> None:
    class Outer(Chain):
        def forward(self, x: Any) -> Any:
            return self["a"](self["b"](x))

    with TimerHook() as hook:
        Outer(a=Slow(), b=Slow())(1)
        Slow()(1)
    table = hook.summary()
    assert {name: row["occurrence"] for name, row in table.items()} == {"Slow": 3, "Outer": 1}
    assert table["Outer"]["elapsed_time"] >= 0.02
    assert [name for name, _ in hook.call_history] == ["Slow", "Slow", "Outer", "Slow"]
    assert hook.total_time() == pytest.approx(table["Outer"]["elapsed_time"] + hook.call_history[-1][1])
    hook.print_report("ms", file := io.StringIO())
    assert [line.split()[0] for line in file.getvalue().splitlines()[1:]] == ["Slow", "Outer"]


def test_timer_of_one_link_goes_on_after_an_error() -> None:
    link = L.Linear(3, 2)
    hook = TimerHook()
    link.add_hook(hook)
    with pytest.raises(ShapeError):
        link(np.ones((1, 4), np.float32))
    link(np.ones((1, 3), np.float32))
    assert hook.summary()["Linear"]["occurrence"] == 1
    assert hook.total_time() == hook.call_history[0][1]


WRONG = [
    WrongCall(
        "SpectralNormalization",
        lambda: layer(SpectralNormalization(weight_name="V")),
        ArgumentError,
        "weight_name must be a parameter of the link (W), got 'V'",
    ),
    WrongCall(
        "WeightStandardization",
        lambda: L.LSTM(3, 2).add_hook(WeightStandardization()),
        ArgumentError,
        "weight_name must be a parameter of the link (lateral/W, upward/W, upward/b), got 'W'",
    ),
    WrongCall(
        "SpectralNormalization",
        lambda: SpectralNormalization(0),
        ArgumentError,
        "n_power_iteration must be positive, got 0",
    ),
    WrongCall(
        "SpectralNormalization",
        SpectralNormalization().__enter__,
        LinkError,
        "it is for one link; add it with link.add_hook",
    ),
    WrongCall(
        "WeightStandardization",
        lambda: L.Linear(3, 2).add_hook(WeightStandardization(weight_name="b"))(np.ones((1, 3), np.float32)),
        ShapeError,
        "the weight must have 2 axes or more, got shape (2,)",
    ),
    WrongCall(
        "TimerHook.print_report",
        lambda: TimerHook().print_report("hours"),
        ArgumentError,
        "unit must be 'auto' or one of",
    ),
]
test_wrong_calls = wrong_call_tests(WRONG)


def test_the_outputs_of_a_transposed_convolution_stand_along_its_second_axis() -> None:
    with using_config("dtype", np.float64):
        link = L.Deconvolution2D(3, 2, 2, nobias=True).add_hook(SpectralNormalization(50, eps=1e-12))
    W = link.W.array
    largest = np.linalg.svd(W.swapaxes(0, 1).reshape(2, -1), compute_uv=False)[0]
    plain = L.Deconvolution2D(3, 2, 2, nobias=True, initialW=W / largest)
    x = np.random.default_rng(0).standard_normal((1, 3, 2, 2))
    np.testing.assert_allclose(link(x).array, plain(x).array, rtol=1e-6)
