"""Channels that move."""

from __future__ import annotations

from typing import Any

from catenary import Variable, function
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array, ArrayModule
from catenary_functions.checks import check_ndim
from catenary_functions.windows import Sizes, per_axis

__all__ = ["shift"]


def shift(x: Any, ksize: Sizes = 3, dilate: Sizes = 1) -> Variable:
    """Move each channel by one of the steps of a window; what comes in from outside is zero.

    The channels are divided into as many groups as a window has places, in their order, but the place in the middle
    is exchanged with the last one: so the channels that are left over at the end stay where they are.

    Source: Wu et al., "Shift: A Zero FLOP, Zero Parameter Alternative to Spatial Convolutions" (2018).

    Args:
        x: Images, shape (batch, channels, height, width).
        ksize: The size of a window, odd: a number or (height, width).
        dilate: The length of a step.

    Returns:
        An array of the same shape.

    Raises:
        ArgumentError: If the size of a window is not odd.
        ShapeError: If there are less channels than places in a window.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.shift(np.ones((1, 3, 1, 2)), (1, 3)).array[0, :, 0]
        array([[1., 0.],
               [0., 1.],
               [1., 1.]])
    """
    check_ndim("shift", "x", x, 4, "(batch, channels, height, width)")
    kernel, steps = per_axis("shift", ksize, 2), per_axis("shift", dilate, 2)
    if min(kernel) < 1 or min(steps) < 1 or kernel[0] % 2 == 0 or kernel[1] % 2 == 0:
        raise ArgumentError(f"shift: ksize must be odd and dilate positive, got {ksize} and {dilate}")
    if x.shape[1] < kernel[0] * kernel[1]:
        raise ShapeError(f"shift: x must have {kernel[0] * kernel[1]} channels or more for {ksize=}, got {x.shape}")
    down, right = (range(-(k // 2) * d, k // 2 * d + 1, d) for k, d in zip(kernel, steps))
    moves = [(i, j) for i in down for j in right]
    moves[len(moves) // 2] = moves[-1]
    return _moved(x, tuple(moves[:-1]))


@function
def _moved(xp: ArrayModule, x: Array, moves: tuple[tuple[int, int], ...]) -> Array:
    """Move equal groups of channels; those that are left over stay."""
    y = xp.zeros_like(x)
    size = x.shape[1] // (len(moves) + 1)
    for k, move in enumerate(moves):
        to, source = zip(*(_overlap(n, by) for n, by in zip(x.shape[2:], move)))
        group = slice(k * size, (k + 1) * size)
        y[(slice(None), group, *to)] = x[(slice(None), group, *source)]
    y[:, len(moves) * size :] = x[:, len(moves) * size :]
    return y


def _overlap(n: int, by: int) -> tuple[slice, slice]:
    """Return where the part of an axis lands that stays inside, and where it comes from."""
    return slice(min(max(by, 0), n), n + min(by, 0)), slice(min(max(-by, 0), n), n + min(-by, 0))


_moved.gradient(x=lambda gy, moves: _moved(gy, tuple((-i, -j) for i, j in moves)))
