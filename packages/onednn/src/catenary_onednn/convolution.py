"""Convolution by oneDNN: the three functions behind it, each a gradient of the others."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from catenary import Implementation, Variable, function
from catenary.functions import kernels
from catenary.functions.kernels import Grid
from catenary.types import Array, ArrayModule, Shape
from catenary_onednn import windows
from catenary_onednn.layouts import (
    KEPT,
    Layout,
    channels_last,
    chosen,
    empty_channels_last,
    layout,
    plain,
    regular,
    serves,
)
from catenary_onednn.library import Owned
from catenary_onednn.primitive import (
    BIAS,
    DIFF_DST,
    DIFF_SRC,
    DIFF_WEIGHTS,
    DST,
    SRC,
    TRAINING,
    WEIGHTS,
    Primitive,
    described,
    runtime,
)

AUTOMATIC = 3
#: From so many multiplications on, oneDNN is the quicker one.
WORTH_IT = 20_000
#: With so few places and so many elements of filters, bringing these into oneDNN's order takes longer than using them.
FEW_PLACES, MANY_FILTERS = 8, 2**20


def _geometry(grid: Grid) -> tuple[Any, ...]:
    return windows.steps(grid), windows.gaps(grid), *windows.padding(grid)


class Sizes:
    """The descriptions of images, filters and results of one convolution.

    Args:
        images: The shape of the images.
        filters: The shape of the filters, with groups in front.
        results: The shape of the results.
    """

    def __init__(self, images: Shape, filters: Shape, results: Shape) -> None:
        self.images = plain(images, channels_last(images))
        self.filters = chosen(filters)
        self.results = plain(results, channels_last(results))


def _description(sizes_: Sizes, bias: Owned | None, grid: Grid) -> Owned:
    layouts = sizes_.images, sizes_.filters, bias, sizes_.results
    kind = TRAINING, AUTOMATIC
    return described("convolution_forward", *kind, *layouts, *_geometry(grid), runtime().attributes)


@lru_cache(KEPT)
def _forward(x: Layout, W: Layout, y: Shape, has_bias: bool, grid: Grid) -> Primitive:
    outputs = y[1]
    bias = plain((outputs,), (4,)) if has_bias else None
    description = _description(Sizes(x[0], W[0], y), bias, grid)
    layouts = {SRC: plain(*x), WEIGHTS: plain(*W), DST: plain(y, channels_last(y))}
    return Primitive(description, {**layouts, **({} if bias is None else {BIAS: bias})}, (DST,))


@lru_cache(KEPT)
def _backward_data(y: Layout, W: Layout, x: Shape, grid: Grid) -> Primitive:
    all_ = Sizes(x, W[0], y[0])
    wanted = AUTOMATIC, all_.images, all_.filters, all_.results, *_geometry(grid)
    description = described("convolution_backward_data", *wanted, _description(all_, None, grid), runtime().attributes)
    layouts = {DIFF_DST: plain(*y), WEIGHTS: plain(*W), DIFF_SRC: plain(x, channels_last(x))}
    return Primitive(description, layouts, (DIFF_SRC,))


@lru_cache(KEPT)
def _backward_weights(x: Layout, y: Layout, W: Layout, grid: Grid) -> Primitive:
    all_ = Sizes(x[0], W[0], y[0])
    wanted = AUTOMATIC, all_.images, all_.filters, None, all_.results, *_geometry(grid)
    description = described(
        "convolution_backward_weights", *wanted, _description(all_, None, grid), runtime().attributes
    )
    return Primitive(description, {SRC: plain(*x), DIFF_DST: plain(*y), DIFF_WEIGHTS: plain(*W)}, (DIFF_WEIGHTS,))


def _grouped(W: Array, groups: int) -> Array:
    return W if groups == 1 else W.reshape(groups, len(W) // groups, *W.shape[1:])


@function
def convolution(xp: ArrayModule, x: Array, W: Array, b: Array | None, grid: Grid, groups: int) -> Array:
    """`convolution` by oneDNN."""
    y = empty_channels_last((len(x), len(W), *grid.out))
    x, W = regular(x), _grouped(regular(W), groups)
    run = _forward(layout(x), layout(W), y.shape, b is not None, grid)
    run({SRC: x, WEIGHTS: W, DST: y, **({} if b is None else {BIAS: b})})
    return y


@function
def deconvolution(xp: ArrayModule, y: Array, W: Array, b: Array | None, grid: Grid, groups: int) -> Array:
    """`deconvolution` by oneDNN."""
    x = empty_channels_last((len(y), W.shape[1] * groups, *grid.size))
    y, W = regular(y), _grouped(regular(W), groups)
    _backward_data(layout(y), layout(W), x.shape, grid)({DIFF_DST: y, WEIGHTS: W, DIFF_SRC: x})
    if b is not None:
        x += b.reshape(-1, *[1] * len(grid.size))
    return x


@function
def filter_gradient(xp: ArrayModule, x: Array, y: Array, grid: Grid, groups: int) -> Array:
    """`filter_gradient` by oneDNN."""
    W = xp.empty((y.shape[1], x.shape[1] // groups, *grid.kernel), x.dtype)
    x, y, filters = regular(x), regular(y), _grouped(W, groups)
    _backward_weights(layout(x), layout(y), layout(filters), grid)({SRC: x, DIFF_DST: y, DIFF_WEIGHTS: filters})
    return W


def _accepts(images: Array, filters: int, grid: Grid, *arrays: Array) -> bool:
    """Return whether oneDNN takes a call; `filters` says how many elements all filters have."""
    places = len(images) * math.prod(grid.out)
    if places * filters < WORTH_IT or (places <= FEW_PLACES and filters >= MANY_FILTERS):
        return False
    return len(grid.size) <= 3 and serves(images, *arrays)


for _mine, _theirs in (
    (convolution, kernels.convolution),
    (deconvolution, kernels.deconvolution),
    (filter_gradient, kernels.filter_gradient),
):
    _mine.gradient(**_theirs.declaration.rules)


def _sum_by_channel(gy: Any) -> Any:
    if isinstance(gy, Variable) or layout(gy)[1] != channels_last(gy.shape):
        return kernels.convolution.declaration.rules["b"](gy)
    pixels = np.moveaxis(gy, 1, -1).reshape(-1, gy.shape[1])
    return np.ones(len(pixels), np.float32) @ pixels  # far quicker than a sum along all axes but the last


convolution.gradient(b=_sum_by_channel)
deconvolution.gradient(b=_sum_by_channel)

CONVOLUTION = Implementation(
    convolution, lambda x, W, b, grid, groups: _accepts(x, W.size, grid, W, *(() if b is None else (b,)))
)
DECONVOLUTION = Implementation(deconvolution, lambda y, W, b, grid, groups: _accepts(y, W.size, grid, W))
FILTER_GRADIENT = Implementation(
    filter_gradient,
    lambda x, y, grid, groups: _accepts(x, math.prod(grid.kernel) * x.shape[1] // groups * y.shape[1], grid, y),
)
