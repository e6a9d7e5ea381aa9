"""A factor and a shift for each channel by oneDNN: what batch normalization does outside of training."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from catenary import Implementation, function
from catenary.functions import kernels
from catenary.types import Array, ArrayModule, Shape
from catenary_onednn.layouts import KEPT, Layout, dense, layout, plain, serves
from catenary_onednn.primitive import (
    DST,
    INFERENCE,
    MEAN,
    SCALE,
    SHIFT,
    SRC,
    VARIANCE,
    Primitive,
    described,
    runtime,
)

#: The flags: mean and variance are given, and so are factors and shifts.
GIVEN = 1 | 2 | 4
#: From so many elements on, oneDNN is the quicker one.
WORTH_IT = 20_000


@lru_cache(KEPT)
def _forward(x: Layout) -> Primitive:
    images, of_channels = plain(*x), plain((x[0][1],), (4,))
    description = described("batch_normalization_forward", INFERENCE, images, images, 0.0, GIVEN, runtime().attributes)
    return Primitive(
        description, {SRC: images, DST: images, **dict.fromkeys((MEAN, VARIANCE, SCALE, SHIFT), of_channels)}, (DST,)
    )


@lru_cache(KEPT)
def _standard(channels: int) -> tuple[Array, Array]:
    """Return the mean and the variance that change nothing."""
    return np.zeros(channels, np.float32), np.ones(channels, np.float32)


@function
def scale_and_shift(xp: ArrayModule, x: Array, scale: Array, shift: Array) -> Array:
    """`scale_and_shift` by oneDNN."""
    x = dense(x)
    y = np.empty_like(x)
    mean, variance = _standard(x.shape[1])
    scale, shift = (np.ascontiguousarray(a) for a in (scale, shift))
    _forward(layout(x))({SRC: x, DST: y, MEAN: mean, VARIANCE: variance, SCALE: scale, SHIFT: shift})
    return y


scale_and_shift.gradient(**kernels.scale_and_shift.declaration.rules)


def _accepts(x: Array, scale: Array, shift: Array) -> bool:
    if not 2 <= x.ndim <= 5:
        return False
    by_channel: Shape = tuple(n if axis == 1 else 1 for axis, n in enumerate(x.shape))
    return scale.shape == shift.shape == by_channel and serves(x, scale, shift)


SCALE_AND_SHIFT = Implementation(scale_and_shift, _accepts, from_size=WORTH_IT)
