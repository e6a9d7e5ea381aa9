"""One seed for all generators, and their states."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import catenary
from catenary.device import current
from catenary.errors import ArgumentError

HOST = catenary.get_device("@numpy")
TRIPWIRE = catenary.get_device("@tripwire")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before, entropy = catenary.get_random_state(), current._entropy[0]
    yield
    current.set_entropy(entropy)
    catenary.set_random_state(before)


def draw() -> list[float]:
    return [
        float(HOST.random.random()),
        TRIPWIRE.to_host(TRIPWIRE.random.random(1)).item(),
        float(HOST.random.standard_normal()),
        np.random.normal(),  # noqa: NPY002  # the global generator is seeded, too
        random.random(),
        random.gauss(0, 1),
    ]


def test_one_seed_for_all_generators() -> None:
    catenary.seed(5)
    first = draw()
    assert draw() != first
    catenary.seed(5)
    assert draw() == first
    catenary.seed(np.int64(6))
    assert not set(draw()) & set(first)


def test_devices_draw_different_numbers() -> None:
    catenary.seed(0)
    assert HOST.random.random() != TRIPWIRE.to_host(TRIPWIRE.random.random(1)).item()


def test_a_device_opened_after_the_seed_is_seeded(board: Any) -> None:
    type(board).make_random = lambda self, seed: np.random.default_rng(seed)  # type: ignore[attr-defined]
    drawn = []
    for _ in range(2):
        catenary.seed(1)
        board.random = None  # as if opened now
        drawn.append(board.random.random())
    del type(board).make_random
    assert drawn[0] == drawn[1]


def test_state_round_trip() -> None:
    draw()
    state = catenary.get_random_state()
    assert {"@numpy", "numpy", "python"} <= set(state)
    assert json.loads(json.dumps(state)) == state
    expected = draw()
    draw()
    catenary.set_random_state(state)
    assert draw() == expected


def test_the_second_half_of_a_pair_of_normal_numbers_is_kept() -> None:
    catenary.seed(3)
    first = np.random.normal(), random.gauss(0, 1)  # noqa: NPY002
    state = catenary.get_random_state()
    expected = np.random.normal(), random.gauss(0, 1)  # noqa: NPY002
    assert expected != first
    catenary.set_random_state(state)
    assert (np.random.normal(), random.gauss(0, 1)) == expected  # noqa: NPY002


def test_states_of_devices_that_are_not_here_are_left_out() -> None:
    state = catenary.get_random_state()
    catenary.set_random_state({**state, "@cupy:7": "{}"})
    assert catenary.get_random_state() == state


@pytest.mark.parametrize(
    "wrong",
    [
        {"@numpy": "no json"},
        {"@numpy": "{}"},
        {"numpy": '{"a": 1}'},
        {"python": "[1, 2]"},
        {"python": "3"},
        {"@numpy": 4},
    ],
    ids=repr,
)
def test_a_wrong_state_changes_nothing(wrong: Any) -> None:
    catenary.seed(1)
    good = catenary.get_random_state()
    catenary.seed(2)
    before = catenary.get_random_state()
    for state in (wrong, {**good, **wrong}):
        with pytest.raises(ArgumentError, match="set_random_state: expected what get_random_state returned"):
            catenary.set_random_state(state)
        assert catenary.get_random_state() == before


@pytest.mark.parametrize("value", [-1, 2**32, 1.0, "1", None])
def test_wrong_seeds(value: Any) -> None:
    with pytest.raises(ArgumentError, match=r"seed: expected an integer from 0 to 2\*\*32 - 1, got"):
        catenary.seed(value)
