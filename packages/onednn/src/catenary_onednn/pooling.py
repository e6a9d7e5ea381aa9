"""Pooling by oneDNN."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from catenary import PER_CALL, Implementation, Saved, disable_implementations, function
from catenary.functions import kernels
from catenary.functions.kernels import Grid
from catenary.types import Array, ArrayModule
from catenary_onednn import windows
from catenary_onednn.layouts import KEPT, Layout, dense, empty_beside, layout, ordered, plain, serves, sizes
from catenary_onednn.library import Owned
from catenary_onednn.primitive import DIFF_DST, DIFF_SRC, DST, SRC, TRAINING, WORKSPACE, Primitive, described, runtime

MAXIMUM, MEAN_WITH_PADDING = 0x1FF, 0x2FF
#: From so many elements on, oneDNN is the quicker one.
WORTH_IT = 5_000


def _geometry(grid: Grid) -> tuple[Any, ...]:
    return windows.steps(grid), sizes(grid.kernel), windows.gaps(grid), *windows.padding(grid)


def _description(algorithm: int, x: Layout, y: Layout, grid: Grid) -> Owned:
    wanted = TRAINING, algorithm, plain(*x), plain(*y), *_geometry(grid)
    return described("pooling_forward", *wanted, runtime().attributes)


@lru_cache(KEPT)
def _forward(algorithm: int, x: Layout, y: Layout, grid: Grid) -> Primitive:
    layouts = {SRC: plain(*x), DST: plain(*y), **_workspace(algorithm)}
    return Primitive(_description(algorithm, x, y, grid), layouts, (DST,))


@lru_cache(KEPT)
def _backward(algorithm: int, x: Layout, y: Layout, grid: Grid) -> Primitive:
    wanted = algorithm, plain(*x), plain(*y), *_geometry(grid), _description(algorithm, x, y, grid)
    layouts = {DIFF_SRC: plain(*x), DIFF_DST: plain(*y), **_workspace(algorithm)}
    return Primitive(described("pooling_backward", *wanted, runtime().attributes), layouts, (DIFF_SRC,))


def _workspace(algorithm: int) -> dict[int, Owned | None]:
    """Return the argument by which a maximum pooling tells its gradient where the maxima stood."""
    return {WORKSPACE: None} if algorithm == MAXIMUM else {}


@function
def max_pooling(xp: ArrayModule, x: Array, grid: Grid, *, saved: Saved = PER_CALL) -> Array:
    """`max_pooling` by oneDNN."""
    x = dense(x)
    y = empty_beside(x, (*x.shape[:2], *grid.out))
    run = _forward(MAXIMUM, layout(x), layout(y), grid)
    saved.winners = np.empty(run.size(WORKSPACE), np.uint8)
    run({SRC: x, DST: y, WORKSPACE: saved.winners})
    return y


@max_pooling.joint_gradient
def _gradient_of_maximum(gy: Any, grid: Any, saved: Any, y: Any) -> tuple[Any]:
    gy, gx = ordered(gy, y), empty_beside(y, (*y.shape[:2], *grid.size))
    _backward(MAXIMUM, layout(gx), layout(gy), grid)({DIFF_DST: gy, DIFF_SRC: gx, WORKSPACE: saved.winners})
    return (gx,)


@max_pooling.compose
def _composed(x: Any, grid: Grid) -> Any:
    with disable_implementations("onednn"):
        return kernels.max_pooling(x, grid)


@function
def sum_pooling(xp: ArrayModule, x: Array, grid: Grid) -> Array:
    """`sum_pooling` by oneDNN."""
    x = dense(x)
    y = empty_beside(x, (*x.shape[:2], *grid.out))
    _forward(MEAN_WITH_PADDING, layout(x), layout(y), grid)({SRC: x, DST: y})
    y *= len(grid.taps)
    return y


@function
def spread(xp: ArrayModule, y: Array, grid: Grid) -> Array:
    """`spread` by oneDNN."""
    y = dense(y)
    x = empty_beside(y, (*y.shape[:2], *grid.size))
    _backward(MEAN_WITH_PADDING, layout(x), layout(y), grid)({DIFF_DST: y, DIFF_SRC: x})
    x *= len(grid.taps)
    return x


sum_pooling.gradient(x=lambda gy, grid: spread(gy, grid))
spread.gradient(y=lambda gy, grid: sum_pooling(gy, grid))


def _accepts(x: Array, grid: Grid) -> bool:
    return len(grid.size) <= 3 and windows.are_inside(grid) and serves(x)


MAX_POOLING = Implementation(max_pooling, _accepts, from_size=WORTH_IT)
SUM_POOLING = Implementation(sum_pooling, _accepts, from_size=WORTH_IT)
SPREAD = Implementation(spread, _accepts, from_size=WORTH_IT)
