"""Every function of this package, held to NumPy and SciPy by the conformance kit."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.signal
import scipy.special

import catenary.functions as F
from catenary.testing import FunctionCase, broadcasting, elementwise, function_tests, untested

Array = np.ndarray[Any, Any]
AWAY = (0.2, 3.0)  # where a function has no kink and no pole
LABELS = np.array([2, 0, 1, 0])


def case(*args: Any, **kwargs: Any) -> FunctionCase:
    return FunctionCase(*args, **kwargs)


# --- references ---


def concat(xs: list[Array], axis: int = 1) -> Array:
    return np.concatenate(xs, axis)


def split_axis(x: Array, indices_or_sections: Any, axis: int) -> list[Array]:
    return np.split(x, indices_or_sections, axis)


def embed_id(x: Array, W: Array, ignore_label: int | None = None) -> Array:
    rows = [np.zeros(W.shape[1]) if i == ignore_label else W[i] for i in x.ravel()]
    return np.reshape(rows, (*x.shape, W.shape[1]))


def linear(x: Array, W: Array, b: Any = 0.0, n_batch_axes: int = 1) -> Array:
    flat = x.reshape(*x.shape[:n_batch_axes], W.shape[1])
    return np.einsum("...i,oi->...o", flat, W) + b


def convolution(
    x: Array,
    W: Array,
    b: Any = None,
    stride: Any = 1,
    pad: Any = 0,
    cover_all: bool = False,
    dilate: Any = 1,
    groups: int = 1,
) -> Array:
    (sh, sw), (ph, pw), (dh, dw) = (np.broadcast_to(v, 2) for v in (stride, pad, dilate))
    spread = np.zeros((*W.shape[:2], (W.shape[2] - 1) * dh + 1, (W.shape[3] - 1) * dw + 1))
    spread[:, :, ::dh, ::dw] = W
    extra = [(s - 1) * cover_all for s in (sh, sw)]
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph + extra[0]), (pw, pw + extra[1])))
    per_group_in, per_group_out = x.shape[1] // groups, len(W) // groups
    y = np.stack(
        [
            np.stack(
                [
                    sum(
                        scipy.signal.correlate2d(image[o // per_group_out * per_group_in + c], spread[o, c], "valid")
                        for c in range(per_group_in)
                    )
                    for o in range(len(W))
                ]
            )
            for image in x
        ]
    )[:, :, ::sh, ::sw]
    return y if b is None else y + b[:, None, None]


def pooling(reduce: Any, fill: float) -> Any:
    def pool(x: Array, ksize: int, stride: int | None = None, pad: int = 0, cover_all: bool = False) -> Array:
        stride = stride or ksize
        size = [(n + 2 * pad - ksize + (stride - 1) * cover_all) // stride + 1 for n in x.shape[2:]]
        x = np.pad(x, ((0, 0), (0, 0), (pad, pad + ksize), (pad, pad + ksize)), constant_values=fill)
        y = np.empty((*x.shape[:2], *size))
        for i, j in np.ndindex(*size):
            y[:, :, i, j] = reduce(
                x[:, :, i * stride : i * stride + ksize, j * stride : j * stride + ksize], axis=(2, 3)
            )
        return y

    return pool


def im2col(x: Array, ksize: int, stride: int = 1, pad: int = 0) -> Array:
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    view = np.lib.stride_tricks.sliding_window_view(x, (ksize, ksize), (2, 3))[:, :, ::stride, ::stride]
    return view.transpose(0, 1, 4, 5, 2, 3).reshape(len(x), -1, *view.shape[2:4])


def softmax_cross_entropy(
    x: Array, t: Array, class_weight: Any = None, normalize: bool = True, ignore_label: int = -1, reduce: str = "mean"
) -> Array:
    log_p = scipy.special.log_softmax(x, 1)
    loss = np.zeros(t.shape)
    for place in np.ndindex(*t.shape):
        if t[place] != ignore_label:
            weight = 1.0 if class_weight is None else class_weight[t[place]]
            loss[place] = -log_p[(place[0], t[place], *place[1:])] * weight
    return loss if reduce == "no" else loss.sum() / ((t != ignore_label).sum() if normalize else len(t))


def sigmoid_cross_entropy(x: Array, t: Array, normalize: bool = True, reduce: str = "mean") -> Array:
    p = scipy.special.expit(x)
    loss = -(t * np.log(p) + (1 - t) * np.log(1 - p)) * (t != -1)
    return loss if reduce == "no" else loss.sum() / ((t != -1).sum() if normalize else len(t))


def accuracy(y: Array, t: Array, ignore_label: int | None = None) -> Any:
    right, counted = y.argmax(1) == t, t != ignore_label
    return np.float64((right & counted).sum() / counted.sum())


def batch_normalization(x: Array, gamma: Array, beta: Array, eps: float = 2e-5, axis: Any = None) -> Array:
    over = (0, *range(2, x.ndim)) if axis is None else axis
    shape = [1 if i in over else n for i, n in enumerate(x.shape)]
    mean, var = x.mean(over, keepdims=True), x.var(over, keepdims=True)
    return (x - mean) / np.sqrt(var + eps) * gamma.reshape(shape) + beta.reshape(shape)


def fixed_batch_normalization(x: Array, gamma: Array, beta: Array, mean: Array, var: Array, eps: float = 2e-5) -> Array:
    return ((x.swapaxes(1, -1) - mean) / np.sqrt(var + eps) * gamma + beta).swapaxes(1, -1)


def lstm_step(c: Array, x: Array) -> tuple[Array, Array]:
    gates = x.reshape(len(x), -1, 4)
    a, (i, f, o) = np.tanh(gates[:, :, 0]), (scipy.special.expit(gates[:, :, k]) for k in (1, 2, 3))
    new = a * i + f * c[: len(x)]
    return np.concatenate([new, c[len(x) :]]), o * np.tanh(new)


def n_step_lstm(hx: Array, cx: Array, *rest: Array) -> list[Array]:
    """Each sequence by itself, step by step; two layers of two units."""
    ws, bs, xs = rest[:16], rest[16:32], rest[32:]
    last_h, last_c, ys = np.zeros_like(hx), np.zeros_like(cx), list(xs)
    for layer in range(2):
        w, b = ws[8 * layer : 8 * layer + 8], bs[8 * layer : 8 * layer + 8]
        for k, sequence in enumerate(ys):
            h, c, out = hx[layer, k], cx[layer, k], []
            for x in sequence:
                i, f, o, a = (w[g] @ x + w[g + 4] @ h + b[g] + b[g + 4] for g in range(4))
                c = scipy.special.expit(f) * c + scipy.special.expit(i) * np.tanh(a)
                h = scipy.special.expit(o) * np.tanh(c)
                out.append(h)
            last_h[layer, k], last_c[layer, k] = h, c
            ys[k] = np.reshape(out, (len(sequence), 2))
    return [last_h, last_c, *ys]


def flat_n_step_lstm(hx: Any, cx: Any, *rest: Any) -> tuple[Any, ...]:
    ws, bs = [list(rest[:8]), list(rest[8:16])], [list(rest[16:24]), list(rest[24:32])]
    h, c, ys = F.n_step_lstm(2, 0.0, hx, cx, ws, bs, list(rest[32:]))
    return (h, c, *ys)


LSTM_SHAPES = [(2, 3, 2), (2, 3, 2), *[(2, 3)] * 4, *[(2, 2)] * 12, *[(2,)] * 16, (2, 3), (4, 3), (1, 3)]


def dropout(x: Array, ratio: float, rng: np.random.Generator) -> Array:
    return x * (rng.random(x.shape, "float32") >= ratio) / (1 - ratio)


# --- the table ---

IMAGES = (2, 3, 5, 6)
CASES = [
    *elementwise(F.relu, lambda x: np.where(x > 0, x, 0)),
    *elementwise(F.leaky_relu, lambda x: np.where(x > 0, x, 0.2 * x)),
    case(F.leaky_relu, [(3, 4)], lambda x, slope: np.where(x > 0, x, slope * x), {"slope": -1.5}),
    *elementwise(F.elu, lambda x: np.where(x > 0, x, np.exp(x) - 1)),
    case(F.elu, [(3, 4)], lambda x, alpha: np.where(x > 0, x, alpha * (np.exp(x) - 1)), {"alpha": 2.0}),
    *elementwise(F.sigmoid, scipy.special.expit),
    case(F.sigmoid, [np.array([-1000.0, 1000.0])], scipy.special.expit, order=0),
    *elementwise(F.tanh, np.tanh),
    *elementwise(F.softplus, lambda x: np.log1p(np.exp(x))),
    case(F.softplus, [(3,)], lambda x, beta: np.log1p(np.exp(beta * x)) / beta, {"beta": 2.0}),
    *(case(F.softmax, [s], scipy.special.softmax, {"axis": a}) for s, a in [((2, 3), 1), ((2, 3, 2), -1), ((0, 3), 1)]),
    *(case(F.log_softmax, [s], scipy.special.log_softmax, {"axis": a}) for s, a in [((2, 3), 1), ((2, 3, 2), 0)]),
    case(F.add, [(2, 3), (3,), ()], lambda *xs: sum(xs)),
    case(F.add, [(2, 3)], lambda x: x),
    *elementwise(F.absolute, np.abs, domain=AWAY),
    *elementwise(F.exp, np.exp),
    *elementwise(F.log, np.log, domain=AWAY),
    *elementwise(F.sqrt, np.sqrt, domain=AWAY),
    *elementwise(F.square, np.square),
    *elementwise(F.sin, np.sin),
    *elementwise(F.cos, np.cos),
    *broadcasting(F.maximum, np.maximum),
    *broadcasting(F.minimum, np.minimum),
    *elementwise(F.clip, lambda x, x_min, x_max: np.clip(x, x_min, x_max), attributes={"x_min": -0.5, "x_max": 0.9}),
    *(
        case(f, [(2, 3, 4)], r, {"axis": axis, "keepdims": keep})
        for f, r in [(F.sum, np.sum), (F.max, np.max), (F.min, np.min), (F.mean, np.mean)]
        for axis, keep in [(None, False), (1, True), ((0, -1), False)]
    ),
    case(F.average, [(2, 3)], np.average, {"axis": 0}),
    case(F.matmul, [(2, 3), (3, 4)], np.matmul),
    case(F.matmul, [(5, 3, 2), (4, 3)], lambda a, b, **_: a.swapaxes(1, 2) @ b.T, {"transa": True, "transb": True}),
    case(F.concat, [(2, 1), (2, 3), (2, 0)], concat, takes_list=True),
    case(F.concat, [(2,), (3,)], concat, {"axis": 0}, takes_list=True),
    case(F.concat, [(2, 2)], concat, {"axis": -1}, takes_list=True),
    case(F.split_axis, [(2, 6)], split_axis, {"indices_or_sections": 3, "axis": 1}),
    case(F.split_axis, [(5,)], split_axis, {"indices_or_sections": [0, 2], "axis": 0}),
    case(F.stack, [(2, 3)] * 3, lambda xs, axis: np.stack(xs, axis), {"axis": -1}, takes_list=True),
    case(F.where, [np.array([[True], [False]]), (2, 3), (3,)], np.where),
    case(F.expand_dims, [(2, 3)], np.expand_dims, {"axis": -2}),
    case(F.squeeze, [(1, 3, 1)], np.squeeze),
    case(F.squeeze, [(1, 3, 1)], np.squeeze, {"axis": -1}),
    case(F.flatten, [(2, 3)], np.ravel),
    case(F.swapaxes, [(2, 3, 4)], np.swapaxes, {"axis1": 0, "axis2": -1}),
    case(F.broadcast_to, [(3, 1)], np.broadcast_to, {"shape": (2, 3, 4)}),
    case(F.cast, [(2,)], lambda x, typ: x, {"typ": "float64"}, dtypes=["float64"]),
    case(F.get_item, [(3, 4)], lambda x, slices: x[slices], {"slices": (slice(1, None), [0, 0, 3])}),
    case(F.reshape, [(2, 6)], np.reshape, {"shape": (3, -1)}),
    case(F.sum_to, [(2, 3)], lambda x, shape: x.sum(0), {"shape": (3,)}),
    case(F.transpose, [(2, 3, 4)], np.transpose, {"axes": (1, 2, 0)}),
    case(F.affine, [(4, 3), (2, 3), (2,)], linear),
    *(
        case(F.linear, shapes, linear)
        for shapes in [[(4, 3), (2, 3), (2,)], [(0, 3), (2, 3)], [(2, 3, 2), (4, 6), (4,)]]
    ),
    case(F.linear, [(2, 3, 4), (5, 4)], linear, {"n_batch_axes": 2}),
    case(F.embed_id, [np.array([[1, 0], [2, 1]]), (3, 4)], embed_id),
    case(F.embed_id, [np.array([1, -1, 2]), (3, 4)], embed_id, {"ignore_label": -1}),
    case(F.convolution_2d, [IMAGES, (4, 3, 3, 2), (4,)], convolution),
    case(F.convolution_2d, [IMAGES, (4, 3, 3, 2)], convolution, {"stride": (2, 1), "pad": (1, 2)}, name="strided"),
    case(F.convolution_2d, [IMAGES, (2, 3, 2, 2)], convolution, {"stride": 3, "cover_all": True}, name="cover_all"),
    case(F.convolution_2d, [(1, 4, 5, 5), (6, 2, 2, 2)], convolution, {"dilate": 2, "groups": 2}, name="groups"),
    *(
        case(
            F.max_pooling_2d, [IMAGES], pooling(np.max, -np.inf), {"ksize": 3, "stride": s, "pad": 1, "cover_all": all_}
        )
        for s, all_ in [(2, True), (None, False)]
    ),
    case(F.average_pooling_2d, [IMAGES], pooling(np.mean, 0.0), {"ksize": 3, "stride": 2, "pad": 1}),
    case(F.im2col, [IMAGES], im2col, {"ksize": 3, "stride": 2, "pad": 1}),
    *broadcasting(F.mean_squared_error, lambda a, b: ((a - b) ** 2).mean() if a.size else np.float64(0))[:2],
    case(F.mean_squared_error, [(3, 2), (3, 2)], lambda a, b: ((a - b) ** 2).mean()),
    case(F.mean_absolute_error, [(3, 2), (3, 2)], lambda a, b: np.abs(a - b).mean()),
    *(
        case(F.softmax_cross_entropy, [(4, 3), t], softmax_cross_entropy, options)
        for t, options in [
            (LABELS, {}),
            (LABELS, {"reduce": "no"}),
            (LABELS, {"ignore_label": 0, "normalize": False}),
            (LABELS - (LABELS == 1) * 2, {"class_weight": np.array([0.5, 1.0, 2.0])}),
        ]
    ),
    case(
        F.softmax_cross_entropy, [(2, 3, 4), np.array([[0, 1, 2, -1], [2, 2, 1, 0]])], softmax_cross_entropy, name="nd"
    ),
    *(
        case(F.sigmoid_cross_entropy, [(2, 3), np.array([[0, 1, -1], [1, 1, 0]])], sigmoid_cross_entropy, options)
        for options in [{}, {"normalize": False}, {"reduce": "no"}]
    ),
    case(F.accuracy, [(4, 3), LABELS], accuracy, order=0),
    case(F.accuracy, [(4, 3), LABELS], accuracy, {"ignore_label": 0}, order=0),
    *(
        case(F.batch_normalization, [s, (3,), (3,)], batch_normalization, tolerance=5.0)
        for s in [(4, 3), (2, 3, 2), (2, 3, 3, 2)]
    ),
    case(F.batch_normalization, [(4, 3, 2), (2,), (2,)], batch_normalization, {"axis": (0, 1), "eps": 0.1}),
    case(F.fixed_batch_normalization, [(2, 3, 4), *[(3,)] * 4], fixed_batch_normalization, domain=AWAY, tolerance=3.0),
    case(F.lstm, [(3, 2), (3, 8)], lstm_step),
    case(F.lstm, [(3, 2), (2, 8)], lstm_step, name="shorter"),
    case(F.dropout, [(4, 5)], dropout, {"ratio": 0.4}, random=True),
    *elementwise(F.identity, lambda x: x),
]
test_functions = function_tests(CASES)


def test_average_with_weights() -> None:
    x, w = np.random.default_rng(0).uniform(0.1, 1, (2, 2, 3))
    np.testing.assert_allclose(F.average(x, weights=w).array, np.average(x, weights=w))
    np.testing.assert_allclose(F.average(x, 1, w[0]).array, np.average(x, 1, w[0]))
    np.testing.assert_allclose(F.average(x, -1, w, True).array, np.average(x, 1, w, keepdims=True))


def test_n_step_lstm_of_three_sequences_and_two_layers() -> None:
    rng = np.random.default_rng(0)
    arrays = [rng.uniform(-1, 1, s) for s in LSTM_SHAPES]
    for found, expected in zip(flat_n_step_lstm(*arrays), n_step_lstm(*arrays), strict=True):
        np.testing.assert_allclose(found.array, expected, rtol=1e-10)


def test_every_registered_function_has_a_case() -> None:
    covered = {"n_step_lstm"}
    assert set(untested("functions", "catenary-functions", CASES)) - covered == set()
