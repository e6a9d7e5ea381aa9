from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow
import pytest

from catenary.datasets import SubDataset, TransformDataset, tabular
from catenary.errors import ArgumentTypeError


def table() -> Any:
    """Return a table in two pieces."""
    columns = {
        "number": pyarrow.array([0, 1, 2, 3, 4], pyarrow.int32()),
        "gap": pyarrow.array([0.5, None, 2.5, 3.5, 4.5], pyarrow.float32()),
        "word": pyarrow.array(["v", "w", "x", "y", None]),
        "vector": pyarrow.array([[i, i + 0.5] for i in range(5)], pyarrow.list_(pyarrow.float64(), 2)),
        "ragged": pyarrow.array([[1], [], [2, 3], [4], [5]], pyarrow.list_(pyarrow.int64())),
        "flag": pyarrow.array([True, False, True, True, False]),
        "half": pyarrow.array(np.arange(5, dtype=np.float16)),
    }
    whole = pyarrow.table(columns)
    return pyarrow.concat_tables([whole[:2], whole[2:]])


ROWS: dict[str, list[Any]] = {
    "number": [0, 1, 2, 3, 4],
    "gap": [0.5, None, 2.5, 3.5, 4.5],
    "word": ["v", "w", "x", "y", None],
    "vector": [[0.0, 0.5], [1.0, 1.5], [2.0, 2.5], [3.0, 3.5], [4.0, 4.5]],
    "ragged": [[1], [], [2, 3], [4], [5]],
    "flag": [True, False, True, True, False],
    "half": [0.0, 1.0, 2.0, 3.0, 4.0],
}


def lists(columns: dict[str, Any]) -> dict[str, Any]:
    return {key: column.tolist() if hasattr(column, "tolist") else column for key, column in columns.items()}


def test_arrow() -> None:
    dataset = tabular.from_arrow(table())
    assert (len(dataset), dataset.keys, dataset.mode) == (5, tuple(ROWS), dict)
    columns = dataset.fetch()
    assert lists(columns) == ROWS
    kinds = {key: column.dtype for key, column in columns.items() if isinstance(column, np.ndarray)}
    assert kinds == {"number": np.int32, "vector": np.float64, "flag": np.bool_, "half": np.float16}
    assert columns["vector"].shape == (5, 2)


@pytest.mark.parametrize("index", [slice(1, 4), slice(None, None, -2), [4, 1, 1], [], slice(2, 2)])
def test_parts_of_arrow(index: Any) -> None:
    expected = {key: list(np.array(values, object)[index]) for key, values in ROWS.items() if key != "vector"}
    part = tabular.from_arrow(table()).slice[index, tuple(expected)]
    assert lists(part.fetch()) == expected


def test_rows_of_arrow() -> None:
    dataset = tabular.from_arrow(table())
    assert dataset[3]["word"] == "y"
    np.testing.assert_array_equal(dataset[-1]["vector"], [4.0, 4.5])
    assert dataset.slice[1:3, ("word", "number")].astuple()[:] == [("w", 1), ("x", 2)]
    vectors = dataset.slice[[3, 0], "vector"].fetch()
    np.testing.assert_array_equal(vectors, [[3.0, 3.5], [0.0, 0.5]], strict=True)


def test_vector_with_a_gap() -> None:
    values = [[1, 2], [None, 4]]
    column = pyarrow.array(values, pyarrow.list_(pyarrow.int64(), 2))
    assert tabular.from_arrow(pyarrow.table({"x": column})).fetch() == {"x": values}


class Reviews:
    """What a data set of Hugging Face does with indices, and nothing else."""

    def __init__(self, **columns: list[Any]) -> None:
        self.columns = columns
        self.column_names = list(columns)
        self.decoded: list[str] = []

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def select_columns(self, names: list[str]) -> Reviews:
        part = Reviews(**{name: self.columns[name] for name in names})
        part.decoded = self.decoded
        return part

    def __getitem__(self, index: Any) -> dict[str, Any]:
        self.decoded += self.column_names
        if isinstance(index, list):
            return {name: [column[i] for i in index] for name, column in self.columns.items()}
        return {name: column[index] for name, column in self.columns.items()}


def test_huggingface() -> None:
    reviews = Reviews(text=["good", "bad", "so so"], label=[1, 0, 2])
    dataset = tabular.from_huggingface(reviews)
    assert (len(dataset), dataset.keys, dataset.mode) == (3, ("text", "label"), dict)
    assert dataset[-1] == {"text": "so so", "label": 2}
    assert dataset.fetch() == {"text": ["good", "bad", "so so"], "label": [1, 0, 2]}
    assert dataset[[2, 0]] == [{"text": "so so", "label": 2}, {"text": "good", "label": 1}]
    reviews.decoded.clear()
    assert dataset.slice[1:, ("label", "label")].astuple().fetch() == ([0, 2], [0, 2])
    assert dataset.slice[1:, ()].fetch() == {}
    assert reviews.decoded == ["label"]


@pytest.mark.parametrize("function", [tabular.from_arrow, tabular.from_huggingface])
def test_something_else(function: Any) -> None:
    with pytest.raises(ArgumentTypeError, match=f"{function.__name__}: expected .*, got list"):
        function([1, 2])


def test_anything_with_a_length_and_examples_needs_no_adapter() -> None:
    reviews = Reviews(text=["good", "bad", "so so"], label=[1, 0, 2])
    labels = TransformDataset(SubDataset(reviews, 1, 3), lambda example: example["label"])
    assert labels[:] == [0, 2]
