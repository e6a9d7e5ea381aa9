"""Pooling by the definition, window by window."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cudnn_double.objects import Objects, demand

MAXIMUM, MEAN_WITH_PADDING, MAXIMUM_IN_ORDER = 0, 1, 3


class Poolings(Objects):
    """The functions."""

    def SetPoolingNdDescriptor(
        self, what: int, mode: int, nan: int, axes: int, kernel: Any, pad: Any, stride: Any
    ) -> None:
        one = self.get("Pooling", what)
        one.mode, one.nan = mode, nan
        one.kernel, one.pad, one.stride = (tuple(numbers[:axes]) for numbers in (kernel, pad, stride))
        demand(nan == 1, "NaN would be lost")

    def _places(self, pooling: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
        fields = zip(shape[2:], pooling.kernel, pooling.pad, pooling.stride, strict=True)
        return tuple((n + 2 * p - k) // s + 1 for n, k, p, s in fields)

    def GetPoolingNdForwardOutputDim(self, what: int, images: int, count: int, out: Any) -> None:
        pooling, shape = self.get("Pooling", what), self.get("Tensor", images).shape
        out[:count] = (*shape[:2], *self._places(pooling, shape))

    def PoolingForward(self, by: int, what: int, factor: int, of_x: int, x: int, kept: int, of_y: int, y: int) -> None:
        self.get("handle", by)
        pooling, images = self.get("Pooling", what), self.array(of_x, x).astype(np.float64)
        padded = _padded(images, pooling)
        found = np.empty((*images.shape[:2], *self._places(pooling, images.shape)))
        for place, seen in _windows(pooling, found.shape[2:]):
            window = padded[seen].reshape(*images.shape[:2], -1)
            found[(..., *place)] = window.mean(2) if pooling.mode == MEAN_WITH_PADDING else window.max(2)
        self.store(of_y, y, found, (factor, kept))

    def PoolingBackward(
        self, by: int, what: int, factor: int, of_y: int, y: int, of_gy: int, gy: int, of_x: int, x: int,
        kept: int, of_gx: int, gx: int,
    ) -> None:  # fmt: skip
        self.get("handle", by)
        pooling, results, slopes = self.get("Pooling", what), self.array(of_y, y), self.array(of_gy, gy)
        images = self.array(of_x, x)
        padded = _padded(images.astype(np.float64), pooling)
        found = np.zeros_like(padded)
        demand(slopes.shape[2:] == self._places(pooling, images.shape), f"results {slopes.shape}")
        for place, seen in _windows(pooling, slopes.shape[2:]):
            slope, part = slopes[(..., *place)].astype(np.float64), found[seen]
            if pooling.mode == MEAN_WITH_PADDING:
                part += slope[(..., *[None] * len(place))] / np.prod(pooling.kernel)
                continue
            for at in np.ndindex(*images.shape[:2]):
                winner = np.unravel_index(np.argmax(padded[seen][at]), pooling.kernel)
                demand(padded[seen][at][winner] == results[at][place], "y is not the maximum of x")
                part[at][winner] += slope[at]
        inside = (..., *(slice(p, p + n) for p, n in zip(pooling.pad, images.shape[2:])))
        self.store(of_gx, gx, found[inside], (factor, kept))


def _padded(x: np.ndarray, pooling: Any) -> np.ndarray:
    fill = 0 if pooling.mode == MEAN_WITH_PADDING else -np.inf
    return np.pad(x, [(0, 0), (0, 0), *((p, p) for p in pooling.pad)], constant_values=fill)


def _windows(pooling: Any, places: tuple[int, ...]) -> Iterator[tuple[Any, Any]]:
    for place in np.ndindex(*places):
        fields = zip(place, pooling.stride, pooling.kernel)
        yield place, (..., *(slice(i * s, i * s + k) for i, s, k in fields))
