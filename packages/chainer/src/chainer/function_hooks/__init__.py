"""Chainer's function hooks: Catenary's, which serve every device."""

from __future__ import annotations

from typing import Any

import catenary.function_hooks
from chainer._old import Kin


class CUDAProfileHook(catenary.function_hooks.ProfileHook, metaclass=Kin):
    """Marks each function in the timeline of the device's profiler."""

    name = "CUDAProfileHook"


class CupyMemoryProfileHook(catenary.function_hooks.MemoryProfileHook, metaclass=Kin):
    """Counts the bytes that each function leaves allocated."""

    name = "CupyMemoryProfileHook"


CupyMemoryCumulativeHook = CupyMemoryProfileHook

__all__ = [*catenary.function_hooks.__all__, "CUDAProfileHook", "CupyMemoryProfileHook"]


def __getattr__(name: str) -> Any:
    return getattr(catenary.function_hooks, name)
