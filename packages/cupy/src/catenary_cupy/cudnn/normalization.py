"""Batch normalization by cuDNN: over a batch and all places, or over a batch alone."""

from __future__ import annotations

import ctypes
from functools import lru_cache
from typing import Any, NamedTuple

from catenary import PER_CALL, Implementation, Saved, function, get_array_module
from catenary.config import settings
from catenary.functions import kernels
from catenary.types import Array, ArrayModule, Axis
from catenary_cupy.cudnn import handle
from catenary_cupy.cudnn.descriptors import KEPT, by_channel, scalars, tensor
from catenary_cupy.cudnn.layouts import (
    Layout,
    address,
    contiguous,
    dense,
    has_channels_last,
    layout,
    name_of,
    ordered,
    serves,
)
from catenary_cupy.cudnn.library import Owned, load, result

#: Statistics for each element, for each channel, and for each channel in one sweep over halves with channels last.
BY_ELEMENT, BY_CHANNEL, BY_CHANNEL_PERSISTENT = 0, 1, 2
NOTHING_FUSED = 0
#: The largest batches for statistics of each element, and of each channel.
MOST_ROWS, MOST_IMAGES = 131_070, 880_801


class Task(NamedTuple):
    """A batch normalization of one shape.

    Attributes:
        mode: What has statistics of its own.
        images: How the input lies in memory, and the output, and its gradients.
        parameters: How all that belongs to channels does.
    """

    mode: int
    images: Owned
    parameters: Owned


def _is_over_batch(x: Array, gamma: Array) -> bool:
    """Return whether there are statistics for each element of a row."""
    return bool(gamma.ndim == x.ndim - 1)


def _task(x: Array, gamma: Array, deterministic: bool) -> Task:
    of_x = layout(x)
    if _is_over_batch(x, gamma):
        of_x = Layout((len(x), gamma.size, 1, 1), False, of_x.dtype)
        mode = BY_ELEMENT
    else:
        in_one_sweep = of_x.channels_last and of_x.dtype == "float16" and not deterministic
        mode = BY_CHANNEL_PERSISTENT if in_one_sweep else BY_CHANNEL
    return Task(mode, tensor(of_x), by_channel(of_x, _dtype_of_parameters(of_x.dtype)))


def _dtype_of_parameters(dtype: str) -> str:
    return "float64" if dtype == "float64" else "float32"


@lru_cache(KEPT)
def _sizes(task: Task, device: int) -> tuple[int, int, int]:
    """Return how many bytes of workspace the values and the gradients need, and how many the values leave for those."""
    library, by = load(), handle.current()
    (mode, images, parameters), count = task, ctypes.c_size_t
    ask = library.GetBatchNormalizationForwardTrainingExWorkspaceSize
    forward = result(ask, count, by, mode, NOTHING_FUSED, images, images, images, parameters, None)
    ask = library.GetBatchNormalizationBackwardExWorkspaceSize
    backward = result(ask, count, by, mode, NOTHING_FUSED, images, images, images, None, images, parameters, None)
    ask = library.GetBatchNormalizationTrainingExReserveSpaceSize
    return forward, backward, result(ask, count, by, mode, NOTHING_FUSED, None, images)


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
    """`batch_normalization` by cuDNN."""
    x = _in_order(xp, x, gamma)
    dtype = _dtype_of_parameters(name_of(x.dtype))
    scale, shift = (contiguous(xp, a.astype(dtype, copy=False)) for a in (gamma, beta))
    saved.task, by = _task(x, gamma, bool(settings.deterministic)), handle.current()
    saved.mean, saved.inverse = xp.empty_like(scale), xp.empty_like(scale)
    forward, saved.size, reserve = _sizes(saved.task, by.device)
    saved.reserve, y = xp.empty(reserve, "uint8"), xp.empty_like(x)
    (mode, images, parameters), (one, zero) = saved.task, scalars(name_of(x.dtype))
    running = _Running(xp, (running_mean, running_var), scale, decay, x.size > scale.size)
    load().BatchNormalizationForwardTrainingEx(
        *(by, mode, NOTHING_FUSED, one, zero, images, address(x), None, None, images, address(y)),
        *(parameters, address(scale), address(shift), running.factor, *map(address, running.arrays), eps),
        *(address(saved.mean), address(saved.inverse), None, by.workspace(forward), forward),
        *(address(saved.reserve), reserve),
    )
    running.finish()
    return y


