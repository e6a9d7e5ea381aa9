"""Random numbers: those of the paper, distributions, and the state."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import catenary
from catenary_cupy import random

#: Counter, key and words of Philox4x32-10, from the known answers that the authors publish with Random123.
KNOWN = [
    (0, (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
]


def philox(counter: int, key: tuple[int, int]) -> tuple[int, ...]:
    """Return the words by the formulas of the paper."""
    low = 2**32 - 1
    c, (k0, k1) = [counter & low, counter >> 32, 0, 0], key
    for _ in range(10):
        p, q = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(q >> 32) ^ c[1] ^ k0, q & low, (p >> 32) ^ c[3] ^ k1, p & low]
        k0, k1 = (k0 + 0x9E3779B9) & low, (k1 + 0xBB67AE85) & low
    return tuple(c)


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN)
def test_the_formulas_give_the_known_answers(counter: int, key: tuple[int, int], words: tuple[int, ...]) -> None:
    assert philox(counter, key) == words


def test_words_are_those_of_the_formulas(gpu: Any) -> None:
    generator = gpu.make_random(3)
    generator.state = {"bit_generator": random.NAME, "key": [5, 2**32 - 1], "offset": 2**32 - 2}
    drawn = gpu.to_host(generator._draw("words", 4, np.uint64))
    expected = [philox(2**32 - 2 + i, (5, 2**32 - 1)) for i in range(4)]
    assert [int(word) for word in drawn] == [first | second << 32 for first, second, *_ in expected]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_uniform_numbers(gpu: Any, dtype: str) -> None:
    x = gpu.to_host(gpu.random.random(40_000, dtype))
    assert x.dtype == dtype
    assert x.min() >= 0
    assert x.max() < 1
    counts, _ = np.histogram(x, 20, (0, 1))
    assert ((counts - 2000) ** 2 / 2000).sum() < 43.8  # chi squared with 19 degrees of freedom: 0.001
    assert len(np.unique(x)) > 39_000


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_normal_numbers(gpu: Any, dtype: str) -> None:
    from scipy import stats

    x = gpu.to_host(gpu.random.standard_normal((200, 200), dtype))
    assert x.dtype == dtype
    assert stats.kstest(x.ravel(), "norm").pvalue > 0.001
    assert abs(np.corrcoef(x.ravel()[::2], x.ravel()[1::2])[0, 1]) < 0.03


def test_exponential_numbers_integers_and_permutations(gpu: Any) -> None:
    from scipy import stats

    assert stats.kstest(gpu.to_host(gpu.random.standard_exponential(20_000)), "expon").pvalue > 0.001
    drawn = gpu.to_host(gpu.random.integers(-2, 3, 10_000))
    assert sorted(set(drawn.tolist())) == [-2, -1, 0, 1, 2]
    assert np.abs(np.bincount(drawn + 2) - 2000).max() < 200
    order = gpu.to_host(gpu.random.permutation(100))
    assert sorted(order.tolist()) == list(range(100))
    assert order.tolist() != list(range(100))
    assert isinstance(gpu.random.integers(5), np.integer)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_masks_fall_as_uniform_numbers_do(gpu: Any, dtype: str) -> None:
    state = gpu.random.state
    mask = gpu.to_host(gpu.drop_mask((100, 100), 0.3, np.dtype(dtype)))
    gpu.random.state = state
    kept = gpu.to_host(gpu.random.random((100, 100), "float32")) >= np.float32(0.3)
    assert mask.dtype == dtype
    np.testing.assert_array_equal(mask, kept * np.dtype(dtype).type(1 / 0.7))
    assert abs(kept.mean() - 0.7) < 0.02


def test_other_distributions_come_from_the_host(gpu: Any) -> None:
    x = gpu.random.gamma(2.0, size=1000)
    assert gpu.is_array_supported(x)
    assert abs(gpu.to_host(x).mean() - 2) < 0.2
    assert not np.array_equal(gpu.to_host(gpu.random.gamma(2.0, size=3)), gpu.to_host(gpu.random.gamma(2.0, size=3)))


def test_one_seed_gives_one_sequence(gpu: Any) -> None:
    def draw() -> list[Any]:
        return [gpu.to_host(gpu.random.random(5)), gpu.to_host(gpu.random.gamma(1.0, size=2))]

    catenary.seed(4)
    first = draw()
    catenary.seed(4)
    again = draw()
    catenary.seed(5)
    other = draw()
    for a, b, c in zip(first, again, other, strict=True):
        np.testing.assert_array_equal(a, b)
        assert not np.array_equal(a, c)


def test_the_state_goes_through_a_snapshot(gpu: Any) -> None:
    gpu.random.random(7)
    state = catenary.get_random_state()
    expected = gpu.to_host(gpu.random.random(5))
    gpu.random.random(100)
    catenary.set_random_state(state)
    np.testing.assert_array_equal(gpu.to_host(gpu.random.random(5)), expected)


def test_out_and_wrong_arguments(gpu: Any) -> None:
    out = gpu.xp.zeros(3, "float32")
    assert gpu.random.random(out=out, dtype="float32") is out
    assert (gpu.to_host(out) > 0).all()
    with pytest.raises(TypeError, match="dtype must be float32 or float64, got int32"):
        gpu.random.random(3, "int32")
    with pytest.raises(ValueError, match="low must be below high, got 3 and 3"):
        gpu.random.integers(3, 3, 2)
    with pytest.raises(AttributeError):
        gpu.random.no_such_distribution(3)
