"""Initializers of parameters: use them as ``catenary.initializers``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catenary import Initializer as Initializer
from catenary_links.initializers.constant import (
    Constant as Constant,
    Identity as Identity,
    NaN as NaN,
    One as One,
    Zero as Zero,
)
from catenary_links.initializers.making import generate_array as generate_array
from catenary_links.initializers.random import (
    GlorotNormal as GlorotNormal,
    GlorotUniform as GlorotUniform,
    HeNormal as HeNormal,
    HeUniform as HeUniform,
    LeCunNormal as LeCunNormal,
    LeCunUniform as LeCunUniform,
    Normal as Normal,
    Orthogonal as Orthogonal,
    Uniform as Uniform,
)
from catenary_links.initializers.resampling import (
    DownsamplingConvFilter as DownsamplingConvFilter,
    UpsamplingDeconvFilter as UpsamplingDeconvFilter,
)

__all__ = [
    "Constant",
    "DownsamplingConvFilter",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "Initializer",
    "LeCunNormal",
    "LeCunUniform",
    "NaN",
    "Normal",
    "One",
    "Orthogonal",
    "Uniform",
    "UpsamplingDeconvFilter",
    "Zero",
    "generate_array",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        from catenary.plugins import module_getattr

        return module_getattr(__name__, "initializers", name)
