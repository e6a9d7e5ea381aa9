"""Data sets of lines of text files."""

from __future__ import annotations

import functools
import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from catenary.errors import ArgumentError
from catenary_io.datasets.examples import ExampleSequence
from catenary_io.datasets.images import PathLike
from catenary_io.datasets.open_files import FilePerThread


class TextDataset(ExampleSequence):
    """Read the lines of text files, when they are asked for; an example is a line with its end.

    With several files, such as the two languages of a translation, an example is a tuple with one line of each.
    Only where lines begin is kept in memory. Each thread and each worker process opens the files for itself.

    Args:
        paths: Name of a file, or a list of names.
        encoding: Encoding of the files, as for `open`; a list gives one per file.
        errors: What is done about bytes that cannot be decoded, as for `open`; a list gives one per file.
        newline: What ends a line, as for `open`; a list gives one per file.
        filter_func: Takes the lines of an example, one argument per file, and says whether it belongs to
            the data set.

    Raises:
        ArgumentError: If there is no file, or the files have different numbers of lines.

    Example:
        >>> import os, tempfile
        >>> from catenary.datasets import TextDataset
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     name = os.path.join(folder, "words.txt")
        ...     with open(name, "w") as file:
        ...         _ = file.write("one\\ntwo\\n")
        ...     dataset = TextDataset(name)
        ...     dataset[1], len(dataset)
        ...     dataset.close()
        ('two\\n', 2)
    """

    def __init__(
        self,
        paths: PathLike | Sequence[PathLike],
        encoding: str | Sequence[str | None] | None = None,
        errors: str | Sequence[str | None] | None = None,
        newline: str | Sequence[str | None] | None = None,
        filter_func: Callable[..., Any] | None = None,
    ) -> None:
        names = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
        if not names:
            raise ArgumentError("TextDataset: expected one file or more, got none")
        options = [
            _per_file(name, value, len(names))
            for name, value in (("encoding", encoding), ("errors", errors), ("newline", newline))
        ]
        self._files = [
            FilePerThread(functools.partial(open, path, "r", -1, *how), "TextDataset")
            for path, *how in zip(names, *options)
        ]
        self._starts = self._find_lines(filter_func)

    def _find_lines(self, filter_func: Callable[..., Any] | None) -> list[tuple[int, ...]]:
        """Return where the lines of each example begin."""
        starts = []
        for number, found in enumerate(itertools.zip_longest(*map(_lines, self._files)), 1):
            if None in found:
                raise ArgumentError(
                    f"TextDataset: expected files with one number of lines; file {found.index(None)} ends "
                    f"before line {number}, others do not"
                )
            if filter_func is None or filter_func(*[line for _, line in found]):
                starts.append(tuple([start for start, _ in found]))
        return starts

    def __len__(self) -> int:
        return len(self._starts)

    def get_example(self, i: int) -> str | tuple[str, ...]:
        """Return the line, or the tuple of lines, of example number `i`."""
        lines = [_read_line(file, start) for file, start in zip(self._files, self._starts[i])]
        return lines[0] if len(lines) == 1 else tuple(lines)

    def close(self) -> None:
        """Close the files."""
        for file in self._files:
            file.close()


def _lines(file: FilePerThread) -> Iterator[tuple[int, str]]:
    """Yield where each line begins, and the line."""
    with file.using() as stream:
        while True:
            start = stream.tell()
            line = stream.readline()
            if not line:
                return
            yield start, line


def _read_line(file: FilePerThread, start: int) -> str:
    with file.using() as stream:
        stream.seek(start)
        line: str = stream.readline()
        return line


def _per_file(name: str, value: Any, n_files: int) -> Sequence[Any]:
    """Return one value per file."""
    if value is None or isinstance(value, str):
        return [value] * n_files
    if len(value) != n_files:
        raise ArgumentError(f"TextDataset: expected one {name} for each of {n_files} files, got {value!r}")
    return list(value)
