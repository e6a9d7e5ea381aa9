from __future__ import annotations

import numpy as np
import pytest

from catenary.dataset import DatasetMixin


class Tens(DatasetMixin):
    def __len__(self):
        return 10

    def get_example(self, i):
        assert type(i) is int
        return 10 * i


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        (3, 30),
        (-1, 90),
        (np.int64(4), 40),
        (slice(2, 8, 3), [20, 50]),
        (slice(None, None, -4), [90, 50, 10]),
        ([1, -5], [10, 50]),
        (np.array([2, 0]), [20, 0]),
        (np.arange(10) > 7, [80, 90]),
        ([], []),
    ],
)
def test_indexing(index, expected):
    if isinstance(index, list) and not index:
        index = np.array([], int)
    assert Tens()[index] == expected


def test_iterating_ends():
    assert list(Tens()) == list(range(0, 100, 10))


@pytest.mark.parametrize("index", [10, -11, [3, 10]])
def test_index_out_of_range(index):
    with pytest.raises(IndexError):
        Tens()[index]
    with pytest.raises(IndexError, match="Tens: index 10 is out of range, it has 10 examples"):
        Tens()[10]
