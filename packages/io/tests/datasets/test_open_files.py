"""Data sets with open files, read by threads, forked processes and copies at the same time."""

from __future__ import annotations

import multiprocessing
import pickle
import zipfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from catenary.datasets import (
    PickleDataset,
    TextDataset,
    ZippedImageDataset,
    open_pickle_dataset,
    open_pickle_dataset_writer,
)
from catenary.errors import ArgumentError

SIZE = 40


@pytest.fixture(params=["text", "pickle", "zip"])
def dataset(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """A data set whose example number `i` says `i`."""
    made: Any
    if request.param == "text":
        (tmp_path / "lines.txt").write_text("".join(f"{i}\n" for i in range(SIZE)), "ascii")
        made = TextDataset(tmp_path / "lines.txt")
    elif request.param == "pickle":
        with open_pickle_dataset_writer(tmp_path / "examples.pkl") as writer:
            for i in range(SIZE):
                writer.write(i)
        made = open_pickle_dataset(tmp_path / "examples.pkl", trust=True)
    else:
        with zipfile.ZipFile(tmp_path / "images.zip", "w") as archive:
            for i in range(SIZE):
                with archive.open(f"{i}.png", "w") as stream:
                    Image.fromarray(np.full((1, 1), i, np.uint8)).save(stream, "png")
        made = ZippedImageDataset(tmp_path / "images.zip")
    yield made
    made.close()


SHARED: Any = None


def read(i: int) -> int:
    return int(np.squeeze(SHARED[i]))


def read_given(dataset: Any, i: int) -> int:
    return int(np.squeeze(dataset[i]))


INDICES = [i % SIZE for i in range(0, 7 * 400, 7)]


def test_threads(dataset: Any) -> None:
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(read_given, [dataset] * len(INDICES), INDICES)) == INDICES


def test_forked_processes(dataset: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "SHARED", dataset)
    assert read(3) == 3  # the file is open before the fork
    with ProcessPoolExecutor(4, multiprocessing.get_context("fork")) as processes:
        assert list(processes.map(read, INDICES)) == INDICES


def test_copies(dataset: Any) -> None:
    copy = pickle.loads(pickle.dumps(dataset))
    assert [read_given(each, i) for i in (0, 39, 20) for each in (dataset, copy)] == [0, 0, 39, 39, 20, 20]
    dataset.close()
    assert read_given(copy, 5) == 5
    copy.close()


def test_one_open_pickle_file_is_shared_by_threads_and_refused_in_other_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_pickle_dataset_writer(tmp_path / "examples.pkl") as writer:
        for i in range(SIZE):
            writer.write(i)
    with PickleDataset((tmp_path / "examples.pkl").open("rb"), trust=True) as dataset:
        test_threads(dataset)
        monkeypatch.setitem(globals(), "SHARED", dataset)
        with (
            ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as processes,
            pytest.raises(ArgumentError, match=r"opened in another process.*open_pickle_dataset"),
        ):
            processes.submit(read, 0).result()
