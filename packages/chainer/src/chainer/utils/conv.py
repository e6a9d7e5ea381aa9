"""Sizes of convolutions, and windows of images as columns."""

from __future__ import annotations

from typing import Any

from catenary import get_array_module


def get_conv_outsize(size: int, k: int, s: int, p: int, cover_all: bool = False, d: int = 1) -> int:
    """Return the length of the output of a convolution along one axis.

    Args:
        size: The length of the input.
        k: The length of the filter.
        s: The stride.
        p: The padding.
        cover_all: Whether windows may stand out at the end.
        d: The dilation.

    Example:
        >>> from chainer.utils import get_conv_outsize
        >>> get_conv_outsize(10, 3, 2, 1)
        5
    """
    k = k + (k - 1) * (d - 1)
    return (size + 2 * p - k + (s - 1 if cover_all else 0)) // s + 1


def get_deconv_outsize(size: int, k: int, s: int, p: int, cover_all: bool = False, d: int = 1) -> int:
    """Return the length of the output of a transposed convolution along one axis.

    Args:
        size: The length of the input.
        k: The length of the filter.
        s: The stride.
        p: The padding.
        cover_all: Whether windows may stand out at the end.
        d: The dilation.

    Example:
        >>> from chainer.utils import get_deconv_outsize
        >>> get_deconv_outsize(5, 3, 2, 1)
        9
    """
    k = k + (k - 1) * (d - 1)
    return s * (size - 1) + k - (s - 1 if cover_all else 0) - 2 * p


def im2col(
    img: Any,
    kh: int,
    kw: int,
    sy: int,
    sx: int,
    ph: int,
    pw: int,
    pval: float = 0,
    cover_all: bool = False,
    dy: int = 1,
    dx: int = 1,
    out_h: int | None = None,
    out_w: int | None = None,
) -> Any:
    """Return the windows of images, shape (batch, channels, kh, kw, out_h, out_w).

    Args:
        img: Images, shape (batch, channels, height, width).
        kh: The height of windows.
        kw: Their width.
        sy: The step downwards.
        sx: The step to the right.
        ph: The padding above and below.
        pw: The padding left and right.
        pval: What the padding is filled with.
        cover_all: Whether windows may stand out at the end.
        dy: The dilation downwards.
        dx: The dilation to the right.
        out_h: How many windows fit downwards, if known.
        out_w: How many fit to the right, if known.
    """
    h, w = img.shape[2:]
    out_h = get_conv_outsize(h, kh, sy, ph, cover_all, dy) if out_h is None else out_h
    out_w = get_conv_outsize(w, kw, sx, pw, cover_all, dx) if out_w is None else out_w
    xp = get_array_module(img)
    padded = xp.pad(img, ((0, 0), (0, 0), (ph, ph + sy - 1), (pw, pw + sx - 1)), constant_values=(pval,))
    col = xp.empty((*img.shape[:2], kh, kw, out_h, out_w), img.dtype)
    for j in range(kh):
        for i in range(kw):
            rows = slice(j * dy, j * dy + sy * out_h, sy)
            columns = slice(i * dx, i * dx + sx * out_w, sx)
            col[:, :, j, i] = padded[:, :, rows, columns]
    return col


def col2im(col: Any, sy: int, sx: int, ph: int, pw: int, h: int, w: int, dy: int = 1, dx: int = 1) -> Any:
    """Add windows up to images: the transpose of `im2col`.

    Args:
        col: Windows, shape (batch, channels, kh, kw, out_h, out_w).
        sy: The step downwards.
        sx: The step to the right.
        ph: The padding above and below.
        pw: The padding left and right.
        h: The height of the images.
        w: Their width.
        dy: The dilation downwards.
        dx: The dilation to the right.
    """
    n, c, kh, kw, out_h, out_w = col.shape
    xp = get_array_module(col)
    img = xp.zeros((n, c, h + 2 * ph + sy - 1, w + 2 * pw + sx - 1), col.dtype)
    for j in range(kh):
        for i in range(kw):
            rows = slice(j * dy, j * dy + sy * out_h, sy)
            columns = slice(i * dx, i * dx + sx * out_w, sx)
            img[:, :, rows, columns] += col[:, :, j, i]
    return img[:, :, ph : h + ph, pw : w + pw]


im2col_cpu, im2col_gpu = im2col, im2col
col2im_cpu, col2im_gpu = col2im, col2im
