"""Layer normalization by oneDNN."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

import catenary.functions as F
from catenary import PER_CALL, Implementation, Saved, function
from catenary.types import Array, ArrayModule
from catenary_onednn.layouts import KEPT, plain, serves
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
WORTH_IT = 20_000


def _layouts(rows: int, features: int) -> tuple[Owned, Owned, Owned]:
    """Return the descriptions of rows of features, of one number for each row, and of one for each feature."""
    return plain((rows, features), (4 * features, 4)), plain((rows,), (4,)), plain((features,), (4,))


def _description(rows: int, features: int, eps: float) -> Owned:
    matrix, of_rows, _ = _layouts(rows, features)
    wanted = TRAINING, matrix, matrix, of_rows, eps, SCALED_AND_SHIFTED
    return described("layer_normalization_forward", *wanted, runtime().attributes)


@lru_cache(KEPT)
def _forward(rows: int, features: int, eps: float) -> Primitive:
    matrix, of_rows, of_features = _layouts(rows, features)
    layouts = {SRC: matrix, DST: matrix, MEAN: of_rows, VARIANCE: of_rows, SCALE: of_features, SHIFT: of_features}
    return Primitive(_description(rows, features, eps), layouts, (DST, MEAN, VARIANCE))


@lru_cache(KEPT)
def _backward(rows: int, features: int, eps: float) -> Primitive:
    matrix, of_rows, of_features = _layouts(rows, features)
    wanted = BACKWARD, matrix, matrix, matrix, of_rows, eps, SCALED_AND_SHIFTED, _description(rows, features, eps)
    layouts = {
        **dict.fromkeys((SRC, DIFF_DST, DIFF_SRC), matrix),
        **dict.fromkeys((MEAN, VARIANCE), of_rows),
        # The shift changes nothing, but oneDNN 3.2 counts it among the arguments.
        **dict.fromkeys((SCALE, SHIFT, DIFF_SCALE, DIFF_SHIFT), of_features),
    }
    description = described("layer_normalization_backward", *wanted, runtime().attributes)
    return Primitive(description, layouts, (DIFF_SRC, DIFF_SCALE, DIFF_SHIFT))


@function
def layer_normalization(
    xp: ArrayModule, x: Array, gamma: Array, beta: Array, eps: float = 1e-5, *, saved: Saved = PER_CALL
) -> Array:
    """`layer_normalization` by oneDNN."""
    x = np.ascontiguousarray(x)
    rows = x.size // len(gamma)
    y, mean, var = np.empty_like(x), np.empty(rows, x.dtype), np.empty(rows, x.dtype)
    gamma, beta = np.ascontiguousarray(gamma), np.ascontiguousarray(beta)
    _forward(rows, len(gamma), eps)({SRC: x, DST: y, MEAN: mean, VARIANCE: var, SCALE: gamma, SHIFT: beta})
    saved.mean, saved.var = mean, var
    return y


@layer_normalization.joint_gradient
def _gradients(gy: Any, x: Any, gamma: Any, eps: float, saved: Any) -> tuple[Any, ...]:
    x, gy, gamma = (np.ascontiguousarray(a) for a in (x, gy, gamma))
    gx, ggamma, gbeta = np.empty_like(x), np.empty_like(gamma), np.empty_like(gamma)
    given = {SRC: x, DIFF_DST: gy, MEAN: saved.mean, VARIANCE: saved.var, SCALE: gamma, SHIFT: gamma}
    run = _backward(len(saved.mean), len(gamma), eps)
    run({**given, DIFF_SRC: gx, DIFF_SCALE: ggamma, DIFF_SHIFT: gbeta})
    return gx, ggamma, gbeta


_composed = F.layer_normalization.declaration.composed
assert _composed is not None
layer_normalization.compose(_composed)


def _accepts(x: Array, gamma: Array, beta: Array, eps: float) -> bool:
    fits = x.ndim > 1 and gamma.shape == beta.shape == x.shape[-1:]
    return fits and serves(x, gamma, beta)


LAYER_NORMALIZATION = Implementation(layer_normalization, _accepts, from_size=WORTH_IT)
