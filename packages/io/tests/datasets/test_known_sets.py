"""Small files of the real formats, from a server on the loopback address.

The numbers that are expected follow from the bytes that the tests write; `FLOATS` is what Chainer 7.8.1 gives.
"""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import io
import re
import struct
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from catenary import datasets
from catenary.datasets import DownloadError, TupleDataset
from catenary.errors import ArgumentError, FileFormatError, MissingLibraryError
from catenary_io.datasets import cifar, mnist, ptb, sources, svhn

#: Byte -> value with scale=1.
FLOATS = {190: 0.7450980544090271, 232: 0.9098039865493774, 69: 0.2705882489681244}
#: Function -> module and name of its source.
MNISTS = {
    "get_mnist": "MNIST",
    "get_fashion_mnist": "FASHION_MNIST",
    "get_kuzushiji_mnist": "KUZUSHIJI_MNIST",
}

Serve = Callable[[Any, str, dict[str, bytes]], None]


@pytest.fixture
def serve(server: Any, root: Path, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Let a source be files on the server, with their checksums."""

    def serve(module: Any, name: str, files: dict[str, bytes]) -> None:
        server.files |= files
        sums = {
            file: f"md5:{hashlib.md5(files[file]).hexdigest()}" if known and file in files else known
            for file, known in getattr(sources, name).files.items()
        }
        source = dataclasses.replace(getattr(sources, name), addresses=(server.url,), files=sums)
        monkeypatch.setattr(module, name, source)

    return serve


def pixels(n: int, *shape: int) -> Any:
    return (np.arange(n * np.prod(shape)) % 251).astype(np.uint8).reshape(n, *shape)


def idx(array: Any, kind: int = 8) -> bytes:
    header = struct.pack(f">HBB{array.ndim}I", 0, kind, array.ndim, *array.shape)
    return gzip.compress(header + array.tobytes())


def mnist_files(n_train: int = 7, n_test: int = 3) -> dict[str, bytes]:
    return {
        f"{part}-{what}.gz": idx(array)
        for part, n in (("train", n_train), ("t10k", n_test))
        for what, array in (
            ("images-idx3-ubyte", pixels(n, 28, 28)),
            ("labels-idx1-ubyte", np.arange(n, dtype=np.uint8)[::-1]),
        )
    }


@pytest.mark.parametrize("function", MNISTS)
def test_mnist(serve: Serve, server: Any, root: Path, function: str) -> None:
    serve(mnist, MNISTS[function], mnist_files())
    train, test = getattr(datasets, function)()
    assert isinstance(train, TupleDataset)
    assert (len(train), len(test)) == (7, 3)
    image, label = train[2]
    assert (image.shape, image.dtype, label, label.dtype) == ((784,), np.float32, 4, np.int32)
    np.testing.assert_array_equal(np.round(image * 255), pixels(7, 784)[2])
    assert image[list(pixels(7, 784)[2]).index(190)] == np.float32(FLOATS[190])
    folder = root / getattr(sources, MNISTS[function]).folder
    assert {path.name for path in folder.iterdir() if path.suffix == ".gz"} == set(mnist_files())
    getattr(datasets, function)()
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ({"ndim": 2}, (28, 28)),
        ({"ndim": 3}, (1, 28, 28)),
        ({"ndim": 3, "rgb_format": True}, (3, 28, 28)),
        ({"ndim": 2, "rgb_format": True}, (28, 28)),
    ],
)
def test_shapes_of_mnist(serve: Serve, options: dict[str, Any], shape: tuple[int, ...]) -> None:
    serve(mnist, "MNIST", mnist_files())
    train, test = datasets.get_mnist(withlabel=False, scale=255, **options)
    assert (train.shape, test.shape, train.dtype) == ((7, *shape), (3, *shape), np.float32)
    expected = pixels(7, 28, 28)
    if len(shape) == 3:
        expected = np.repeat(expected[:, None], shape[0], axis=1)
    np.testing.assert_array_equal(train, expected)
    train[...] = 0  # no view of what was read


def test_dtypes_of_mnist(serve: Serve) -> None:
    serve(mnist, "MNIST", mnist_files())
    image, label = datasets.get_mnist(scale=2.0, dtype=np.float64, label_dtype=np.int64)[0][0]
    np.testing.assert_allclose(image, pixels(7, 784)[0] * (2 / 255), rtol=1e-15)
    assert label.dtype == np.int64
    assert datasets.get_mnist(scale=255, dtype=np.uint8)[0][0][0].tolist() == pixels(7, 784)[0].tolist()
    with pytest.raises(
        ArgumentError, match="get_mnist: expected a floating-point dtype unless scale is 255, got uint8"
    ):
        datasets.get_mnist(dtype=np.uint8)


@pytest.mark.parametrize(
    ("function", "ndim"), [*((name, 4) for name in MNISTS), ("get_cifar10", 2), ("get_cifar100", 0)]
)
def test_ndim(root: Path, function: str, ndim: int) -> None:
    with pytest.raises(ArgumentError, match=f"{function}: expected ndim to be 1.* or 3, got {ndim}"):
        getattr(datasets, function)(ndim=ndim)


def test_names_of_classes() -> None:
    assert len(datasets.get_fashion_mnist_labels()) == 10
    assert datasets.get_fashion_mnist_labels()[-1] == "Ankle boot"
    assert datasets.get_kuzushiji_mnist_labels()[::9] == [("o", "お"), ("wo", "を")]
    assert len(datasets.get_kuzushiji_mnist_labels()) == 10


GOOD = idx(pixels(7, 28, 28))
HUGE = gzip.compress(struct.pack(">HBB3I", 0, 8, 3, 2**31, 28, 28))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (GOOD[:-20], "is damaged"),
        (b"words", "is damaged"),
        (gzip.compress(b"ab"), "is damaged"),
        (gzip.compress(gzip.decompress(GOOD)[:-1]), "should hold 5488 bytes"),
        (gzip.compress(gzip.decompress(GOOD) + b"x"), "should hold 5488 bytes"),
        (idx(pixels(7, 28, 28), kind=9), "is no IDX file of bytes"),
        (HUGE, "is no IDX file of bytes"),
        (idx(pixels(7, 27, 28)), r"expected images of shape \(n, 28, 28\)"),
        (idx(pixels(6, 28, 28)), r"got \(6, 28, 28\) and \(7,\)"),
    ],
)
def test_damaged_idx_files(serve: Serve, data: bytes, message: str) -> None:
    serve(mnist, "MNIST", mnist_files() | {"train-images-idx3-ubyte.gz": data})
    with pytest.raises(FileFormatError, match=rf"get_mnist: .*{message}"):
        datasets.get_mnist()


def test_file_with_another_checksum(serve: Serve, server: Any, root: Path) -> None:
    serve(mnist, "MNIST", mnist_files())
    server.files["train-images-idx3-ubyte.gz"] = idx(pixels(8, 28, 28))
    with pytest.raises(DownloadError, match=r"put the file here by hand: .*mnist/train-images-idx3-ubyte\.gz \(md5:"):
        datasets.get_mnist()


def tar(files: dict[str, bytes], extra: list[tarfile.TarInfo] | None = None) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        for entry in extra or []:
            archive.addfile(entry)
    return stream.getvalue()


def records(n: int, n_labels: int, first: int) -> bytes:
    """Return records whose labels count on from `first`; the coarse ones, which come before, are 99."""
    labels = np.full((n, n_labels), 99, np.uint8)
    labels[:, -1] = np.arange(first, first + n)
    return np.concatenate([labels, pixels(n, 3072)], axis=1).tobytes()


def cifar10_files() -> dict[str, bytes]:
    batches = {f"cifar-10-batches-bin/data_batch_{i}.bin": records(2, 1, 2 * i) for i in (5, 1, 2, 4, 3)}
    return {
        "cifar-10-batches-bin/readme.html": b"x",
        **batches,
        "cifar-10-batches-bin/test_batch.bin": records(3, 1, 0),
    }


def cifar100_files() -> dict[str, bytes]:
    return {"cifar-100-binary/test.bin": records(3, 2, 0), "cifar-100-binary/train.bin": records(4, 2, 90)}


def test_cifar10(serve: Serve) -> None:
    serve(cifar, "CIFAR", {"cifar-10-binary.tar.gz": tar(cifar10_files())})
    train, test = datasets.get_cifar10()
    assert [int(label) for _, label in train] == list(range(2, 12))
    assert [int(label) for _, label in test] == [0, 1, 2]
    image, label = train[3]
    assert (image.shape, image.dtype, label.dtype) == ((3, 32, 32), np.float32, np.int32)
    expected = pixels(2, 3, 32, 32)[1]
    np.testing.assert_array_equal(np.round(image * 255), expected)
    assert image.ravel()[list(expected.ravel()).index(232)] == np.float32(FLOATS[232])
    flat, _ = datasets.get_cifar10(withlabel=False, ndim=1, scale=255)
    np.testing.assert_array_equal(flat[2], pixels(2, 3072)[0])


def test_cifar100_has_the_fine_labels(serve: Serve) -> None:
    serve(cifar, "CIFAR", {"cifar-100-binary.tar.gz": tar(cifar100_files())})
    train, test = datasets.get_cifar100(scale=255)
    assert [int(label) for _, label in train] == [90, 91, 92, 93]
    assert [int(label) for _, label in test] == [0, 1, 2]
    np.testing.assert_array_equal(test[2][0], pixels(3, 3, 32, 32)[2])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (tar(cifar100_files())[:-50], "is damaged"),
        (b"words", "is damaged"),
        (tar({"cifar-100-binary/test.bin": records(3, 2, 0)}), r"there is no file cifar-100-binary/train\.bin"),
        (tar(cifar100_files() | {"cifar-100-binary/test.bin": b"cut"}), "do not hold whole pictures"),
    ],
)
def test_damaged_archives(serve: Serve, data: bytes, message: str) -> None:
    serve(cifar, "CIFAR", {"cifar-100-binary.tar.gz": data})
    with pytest.raises(FileFormatError, match=rf"get_cifar100: .*{message}"):
        datasets.get_cifar100()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_links_and_paths_outside_are_not_followed(serve: Serve, root: Path, kind: bytes) -> None:
    link = tarfile.TarInfo("cifar-100-binary/train.bin")
    link.type, link.linkname = kind, "../secret.bin"
    root.mkdir()
    (root / "secret.bin").write_bytes(records(4, 2, 0))
    files = {"../outside.bin": b"x", "/tmp/outside.bin": b"x", "cifar-100-binary/test.bin": records(3, 2, 0)}
    serve(cifar, "CIFAR", {"cifar-100-binary.tar.gz": tar(files, [link])})
    before = {path for path in root.parent.rglob("*") if "cifar" not in str(path)}
    with pytest.raises(FileFormatError, match=r"there is no file cifar-100-binary/train\.bin"):
        datasets.get_cifar100()
    assert {path for path in root.parent.rglob("*") if "cifar" not in str(path)} == before


def matlab(n: int, **changes: Any) -> bytes:
    from scipy.io import savemat

    stream = io.BytesIO()
    labels = (np.arange(n) % 10 + 1).astype(np.uint8)[:, None]
    savemat(stream, {"X": pixels(n, 3, 32, 32).transpose(2, 3, 1, 0), "y": labels} | changes)
    return stream.getvalue()


def test_svhn(serve: Serve, server: Any) -> None:
    serve(svhn, "SVHN", {f"{part}_32x32.mat": matlab(n) for part, n in (("train", 12), ("test", 3), ("extra", 2))})
    train, test = datasets.get_svhn()
    assert [int(label) for _, label in train] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2]
    image, label = train[11]
    assert (image.shape, image.dtype, label.dtype, len(test)) == ((3, 32, 32), np.float32, np.int32, 3)
    expected = pixels(12, 3, 32, 32)[11]
    np.testing.assert_array_equal(np.round(image * 255), expected)
    assert image.ravel()[list(expected.ravel()).index(69)] == np.float32(FLOATS[69])
    assert [name for name, _ in server.requests] == ["train_32x32.mat", "test_32x32.mat"]
    parts = datasets.get_svhn(withlabel=False, scale=255, add_extra=True)
    assert [part.shape for part in parts] == [(12, 3, 32, 32), (3, 3, 32, 32), (2, 3, 32, 32)]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"words", "cannot be read"),
        (matlab(3, X=np.zeros((32, 32, 3, 2), np.uint8)), "got .* and 3"),
        (matlab(3, X=np.zeros((32, 32, 3, 3))), "expected images"),
        (matlab(3, X=np.zeros((32, 32), np.uint8)), "cannot be read"),
    ],
)
def test_damaged_matlab_files(serve: Serve, data: bytes, message: str) -> None:
    serve(svhn, "SVHN", {"train_32x32.mat": data})
    with pytest.raises(FileFormatError, match=rf"get_svhn: .*{message}"):
        datasets.get_svhn()


def test_scipy_is_missing(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    monkeypatch.setitem(__import__("sys").modules, "scipy.io", None)
    with pytest.raises(MissingLibraryError, match=r"get_svhn: SciPy .*pip install 'catenary-io\[svhn\]'"):
        datasets.get_svhn()


TEXTS = {"ptb.train.txt": b" a b c \n b d \n", "ptb.valid.txt": b" c a \n", "ptb.test.txt": b" d b d \n"}


@pytest.fixture
def words(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(ptb, "PTB", TEXTS)
    monkeypatch.setattr(ptb, "WORDS", {"train": 7, "valid": 3, "test": 4})
    monkeypatch.setattr(ptb, "VOCABULARY", 5)


@pytest.mark.usefixtures("words")
def test_ptb() -> None:
    """The numbers are those that Chainer 7.8.1 gives for these texts."""
    train, valid, test = datasets.get_ptb_words()
    assert (train.tolist(), valid.tolist(), test.tolist()) == ([0, 1, 2, 3, 1, 4, 3], [2, 0, 3], [4, 1, 4, 3])
    assert {part.dtype for part in (train, valid, test)} == {np.dtype(np.int32)}
    assert list(datasets.get_ptb_words_vocabulary().items()) == [("a", 0), ("b", 1), ("c", 2), ("<eos>", 3), ("d", 4)]


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize(
    ("part", "text", "message"),
    [
        ("train", b"<html> not found </html>", "should have 7 words, it has 5"),
        ("train", b" a b c \n b b \n", "should have 5 different words, it has 4"),
        ("test", b" d e d \n", "has words that are not in the training text"),
        ("valid", b"\xff\xfe \n" * 2, "should have 3 words, it has 4"),
    ],
)
def test_wrong_texts_are_deleted(server: Any, root: Path, part: str, text: bytes, message: str) -> None:
    server.files[f"ptb.{part}.txt"] = text
    with pytest.raises(FileFormatError, match=rf"ptb\.{part}\.txt {message}; it was deleted"):
        datasets.get_ptb_words()
    assert not (root / "ptb" / f"ptb.{part}.txt").exists()
    server.files |= TEXTS
    assert len(datasets.get_ptb_words()) == 3


def test_counts_of_the_real_text() -> None:
    assert ptb.WORDS == {"train": 887_521 + 42_068, "valid": 70_390 + 3_370, "test": 78_669 + 3_761}  # and sentences


def test_table_of_the_real_files() -> None:
    tables = [value for value in vars(sources).values() if isinstance(value, sources.Source)]
    assert len({table.folder for table in tables}) == len(tables) == 6
    sums = [(name, known) for table in tables for name, known in table.files.items()]
    assert all(re.fullmatch(r"md5:[0-9a-f]{32}", known) for name, known in sums if known is not None)
    assert [name for name, known in sums if known is None] == ["ptb.train.txt", "ptb.valid.txt", "ptb.test.txt"]
    assert len({known for _, known in sums if known}) == 12 + 2 + 3
    assert all(address.endswith("/") for table in tables for address in table.addresses)
