from __future__ import annotations

import numpy as np
import pytest

import catenary
from catenary.errors import ArgumentTypeError
from catenary.iterators import ShuffleOrderSampler

ORDER = np.arange(6)


@pytest.mark.parametrize("make", [np.random.default_rng, np.random.RandomState])
def test_generator_of_the_user_is_used(make):
    assert ShuffleOrderSampler(make(4))(ORDER, 0).tolist() == make(4).permutation(6).tolist()


def test_seed_of_the_user():
    assert ShuffleOrderSampler(4)(ORDER, 0).tolist() == np.random.default_rng(4).permutation(6).tolist()


def test_default_follows_the_seed_of_the_host_and_is_a_stream_of_its_own():
    catenary.seed(1)
    sampler = ShuffleOrderSampler()
    after = catenary.get_device("@numpy").random.bit_generator.state
    first = [sampler(ORDER, 0).tolist() for _ in range(5)]
    assert catenary.get_device("@numpy").random.bit_generator.state == after
    catenary.seed(1)
    sampler = ShuffleOrderSampler()
    assert [sampler(ORDER, 0).tolist() for _ in range(5)] == first


@pytest.mark.parametrize("make", [np.random.default_rng, np.random.RandomState])
def test_saved_state_goes_on(tools, make):
    sampler, other = ShuffleOrderSampler(make(4)), ShuffleOrderSampler(make(5))
    sampler(ORDER, 0)
    tools.copy_state(sampler, other)
    for _ in range(3):
        assert sampler(ORDER, 0).tolist() == other(ORDER, 0).tolist()


def test_wrong_random_state():
    with pytest.raises(ArgumentTypeError, match=r"random_state must be .* got str"):
        ShuffleOrderSampler("7")
