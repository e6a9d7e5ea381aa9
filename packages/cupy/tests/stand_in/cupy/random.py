"""Random numbers."""

from typing import Any

from cupy_stand_in.random import (
    XORWOW as XORWOW,
    BitGenerator as BitGenerator,
    Generator as Generator,
    MRG32k3a as MRG32k3a,
    Philox4x3210 as Philox4x3210,
    default_rng as default_rng,
    legacy,
)


def __getattr__(name: str) -> Any:
    return legacy(name)
