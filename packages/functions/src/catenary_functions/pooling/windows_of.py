"""Which windows a pooling takes."""

from __future__ import annotations

from typing import Any

from catenary.errors import ShapeError
from catenary_functions.checks import check_arrays
from catenary_functions.windows import Grid, Sizes, make_grid, make_grid_back


def grid_of(name: str, axes: int, x: Any, ksize: Sizes, stride: Any, pad: Sizes, cover_all: bool) -> Grid:
    """Return the windows over images of so many axes."""
    _check(name, axes, x)
    return make_grid(name, tuple(x.shape[2:]), ksize, ksize if stride is None else stride, pad, 1, cover_all)


def grid_back(
    name: str, axes: int, x: Any, ksize: Sizes, stride: Any, pad: Sizes, cover_all: bool, outsize: Any
) -> Grid:
    """Return the windows of which `x` has one element each."""
    _check(name, axes, x)
    stride = ksize if stride is None else stride
    return make_grid_back(name, tuple(x.shape[2:]), ksize, stride, pad, 1, cover_all, outsize)


def _check(name: str, axes: int, x: Any) -> None:
    check_arrays(name, x=x)
    if x.ndim != axes + 2 or axes < 1:
        raise ShapeError(f"{name}: x must have {max(axes + 2, 3)} axes, got shape {x.shape}")
