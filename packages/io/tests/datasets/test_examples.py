from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from catenary.datasets import ConcatenatedDataset, DictDataset, SubDataset, TransformDataset, TupleDataset
from catenary.errors import ArgumentError, ArgumentTypeError

#: Data sets of five examples, and the same examples as a list.
CASES: dict[str, tuple[Any, list[Any]]] = {
    "TupleDataset": (
        TupleDataset(range(5), np.arange(5.0) * 2),
        [(0, 0.0), (1, 2.0), (2, 4.0), (3, 6.0), (4, 8.0)],
    ),
    "DictDataset": (DictDataset(a=range(5), b="vwxyz"), [{"a": i, "b": "vwxyz"[i]} for i in range(5)]),
    "ConcatenatedDataset": (ConcatenatedDataset([0, 1], [], [2, 3, 4]), [0, 1, 2, 3, 4]),
    "SubDataset": (SubDataset(range(10), 3, 8), [3, 4, 5, 6, 7]),
    "SubDataset in order": (SubDataset(range(10), 3, 8, list(range(9, -1, -1))), [6, 5, 4, 3, 2]),
    "TransformDataset": (TransformDataset(range(5), lambda x: x * x), [0, 1, 4, 9, 16]),
}
each = pytest.mark.parametrize(("dataset", "expected"), CASES.values(), ids=CASES)


@each
def test_length_and_iteration(dataset: Any, expected: list[Any]) -> None:
    assert len(dataset) == 5
    assert list(dataset) == expected


@each
@pytest.mark.parametrize("index", [0, 4, -1, -5, np.int64(2), np.uint8(3), np.array(1)])
def test_index(dataset: Any, expected: list[Any], index: Any) -> None:
    assert dataset[index] == expected[index]


@each
@pytest.mark.parametrize(
    "index", [slice(None), slice(1, 3), slice(-2, None), slice(None, None, -2), slice(3, 99), slice(4, 1)]
)
def test_slice(dataset: Any, expected: list[Any], index: slice) -> None:
    assert dataset[index] == expected[index]


@each
@pytest.mark.parametrize("index", [[0, 3], [], [-1, -1], np.array([4, 0]), np.array([1, 0, 0, 1, 0], dtype=bool)])
def test_indices(dataset: Any, expected: list[Any], index: Any) -> None:
    positions = np.arange(5)[index if len(index) else slice(0)]
    assert dataset[index] == [expected[i] for i in positions]


@each
@pytest.mark.parametrize("index", [5, -6, [0, 5], np.array([-6])])
def test_out_of_range(dataset: Any, expected: list[Any], index: Any) -> None:
    with pytest.raises(IndexError, match="is out of range for 5 examples"):
        dataset[index]


@each
@pytest.mark.parametrize("index", ["a", 1.5, None, [0.5]])
def test_what_is_no_index(dataset: Any, expected: list[Any], index: Any) -> None:
    with pytest.raises(ArgumentTypeError, match="expected an index, a slice or a list of indices"):
        dataset[index]


@each
def test_mask_of_another_length(dataset: Any, expected: list[Any]) -> None:
    with pytest.raises(ArgumentError, match=r"expected a mask of shape \(5,\), got \(4,\)"):
        dataset[np.ones(4, dtype=bool)]


def test_data_sets_of_data_sets() -> None:
    inner = TupleDataset("abcd", [1, 2, 3, 4])
    outer = TransformDataset(SubDataset(ConcatenatedDataset(inner, inner), 3, 6), lambda e: e[0] * e[1])
    assert outer[:] == ["dddd", "a", "bb"]


IMAGES = np.arange(24, dtype=np.float32).reshape(6, 2, 2)
LABELS = np.arange(6, dtype=np.int32) * 10


@pytest.mark.parametrize(
    "dataset",
    [
        TupleDataset(IMAGES, LABELS),
        DictDataset(x=IMAGES, t=LABELS),
        TupleDataset(SubDataset(IMAGES, 1, 5), SubDataset(LABELS, 0, 4)),
        SubDataset(TupleDataset(IMAGES, LABELS), 2, 6),
        SubDataset(DictDataset(x=IMAGES), 1, 5, order=[5, 4, 3, 2, 1, 0]),
        SubDataset(SubDataset(IMAGES, 0, 6, order=np.array([3, 1, 5, 0, 2, 4])), 1, 5),
    ],
)
def test_batch_of_arrays_is_the_stack_of_the_examples(dataset: Any) -> None:
    indices = np.array([3, 0, 0, 2])
    examples = [dataset[int(i)] for i in indices]
    batch = dataset.get_batch(indices)
    assert type(batch) is type(examples[0])
    if isinstance(batch, dict):
        pairs = [(batch[key], [example[key] for example in examples]) for key in examples[0]]
        assert list(batch) == list(examples[0])
    elif isinstance(batch, tuple):
        pairs = list(zip(batch, zip(*examples), strict=True))
    else:
        pairs = [(batch, examples)]
    for array, values in pairs:
        np.testing.assert_array_equal(array, np.stack(values), strict=True)


@pytest.mark.parametrize(
    "dataset",
    [
        TupleDataset(IMAGES, list(LABELS)),
        DictDataset(x=IMAGES, t=np.array(["a"] * 6, dtype=object)),
        TupleDataset(TupleDataset(IMAGES)),
        ConcatenatedDataset(IMAGES, IMAGES),
        SubDataset(list(LABELS), 0, 6),
        SubDataset(TransformDataset(IMAGES, lambda x: x + 1), 0, 6),
    ],
)
def test_no_batch_of_arrays(dataset: Any) -> None:
    assert dataset.get_batch(np.array([1, 0])) is None
