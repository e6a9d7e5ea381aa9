from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pytest

import catenary
from catenary.datasets import TupleDataset, get_digits
from catenary.errors import ArgumentError
from catenary_io.datasets.digits import _read

#: Of the pixels and then the labels of the original file, one byte each, in its order.
SHA256 = "87ff0c9e40dc7e2c0e34e7257799c2e3f3aec1a016363bb11cad869ec428a826"
#: Number of images of each digit that the data set's authors give for its test part.
COUNTS = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_checksum_of_the_shipped_numbers() -> None:
    pixels, labels = _read()
    assert (pixels.shape, pixels.dtype, pixels.max()) == ((1797, 64), np.uint8, 16)
    assert hashlib.sha256(pixels.tobytes() + labels.tobytes()).hexdigest() == SHA256
    assert np.bincount(labels).tolist() == COUNTS


def test_first_image_of_the_original_file_is_a_zero() -> None:
    pixels, labels = _read()
    assert labels[0] == 0
    assert pixels[0].reshape(8, 8)[:2].tolist() == [[0, 0, 5, 13, 9, 1, 0, 0], [0, 0, 13, 15, 10, 15, 5, 0]]


def test_split_is_the_documented_one() -> None:
    pixels, labels = _read()
    test_indices = sorted(
        i
        for start, digit in zip(np.cumsum([0, *COUNTS[:-1]]), range(10))
        for rank, i in enumerate(np.flatnonzero(labels == digit))
        if (start + rank) % 5 == 0
    )
    train, test = get_digits()
    assert isinstance(train, TupleDataset)
    assert (len(train), len(test), len(test_indices)) == (1437, 360, 360)
    for got, indices in ((test, test_indices), (train, sorted(set(range(1797)) - set(test_indices)))):
        assert [label for _, label in got] == labels[indices].tolist()
        np.testing.assert_array_equal([image for image, _ in got], pixels[indices] / 16)


def test_every_digit_is_in_both_parts() -> None:
    train, test = get_digits()
    for part, low, high in ((train, 139, 147), (test, 34, 38)):
        counts = np.bincount([label for _, label in part])
        assert low <= counts.min() <= counts.max() <= high


@pytest.mark.parametrize(("ndim", "shape"), [(1, (64,)), (2, (8, 8)), (3, (1, 8, 8))])
def test_shapes(ndim: int, shape: tuple[int, ...]) -> None:
    flat, _ = get_digits()
    image, label = get_digits(ndim=ndim)[0][5]
    assert image.shape == shape
    assert image.dtype == np.float32
    assert label.dtype == np.int32
    np.testing.assert_array_equal(image.ravel(), flat[5][0])


def test_scale_and_dtypes() -> None:
    images, test_images = get_digits(withlabel=False, scale=255, dtype=np.float64)
    assert images.shape == (1437, 64)
    assert test_images.shape == (360, 64)
    assert images.dtype == np.float64
    assert set(np.unique(images * 16 / 255).tolist()) == set(range(17))
    assert get_digits(label_dtype=np.int64)[1][0][1].dtype == np.int64


def test_dtype_follows_the_setting() -> None:
    with catenary.using_config("dtype", np.float16):
        assert get_digits()[0][0][0].dtype == np.float16


def test_callers_do_not_share_arrays() -> None:
    first: Any = get_digits(withlabel=False)[0]
    first[...] = -1
    assert get_digits(withlabel=False)[0].min() == 0


def test_ndim() -> None:
    with pytest.raises(ArgumentError, match="get_digits: expected ndim to be 1, 2 or 3, got 4"):
        get_digits(ndim=4)
