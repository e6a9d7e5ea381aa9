"""Optimizer hooks: use them as ``catenary.optimizer_hooks``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catenary_optimizers.optimizer_hooks.averages import (
    ExponentialMovingAverage as ExponentialMovingAverage,
    StochasticWeightAveraging as StochasticWeightAveraging,
    WeightAverage as WeightAverage,
)
from catenary_optimizers.optimizer_hooks.each import (
    GradientHardClipping as GradientHardClipping,
    GradientLARS as GradientLARS,
    GradientNoise as GradientNoise,
    Lasso as Lasso,
)
from catenary_optimizers.optimizer_hooks.gradient import (
    GradientClipping as GradientClipping,
    WeightDecay as WeightDecay,
)

__all__ = [
    "ExponentialMovingAverage",
    "GradientClipping",
    "GradientHardClipping",
    "GradientLARS",
    "GradientNoise",
    "Lasso",
    "StochasticWeightAveraging",
    "WeightAverage",
    "WeightDecay",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        from catenary.plugins import module_getattr

        return module_getattr(__name__, "optimizer_hooks", name)
