"""Attention and the layers of transformers, held to NumPy by the conformance kit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.special import erf, softmax

import catenary
import catenary.links as L
from catenary import Variable, using_config
from catenary.errors import ArgumentError, ArgumentTypeError, ShapeError
from catenary.testing import LinkCase, WrongCall, link_tests, wrong_call_tests

Array = np.ndarray[Any, Any]
Values = dict[str, Array]
CAUSAL = np.tril(np.ones((3, 3), bool))
PADDING = np.array([[[True, True, False]], [[True, True, True]]])


def linear(v: Values, x: Array, path: str) -> Array:
    return x @ v[f"{path}/W"].T + v.get(f"{path}/b", 0.0)


def attention(v: Values, query: Array, key: Array, value: Array, mask: Any = True, path: str = "") -> Array:
    """One head at a time, with features of its own."""
    q, k, u = (linear(v, x, f"{path}{name}") for name, x in (("query", query), ("key", key), ("value", value)))
    heads, n = [], q.shape[-1] // 2
    for part in (slice(n), slice(n, None)):
        scores = np.where(mask, np.einsum("bqi,bki->bqk", q[..., part], k[..., part]) / np.sqrt(n), -np.inf)
        heads.append(softmax(scores, -1) @ u[..., part])
    return linear(v, np.concatenate(heads, -1), f"{path}out")


def norm(v: Values, x: Array, name: str) -> Array:
    mean, var = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - mean) / np.sqrt(var + 1e-5) * v[f"{name}/gamma"] + v[f"{name}/beta"]


def feed_forward(v: Values, x: Array, gelu: bool) -> Array:
    y = linear(v, x, "expand")
    return linear(v, y * (1 + erf(y / np.sqrt(2))) / 2 if gelu else np.maximum(y, 0), "reduce")


def encoder(v: Values, x: Array, pre: bool, mask: Any = True) -> Array:
    if pre:
        y = norm(v, x, "norm1")
        x = x + attention(v, y, y, y, mask, "attention/")
        return x + feed_forward(v, norm(v, x, "norm2"), gelu=True)
    x = norm(v, x + attention(v, x, x, x, mask, "attention/"), "norm1")
    return norm(v, x + feed_forward(v, x, gelu=False), "norm2")


def decoder(v: Values, x: Array, memory: Array, pre: bool) -> Array:
    if pre:
        y = norm(v, x, "norm1")
        x = x + attention(v, y, y, y, CAUSAL, "attention/")
        x = x + attention(v, norm(v, x, "norm2"), memory, memory, True, "cross_attention/")
        return x + feed_forward(v, norm(v, x, "norm3"), gelu=True)
    x = norm(v, x + attention(v, x, x, x, CAUSAL, "attention/"), "norm1")
    x = norm(v, x + attention(v, x, memory, memory, True, "cross_attention/"), "norm2")
    return norm(v, x + feed_forward(v, x, gelu=False), "norm3")


def layer(kind: Any, pre: bool) -> Any:
    return lambda: kind(4, 2, 3, dropout=0.0, activation="gelu" if pre else "relu", pre_norm=pre)


CASES = [
    LinkCase(L.MultiHeadAttention, lambda: L.MultiHeadAttention(4, 2), [(2, 3, 4), (2, 5, 4), (2, 5, 4)], attention),
    LinkCase(
        L.MultiHeadAttention,
        lambda: L.MultiHeadAttention(4, 2, nobias=True),
        [(2, 3, 4)],
        lambda v, x: attention(v, x, x, x, CAUSAL),
        call=lambda link, x: link(x, is_causal=True),
        name="causal",
    ),
    LinkCase(
        L.MultiHeadAttention,
        lambda: L.MultiHeadAttention(4, 2),
        [(2, 2, 4), (2, 3, 4)],
        lambda v, x, y: attention(v, x, y, y, PADDING),
        call=lambda link, x, y: link(x, y, mask=link.device.send(PADDING)),
        name="masked",
    ),
    *(
        case
        for pre, word in ((False, "post"), (True, "pre"))
        for case in (
            LinkCase(
                L.TransformerEncoderLayer,
                layer(L.TransformerEncoderLayer, pre),
                [(2, 3, 4)],
                lambda v, x, pre=pre: encoder(v, x, pre),
                name=word,
            ),
            LinkCase(
                L.TransformerDecoderLayer,
                layer(L.TransformerDecoderLayer, pre),
                [(2, 3, 4), (2, 5, 4)],
                lambda v, x, memory, pre=pre: decoder(v, x, memory, pre),
                name=word,
            ),
        )
    ),
    LinkCase(
        L.TransformerEncoderLayer,
        layer(L.TransformerEncoderLayer, True),
        [(2, 3, 4)],
        lambda v, x: encoder(v, x, True, PADDING & CAUSAL),
        call=lambda link, x: link(x, link.device.send(PADDING), is_causal=True),
        name="masked",
    ),
]
test_links = link_tests(CASES)

X = np.ones((2, 3, 4), np.float32)
WRONG = [
    WrongCall(
        "MultiHeadAttention",
        lambda: L.MultiHeadAttention(4, 3),
        ArgumentError,
        "heads must divide embed_size, got 3 and 4",
    ),
    WrongCall(
        "MultiHeadAttention",
        lambda: L.MultiHeadAttention(4, 2, dropout=1.0),
        ArgumentError,
        "dropout must be at least 0 and below 1, got 1.0",
    ),
    WrongCall(
        "MultiHeadAttention",
        lambda: L.MultiHeadAttention(4, 2)(X[0]),
        ShapeError,
        "query must have shape (batch, length, 4), got (3, 4)",
    ),
    WrongCall(
        "MultiHeadAttention",
        lambda: L.MultiHeadAttention(4, 2)(X, X[:, :, :3]),
        ShapeError,
        "key must have shape (batch, length, 4), got (2, 3, 3)",
    ),
    WrongCall(
        "TransformerEncoderLayer",
        lambda: L.TransformerEncoderLayer(4, 2, activation="tanh"),
        ArgumentError,
        "activation must be 'gelu' or 'relu', got 'tanh'",
    ),
    WrongCall(
        "TransformerDecoderLayer",
        lambda: L.TransformerDecoderLayer(4, 2, 1.5),
        ArgumentTypeError,
        "hidden_size must be an integer, got 1.5",
    ),
]
test_wrong_calls = wrong_call_tests(WRONG)


def test_masks_with_and_without_an_axis_of_heads_mean_the_same() -> None:
    link, x = L.MultiHeadAttention(4, 2), np.random.default_rng(0).random((2, 3, 4), np.float32)
    expected = link(x, is_causal=True).array
    for mask in (CAUSAL, CAUSAL[None], CAUSAL[None, None]):
        np.testing.assert_allclose(link(x, mask=mask).array, expected, rtol=1e-5)
    added = np.where(CAUSAL, 0, -np.inf).astype(np.float32)
    np.testing.assert_allclose(link(x, mask=added).array, expected, rtol=1e-5)


@pytest.mark.parametrize("kind", [L.TransformerEncoderLayer, L.TransformerDecoderLayer])
def test_dropout_is_there_in_training_only(kind: Any) -> None:
    catenary.seed(0)
    link, x = kind(4, 2, dropout=0.5), np.random.default_rng(0).random((2, 3, 4), np.float32)
    given = (x,) if kind is L.TransformerEncoderLayer else (x, x)
    assert not np.allclose(link(*given).array, link(*given).array)
    with using_config("train", False):
        np.testing.assert_array_equal(link(*given).array, link(*given).array)


def test_dropout_between_the_linear_layers() -> None:
    catenary.seed(0)
    link = L.TransformerEncoderLayer(4, 2, 6, dropout=0.5, pre_norm=True)
    values = {"/attention/out/W": 0, "/expand/W": 0, "/expand/b": 1, "/reduce/W": 1 / 6}  # all hidden units are 1
    for path, param in link.namedparams():
        param.array[...] = values.get(path, param.array)
    y = link(np.zeros((2, 3, 4), np.float32)).array
    assert len(np.unique(y[y != 0].round(4))) > 1


def test_a_decoder_sees_nothing_of_what_comes_later() -> None:
    catenary.seed(0)
    x, memory = (np.random.default_rng(i).random((1, 5, 4), np.float32) for i in range(2))
    link, given = L.TransformerDecoderLayer(4, 2, dropout=0.0, activation="gelu", pre_norm=True), Variable(x)
    link(given, memory)[:, 2, 0].sum().backward()
    assert np.abs(given.grad[:, :3]).min() > 0
    assert np.abs(given.grad[:, 3:]).max() == 0
