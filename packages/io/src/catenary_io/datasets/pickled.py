"""Data sets in files of pickles, one after the other."""

from __future__ import annotations

import functools
import pickle
from types import TracebackType
from typing import IO, Any, Self

from catenary.errors import ArgumentError, ArgumentTypeError, FileFormatError
from catenary_io.datasets.examples import ExampleSequence
from catenary_io.datasets.images import PathLike
from catenary_io.datasets.open_files import FilePerThread, OneFile

_ADVICE = "open_pickle_dataset(path) opens the file in each process"


class PickleDataset(ExampleSequence):
    """Read examples that `PickleDatasetWriter` has written.

    All examples are unpickled once when the data set is made, to learn where each begins. Unpickling runs code
    that the file names, so a file from somebody else can do whatever you can; without `trust=True` nothing
    is read. Arrays are better kept in NPZ or HDF5 files, which run nothing.

    Threads take turns at the file, and worker processes cannot use it; `open_pickle_dataset` gives a
    data set without these limits.

    Args:
        reader: A file that is open for reading bytes, and can seek.
        trust: Whether you trust everybody who could have changed the file.

    Raises:
        ArgumentError: If `trust` is not True, or the file cannot seek.
        FileFormatError: If the file is damaged.

    Example:
        >>> import io
        >>> from catenary.datasets import PickleDataset, PickleDatasetWriter
        >>> stream = io.BytesIO()
        >>> writer = PickleDatasetWriter(stream)
        >>> writer.write("one")
        >>> writer.write(2)
        >>> PickleDataset(stream, trust=True)[:]
        ['one', 2]
    """

    def __init__(self, reader: IO[bytes], *, trust: bool = False) -> None:
        _check_trust("PickleDataset", trust)
        if not hasattr(reader, "seekable"):
            raise ArgumentTypeError(f"PickleDataset: expected an open binary file, got {type(reader).__name__}")
        if not reader.seekable():
            raise ArgumentError("PickleDataset: expected a file that can seek, got one that cannot")
        self._read_from(OneFile(reader, "PickleDataset", _ADVICE))

    def _read_from(self, file: OneFile | FilePerThread) -> None:
        self._file = file
        try:
            with file.using() as stream:
                self._starts = _find_examples(stream)
        except BaseException:
            file.close()
            raise

    def __len__(self) -> int:
        return len(self._starts)

    def get_example(self, index: int) -> Any:
        """Unpickle example number `index`."""
        with self._file.using() as stream:
            stream.seek(self._starts[index])
            return pickle.load(stream)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class PickleDatasetWriter:
    """Write examples, one by one, to a file that `PickleDataset` reads.

    Args:
        writer: A file that is open for writing bytes.
        protocol: Protocol of pickle.

    Example:
        >>> import io
        >>> from catenary.datasets import PickleDatasetWriter
        >>> stream = io.BytesIO()
        >>> PickleDatasetWriter(stream, protocol=0).write(3)
        >>> stream.getvalue()
        b'I3\\n.'
    """

    def __init__(self, writer: IO[bytes], protocol: int = 5) -> None:
        if not hasattr(writer, "write"):
            raise ArgumentTypeError(f"PickleDatasetWriter: expected an open binary file, got {type(writer).__name__}")
        self._writer = writer
        self._protocol = protocol

    def write(self, x: Any) -> None:
        """Write one example.

        Args:
            x: Anything that can be pickled.
        """
        # Not pickle.dump: what cannot be pickled must not leave half of itself in the file.
        self._writer.write(pickle.dumps(x, self._protocol))

    def flush(self) -> None:
        """Hand over to the system what has been written."""
        self._writer.flush()

    def close(self) -> None:
        """Close the file."""
        self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def open_pickle_dataset(path: PathLike, *, trust: bool = False) -> PickleDataset:
    """Open a file of examples that `open_pickle_dataset_writer` has made.

    Each thread and each worker process opens the file for itself. Use it in a `with` statement, or close it.

    Args:
        path: Name of the file.
        trust: Whether you trust everybody who could have changed the file: reading it runs code that it names.

    Returns:
        The data set.

    Raises:
        ArgumentError: If `trust` is not True.
        FileFormatError: If the file is damaged.

    Example:
        >>> import os, tempfile
        >>> from catenary.datasets import open_pickle_dataset, open_pickle_dataset_writer
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     name = os.path.join(folder, "examples.pkl")
        ...     with open_pickle_dataset_writer(name) as writer:
        ...         writer.write(("x", 1))
        ...     with open_pickle_dataset(name, trust=True) as dataset:
        ...         dataset[0]
        ('x', 1)
    """
    _check_trust("open_pickle_dataset", trust)
    dataset = PickleDataset.__new__(PickleDataset)
    dataset._read_from(FilePerThread(functools.partial(open, path, "rb"), "PickleDataset"))
    return dataset


def open_pickle_dataset_writer(path: PathLike, protocol: int = 5) -> PickleDatasetWriter:
    """Make a file, and write examples to it one by one.

    Args:
        path: Name of the file; an old one is replaced.
        protocol: Protocol of pickle.

    Returns:
        The writer; use it in a `with` statement, or close it.

    Example:
        >>> import os, tempfile
        >>> from catenary.datasets import open_pickle_dataset_writer
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with open_pickle_dataset_writer(os.path.join(folder, "examples.pkl")) as writer:
        ...         writer.write([1, 2])
    """
    return PickleDatasetWriter(open(path, "wb"), protocol)


def _check_trust(caller: str, trust: bool) -> None:
    if trust is not True:
        raise ArgumentError(
            f"{caller}: reading pickles runs code that the file names, so the file can do whatever you can; "
            "pass trust=True if you trust everybody who could have changed it"
        )


def _find_examples(stream: IO[bytes]) -> list[int]:
    """Return where each example begins."""
    starts: list[int] = []
    stream.seek(0)
    while True:
        start = stream.tell()
        if not stream.read(1):
            return starts
        stream.seek(start)
        try:
            pickle.load(stream)
        except (pickle.UnpicklingError, EOFError) as error:
            raise FileFormatError(f"PickleDataset: example {len(starts)} is damaged: {error}") from error
        starts.append(start)
