"""Windows of images of any number of axes as columns."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from catenary import get_array_module
from catenary.errors import ArgumentError
from chainer.utils.conv import get_conv_outsize as get_conv_outsize

Sizes = int | Sequence[int]


def as_tuple(x: Any, n: int) -> tuple[Any, ...]:
    """Return a number as a tuple that holds it n times, a sequence as a tuple.

    Args:
        x: A number, or n of them.
        n: How many there must be.

    Raises:
        ArgumentError: If a sequence has another length.

    Example:
        >>> from chainer.utils.conv_nd import as_tuple
        >>> as_tuple(3, 2)
        (3, 3)
    """
    numbers = tuple(x) if hasattr(x, "__getitem__") else (x,) * n
    if len(numbers) != n:
        raise ArgumentError(f"as_tuple: expected a number or {n} of them, got {x}")
    return numbers


def im2col_nd(
    img: Any, ksize: Sizes, stride: Sizes, pad: Sizes, cover_all: bool = False, dilate: Sizes = 1, pval: float = 0
) -> Any:
    """Return the windows of images, shape (batch, channels, *ksize, *windows).

    Args:
        img: Images, shape (batch, channels, *size).
        ksize: The size of a window, along all axes or each.
        stride: The step from window to window.
        pad: The padding at both ends of each axis.
        cover_all: Whether windows may stand out at the end.
        dilate: The step inside a window.
        pval: What the padding is filled with.
    """
    n = img.ndim - 2
    k, s, p, d = (as_tuple(value, n) for value in (ksize, stride, pad, dilate))
    out = tuple(map(get_conv_outsize, img.shape[2:], k, s, p, (cover_all,) * n, d))
    xp = get_array_module(img)
    borders = [(p_, p_ + s_ - 1) for p_, s_ in zip(p, s, strict=True)]
    padded = xp.pad(img, ((0, 0), (0, 0), *borders), constant_values=(pval,))
    col = xp.empty((*img.shape[:2], *k, *out), img.dtype)
    for tap, places in _taps(k, s, d, out):
        col[(slice(None), slice(None), *tap)] = padded[(..., *places)]
    return col


def im2col_nd_cpu(
    img: Any, ksize: Sizes, stride: Sizes, pad: Sizes, pval: float = 0, cover_all: bool = False, dilate: Sizes = 1
) -> Any:
    """Return the windows of images: `im2col_nd` with the arguments in another order.

    Args:
        img: Images, shape (batch, channels, *size).
        ksize: The size of a window, along all axes or each.
        stride: The step from window to window.
        pad: The padding at both ends of each axis.
        pval: What the padding is filled with.
        cover_all: Whether windows may stand out at the end.
        dilate: The step inside a window.
    """
    return im2col_nd(img, ksize, stride, pad, cover_all, dilate, pval)


def col2im_nd(col: Any, stride: Sizes, pad: Sizes, dims: Sequence[int], dilate: Sizes = 1) -> Any:
    """Add windows up to images: the transpose of `im2col_nd`.

    Args:
        col: Windows, shape (batch, channels, *ksize, *windows).
        stride: The step from window to window.
        pad: The padding at both ends of each axis.
        dims: The size of the images.
        dilate: The step inside a window.
    """
    n = len(dims)
    s, p, d = (as_tuple(value, n) for value in (stride, pad, dilate))
    k, out = col.shape[2 : n + 2], col.shape[n + 2 :]
    reach = [size + 2 * p_ + s_ - 1 for size, p_, s_ in zip(dims, p, s, strict=True)]
    img = get_array_module(col).zeros((*col.shape[:2], *reach), col.dtype)
    for tap, places in _taps(k, s, d, out):
        img[(..., *places)] += col[(slice(None), slice(None), *tap)]
    return img[(..., *(slice(p_, p_ + size) for size, p_ in zip(dims, p, strict=True)))]


def _taps(
    k: Sequence[int], s: Sequence[int], d: Sequence[int], out: Sequence[int]
) -> Iterator[tuple[tuple[int, ...], tuple[slice, ...]]]:
    """Yield each place in a window, and where that place of all windows lies in padded images."""
    for tap in itertools.product(*map(range, k)):
        yield tap, tuple(slice(i * d_, i * d_ + s_ * o, s_) for i, s_, d_, o in zip(tap, s, d, out, strict=True))


im2col_nd_gpu = im2col_nd
col2im_nd_cpu, col2im_nd_gpu = col2im_nd, col2im_nd
