from __future__ import annotations

from typing import Any

import pytest

from catenary.datasets import ConcatenatedDataset, DictDataset, TupleDataset
from catenary.errors import ArgumentError


@pytest.mark.parametrize("make", [TupleDataset, DictDataset])
def test_no_data_set(make: Any) -> None:
    with pytest.raises(ArgumentError, match=f"{make.__name__}: expected one data set or more, got none"):
        make()


def test_lengths_that_differ() -> None:
    with pytest.raises(ArgumentError, match="TupleDataset: expected data sets of one length, got 0: 2, 1: 3"):
        TupleDataset("ab", "abc")
    with pytest.raises(ArgumentError, match="DictDataset: expected data sets of one length, got x: 2, t: 3"):
        DictDataset(x="ab", t="abc")


def test_concatenation_of_nothing() -> None:
    assert ConcatenatedDataset()[:] == []
    assert len(ConcatenatedDataset([], [])) == 0
