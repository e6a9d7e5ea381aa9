"""Windows of any number of axes: sums as Chainer 7.8.1 gives them, and the definition element by element."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from chainer.utils import array, conv, conv_nd


def ramp(a: np.ndarray) -> float:
    return float((a * np.arange(a.size).reshape(a.shape)).sum())


def test_against_chainer() -> None:
    # x = np.arange(120.).reshape(2, 1, 4, 5, 3); the calls as here, on chainer.utils.conv_nd
    x = np.arange(120.0).reshape(2, 1, 4, 5, 3)
    col = conv_nd.im2col_nd(x, (2, 3, 1), (2, 1, 1), (0, 1, 0))
    assert (col.shape, col.sum()) == ((2, 1, 2, 3, 1, 2, 5, 3), 18564.0)
    col = conv_nd.im2col_nd_cpu(x, (2, 3, 1), (2, 1, 2), (0, 1, 0), -1, True, (1, 2, 1))
    assert (col.shape, col.sum(), ramp(col)) == ((2, 1, 2, 3, 1, 2, 3, 2), 6632.0, 618820.0)
    img = conv_nd.col2im_nd(col, (2, 1, 2), (0, 1, 0), (4, 5, 3), (1, 2, 1))
    assert (img.shape, ramp(img)) == ((2, 1, 4, 5, 3), 530648.0)


@pytest.mark.parametrize(("k", "s", "p", "d", "cover"), [(2, 1, 0, 1, False), (3, 2, 1, 1, True), (2, 3, 2, 2, False)])
def test_two_axes_against_the_definition(k: int, s: int, p: int, d: int, cover: bool) -> None:
    x = np.random.default_rng(0).standard_normal((2, 3, 7, 8))
    col = conv_nd.im2col_nd(x, k, s, p, cover, d)
    assert col.shape[4:] == tuple(conv.get_conv_outsize(n, k, s, p, cover, d) for n in (7, 8))
    for i, j, a, b in itertools.product(range(k), range(k), *map(range, col.shape[4:])):
        row, column = a * s + i * d - p, b * s + j * d - p
        inside = 0 <= row < 7 and 0 <= column < 8
        np.testing.assert_array_equal(col[:, :, i, j, a, b], x[:, :, row, column] if inside else 0)
    np.testing.assert_array_equal(col, conv.im2col(x, k, k, s, s, p, p, 0, cover, d, d))
    gy = np.random.default_rng(1).standard_normal(col.shape)
    back = conv_nd.col2im_nd(gy, s, p, (7, 8), d)
    assert (back * x).sum() == pytest.approx((gy * col).sum())


def test_as_tuple() -> None:
    assert conv_nd.as_tuple(2, 3) == (2, 2, 2)
    assert conv_nd.as_tuple([1, 2], 2) == conv_nd.as_tuple(np.array([1, 2]), 2) == (1, 2)
    with pytest.raises(ValueError, match="as_tuple: expected a number or 3"):
        conv_nd.as_tuple((1, 2), 3)


def test_shapes_of_arrays() -> None:
    x = np.zeros((2, 3, 4), np.float32)
    assert array.as_vec(x).shape == (24,)
    assert array.as_mat(x).shape == (2, 12)
    assert array.as_mat(x[0, 0]).shape == (4, 1)
    assert (array.empty_like(x).shape, array.empty_like(x).dtype) == (x.shape, x.dtype)
    assert array.size_of_shape(()) == 1
    np.testing.assert_array_equal(array.sum_to(x + 1, (3, 1)), np.full((3, 1), 8))
