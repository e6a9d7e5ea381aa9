"""Read images between their pixels."""

from __future__ import annotations

from typing import Any

from catenary import PER_CALL, Saved, Variable, as_array, function, get_array_module, widens_half
from catenary.arithmetic import get_item, matmul
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array, ArrayModule
from catenary_functions.checks import check_arrays, check_ndim, check_word

__all__ = ["resize_images", "spatial_transformer_grid", "spatial_transformer_sampler"]

Size = tuple[int, int]


@widens_half
def resize_images(x: Any, output_shape: Size, *, mode: str = "bilinear", align_corners: bool = True) -> Variable:
    """Resize images.

    Args:
        x: Images, shape (batch, channels, height, width).
        output_shape: The new height and width.
        mode: "bilinear", or "nearest" for pixels as they are.
        align_corners: Whether the centers of the pixels at the corners stay at the corners, or the images' corners do;
            "nearest" makes no difference.

    Returns:
        Shape (batch, channels, *output_shape).

    Raises:
        ShapeError: If the input has another shape.
        ArgumentError: If the mode is unknown, or the new size not positive.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.resize_images(np.array([[[[1.0, 3.0]]]]), (1, 3)).array
        array([[[[1., 2., 3.]]]])
    """
    check_ndim("resize_images", "x", x, 4, "(batch, channels, height, width)")
    check_word("resize_images", "mode", mode, ("bilinear", "nearest"))
    if len(output_shape) != 2 or min(output_shape) < 1 or min(x.shape[2:]) < 1:
        raise ArgumentError(
            f"resize_images: output_shape must be a positive height and width, got {output_shape} (x: {x.shape})"
        )
    xp = get_array_module(x)
    if mode == "nearest":
        return _nearest(x, *(xp.arange(out) * n // out for n, out in zip(x.shape[2:], output_shape, strict=True)))
    # The weights of all pixels of a column, or a row, for each new one. Products with them are quicker than gathering,
    # and so is their gradient.
    rows, columns = (_weights(xp, x, n, out, align_corners) for n, out in zip(x.shape[2:], output_shape, strict=True))
    return matmul(matmul(rows, x), columns.T)


def _weights(xp: ArrayModule, x: Any, n: int, out: int, align_corners: bool) -> Array:
    at = xp.linspace(0, n - 1, out) if align_corners else xp.clip((xp.arange(out) + 0.5) * (n / out) - 0.5, 0, n - 1)
    weights = xp.maximum(1 - abs(at[:, None] - xp.arange(n)), 0)
    return weights.astype(x.dtype) if x.dtype.kind == "f" else weights


@function
def _nearest(xp: ArrayModule, x: Array, rows: Any, columns: Any, *, saved: Saved = PER_CALL) -> Array:
    saved.hits = tuple(i[:, None] == xp.arange(n) for i, n in zip((rows, columns), x.shape[2:], strict=True))
    return x[:, :, rows[:, None], columns]


def _nearest_gx(gy: Any, saved: Any) -> Any:
    rows, columns = (hits.astype(gy.dtype) for hits in saved.hits)
    return matmul(matmul(rows.T, gy), columns)


_nearest.gradient(x=_nearest_gx)


@widens_half
def spatial_transformer_grid(theta: Any, output_shape: Size) -> Variable:
    """Return where the pixels of images come from under affine maps.

    Source: Jaderberg et al., "Spatial Transformer Networks" (2015), equation 1.

    Args:
        theta: Affine maps, shape (batch, 2, 3).
        output_shape: Height and width of the images.

    Returns:
        Horizontal and vertical coordinates from -1 to 1, shape (batch, 2, *output_shape).

    Raises:
        ShapeError: If the input has another shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.spatial_transformer_grid(np.array([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]]), (1, 2)).array
        array([[[[-1.,  1.]],
        <BLANKLINE>
                [[-1., -1.]]]])
    """
    check_arrays("spatial_transformer_grid", theta=theta)
    if theta.shape[1:] != (2, 3):
        raise ShapeError(f"spatial_transformer_grid: theta must have shape (batch, 2, 3), got {theta.shape}")
    xp, (h, w) = get_array_module(theta), output_shape
    v, u = xp.meshgrid(xp.linspace(-1, 1, h), xp.linspace(-1, 1, w), indexing="ij")
    places = xp.stack([u.ravel(), v.ravel(), xp.ones(h * w)]).astype(theta.dtype)
    return matmul(theta, places).reshape((len(theta), 2, h, w))


@widens_half
def spatial_transformer_sampler(x: Any, grid: Any) -> Variable:
    """Read images at given places, bilinearly between pixels; outside of them there is 0.

    Source: Jaderberg et al., "Spatial Transformer Networks" (2015), equation 5.

    Args:
        x: Images, shape (batch, channels, height, width).
        grid: Horizontal and vertical coordinates from -1 to 1, the centers of the pixels at the edges, shape
            (batch, 2, new height, new width).

    Returns:
        Shape (batch, channels, new height, new width).

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.spatial_transformer_sampler(np.array([[[[1.0, 3.0]]]]), np.zeros((1, 2, 1, 1))).array
        array([[[[2.]]]])
    """
    check_ndim("spatial_transformer_sampler", "x", x, 4, "(batch, channels, height, width)")
    check_arrays("spatial_transformer_sampler", grid=grid)
    if grid.ndim != 4 or grid.shape[:2] != (len(x), 2):
        raise ShapeError(
            f"spatial_transformer_sampler: grid must have shape ({len(x)}, 2, height, width), got {grid.shape}"
        )
    xp, (n, c, h, w) = get_array_module(x), x.shape
    u, v = ((grid[:, i] + 1) * ((size - 1) / 2) for i, size in ((0, w), (1, h)))
    left, top = (xp.floor(as_array(a)) for a in (u, v))
    pixels = x.transpose((0, 2, 3, 1)).reshape((n * h * w, c))
    first = xp.arange(n)[:, None, None] * (h * w)
    y: Any = 0
    for column, across in ((left, 1 - (u - left)), (left + 1, u - left)):
        for row, down in ((top, 1 - (v - top)), (top + 1, v - top)):
            inside = (column >= 0) & (column < w) & (row >= 0) & (row < h)
            place = first + xp.where(inside, row * w + column, 0).astype(first.dtype)
            y = y + get_item(pixels, place) * (across * down * inside)[..., None]
    return y.transpose((0, 3, 1, 2))  # type: ignore[no-any-return]
