"""Convolution by cuDNN: the three functions behind it, each a gradient of the others."""

from __future__ import annotations

from typing import Any

from catenary import Implementation, Variable, function, get_array_module
from catenary.functions import kernels
from catenary.functions.kernels import Grid
from catenary.types import Array, ArrayModule
from catenary_cupy.cudnn import descriptors, handle, windows
from catenary_cupy.cudnn.algorithms import BACKWARD_DATA, BACKWARD_FILTER, FORWARD, run
from catenary_cupy.cudnn.descriptors import by_channel, scalars
from catenary_cupy.cudnn.layouts import (
    DTYPES,
    address,
    contiguous,
    dense,
    empty,
    has_channels_last,
    layout,
    name_of,
    ordered,
    serves,
)
from catenary_cupy.cudnn.library import RefusedError, load
from catenary_cupy.cudnn.plain import or_plain


def _channels_last(images: Array) -> bool:
    """Return whether to work with the channels last, as the images have them; cuDNN does not for float64."""
    return name_of(images.dtype) != "float64" and has_channels_last(images)


def _add_bias(images: Array, b: Array | None) -> None:
    if b is not None:
        of_images = layout(images)
        one, _ = scalars(of_images.dtype)
        of_bias, of_all = by_channel(of_images), descriptors.tensor(of_images)
        load().AddTensor(handle.current(), one, of_bias, address(b), one, of_all, address(images))


@function
@or_plain(kernels.convolution)
def convolution(xp: ArrayModule, x: Array, W: Array, b: Array | None, grid: Grid, groups: int) -> Array:
    """`convolution` by cuDNN."""
    x, b = windows.padded(xp, x, grid), None if b is None else contiguous(xp, b)
    last = _channels_last(x)
    y = empty(xp, (len(x), len(W), *grid.out), x.dtype, last)
    run(FORWARD, windows.fitting(grid), groups, ordered(xp, x, last), ordered(xp, W, last), y)
    _add_bias(y, b)
    return y


@function
@or_plain(kernels.deconvolution)
def deconvolution(xp: ArrayModule, y: Array, W: Array, b: Array | None, grid: Grid, groups: int) -> Array:
    """`deconvolution` by cuDNN."""
    last, on, b = _channels_last(y), windows.fitting(grid), None if b is None else contiguous(xp, b)
    x = empty(xp, (len(y), W.shape[1] * groups, *on.size), y.dtype, last)
    run(BACKWARD_DATA, on, groups, ordered(xp, W, last), ordered(xp, y, last), x)
    _add_bias(x, b)
    return windows.cut(x, grid)


@function
@or_plain(kernels.filter_gradient)
def filter_gradient(xp: ArrayModule, x: Array, y: Array, grid: Grid, groups: int) -> Array:
    """`filter_gradient` by cuDNN."""
    x = windows.padded(xp, x, grid)
    last = _channels_last(x)
    W = empty(xp, (y.shape[1], x.shape[1] // groups, *grid.kernel), x.dtype, last)
    run(BACKWARD_FILTER, windows.fitting(grid), groups, ordered(xp, x, last), ordered(xp, y, last), W)
    return xp.ascontiguousarray(W)  # as parameters lie


for _mine, _theirs in (
    (convolution, kernels.convolution),
    (deconvolution, kernels.deconvolution),
    (filter_gradient, kernels.filter_gradient),
):
    _mine.gradient(**_theirs.declaration.rules)


def _sum_by_channel(gy: Any) -> Any:
    if isinstance(gy, Variable) or not serves(gy, dtypes=DTYPES):
        return kernels.convolution.declaration.rules["b"](gy)
    try:
        return _bias_gradient(get_array_module(gy), gy)
    except RefusedError:
        return kernels.convolution.declaration.rules["b"](gy)


def _bias_gradient(xp: ArrayModule, gy: Array) -> Array:
    gy = dense(xp, gy)
    gb, of_all = xp.empty(gy.shape[1], gy.dtype), layout(gy)
    (one, zero), of_bias, by = scalars(of_all.dtype), by_channel(of_all), handle.current()
    load().ConvolutionBackwardBias(by, one, descriptors.tensor(of_all), address(gy), zero, of_bias, address(gb))
    return gb


convolution.gradient(b=_sum_by_channel)
deconvolution.gradient(b=_sum_by_channel)


def _accepts(grid: Grid, *arrays: Array | None) -> bool:
    return len(grid.size) <= 3 and serves(*(a for a in arrays if a is not None), dtypes=DTYPES)


CONVOLUTION = Implementation(convolution, lambda x, W, b, grid, groups: _accepts(grid, x, W, b))
DECONVOLUTION = Implementation(deconvolution, lambda y, W, b, grid, groups: _accepts(grid, y, W, b))
FILTER_GRADIENT = Implementation(filter_gradient, lambda x, y, grid, groups: _accepts(grid, x, y))
