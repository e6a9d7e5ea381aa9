"""Link hooks: use them as ``catenary.link_hooks``."""

from catenary_links.link_hooks.measuring import TimerHook as TimerHook
from catenary_links.link_hooks.weights import (
    SpectralNormalization as SpectralNormalization,
    WeightStandardization as WeightStandardization,
)

__all__ = ["SpectralNormalization", "TimerHook", "WeightStandardization"]
