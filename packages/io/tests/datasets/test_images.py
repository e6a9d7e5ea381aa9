"""The arrays that are expected are the very pixels that the tests write, as Chainer 7.8.1 reads such files."""

from __future__ import annotations

import importlib
import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import catenary
from catenary.datasets import (
    ImageDataset,
    LabeledImageDataset,
    LabeledZippedImageDataset,
    MultiZippedImageDataset,
    ZippedImageDataset,
)
from catenary.errors import ArgumentTypeError, FileFormatError, MissingLibraryError

#: Name of a file -> its pixels (height, width) or (height, width, channels).
PIXELS: dict[str, Any] = {
    "grey.png": np.arange(12, dtype=np.uint8).reshape(3, 4),
    "alpha.png": np.arange(24, dtype=np.uint8).reshape(3, 4, 2),
    "color.png": np.arange(36, dtype=np.uint8).reshape(3, 4, 3),
    "both.png": np.arange(48, dtype=np.uint8).reshape(3, 4, 4),
    "deep.png": np.arange(12, dtype=np.uint16).reshape(3, 4) * 5000,
}


def channels_first(name: str) -> Any:
    pixels = PIXELS[name]
    return pixels[None] if pixels.ndim == 2 else np.moveaxis(pixels, -1, 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, pixels in PIXELS.items():
        Image.fromarray(pixels).save(tmp_path / name)
    return tmp_path


def pack(path: Path, names: list[str], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.mkdir("sub")
        for name in names:
            archive.write(path.with_name(name), f"sub/{name}")
    return path


@pytest.mark.parametrize("name", PIXELS)
def test_pixels(folder: Path, name: str) -> None:
    image = ImageDataset([name], folder)[0]
    assert image.dtype == np.float32
    np.testing.assert_array_equal(image, channels_first(name))


def test_palettes_give_their_indices(folder: Path) -> None:
    image = Image.fromarray(PIXELS["grey.png"])
    image.putpalette(list(range(256)) * 3)
    image.save(folder / "palette.png")
    np.testing.assert_array_equal(ImageDataset(["palette.png"], folder)[0], channels_first("grey.png"))


def test_list_in_a_file(folder: Path) -> None:
    names = folder / "names.txt"
    names.write_text("color.png\n\n both.png \n", "utf-8")
    dataset = ImageDataset(names, str(folder), np.uint8)
    assert [(image.shape, image.dtype) for image in dataset] == [((3, 3, 4), np.uint8), ((4, 3, 4), np.uint8)]


def test_dtype_follows_the_setting_when_the_data_set_is_made(folder: Path) -> None:
    with catenary.using_config("dtype", np.float16):
        dataset = ImageDataset(["grey.png"], folder)
    assert dataset[0].dtype == np.float16


def test_labels_of_a_list(folder: Path) -> None:
    dataset = LabeledImageDataset([("grey.png", 3), (Path("color.png"), [1, 2])], folder, label_dtype=np.int64)
    (image, label), (_, labels) = dataset
    np.testing.assert_array_equal(image, channels_first("grey.png"))
    assert isinstance(label, np.ndarray)
    assert (label.shape, label.dtype, int(label)) == ((), np.int64, 3)
    assert labels.tolist() == [1, 2]


def test_labels_of_a_file(folder: Path) -> None:
    (folder / "pairs.txt").write_text("grey.png 3\n\ncolor.png\t-1 \n", "utf-8")
    dataset = LabeledImageDataset(str(folder / "pairs.txt"), folder)
    assert [(image.shape, int(label), label.dtype) for image, label in dataset] == [
        ((1, 3, 4), 3, np.int32),
        ((3, 3, 4), -1, np.int32),
    ]


@pytest.mark.parametrize("line", ["grey.png", "grey.png 1 2", "grey.png 1.5", "a grey.png 1"])
def test_line_that_is_no_pair(folder: Path, line: str) -> None:
    (folder / "pairs.txt").write_text(f"grey.png 3\n{line}\n", "utf-8")
    with pytest.raises(FileFormatError, match=rf"LabeledImageDataset: .*pairs.txt, line 2: .* got '{line}'"):
        LabeledImageDataset(folder / "pairs.txt")


def test_element_that_is_no_pair() -> None:
    with pytest.raises(ArgumentTypeError, match=r"LabeledImageDataset: expected pairs .* got 'a\.png'"):
        LabeledImageDataset(["a.png"])  # type: ignore[list-item]


def test_element_that_is_no_name() -> None:
    with pytest.raises(ArgumentTypeError, match=r"ImageDataset: expected names of files, got \('a\.png', 1\)"):
        ImageDataset([("a.png", 1)])  # type: ignore[list-item]


def test_missing_file(folder: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nothing"):
        ImageDataset(["nothing.png"], folder)[0]


@pytest.mark.parametrize("data", [b"", b"words", b"\x89PNG\r\n\x1a\n" + b"x" * 50, "cut"])
def test_damaged_file(folder: Path, data: Any) -> None:
    if data == "cut":
        data = (folder / "color.png").read_bytes()[:50]
    (folder / "bad.png").write_bytes(data)
    with pytest.raises(FileFormatError, match=r"ImageDataset: .*bad\.png cannot be read as an image"):
        ImageDataset(["bad.png"], folder)[0]


def test_image_out_of_proportion(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 4)
    with pytest.raises(FileFormatError, match="decompression bomb"):
        ImageDataset(["grey.png"], folder)[0]


def test_formats_that_run_programs_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a.eps").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 4 3\n%%EndComments\nshowpage\n%%EOF\n")
    monkeypatch.setattr("subprocess.check_call", lambda *a, **k: pytest.fail("a program was run"))
    with pytest.raises(FileFormatError, match="cannot identify"):
        ImageDataset(["a.eps"], folder)[0]


def test_pillow_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.import_module

    def without_pillow(name: str) -> Any:
        if name.startswith("PIL"):
            raise ModuleNotFoundError(name)
        return real(name)

    monkeypatch.setattr("importlib.import_module", without_pillow)
    with pytest.raises(MissingLibraryError, match=r"ImageDataset: .*pip install 'catenary-io\[images\]'"):
        ImageDataset(["a.png"])


def test_zip(folder: Path) -> None:
    dataset = ZippedImageDataset(pack(folder / "a.zip", ["color.png", "grey.png"]), np.uint8)
    assert len(dataset) == 2
    assert dataset[1].dtype == np.uint8
    np.testing.assert_array_equal(dataset[0], channels_first("color.png"))
    np.testing.assert_array_equal(dataset["sub/grey.png"], channels_first("grey.png"))
    np.testing.assert_array_equal(dataset[[-1]][0], channels_first("grey.png"))
    dataset.close()


def test_several_zips(folder: Path) -> None:
    names = [["color.png", "grey.png"], [], ["both.png"]]
    archives = [str(pack(folder / f"{i}.zip", part)) for i, part in enumerate(names)]
    dataset = MultiZippedImageDataset(archives)
    for image, name in zip(dataset, [*names[0], *names[2]], strict=True):
        np.testing.assert_array_equal(image, channels_first(name))
    dataset.close()


def test_zip_with_labels(folder: Path) -> None:
    pack(folder / "a.zip", ["color.png", "grey.png"])
    (folder / "labels.txt").write_text("sub/grey.png 3\nsub/color.png 1\n", "utf-8")
    dataset = LabeledZippedImageDataset(folder / "a.zip", folder / "labels.txt", label_dtype=np.int64)
    assert [(image.shape, int(label), label.dtype) for image, label in dataset] == [
        ((1, 3, 4), 3, np.int64),
        ((3, 3, 4), 1, np.int64),
    ]
    dataset.close()


def test_nothing_is_unpacked_to_disk(folder: Path) -> None:
    dataset = ZippedImageDataset(pack(folder / "a.zip", ["color.png"]))
    before = set(folder.rglob("*"))
    assert dataset[0].shape == (3, 3, 4)
    assert set(folder.rglob("*")) == before
    dataset.close()


def test_name_that_is_not_in_the_zip(folder: Path) -> None:
    dataset = ZippedImageDataset(pack(folder / "a.zip", ["color.png"]))
    with pytest.raises(KeyError, match=r"ZippedImageDataset: there is no x\.png of .*a\.zip"):
        dataset["x.png"]
    dataset.close()


def test_no_zip(folder: Path) -> None:
    for make in (ZippedImageDataset, lambda path: LabeledZippedImageDataset(path, [("a", 1)])[0]):
        with pytest.raises(FileFormatError, match=r"ZippedImageDataset: .*grey\.png is no zip file"):
            make(folder / "grey.png")


def test_zip_with_damaged_data(folder: Path) -> None:
    stored = pack(folder / "b.zip", ["color.png"], zipfile.ZIP_STORED)
    data = bytearray(stored.read_bytes())
    data[data.index(b"IDAT") + 10] ^= 0xFF
    stored.write_bytes(data)
    dataset = ZippedImageDataset(stored)
    with pytest.raises(FileFormatError, match=r"sub/color\.png of .*b\.zip cannot be unpacked: Bad CRC-32"):
        dataset[0]
    dataset.close()


@pytest.mark.parametrize("size", [1032 * 5000, 2**31 - 1])
def test_zip_that_declares_more_than_it_can_hold(folder: Path, size: int) -> None:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("white.bmp", bytes(100_000))
    data = bytearray(path.read_bytes())
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = size.to_bytes(4, "little")
    path.write_bytes(data)
    dataset = ZippedImageDataset(path)
    with pytest.raises(FileFormatError, match=rf"white\.bmp of .* declares {size} bytes in \d+ compressed ones"):
        dataset[0]
    dataset.close()


def test_sizes_out_of_proportion_are_refused_before_they_are_read(folder: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("zeros.bmp", bytes(4_000_000))
    (folder / "a.zip").write_bytes(stream.getvalue())
    dataset = ZippedImageDataset(folder / "a.zip")
    with pytest.raises(FileFormatError, match="declares 4000000 bytes"):
        dataset[0]
    dataset.close()
