"""The expected splits are what Chainer 7.8.1 gives."""

from __future__ import annotations

from typing import Any

import pytest

import catenary
from catenary.datasets import (
    SubDataset,
    get_cross_validation_datasets,
    get_cross_validation_datasets_random,
    split_dataset,
    split_dataset_random,
)
from catenary.errors import ArgumentError, ArgumentTypeError

TEN = list(range(10))


def lists(pairs: Any) -> list[tuple[list[int], list[int]]]:
    return [(first[:], second[:]) for first, second in pairs]


@pytest.mark.parametrize(("start", "finish"), [(-1, 3), (2, 11), (5, 3)])
def test_part_outside_of_the_data_set(start: int, finish: int) -> None:
    with pytest.raises(ArgumentError, match=rf"<= 10 .*got start={start}, finish={finish}"):
        SubDataset(TEN, start, finish)


def test_order_of_another_length() -> None:
    with pytest.raises(ArgumentError, match="SubDataset: expected an order of all 10 examples, got one of 2"):
        SubDataset(TEN, 0, 2, order=[0, 1])


def test_split() -> None:
    assert lists([split_dataset(TEN, 3)]) == [([0, 1, 2], [3, 4, 5, 6, 7, 8, 9])]
    assert lists([split_dataset(TEN, 0)]) == [([], TEN)]
    assert lists([split_dataset(TEN, 9, order=TEN[::-1])]) == [([9, 8, 7, 6, 5, 4, 3, 2, 1], [0])]


@pytest.mark.parametrize("split_at", [-1, 11])
def test_split_outside(split_at: int) -> None:
    with pytest.raises(ArgumentError, match=f"split_dataset: expected 0 <= split_at <= 10 .* got {split_at}"):
        split_dataset(TEN, split_at)


def test_split_at_no_integer() -> None:
    with pytest.raises(ArgumentTypeError, match=r"split_dataset: expected an integer for split_at, got 1\.5"):
        split_dataset(TEN, 1.5)  # type: ignore[arg-type]


def test_random_split_of_a_seed() -> None:
    assert lists([split_dataset_random(TEN, 3, seed=0)]) == [([2, 8, 4], [9, 1, 6, 7, 3, 0, 5])]


def test_random_split_without_a_seed_follows_the_one_seed() -> None:
    splits = []
    for seed in (1, 1, 2):
        catenary.seed(seed)
        splits.append(lists([split_dataset_random(TEN, 5)]))
    assert splits[0] == splits[1] != splits[2]
    assert sorted(splits[0][0][0] + splits[0][0][1]) == TEN


@pytest.mark.parametrize(
    ("n_folds", "tests"),
    [
        (3, [[6, 7, 8, 9], [3, 4, 5], [0, 1, 2]]),
        (4, [[7, 8, 9], [5, 6], [2, 3, 4], [0, 1]]),
        (1, [TEN]),
    ],
)
def test_cross_validation(n_folds: int, tests: list[list[int]]) -> None:
    pairs = lists(get_cross_validation_datasets(TEN, n_folds))
    assert [test for _, test in pairs] == tests
    assert all(sorted(train + test) == TEN for train, test in pairs)


def test_training_sets_go_round() -> None:
    pairs = lists(get_cross_validation_datasets(TEN, 3))
    assert [train for train, _ in pairs] == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 0, 1, 2], [3, 4, 5, 6, 7, 8, 9]]


def test_cross_validation_in_order() -> None:
    assert lists(get_cross_validation_datasets(TEN, 3, order=TEN[::-1])) == [
        ([9, 8, 7, 6, 5, 4], [3, 2, 1, 0]),
        ([3, 2, 1, 0, 9, 8, 7], [6, 5, 4]),
        ([6, 5, 4, 3, 2, 1, 0], [9, 8, 7]),
    ]


def test_random_cross_validation_of_a_seed() -> None:
    assert lists(get_cross_validation_datasets_random(TEN, 3, seed=1)) == [
        ([2, 9, 6, 4, 0, 3], [1, 7, 8, 5]),
        ([1, 7, 8, 5, 2, 9, 6], [4, 0, 3]),
        ([4, 0, 3, 1, 7, 8, 5], [2, 9, 6]),
    ]


def test_old_name_of_n_folds() -> None:
    assert len(get_cross_validation_datasets(TEN, n_fold=5)) == 5
    assert len(get_cross_validation_datasets_random(TEN, n_fold=5, seed=0)) == 5


@pytest.mark.parametrize("n_folds", [0, 11, -1])
def test_number_of_folds(n_folds: int) -> None:
    with pytest.raises(ArgumentError, match=f"n_folds.*{n_folds}"):
        get_cross_validation_datasets(TEN, n_folds)


def test_arguments_of_cross_validation() -> None:
    with pytest.raises(ArgumentTypeError, match="expected the number of folds as n_folds, got none"):
        get_cross_validation_datasets(TEN)
    with pytest.raises(ArgumentTypeError, match="expected n_folds and order or seed, got folds"):
        get_cross_validation_datasets(TEN, 2, folds=3)
