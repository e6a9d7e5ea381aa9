"""Attention by oneDNN against its formula: masks, blocks, orders of memory, and what it leaves to NumPy."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

import catenary
import catenary.functions as F
from catenary import Variable
from catenary.types import Array

Arrays = list[Array]


def heads(*shapes: tuple[int, ...]) -> Arrays:
    """Return arrays (batch, heads, length, features) as linear layers give them: the heads of a row side by side."""
    rng = np.random.default_rng(0)
    return [rng.standard_normal((b, n, h, d)).astype(np.float32).transpose(0, 2, 1, 3) for b, h, n, d in shapes]


def formula(inputs: Arrays, gy: Array, hidden: Array | bool = False) -> Arrays:
    """Return the averages and the gradients of queries, keys and values in double precision."""
    q, k, v = (x.astype(np.float64) for x in inputs)
    scores = np.where(hidden, -np.inf, q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1]))
    top = scores.max(-1, keepdims=True)
    p = np.exp(scores - np.where(np.isneginf(top), 0, top))
    p /= np.maximum(p.sum(-1, keepdims=True), 1e-300)
    gp = gy @ v.swapaxes(-1, -2)
    gs = (gp - (gp * p).sum(-1, keepdims=True)) * p / np.sqrt(q.shape[-1])
    return [p @ v, gs @ k, gs.swapaxes(-1, -2) @ q, p.swapaxes(-1, -2) @ gy]


def results(inputs: Arrays, gy: Array, mask: Array | None = None, is_causal: bool = False) -> Arrays:
    leaves = [Variable(x) for x in inputs]
    y = F.scaled_dot_product_attention(*leaves, mask, is_causal=is_causal)
    y.grad = gy
    y.backward()
    return [y.array, *(x.grad for x in leaves)]


def assert_close(found: Arrays, expected: Arrays) -> None:
    for one, other in zip(found, expected, strict=True):
        assert one.dtype == np.float32
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=2e-6 * max(np.abs(other).max(), 1))


@pytest.mark.parametrize("batch", [1, 2, 5])
@pytest.mark.parametrize("is_causal", [False, True])
def test_many_blocks(batch: int, is_causal: bool, calls: Counter[int], monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = heads((batch, 3, 150, 16), (batch, 3, 140, 16), (batch, 3, 140, 9))
    (gy,) = heads((batch, 3, 150, 9))
    hidden = ~np.tri(150, 140, dtype=bool) if is_causal else False
    expected = formula(inputs, gy, hidden)
    for elements in (2**10, 2**16, 2**30):  # 64 queries; one example; all
        monkeypatch.setattr(catenary.get_device("@numpy"), "cache_elements", elements)
        assert_close(results(inputs, gy, is_causal=is_causal), expected)
    assert calls


@pytest.mark.parametrize("shape", [(5, 6), (1, 6), (2, 1, 5, 6), (3, 1, 6)])
def test_masks_and_queries_that_see_nothing(shape: tuple[int, ...], calls: Counter[int]) -> None:
    inputs, (gy,) = heads((2, 3, 5, 7), (2, 3, 6, 7), (2, 3, 6, 4)), heads((2, 3, 5, 4))
    mask = np.random.default_rng(1).random(shape) < 0.6
    mask[..., 0, :] = False
    assert_close(results(inputs, gy, mask), formula(inputs, gy, ~mask))
    added = np.where(mask, np.float32(0), np.float32(-np.inf))
    assert_close(results(inputs, gy, added), formula(inputs, gy, ~mask))
    assert calls


def test_what_is_not_seen_may_be_nan() -> None:
    inputs = heads((1, 1, 4, 3), (1, 1, 4, 3), (1, 1, 4, 3))
    inputs[1][0, 0, 3] = np.nan
    y = F.scaled_dot_product_attention(*inputs, is_causal=True).array
    np.testing.assert_array_equal(np.isnan(y).any((0, 1, 3)), [False, False, False, True])


ORDERS = {
    "Fortran": np.asfortranarray,
    "rows with gaps": lambda x: np.repeat(x, 2, -2)[..., ::2, :],
    "elements with gaps": lambda x: np.repeat(x, 2, -1)[..., ::2],
    "backwards": lambda x: x[..., ::-1].copy()[..., ::-1],
    "one for all": lambda x: np.broadcast_to(x[:, :1], x.shape),
}


@pytest.mark.parametrize("order", ORDERS)
def test_each_way_in_memory(order: str, calls: Counter[int]) -> None:
    inputs = [ORDERS[order](x) for x in heads((2, 3, 5, 7), (2, 3, 6, 7), (2, 3, 6, 4))]
    gy = ORDERS[order](*heads((2, 3, 5, 4)))
    assert_close(results(inputs, gy), formula(inputs, gy))
    assert calls


@pytest.mark.parametrize(
    ("shapes", "mask"),
    [
        ([(2, 3, 5, 7), (2, 1, 6, 7), (2, 3, 6, 4)], None),
        ([(2, 1, 5, 7), (2, 1, 6, 7), (2, 1, 6, 4)], np.ones((2, 3, 5, 6), bool)),
        ([(2, 3, 5, 7), (2, 3, 6, 7), (2, 3, 6, 4)], np.zeros((5, 6))),
        ([(0, 3, 5, 7), (0, 3, 6, 7), (0, 3, 6, 4)], None),
        ([(2, 3, 0, 7), (2, 3, 6, 7), (2, 3, 6, 4)], None),
    ],
)
def test_what_is_left_to_numpy(shapes: list[tuple[int, ...]], mask: Array | None, calls: Counter[int]) -> None:
    y = F.scaled_dot_product_attention(*heads(*shapes), mask)
    assert y.shape == (shapes[0][0], max(shapes[0][1], 3 if shapes[0][0] else 0), shapes[0][2], shapes[2][3])
    assert not calls
