from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any

import pytest

from catenary.datasets import PickleDataset, PickleDatasetWriter, open_pickle_dataset, open_pickle_dataset_writer
from catenary.errors import ArgumentError, ArgumentTypeError, FileFormatError

EXAMPLES = [1, "two", (3, [4, 5]), None, {"six": 7.5}]


class Bomb:
    def __reduce__(self) -> Any:
        return exec, ("raise SystemError('the code of the file was run')",)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with open_pickle_dataset_writer(tmp_path / "examples.pkl") as writer:
        for example in EXAMPLES:
            writer.write(example)
    return tmp_path / "examples.pkl"


def test_the_file_is_pickles_one_after_the_other(path: Path) -> None:
    """As in Chainer, whose files are read and which reads these."""
    assert path.read_bytes() == b"".join(pickle.dumps(example, 5) for example in EXAMPLES)


def test_reading(path: Path) -> None:
    with open_pickle_dataset(path, trust=True) as dataset:
        assert len(dataset) == 5
        assert dataset[2] == (3, [4, 5])
        assert dataset[:] == EXAMPLES
        assert dataset[[4, -5]] == [EXAMPLES[4], EXAMPLES[0]]


def test_open_files() -> None:
    stream = io.BytesIO()
    writer = PickleDatasetWriter(stream, protocol=2)
    for example in EXAMPLES:
        writer.write(example)
    writer.flush()
    assert stream.getvalue() == b"".join(pickle.dumps(example, 2) for example in EXAMPLES)
    with PickleDataset(stream, trust=True) as dataset:
        assert dataset[:] == EXAMPLES
    assert stream.closed
    with pytest.raises(ArgumentError, match="PickleDataset: the file is closed"):
        dataset[0]


@pytest.mark.parametrize("trust", [{}, {"trust": False}, {"trust": 1}])
def test_nothing_is_read_without_trust(tmp_path: Path, trust: Any) -> None:
    (tmp_path / "bomb.pkl").write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(ArgumentError, match=r"open_pickle_dataset: reading pickles runs code .* trust=True"):
        open_pickle_dataset(tmp_path / "bomb.pkl", **trust)
    with pytest.raises(ArgumentError, match=r"PickleDataset: reading pickles runs code .* trust=True"):
        PickleDataset(io.BytesIO(pickle.dumps(Bomb())), **trust)
    with pytest.raises(SystemError, match="was run"):
        open_pickle_dataset(tmp_path / "bomb.pkl", trust=True)


def test_trust_is_not_given_by_position(path: Path) -> None:
    with pytest.raises(TypeError):
        open_pickle_dataset(path, True)  # type: ignore[misc]


def test_damaged_file(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(FileFormatError, match="PickleDataset: example 4 is damaged"):
        open_pickle_dataset(path, trust=True)


def test_what_cannot_be_pickled_leaves_nothing_in_the_file() -> None:
    stream = io.BytesIO()
    writer = PickleDatasetWriter(stream)
    with pytest.raises((pickle.PicklingError, AttributeError, TypeError)):
        writer.write([1, lambda: None])
    assert stream.getvalue() == b""


def test_wrong_files() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    with pytest.raises(ArgumentError, match="PickleDataset: expected a file that can seek"):
        PickleDataset(Pipe(), trust=True)
    with pytest.raises(ArgumentTypeError, match="PickleDataset: expected an open binary file, got int"):
        PickleDataset(5, trust=True)  # type: ignore[arg-type]
    with pytest.raises(ArgumentTypeError, match="PickleDatasetWriter: expected an open binary file, got int"):
        PickleDatasetWriter(5)  # type: ignore[arg-type]
