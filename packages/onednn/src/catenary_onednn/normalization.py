"""Batch normalization by oneDNN."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from catenary import PER_CALL, Implementation, Saved, function
from catenary.functions import kernels
from catenary.types import Array, ArrayModule, Axis, Shape
from catenary_onednn.layouts import KEPT, Layout, dense, layout, plain, regular, serves
from catenary_onednn.library import Owned
from catenary_onednn.primitive import (
    BACKWARD,
    DIFF_DST,
    DIFF_SCALE,
    DIFF_SHIFT,
    DIFF_SRC,
    DST,
    MEAN,
    SCALE,
    SHIFT,
    SRC,
    TRAINING,
    VARIANCE,
    Primitive,
    described,
    runtime,
)

#: The flags for gamma and beta.
SCALED_AND_SHIFTED = 2 | 4
#: From so many elements on, oneDNN is the quicker one.
WORTH_IT = 10_000


def _description(x: Owned, eps: float) -> Owned:
    wanted = TRAINING, x, x, eps, SCALED_AND_SHIFTED
    return described("batch_normalization_forward", *wanted, runtime().attributes)


def _of_channels(x: Shape, *kinds: int) -> dict[int, Owned]:
    return dict.fromkeys(kinds, plain((x[1],), (4,)))


@lru_cache(KEPT)
def _forward(x: Layout, eps: float) -> Primitive:
    images = plain(*x)
    layouts = {SRC: images, DST: images, **_of_channels(x[0], MEAN, VARIANCE, SCALE, SHIFT)}
    return Primitive(_description(images, eps), layouts, (DST, MEAN, VARIANCE))


@lru_cache(KEPT)
def _backward(x: Layout, gy: Layout, eps: float) -> Primitive:
    images = plain(*x)
    wanted = BACKWARD, images, images, images, eps, SCALED_AND_SHIFTED, _description(images, eps)
    layouts = {
        SRC: images,
        DIFF_DST: plain(*gy),
        DIFF_SRC: images,
        **_of_channels(x[0], MEAN, VARIANCE, SCALE, DIFF_SCALE, DIFF_SHIFT),
    }
    description = described("batch_normalization_backward", *wanted, runtime().attributes)
    return Primitive(description, layouts, (DIFF_SRC, DIFF_SCALE, DIFF_SHIFT))


@function
def batch_normalization(
    xp: ArrayModule,
    x: Array,
    gamma: Array,
    beta: Array,
    eps: float = 2e-5,
    running_mean: Any = None,
    running_var: Any = None,
    decay: float = 0.9,
    axis: Axis = None,
    *,
    saved: Saved = PER_CALL,
) -> Array:
    """`batch_normalization` by oneDNN."""
    x = dense(x)
    y, mean, var = np.empty_like(x), np.empty_like(gamma), np.empty_like(gamma)
    _forward(layout(x), eps)({SRC: x, DST: y, MEAN: mean, VARIANCE: var, SCALE: gamma, SHIFT: beta})
    saved.mean, saved.var = mean, var
    count = x.size // gamma.size
    kernels.follow(running_mean, mean, decay)
    kernels.follow(running_var, var * (count / max(count - 1, 1)), decay)
    return y


@batch_normalization.joint_gradient
def _gradients(gy: Any, x: Any, gamma: Any, eps: float, saved: Any) -> tuple[Any, ...]:
    x, gy = dense(x), regular(gy)
    gx, ggamma, gbeta = np.empty_like(x), np.empty_like(gamma), np.empty_like(gamma)
    run = _backward(layout(x), layout(gy), eps)
    run(
        {
            SRC: x,
            DIFF_DST: gy,
            DIFF_SRC: gx,
            MEAN: saved.mean,
            VARIANCE: saved.var,
            SCALE: gamma,
            DIFF_SCALE: ggamma,
            DIFF_SHIFT: gbeta,
        }
    )
    return gx, ggamma, gbeta


_composed = kernels.batch_normalization.declaration.composed
assert _composed is not None
batch_normalization.compose(_composed)


def _accepts(
    x: Array, gamma: Array, beta: Array, eps: float, running_mean: Any, running_var: Any, decay: float, axis: Axis
) -> bool:
    over = (0, *range(2, x.ndim))
    is_by_channel = gamma.shape == beta.shape == x.shape[1:2] and axis in (None, over)
    return 2 <= x.ndim <= 5 and is_by_channel and serves(x, gamma, beta)


BATCH_NORMALIZATION = Implementation(batch_normalization, _accepts, from_size=WORTH_IT)
