"""What cuDNN computes is what the plain bodies do on the host: values, gradients, gradients of gradients."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import catenary
import catenary.functions as F
from catenary import Variable
from catenary.functions import kernels
from catenary.types import Array

pytestmark = pytest.mark.gpu

Function = Callable[..., Any]
IMAGES = (3, 6, 9, 7)
PACKED = (3, 3, 2, 1)


def layer(kind: Function, is_backward: bool = False, batches: tuple[int, ...] = PACKED, *more: Any) -> Function:
    """Return a recurrent layer over packed sequences, its outputs joined."""
    return lambda x, h, *others: F.concat(kind(x, h, *others, batches, is_backward, *more), 0)


CONVOLUTIONS: dict[str, tuple[Function, list[tuple[int, ...]]]] = {
    "convolution": (lambda x, W, b: F.convolution_2d(x, W, b, pad=1), [IMAGES, (5, 6, 3, 3), (5,)]),
    "no bias": (lambda x, W: F.convolution_2d(x, W, stride=2), [IMAGES, (4, 6, 2, 3)]),
    "1x1": (lambda x, W: F.convolution_2d(x, W), [IMAGES, (8, 6, 1, 1)]),
    "two strides": (lambda x, W: F.convolution_2d(x, W, stride=(3, 1), pad=(0, 2)), [IMAGES, (4, 6, 2, 3)]),
    "groups": (lambda x, W, b: F.convolution_2d(x, W, b, 1, 2, groups=3), [IMAGES, (6, 2, 3, 3), (6,)]),
    "by channel": (lambda x, W: F.convolution_2d(x, W, groups=6), [IMAGES, (6, 1, 3, 3)]),
    "dilated": (lambda x, W: F.convolution_2d(x, W, pad=2, dilate=(2, 1)), [IMAGES, (3, 6, 3, 3)]),
    "cover all": (lambda x, W, b: F.convolution_2d(x, W, b, 4, 1, cover_all=True), [IMAGES, (3, 6, 3, 3), (3,)]),
    "one image": (lambda x, W: F.convolution_2d(x, W, pad=1), [(1, 6, 5, 5), (3, 6, 3, 3)]),
    "one channel": (lambda x, W: F.convolution_2d(x, W), [(2, 1, 5, 5), (3, 1, 3, 3)]),
    "one place": (lambda x, W: F.convolution_2d(x, W), [(2, 4, 3, 3), (3, 4, 3, 3)]),
    "sequences": (lambda x, W, b: F.convolution_1d(x, W, b, 2, 1), [(2, 3, 11), (4, 3, 3), (4,)]),
    "volumes": (lambda x, W, b: F.convolution_3d(x, W, b, pad=1), [(2, 3, 4, 5, 6), (4, 3, 3, 3, 3), (4,)]),
    "deconvolution": (lambda x, W, b: F.deconvolution_2d(x, W, b, 2, 1), [IMAGES, (6, 5, 4, 4), (5,)]),
    "deconvolution, groups": (
        lambda x, W, b: F.deconvolution_2d(x, W, b, 2, groups=2),
        [IMAGES, (6, 2, 3, 3), (4,)],
    ),
    "deconvolution to a size": (
        lambda x, W, b: F.deconvolution_2d(x, W, b, 3, 1, outsize=(26, 19)),
        [IMAGES, (6, 5, 3, 3), (5,)],
    ),
    "deconvolution, sequences": (lambda x, W: F.deconvolution_1d(x, W, stride=2), [(2, 3, 5), (3, 4, 2)]),
}
POOLINGS: dict[str, tuple[Function, list[tuple[int, ...]]]] = {
    "maximum": (lambda x: F.max_pooling_2d(x, 2), [IMAGES]),
    "maximum, overlapping": (lambda x: F.max_pooling_2d(x, 3, 2, 1, cover_all=False), [IMAGES]),
    "maximum, cover all": (lambda x: F.max_pooling_2d(x, 3, 2, 1), [IMAGES]),
    "maximum, sequences": (lambda x: F.max_pooling_1d(x, 3), [(2, 3, 10)]),
    "maximum, volumes": (lambda x: F.max_pooling_3d(x, 2, 1), [(2, 3, 4, 5, 3)]),
    "mean": (lambda x: F.average_pooling_2d(x, 3, 2, 1), [IMAGES]),
    "mean, without padding": (lambda x: F.average_pooling_nd(x, 3, 2, 1, pad_value=None), [IMAGES]),
    "mean, to one place": (lambda x: F.average_pooling_2d(x, (9, 7)), [IMAGES]),
    "mean, sequences": (lambda x: F.average_pooling_1d(x, 3), [(2, 3, 10)]),
    "unpooling": (lambda x: F.unpooling_2d(x, 2, cover_all=False), [IMAGES]),
    "unpooling, cover all": (lambda x: F.unpooling_2d(x, 3, 2), [IMAGES]),
}
ROWS: dict[str, tuple[Function, list[tuple[int, ...]]]] = {
    "softmax, matrix": (F.softmax, [(7, 5)]),
    "softmax": (F.softmax, [IMAGES]),
    "softmax, first axis": (lambda x: F.softmax(x, 0), [IMAGES]),
    "softmax, last axis": (lambda x: F.softmax(x, -1), [IMAGES]),
    "logarithm": (F.log_softmax, [(7, 5)]),
    "logarithm, third axis": (lambda x: F.log_softmax(x, 2), [IMAGES]),
}
NORMALIZATIONS: dict[str, tuple[Function, list[tuple[int, ...]]]] = {
    "normalization": (F.batch_normalization, [IMAGES, (6,), (6,)]),
    "eps": (lambda x, g, b: F.batch_normalization(x, g, b, 0.1), [IMAGES, (6,), (6,)]),
    "matrix": (F.batch_normalization, [(8, 5), (5,), (5,)]),
    "sequences": (F.batch_normalization, [(4, 3, 5), (3,), (3,)]),
    "volumes": (F.batch_normalization, [(2, 3, 4, 2, 3), (3,), (3,)]),
    "over the batch": (F.batch_normalization, [(4, 3, 2, 2), (3, 2, 2), (3, 2, 2)]),
    "axes": (lambda x, g, b: F.batch_normalization(x, g, b, axis=(0, 2, 3)), [IMAGES, (6,), (6,)]),
}
LAYERS: dict[str, tuple[Function, list[tuple[int, ...]]]] = {
    "lstm": (layer(kernels.lstm_layer), [(9, 4), (3, 2), (3, 2), (8, 4), (8, 2), (8,), (8,)]),
    "lstm, back": (layer(kernels.lstm_layer, True), [(9, 2), (3, 2), (3, 2), (8, 2), (8, 2), (8,), (8,)]),
    "lstm, equal": (
        layer(kernels.lstm_layer, True, (2, 2)),
        [(4, 3), (2, 2), (2, 2), (8, 3), (8, 2), (8,), (8,)],
    ),
    "gru": (layer(kernels.gru_layer), [(9, 4), (3, 2), (6, 4), (6, 2), (6,), (6,)]),
    "gru, back": (layer(kernels.gru_layer, True), [(9, 4), (3, 2), (6, 4), (6, 2), (6,), (6,)]),
    "tanh": (layer(kernels.rnn_layer, False, PACKED, "tanh"), [(9, 4), (3, 2), (2, 4), (2, 2), (2,), (2,)]),
    "relu, back": (layer(kernels.rnn_layer, True, PACKED, "relu"), [(9, 4), (3, 2), (2, 4), (2, 2), (2,), (2,)]),
    "one step": (layer(kernels.gru_layer, False, (1,)), [(1, 4), (1, 2), (6, 4), (6, 2), (6,), (6,)]),
}
FUNCTIONS = {
    f"{kind}: {name}": case
    for kind, cases in (
        ("convolution", CONVOLUTIONS),
        ("pooling", POOLINGS),
        ("rows", ROWS),
        ("batch", NORMALIZATIONS),
        ("layer", LAYERS),
    )
    for name, case in cases.items()
}


def channels_last(xp: Any, x: Array) -> Array:
    axes = x.ndim
    return xp.ascontiguousarray(xp.moveaxis(x, 1, -1)).transpose(0, axes - 1, *range(1, axes - 1)) if axes > 2 else x


#: Ways in which the memory of the first input may lie.
ORDERS: dict[str, Callable[[Any, Array], Array]] = {
    "as it stands": lambda xp, x: x,
    "channels last": channels_last,
    "Fortran": lambda xp, x: xp.asfortranarray(x),
    "with gaps": lambda xp, x: xp.repeat(x, 2, -1)[..., ::2],
    "backwards": lambda xp, x: x[::-1].copy()[::-1],
    "in the midst": lambda xp, x: xp.concatenate([x[:1], x, x[:1]])[1:-1],
}


def results(function: Function, inputs: list[Array], xp: Any, second: bool = True) -> list[Array]:
    """Return the value, the gradients, those of the same by a graph, and second ones."""
    leaves = [Variable(x) for x in inputs]
    y = function(*leaves)
    gy = xp.asarray(np.random.default_rng(1).standard_normal(y.shape).astype(np.float32).astype(y.dtype))
    y.grad = gy
    y.backward()
    found = [y.array, *(x.grad for x in leaves)]
    if second:
        again = [Variable(x) for x in inputs]
        gxs = catenary.grad([function(*again)], again, [Variable(gy)], enable_double_backprop=True)
        total = sum((F.sum(gx * gx) for gx in gxs if gx is not None), F.sum(again[0]) * 0)
        more = catenary.grad([total], again)
        found += [x.array for x in (*gxs, *more) if x is not None]
    return found


def inputs_of(name: str, dtype: str = "float32") -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape).astype(dtype) for shape in FUNCTIONS[name][1]]


def assert_close(found: list[Array], expected: list[Array], rtol: float = 1e-4, atol: float = 1e-5) -> None:
    for one, other in zip(found, expected, strict=True):
        one = one.get()
        assert one.dtype == other.dtype
        one, other = one.astype(np.float64), other.astype(np.float64)
        np.testing.assert_allclose(one, other, rtol=rtol, atol=atol * max(np.abs(other).max(), 1))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_results_are_those_of_the_plain_body(name: str, order: str, cupy: Any, calls: Counter[str]) -> None:
    function, inputs = FUNCTIONS[name][0], inputs_of(name)
    second = order == "as it stands"
    expected = results(function, inputs, np, second)
    assert not calls
    there = [cupy.asarray(x) for x in inputs]
    there[0] = ORDERS[order](cupy, there[0])
    assert_close(results(function, there, cupy, second), expected)
    assert calls


#: What halves are compared with is the plain body, which computes in float32 and rounds at the end.
TOLERANCES = {"float64": (1e-10, 1e-11), "float16": (4e-3, 4e-3), "bfloat16": (3e-2, 3e-2)}


@pytest.mark.parametrize("dtype", ["float64", "float16"])
@pytest.mark.parametrize("order", ["as it stands", "channels last"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_other_dtypes(name: str, order: str, dtype: str, cupy: Any, calls: Counter[str]) -> None:
    function, inputs = FUNCTIONS[name][0], inputs_of(name, dtype)
    expected = results(function, inputs, np, second=False)
    there = [cupy.asarray(x) for x in inputs]
    there[0] = ORDERS[order](cupy, there[0])
    assert_close(results(function, there, cupy, second=False), expected, *TOLERANCES[dtype])
    assert calls


def test_bfloat16_convolution(cupy: Any, calls: Counter[str]) -> None:
    ml_dtypes = pytest.importorskip("ml_dtypes")
    if int(cupy.cuda.Device().compute_capability) < 80:
        pytest.skip("this GPU has no bfloat16")
    function, inputs = FUNCTIONS["convolution: convolution"][0], inputs_of("convolution: convolution")
    x, W, b = (cupy.asarray(a.astype(ml_dtypes.bfloat16)) for a in inputs)
    y = function(x, W, b)
    assert calls
    assert y.dtype == ml_dtypes.bfloat16
    expected = function(*inputs).array
    np.testing.assert_allclose(y.array.get().astype(np.float32), expected, rtol=3e-2, atol=0.2)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if not name.startswith(("batch", "layer"))])
def test_empty_batches_are_left_to_plain_bodies(name: str, cupy: Any, calls: Counter[str]) -> None:
    x, *rest = (cupy.asarray(a) for a in inputs_of(name))
    assert FUNCTIONS[name][0](x[:0], *rest).shape[0] == 0
    assert not calls


def test_the_order_of_memory_is_passed_on(cupy: Any) -> None:
    h = Variable(channels_last(cupy, cupy.ones((2, 3, 8, 8), "float32")))
    ones = cupy.ones(4, "float32")
    layers = (
        lambda h: F.convolution_2d(h, cupy.ones((4, 3, 3, 3), "float32"), pad=1),
        lambda h: F.batch_normalization(h, ones, ones),
        lambda h: F.max_pooling_2d(h, 2),
    )
    for one in layers:
        h = one(h)
        assert cupy.moveaxis(h.array, 1, -1).flags.c_contiguous


def test_ties_of_maxima_go_to_the_first(cupy: Any, calls: Counter[str]) -> None:
    x = Variable(cupy.zeros((1, 2, 4, 4), "float32"))
    F.sum(F.max_pooling_2d(x, 2)).backward()
    assert calls
    expected = np.zeros((1, 2, 4, 4))
    expected[..., ::2, ::2] = 1
    np.testing.assert_array_equal(x.grad.get(), expected)


def test_windows_that_are_all_padding_are_left_to_plain_bodies(cupy: Any, calls: Counter[str]) -> None:
    x = np.arange(4, dtype=np.float32).reshape(1, 1, 2, 2)
    for function in (F.max_pooling_2d, F.average_pooling_2d):
        np.testing.assert_array_equal(function(cupy.asarray(x), 1, 1, 1).array.get(), function(x, 1, 1, 1).array)
    assert not calls


def test_windows_past_the_end(cupy: Any, calls: Counter[str]) -> None:
    x = np.arange(25, dtype=np.float32).reshape(1, 1, 5, 5)
    leaf = Variable(cupy.asarray(x))
    y = F.max_pooling_2d(leaf, 1, 3)
    np.testing.assert_array_equal(y.array.get(), F.max_pooling_2d(x, 1, 3).array)
    assert np.isinf(y.array.get()).any()
    y.grad = cupy.ones(y.shape, "float32")
    y.backward()
    expected = np.zeros((5, 5))
    expected[::3, ::3] = 1
    np.testing.assert_array_equal(leaf.grad.get()[0, 0], expected)
    assert calls


def test_nan_and_infinity_do_not_vanish(cupy: Any, calls: Counter[str]) -> None:
    x = np.array([[1, np.nan, 2], [-np.inf, 1, 2], [1, 2, 3]], np.float32)
    np.testing.assert_array_equal(np.isnan(F.softmax(cupy.asarray(x)).array.get()).any(1), [True, False, False])
    images = cupy.asarray(x[None, None])
    assert np.isnan(F.max_pooling_2d(images, 3).array.get()).all()
    assert calls


@pytest.mark.parametrize("decay", [0.8, 0.0])
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
@pytest.mark.parametrize("of_running", ["float32", "float64"])
def test_running_values_follow(of_running: str, dtype: str, decay: float, cupy: Any, calls: Counter[str]) -> None:
    x, gamma, beta = inputs_of("batch: normalization")
    mean, var = cupy.ones(6, of_running), cupy.full(6, 2, of_running)
    there = [cupy.asarray(a.astype(dtype)) for a in (x, gamma, beta)]
    F.batch_normalization(*there, running_mean=mean, running_var=var, decay=decay)
    assert calls
    assert mean.dtype == of_running
    tolerance = 4e-3 if dtype == "float16" else 1e-4
    np.testing.assert_allclose(mean.get(), decay + (1 - decay) * x.mean((0, 2, 3)), rtol=tolerance, atol=tolerance)
    expected = 2 * decay + (1 - decay) * x.var((0, 2, 3), ddof=1)
    np.testing.assert_allclose(var.get(), expected, rtol=tolerance)


def test_running_values_of_one_element(cupy: Any, calls: Counter[str]) -> None:
    mean, var = cupy.ones(3, "float32"), cupy.full(3, 2, "float32")
    x = cupy.asarray(np.array([[1, 2, 3]], np.float32))
    F.batch_normalization(x, mean.copy(), mean.copy(), running_mean=mean, running_var=var, decay=0.5)
    assert calls
    np.testing.assert_allclose(mean.get(), [1, 1.5, 2])
    np.testing.assert_allclose(var.get(), [1, 1, 1])


def test_half_images_with_wide_parameters(cupy: Any, calls: Counter[str]) -> None:
    inputs = inputs_of("batch: normalization")
    inputs[0] = inputs[0].astype(np.float16)
    expected = results(F.batch_normalization, inputs, np, second=False)
    found = results(F.batch_normalization, [cupy.asarray(a) for a in inputs], cupy, second=False)
    assert calls
    assert_close(found, expected, 4e-3, 4e-3)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name.startswith("layer")])
def test_gradients_come_twice_and_share_no_memory(name: str, cupy: Any, calls: Counter[str]) -> None:
    leaves = [Variable(cupy.asarray(a)) for a in inputs_of(name)]
    y = FUNCTIONS[name][0](*leaves)
    loss = F.sum(y * y)
    loss.backward(retain_grad=True)
    first = [leaf.grad.get() for leaf in leaves]
    loss.backward()
    assert calls
    assert len({leaf.grad.data.ptr for leaf in leaves}) == len(leaves)
    for leaf, once in zip(leaves, first, strict=True):
        np.testing.assert_allclose(leaf.grad.get(), 2 * once, rtol=1e-4, atol=1e-6)


def test_layers_outside_of_training(cupy: Any, calls: Counter[str]) -> None:
    function, inputs = FUNCTIONS["layer: lstm"][0], inputs_of("layer: lstm")
    with catenary.no_backprop_mode():
        y = function(*(cupy.asarray(a) for a in inputs))
    assert calls
    np.testing.assert_allclose(y.array.get(), function(*inputs).array, rtol=1e-5, atol=1e-6)


def test_empty_sequences_are_left_to_plain_bodies(cupy: Any, calls: Counter[str]) -> None:
    x, h, *rest = (cupy.asarray(a) for a in inputs_of("layer: gru"))
    h = cupy.concatenate([h, h[:1]])  # the last sequence has no steps
    last, ys = kernels.gru_layer(x, h, *rest, PACKED, False)
    assert not calls
    np.testing.assert_array_equal(last.array[3].get(), h[3].get())
    assert ys.shape == (9, 2)


def test_functions_of_several_layers_are_served(cupy: Any, calls: Counter[str]) -> None:
    rng = np.random.default_rng(0)
    xs = [rng.standard_normal((n, 3)).astype(np.float32) for n in (3, 2, 2)]
    ws = [[rng.standard_normal((2, 2 if k > 3 or one else 3)).astype(np.float32) for k in range(8)] for one in (0, 1)]
    bs = [[rng.standard_normal(2).astype(np.float32) for _ in range(8)] for _ in (0, 1)]
    state = np.zeros((2, 3, 2), np.float32)
    expected = F.n_step_lstm(2, 0.0, state, state, ws, bs, xs)
    send = catenary.get_device("@cupy:0").send
    found = F.n_step_lstm(2, 0.0, *map(send, (state, state, ws, bs, xs)))
    assert calls
    for one, other in zip((*found[:2], *found[2]), (*expected[:2], *expected[2]), strict=True):
        np.testing.assert_allclose(one.array.get(), other.array, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("variable", "value"), [("CATENARY_CUDNN_AUTOTUNE", "1"), ("CATENARY_CUDNN_WORKSPACE", "0")])
@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_other_choices_of_algorithms(
    name: str, variable: str, value: str, cupy: Any, calls: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    function, inputs = CONVOLUTIONS[name][0], inputs_of(f"convolution: {name}")
    expected = results(function, inputs, np, second=False)
    assert_close(results(function, [cupy.asarray(x) for x in inputs], cupy, second=False), expected)
    assert calls


@pytest.mark.parametrize("name", [*CONVOLUTIONS, *POOLINGS])
def test_deterministic_results_are_the_same_each_time(name: str, cupy: Any, calls: Counter[str]) -> None:
    name = f"{'convolution' if name in CONVOLUTIONS else 'pooling'}: {name}"
    function, inputs = FUNCTIONS[name][0], [cupy.asarray(x) for x in inputs_of(name)]
    with catenary.using_config("deterministic", True):
        first, *others = (results(function, inputs, cupy, second=False) for _ in range(4))
    assert calls
    for other in others:
        for one, again in zip(first, other, strict=True):
            np.testing.assert_array_equal(one.get(), again.get())


def test_threads_and_streams_at_once(cupy: Any) -> None:
    names = ["convolution: convolution", "pooling: maximum", "batch: normalization", "layer: lstm"]
    given = {name: [cupy.asarray(x) for x in inputs_of(name)] for name in names}
    expected = {name: results(FUNCTIONS[name][0], inputs_of(name), np, second=False) for name in names}
    cupy.cuda.get_current_stream().synchronize()
    failures: list[BaseException] = []

    def work() -> None:
        try:
            with cupy.cuda.Stream(non_blocking=True):
                for name in names * 5:
                    assert_close(results(FUNCTIONS[name][0], given[name], cupy, second=False), expected[name])
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
