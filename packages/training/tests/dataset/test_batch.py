"""Batches whose arrays come from the data set at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from catenary.dataset import Batch, concat_examples
from catenary.iterators import SerialIterator


class Columns:
    """A data set of pairs that counts what is asked of it."""

    def __init__(self, arrays: bool = True) -> None:
        self.x, self.t = np.arange(20, dtype=np.float32).reshape(10, 2), np.arange(10, dtype=np.int32)
        self.examples = self.batches = 0
        self.arrays = arrays

    def __len__(self) -> int:
        return len(self.t)

    def __getitem__(self, i: int) -> Any:
        self.examples += 1
        return self.x[i], int(self.t[i])

    def get_batch(self, indices: Any) -> Any:
        self.batches += 1
        return (self.x[indices], self.t[indices]) if self.arrays else None


@pytest.mark.parametrize("arrays", [True, False])
def test_arrays_of_an_iterators_batch(arrays: bool) -> None:
    data = Columns(arrays)
    batch = SerialIterator(data, 4, shuffle=False).next()
    x, t = concat_examples(batch)
    np.testing.assert_array_equal(x, data.x[:4])
    np.testing.assert_array_equal(t, [0, 1, 2, 3])
    assert (data.batches, data.examples) == ((1, 0) if arrays else (1, 4))


def test_examples_are_made_once() -> None:
    data = Columns()
    batch = Batch(data, [3, 1, 7])
    assert len(batch) == 3
    assert data.examples == 0
    assert [t for _, t in batch] == [3, 1, 7]
    assert batch[-1][1] == 7
    assert [t for _, t in batch[:2]] == [3, 1]
    assert data.examples == 3
    concat_examples(batch)  # of these examples: they may be random
    assert data.batches == 0


def test_padding_is_done_with_examples() -> None:
    data = Columns()
    x, _ = concat_examples(Batch(data, [0, 1]), padding=(0, None))
    np.testing.assert_array_equal(x, data.x[:2])
    assert data.batches == 0


def test_a_batch_is_like_a_list() -> None:
    class Numbers(list[int]):
        def get_batch(self, indices: Any) -> Any:
            return None

    batch = Batch(Numbers([5, 6, 7]), [2, 0])
    assert batch == [7, 5] == Batch(Numbers([7, 5]), [0, 1])
    assert batch != [5, 7]
    assert batch + batch == [7, 5, 7, 5]
    assert repr(batch) == "[7, 5]"
    assert 5 in batch
    with pytest.raises(TypeError, match="unhashable"):
        hash(batch)
