"""Softmax and batch normalization by their formulas."""

from __future__ import annotations

from typing import Any

import numpy as np

from cudnn_double.objects import Objects, demand, memory

OVER_ALL, LOGARITHM = 0, 2
BY_ELEMENT = 0
#: How many bytes batch normalization asks for: workspace of the values, of the gradients, and what is kept between.
SPACES = 128, 256, 64


class Rows(Objects):
    """The functions."""

    def SoftmaxForward(
        self, by: int, algorithm: int, mode: int, one: int, of_x: int, x: int, kept: int, of_y: int, y: int
    ) -> None:
        self.get("handle", by)
        images = self.array(of_x, x).astype(np.float64)
        axes = (1, 2, 3) if mode == OVER_ALL else (1,)
        shifted = images - images.max(axes, keepdims=True)
        total = np.exp(shifted).sum(axes, keepdims=True)
        found = shifted - np.log(total) if algorithm == LOGARITHM else np.exp(shifted) / total
        self.store(of_y, y, found, (one, kept))

    def SoftmaxBackward(
        self, by: int, algorithm: int, mode: int, one: int, of_y: int, y: int, of_gy: int, gy: int, kept: int,
        of_gx: int, gx: int,
    ) -> None:  # fmt: skip
        self.get("handle", by)
        values, slopes = (self.array(*pair).astype(np.float64) for pair in ((of_y, y), (of_gy, gy)))
        axes = (1, 2, 3) if mode == OVER_ALL else (1,)
        if algorithm == LOGARITHM:
            found = slopes - np.exp(values) * slopes.sum(axes, keepdims=True)
        else:
            found = (slopes - (slopes * values).sum(axes, keepdims=True)) * values
        self.store(of_gx, gx, found, (one, kept))

    # --- batch normalization ---

    def GetBatchNormalizationForwardTrainingExWorkspaceSize(self, *arguments: Any) -> None:
        by, mode, _, of_x, of_z, of_y, of_scale, activation, out = arguments
        self._check(by, mode, of_x, of_y, of_scale)
        demand(of_z == of_y and not activation, "something is fused")
        out[0] = SPACES[0]

    def GetBatchNormalizationBackwardExWorkspaceSize(self, *arguments: Any) -> None:
        by, mode, _, of_x, of_y, of_gy, of_gz, of_gx, of_scale, activation, out = arguments
        self._check(by, mode, of_x, of_gx, of_scale)
        self.get("Tensor", of_gy)
        demand(of_y == of_x and not of_gz and not activation, "something is fused")
        out[0] = SPACES[1]

    def GetBatchNormalizationTrainingExReserveSpaceSize(self, *arguments: Any) -> None:
        by, _, _, activation, of_x, out = arguments
        self.get("handle", by)
        self.get("Tensor", of_x)
        demand(not activation, "something is fused")
        out[0] = SPACES[2]

    def _check(self, by: int, mode: int, of_x: int, of_y: int, of_scale: int) -> tuple[int, ...]:
        """Return the axes that are averaged over."""
        self.get("handle", by)
        images, scale = self.get("Tensor", of_x), self.get("Tensor", of_scale)
        demand(images.shape == self.get("Tensor", of_y).shape, "several shapes")
        over = (0,) if mode == BY_ELEMENT else (0, *range(2, len(images.shape)))
        expected = tuple(1 if axis in over else n for axis, n in enumerate(images.shape))
        demand(scale.shape == expected, f"parameters {scale.shape}, expected {expected}")
        wide = np.float64 if images.dtype == np.float64 else np.float32
        demand(scale.dtype == wide, f"parameters in {scale.dtype}")
        return over

    def BatchNormalizationForwardTrainingEx(self, *arguments: Any) -> None:
        by, mode, _, one, kept, of_x, x, of_z, _, of_y, y, of_scale, *rest = arguments
        scale, shift, factor, mean, var, eps, saved_mean, saved_inverse, activation, space, size, reserve, count = rest
        over = self._check(by, mode, of_x, of_y, of_scale)
        demand(not of_z and not activation and size == SPACES[0] and bool(space), "fused, or without space")
        memory(reserve, count)[:] = 7
        images = self.array(of_x, x).astype(np.float64)
        parameters = self.array(of_scale, scale)
        means, spread = images.mean(over, keepdims=True), images.var(over, keepdims=True)
        inverse = 1 / np.sqrt(spread + eps)
        found = (images - means) * inverse * parameters + self.array(of_scale, shift)
        self.store(of_y, y, found, (one, kept))
        several = images.size // parameters.size
        for place, value in ((mean, means), (var, spread * several / (several - 1) if several > 1 else np.nan)):
            if place:
                running = self.array(of_scale, place)
                running[...] = factor * value + (1 - factor) * running
        self.array(of_scale, saved_mean)[...] = means
        self.array(of_scale, saved_inverse)[...] = inverse

    def BatchNormalizationBackwardEx(self, *arguments: Any) -> None:
        by, mode, _, *factors, of_x, x, of_y, _, of_gy, gy, of_gz, _, of_gx, gx, of_scale = arguments[:18]
        scale, shift, gscale, gshift, eps, mean, inverse, activation, space, size, reserve, count = arguments[18:]
        over = self._check(by, mode, of_x, of_gx, of_scale)
        demand(not of_y and not of_gz and not activation and not shift, "something is fused")
        demand(size == SPACES[1] and bool(space) and count == SPACES[2] and eps > 0, "without space")
        demand(bool((memory(reserve, count) == 7).all()), "the reserve is another one")
        images, slopes = (self.array(*pair).astype(np.float64) for pair in ((of_x, x), (of_gy, gy)))
        normal = (images - self.array(of_scale, mean)) * self.array(of_scale, inverse)
        by_shift = slopes.sum(over, keepdims=True)
        by_scale = (slopes * normal).sum(over, keepdims=True)
        several = images.size // by_scale.size
        found = slopes - by_shift / several - normal * by_scale / several
        found *= self.array(of_scale, scale) * self.array(of_scale, inverse)
        self.store(of_gx, gx, found, (factors[0], factors[1]))
        self.store(of_scale, gscale, by_scale, (factors[2], factors[3]))
        self.store(of_scale, gshift, by_shift, (factors[2], factors[3]))