class _Running:
    """The running values of a call: the user's own arrays where cuDNN can write them, others that they follow else.

    Args:
        xp: CuPy.
        given: The user's arrays of the mean and the variance, or None twice.
        scale: An array of the shape and dtype that cuDNN takes.
        decay: What running values keep of themselves.
        has_several: Whether a mean has several elements; cuDNN cannot tell the variance of one.
    """

    def __init__(self, xp: ArrayModule, given: tuple[Any, Any], scale: Array, decay: float, has_several: bool) -> None:
        self._given, self._decay, self.factor = given, decay, 1 - decay
        self._has_several = has_several
        self.arrays: tuple[Any, Any] = given
        self._are_others = given[0] is not None and not (has_several and all(_is_like(a, scale) for a in given))
        if self._are_others:
            self.arrays, self.factor = (xp.zeros_like(scale), xp.zeros_like(scale)), 1.0

    def finish(self) -> None:
        """Let the user's arrays follow, if they were not written."""
        if self._are_others:
            if not self._has_several:
                self.arrays[1].fill(0)
            for mine, new in zip(self._given, self.arrays):
                kernels.follow(mine, new, self._decay)


def _is_like(array: Any, scale: Array) -> bool:
    if type(array) is not type(scale) or array.dtype != scale.dtype or array.size != scale.size:
        return False
    return bool(array.flags.c_contiguous)


def _in_order(xp: ArrayModule, x: Array, gamma: Array) -> Array:
    return contiguous(xp, x) if _is_over_batch(x, gamma) else dense(xp, x)


@batch_normalization.joint_gradient
def _gradients(gy: Any, x: Any, gamma: Any, eps: float, saved: Any) -> tuple[Any, ...]:
    xp = get_array_module(gy)
    x = _in_order(xp, x, gamma)
    gy, gx = ordered(xp, gy, has_channels_last(x)), xp.empty_like(x)
    scale = contiguous(xp, gamma.astype(saved.mean.dtype, copy=False))
    gscale, gshift = xp.empty_like(scale), xp.empty_like(scale)
    (mode, images, parameters), (one, zero) = saved.task, scalars(name_of(x.dtype))
    by, reserve = handle.current(), saved.reserve
    load().BatchNormalizationBackwardEx(
        *(by, mode, NOTHING_FUSED, one, zero, one, zero, images, address(x), None, None, images, address(gy)),
        *(None, None, images, address(gx), parameters, address(scale), None, address(gscale), address(gshift), eps),
        *(address(saved.mean), address(saved.inverse), None, by.workspace(saved.size), saved.size),
        *(address(reserve), reserve.size),
    )
    return gx, gscale.astype(gamma.dtype, copy=False), gshift.astype(gamma.dtype, copy=False)


_composed = kernels.batch_normalization.declaration.composed
assert _composed is not None
batch_normalization.compose(_composed)


def _accepts(
    x: Array, gamma: Array, beta: Array, eps: float, running_mean: Any, running_var: Any, decay: float, axis: Axis
) -> bool:
    if not 2 <= x.ndim <= 5 or (running_mean is None) != (running_var is None):
        return False
    is_over_batch = _is_over_batch(x, gamma)
    shape, over = (x.shape[1:], (0,)) if is_over_batch else (x.shape[1:2], (0, *range(2, x.ndim)))
    fits = gamma.shape == beta.shape == shape and (axis in (None, over) or (is_over_batch and axis == 0))
    is_small = len(x) <= (MOST_ROWS if is_over_batch else MOST_IMAGES)
    like_x = gamma.dtype == beta.dtype and name_of(gamma.dtype) in ("float32", name_of(x.dtype))
    return fits and is_small and like_x and serves(x) and serves(gamma, beta)


BATCH_NORMALIZATION = Implementation(batch_normalization, _accepts)
