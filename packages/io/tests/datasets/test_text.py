"""The lines that are expected are what Chainer 7.8.1 gives for the same files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catenary.datasets import TextDataset
from catenary.errors import ArgumentError


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(name: str, text: str, encoding: str = "utf-8") -> str:
        (tmp_path / name).write_bytes(text.encode(encoding))
        return str(tmp_path / name)

    return write


def test_lines_keep_their_ends(write: Any) -> None:
    dataset = TextDataset(write("a.txt", "a\nb\n\nlast"), encoding="utf-8")
    assert dataset[:] == ["a\n", "b\n", "\n", "last"]
    assert dataset[-1] == "last"
    assert [dataset[i] for i in (3, 0, 1)] == ["last", "a\n", "b\n"]
    dataset.close()


@pytest.mark.parametrize(
    ("newline", "lines"),
    [
        (None, ["a\n", "b\n", "c"]),
        ("", ["a\r\n", "b\r", "c"]),
        ("\n", ["a\r\n", "b\rc"]),
        ("\r", ["a\r", "\nb\r", "c"]),
    ],
)
def test_ends_of_lines(write: Any, newline: str | None, lines: list[str]) -> None:
    dataset = TextDataset(write("a.txt", "a\r\nb\rc"), newline=newline)
    assert dataset[:] == lines
    dataset.close()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig", "utf-32", "shift_jis"])
def test_encodings(write: Any, encoding: str) -> None:
    lines = [f"строка {i}\n" for i in range(3000)]  # longer than what is read at a time
    dataset = TextDataset(write("a.txt", "".join(lines), encoding), encoding=encoding)
    assert dataset[2999] == lines[2999]
    assert dataset[0] == lines[0]
    assert dataset[:] == lines
    dataset.close()


def test_errors(write: Any) -> None:
    path = write("a.txt", "é\nb\n", "latin-1")
    with pytest.raises(UnicodeDecodeError):
        TextDataset(path, encoding="utf-8")
    dataset = TextDataset(path, encoding="utf-8", errors="ignore")
    assert dataset[:] == ["\n", "b\n"]
    dataset.close()


def test_several_files(write: Any) -> None:
    paths = [write("a.txt", "1\n2\n"), Path(write("b.txt", "é\nü\n", "latin-1"))]
    dataset = TextDataset(paths, encoding=["ascii", "latin-1"])
    assert dataset[:] == [("1\n", "é\n"), ("2\n", "ü\n")]
    dataset.close()


def test_filter(write: Any) -> None:
    a, b = write("a.txt", "0\n1\n2\n3\n"), write("b.txt", "x\ny\ny\nx\n")
    dataset = TextDataset([a, b], filter_func=lambda number, letter: letter == "x\n" and number != "0\n")
    assert (len(dataset), dataset[0]) == (1, ("3\n", "x\n"))
    dataset.close()


def test_empty_file(write: Any) -> None:
    dataset = TextDataset(write("a.txt", ""))
    assert dataset[:] == []
    dataset.close()


def test_wrong_files(write: Any) -> None:
    with pytest.raises(ArgumentError, match="TextDataset: expected one file or more, got none"):
        TextDataset([])
    with pytest.raises(ArgumentError, match="one number of lines; file 1 ends before line 2"):
        TextDataset([write("a.txt", "1\n2\n"), write("b.txt", "1\n")])
    with pytest.raises(ArgumentError, match="expected one encoding for each of 1 files"):
        TextDataset([write("a.txt", "")], encoding=["ascii", "ascii"])
    with pytest.raises(FileNotFoundError):
        TextDataset("no such file")


def test_closed(write: Any) -> None:
    dataset = TextDataset(write("a.txt", "1\n"))
    dataset.close()
    dataset.close()
    with pytest.raises(ArgumentError, match="TextDataset: the data set is closed"):
        dataset[0]
