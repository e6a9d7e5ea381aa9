"""Attention and rotary embedding against their formulas; the memory that attention takes."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
import scipy.special

import catenary
import catenary.functions as F
from catenary import Variable
from catenary.errors import ArgumentError, ShapeError
from catenary.testing import FunctionCase as case, WrongCall, function_tests, wrong_call_tests

Array = np.ndarray[Any, Any]


def attention(
    query: Array,
    key: Array,
    value: Array,
    mask: Any = None,
    is_causal: bool = False,
    dropout: float = 0.0,
    scale: float | None = None,
    rng: Any = None,
) -> Array:
    scores = query @ np.swapaxes(key, -1, -2) * (query.shape[-1] ** -0.5 if scale is None else scale)
    if is_causal:
        scores = np.where(np.tri(*scores.shape[-2:], dtype=bool), scores, -np.inf)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf) if mask.dtype == bool else scores + mask
    empty = np.isneginf(scores).all(-1, keepdims=True)
    p = np.where(empty, 0.0, scipy.special.softmax(np.where(empty, 0.0, scores), -1))
    if rng is not None:
        noise = np.random.default_rng([int(rng.integers(2**31)), 0]).random(p.shape, "float32")
        p = p * (noise >= dropout) / (1 - dropout)
    return p @ value


def rotary(x: Array, positions: Any = None, base: float = 10000.0, interleaved: bool = False) -> Array:
    """By complex numbers: a pair is one, and turning is a product."""
    d = x.shape[-1]
    angles = (np.arange(x.shape[-2]) if positions is None else positions)[..., None] * base ** (-np.arange(0, d, 2) / d)
    first, second = (x[..., ::2], x[..., 1::2]) if interleaved else (x[..., : d // 2], x[..., d // 2 :])
    turned = (first + 1j * second) * np.exp(1j * angles)
    parts = np.stack([turned.real, turned.imag], -1 if interleaved else -2)
    return parts.reshape(*x.shape[:-2], x.shape[-2], d)


MASK = np.array([[True, False, True], [False, False, False], [True, True, True], [False, True, False]])
QKV = [(2, 4, 3), (2, 3, 3), (2, 3, 5)]
A = F.scaled_dot_product_attention
CASES = [
    case(A, QKV, attention),
    case(A, [(4, 3), (3, 3), (3, 2)], attention, {"scale": 0.3}, name="no-batch"),
    case(A, [(2, 1, 4, 3), (2, 2, 4, 3), (1, 2, 4, 2)], attention, {"is_causal": True}, name="causal-broadcast"),
    case(A, [(2, 5, 3), (2, 3, 3), (2, 3, 5)], attention, {"is_causal": True}, name="causal-fewer-keys"),
    case(A, [(2, 3, 3), (2, 5, 3), (2, 5, 5)], attention, {"is_causal": True}, name="causal-more-keys"),
    case(A, [*QKV, MASK], attention, name="mask"),
    case(A, [*QKV, MASK[:1]], attention, name="mask-of-keys"),
    case(A, [*QKV, (2, 4, 3)], attention, name="bias"),
    case(A, [*QKV, (3,)], attention, {"is_causal": True}, name="bias-of-keys"),
    case(A, [(2, 0, 3), (2, 3, 3), (2, 3, 5)], attention, name="no-queries"),
    case(A, QKV, attention, {"dropout": 0.4}, random=True, name="dropout"),
    case(F.rotary_embedding, [(2, 5, 4)], rotary),
    case(F.rotary_embedding, [(3, 6)], rotary, {"base": 100.0, "interleaved": True}),
    case(F.rotary_embedding, [(2, 3, 4)], rotary, {"positions": np.array([[0, 1, 2], [7, 8, 9]])}),
]
test_functions = function_tests(CASES)


def f(*shape: int) -> Array:
    return np.zeros(shape, np.float32)


WRONG = [
    WrongCall(
        "scaled_dot_product_attention",
        lambda: A(f(2, 4, 3), f(2, 5, 4), f(2, 5, 3)),
        ShapeError,
        "query and key must have the same features, key and value the same length (query: (2, 4, 3)",
    ),
    WrongCall(
        "scaled_dot_product_attention",
        lambda: A(f(2, 4, 3), f(2, 5, 3), f(2, 5, 3), f(4, 4)),
        ShapeError,
        "mask must have shape (..., 4, 5), got (4, 4)",
    ),
    WrongCall(
        "scaled_dot_product_attention",
        lambda: A(f(3), f(5, 3), f(5, 3)),
        ShapeError,
        "query, key and value must have 2 axes or more",
    ),
    WrongCall(
        "scaled_dot_product_attention",
        lambda: A(f(4, 3), f(5, 3), f(5, 3), dropout=1.0),
        ArgumentError,
        "dropout must be at least 0 and below 1, got 1.0",
    ),
    WrongCall(
        "rotary_embedding",
        lambda: F.rotary_embedding(f(4, 3)),
        ShapeError,
        "x must have shape (..., length, an even number), got (4, 3)",
    ),
]
test_wrong_calls = wrong_call_tests(WRONG)


@pytest.mark.parametrize("at_once", [2**10, 2**16])  # 64 queries of one example; all queries of one example
@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_many_blocks_are_as_one(at_once: int, is_causal: bool, dropout: float, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal((3, 2, 120, 8)) for _ in range(4)]
    mask = rng.random((3, 1, 120, 120)) < 0.8

    def run(double: bool) -> list[Array]:
        catenary.seed(3)
        xs = [Variable(a) for a in arrays[:3]]
        y = A(*xs, mask, is_causal=is_causal, dropout=dropout)
        gxs = catenary.grad([y], xs, [Variable(arrays[3])], enable_double_backprop=double)
        return [y.array, *(g.array for g in gxs if g is not None)]

    monkeypatch.setattr(catenary.get_device("@numpy"), "cache_elements", at_once)
    in_blocks = run(double=False)
    for a, b in zip(in_blocks, run(double=True), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)
    if not dropout:
        monkeypatch.setattr(catenary.get_device("@numpy"), "cache_elements", 2**30)
        for a, b in zip(in_blocks, run(double=False), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)


def test_each_block_draws_its_own_dropout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catenary.get_device("@numpy"), "cache_elements", 2**10)
    x = np.ones((2, 128, 1))  # where all keys fit alike, a result is the share of those that were kept
    y = A(x, x, x, dropout=0.5).array[..., 0].reshape(4, 64)
    assert len({tuple(block) for block in y}) == 4


def test_the_wider_dtype_counts() -> None:
    q, k, v = (np.random.default_rng(0).standard_normal((2, 3, 4)).astype(d) for d in ("float32", "float64", "float32"))
    y = A(q, k, v).array
    assert y.dtype == np.float64
    np.testing.assert_allclose(y, attention(q, k, v), rtol=1e-6)
    assert A(q, q, v, np.zeros((3, 3))).dtype == np.float64


def peak(length: int) -> int:
    """Return the bytes that attention over so many positions takes at most, forward and backward."""
    xs = [Variable(np.ones((1, length, 8), np.float32)) for _ in range(3)]
    tracemalloc.start()
    F.sum(A(*xs, is_causal=True)).backward()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_memory_does_not_grow_with_the_square_of_the_length() -> None:
    assert peak(8192) < 3 * peak(4096)  # by the square it would be 4 times
    assert peak(8192) < 8192 * 8192 * 4 / 8  # one array of all pairs takes 8 times this
