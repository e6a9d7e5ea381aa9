"""Function hooks: use them as ``catenary.function_hooks``."""

from catenary_functions.function_hooks.anomaly import (
    AnomalyHook as AnomalyHook,
    detect_anomaly as detect_anomaly,
)
from catenary_functions.function_hooks.measuring import (
    MemoryProfileHook as MemoryProfileHook,
    TimerHook as TimerHook,
)
from catenary_functions.function_hooks.printing import PrintHook as PrintHook
from catenary_functions.function_hooks.profile import ProfileHook as ProfileHook

__all__ = ["AnomalyHook", "MemoryProfileHook", "PrintHook", "ProfileHook", "TimerHook", "detect_anomaly"]
