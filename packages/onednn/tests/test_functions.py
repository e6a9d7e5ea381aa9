"""What oneDNN computes is what the plain bodies do: values, gradients, gradients of gradients, running values."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

import catenary
import catenary.functions as F
from catenary import Variable
from catenary.functions import kernels
from catenary.types import Array

Function = Callable[..., Variable]


def layer(kind: Callable[..., tuple[Variable, ...]], is_backward: bool = False) -> Function:
    """Return a recurrent layer over sequences of four steps, its outputs joined."""
    return lambda x, h, *others: F.concat(kind(x, h, *others, h.shape[:1] * 4, is_backward), 0)


IMAGES = (3, 6, 9, 7)
#: Queries, keys and values of two sequences and three heads.
HEADS = [(2, 3, 5, 7), (2, 3, 6, 7), (2, 3, 6, 4)]
FUNCTIONS: dict[str, tuple[Function, list[tuple[int, ...]]]] = {
    "convolution": (lambda x, W, b: F.convolution_2d(x, W, b, pad=1), [IMAGES, (5, 6, 3, 3), (5,)]),
    "convolution, no bias": (lambda x, W: F.convolution_2d(x, W, stride=2), [IMAGES, (4, 6, 2, 3)]),
    "convolution, 1x1": (lambda x, W: F.convolution_2d(x, W), [IMAGES, (8, 6, 1, 1)]),
    "convolution, groups": (lambda x, W, b: F.convolution_2d(x, W, b, 1, 2, groups=3), [IMAGES, (6, 2, 3, 3), (6,)]),
    "convolution, by channel": (lambda x, W: F.convolution_2d(x, W, groups=6), [IMAGES, (6, 1, 3, 3)]),
    "convolution, dilated": (lambda x, W: F.convolution_2d(x, W, pad=2, dilate=2), [IMAGES, (3, 6, 3, 3)]),
    "convolution, cover all": (
        lambda x, W: F.convolution_2d(x, W, stride=4, cover_all=True),
        [IMAGES, (3, 6, 3, 3)],
    ),
    "convolution, one image": (lambda x, W: F.convolution_2d(x, W, pad=1), [(1, 6, 5, 5), (3, 6, 3, 3)]),
    "convolution, one channel": (lambda x, W: F.convolution_2d(x, W), [(2, 1, 5, 5), (3, 1, 3, 3)]),
    "convolution, one place": (lambda x, W: F.convolution_2d(x, W), [(2, 4, 3, 3), (3, 4, 3, 3)]),
    "convolution, sequences": (lambda x, W, b: F.convolution_1d(x, W, b, 2, 1), [(2, 3, 11), (4, 3, 3), (4,)]),
    "convolution, volumes": (lambda x, W: F.convolution_3d(x, W, pad=1), [(2, 3, 4, 5, 6), (4, 3, 3, 3, 3)]),
    "deconvolution": (lambda x, W, b: F.deconvolution_2d(x, W, b, 2, 1), [IMAGES, (6, 5, 4, 4), (5,)]),
    "deconvolution, sequences": (lambda x, W: F.deconvolution_1d(x, W, stride=2), [(2, 3, 5), (3, 4, 2)]),
    "attention": (F.scaled_dot_product_attention, HEADS),
    "attention, causal": (lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True), HEADS),
    "attention, added to scores": (F.scaled_dot_product_attention, [*HEADS, (3, 1, 6)]),
    "attention, no batch": (F.scaled_dot_product_attention, [(5, 7), (6, 7), (6, 4)]),
    "attention, one of each": (F.scaled_dot_product_attention, [(1, 1, 1), (1, 1, 1), (1, 1, 1)]),
    "attention, dropout": (lambda q, k, v: kernels.attention(q, k, v, None, False, 0.3, 0.5, 7), HEADS),
    "linear": (F.linear, [(7, 5), (4, 5), (4,)]),
    "linear, no bias": (F.linear, [(1, 5), (4, 5)]),
    "linear, one feature": (F.linear, [(3, 1), (4, 1), (4,)]),
    "linear, one output": (F.linear, [(3, 5), (1, 5), (1,)]),
    "relu": (F.relu, [IMAGES]),
    "relu, matrix": (F.relu, [(7, 5)]),
    "leaky relu": (F.leaky_relu, [IMAGES]),
    "leaky relu, slope": (lambda x: F.leaky_relu(x, 0.01), [IMAGES]),
    "sigmoid": (F.sigmoid, [IMAGES]),
    "tanh": (F.tanh, [IMAGES]),
    "silu": (F.silu, [IMAGES]),
    "hard swish": (F.hard_swish, [IMAGES]),
    "gelu by tanh": (lambda x: F.gelu(x, "tanh"), [IMAGES]),
    "softmax, matrix": (F.softmax, [(7, 5)]),
    "softmax, last axis": (lambda x: F.softmax(x, -1), [IMAGES]),
    "layer normalization": (F.layer_normalization, [(7, 5), (5,), (5,)]),
    "layer normalization, eps": (lambda x, g, b: F.layer_normalization(x, g, b, 0.1), [IMAGES, (7,), (7,)]),
    "lstm layer": (layer(kernels.lstm_layer), [(12, 5), (3, 6), (3, 6), (24, 5), (24, 6), (24,), (24,)]),
    "lstm layer, back": (layer(kernels.lstm_layer, True), [(8, 6), (2, 3), (2, 3), (12, 6), (12, 3), (12,), (12,)]),
    "gru layer": (layer(kernels.gru_layer), [(12, 5), (3, 6), (18, 5), (18, 6), (18,), (18,)]),
    "gru layer, back": (layer(kernels.gru_layer, True), [(8, 6), (2, 3), (9, 6), (9, 3), (9,), (9,)]),
    "max pooling": (lambda x: F.max_pooling_2d(x, 2), [IMAGES]),
    "max pooling, overlapping": (lambda x: F.max_pooling_2d(x, 3, 2, 1, cover_all=False), [IMAGES]),
    "max pooling, sequences": (lambda x: F.max_pooling_1d(x, 3), [(2, 3, 10)]),
    "max pooling, volumes": (lambda x: F.max_pooling_3d(x, 2, 1), [(2, 3, 4, 5, 3)]),
    "average pooling": (lambda x: F.average_pooling_2d(x, 3, 2, 1), [IMAGES]),
    "average pooling, without padding": (lambda x: F.average_pooling_nd(x, 3, 2, 1, pad_value=None), [IMAGES]),
    "average pooling, to one place": (lambda x: F.average_pooling_2d(x, (9, 7)), [IMAGES]),
    "unpooling": (lambda x: F.unpooling_2d(x, 2), [IMAGES]),
    "fixed batch normalization": (
        lambda x, g, b, m: F.fixed_batch_normalization(x, g, b, m, np.full(6, 2, np.float32)),
        [IMAGES, (6,), (6,), (6,)],
    ),
    "batch normalization": (F.batch_normalization, [IMAGES, (6,), (6,)]),
    "batch normalization, eps": (lambda x, g, b: F.batch_normalization(x, g, b, 0.1), [IMAGES, (6,), (6,)]),
    "batch normalization, matrix": (F.batch_normalization, [(8, 5), (5,), (5,)]),
    "batch normalization, volumes": (F.batch_normalization, [(2, 3, 4, 2, 3), (3,), (3,)]),
    "batch normalization, axes": (
        lambda x, g, b: F.batch_normalization(x, g, b, axis=(0, 2, 3)),
        [IMAGES, (6,), (6,)],
    ),
}


def channels_last(x: Array) -> Array:
    return np.ascontiguousarray(np.moveaxis(x, 1, -1)).transpose(0, -1, *range(1, x.ndim - 1)) if x.ndim > 2 else x


#: Ways in which the memory of the first input may lie.
ORDERS: dict[str, Callable[[Array], Array]] = {
    "as it stands": lambda x: x,
    "channels last": channels_last,
    "Fortran": np.asfortranarray,
    "with gaps": lambda x: np.repeat(x, 2, -1)[..., ::2],
    "backwards": lambda x: x[::-1].copy()[::-1],
    "unaligned": lambda x: np.frombuffer(b"x" + x.tobytes(), np.uint8)[1:].view(x.dtype).reshape(x.shape),
}


def results(function: Function, inputs: list[Array]) -> list[Array]:
    """Return the value, the gradients, those of the same by a graph, and second ones."""
    leaves = [Variable(x) for x in inputs]
    y = function(*leaves)
    gy = np.random.default_rng(1).standard_normal(y.shape).astype(np.float32)
    y.grad = gy
    y.backward()
    again = [Variable(x) for x in inputs]
    gxs = catenary.grad([function(*again)], again, [Variable(gy)], enable_double_backprop=True)
    total = sum((F.sum(gx * gx) for gx in gxs if gx is not None), F.sum(again[0]) * 0)
    second = catenary.grad([total], again)
    found = [y.array, *(x.grad for x in leaves), *(x.array for x in gxs if x is not None)]
    return [*found, *(x.array for x in second if x is not None)]


def inputs_of(name: str) -> list[Array]:
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape).astype(np.float32) for shape in FUNCTIONS[name][1]]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_results_are_those_of_the_plain_body(name: str, order: str, calls: Counter[int]) -> None:
    function, inputs = FUNCTIONS[name][0], inputs_of(name)
    inputs[0] = ORDERS[order](inputs[0])
    with catenary.disable_implementations():
        expected = results(function, inputs)
    assert not calls
    found = results(function, inputs)
    assert calls or order == "unaligned"
    for one, other in zip(found, expected, strict=True):
        assert one.dtype == np.float32
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5 * max(np.abs(other).max(), 1))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_other_dtypes_are_left_to_numpy(name: str, calls: Counter[int]) -> None:
    FUNCTIONS[name][0](*(x.astype(np.float64) for x in inputs_of(name)))
    assert not calls


@pytest.mark.parametrize(
    "name", [name for name in FUNCTIONS if not any(part in name for part in ("attention", "batch norm", "layer"))]
)
def test_empty_batches_are_left_to_numpy(name: str, calls: Counter[int]) -> None:
    x, *rest = inputs_of(name)
    assert FUNCTIONS[name][0](x[:0], *rest).shape[0] == 0
    assert not calls


def test_half_precision_is_computed_in_float32(calls: Counter[int]) -> None:
    x, W = (a.astype(np.float16) for a in inputs_of("convolution, 1x1"))
    y = F.convolution_2d(x, W)
    assert calls
    assert y.dtype == np.float16
    expected = np.einsum("bihw,oi->bohw", x.astype(np.float32), W[:, :, 0, 0].astype(np.float32))
    np.testing.assert_allclose(y.array, expected, rtol=2e-3, atol=2e-3)


def test_running_values_follow(calls: Counter[int]) -> None:
    x, gamma, beta = inputs_of("batch normalization")
    mean, var = np.ones(6, np.float32), np.full(6, 2, np.float32)
    F.batch_normalization(x, gamma, beta, running_mean=mean, running_var=var, decay=0.8)
    assert calls
    np.testing.assert_allclose(mean, 0.8 + 0.2 * x.mean((0, 2, 3)), rtol=1e-4)
    np.testing.assert_allclose(var, 1.6 + 0.2 * x.var((0, 2, 3), ddof=1), rtol=1e-4)


def test_ties_of_maxima_go_to_the_first(calls: Counter[int]) -> None:
    x = Variable(np.zeros((1, 2, 4, 4), np.float32))
    F.sum(F.max_pooling_2d(x, 2)).backward()
    assert calls
    expected = np.zeros((1, 2, 4, 4))
    expected[..., ::2, ::2] = 1
    np.testing.assert_array_equal(x.grad, expected)


def test_the_order_of_memory_is_passed_on() -> None:
    x = Variable(np.random.default_rng(0).standard_normal((2, 3, 8, 8)).astype(np.float32))
    h = F.convolution_2d(x, np.ones((4, 3, 3, 3), np.float32), pad=1)
    ones = np.ones(4, np.float32)
    for layer in (lambda h: F.batch_normalization(h, ones, ones), F.relu, lambda h: F.max_pooling_2d(h, 2), F.tanh):
        assert np.moveaxis(h.array, 1, -1).flags.c_contiguous
        h = layer(h)
    assert np.moveaxis(h.array, 1, -1).flags.c_contiguous


def test_windows_that_hold_nothing_of_the_image_are_left_to_numpy(calls: Counter[int]) -> None:
    x = np.ones((1, 1, 2, 2), np.float32)
    with contextlib.suppress(catenary.errors.ArgumentError):
        F.max_pooling_2d(x, 1, 1, 1)
    assert not calls
