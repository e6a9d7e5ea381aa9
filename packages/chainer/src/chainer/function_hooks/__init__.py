"""Chainer's function hooks: Catenary's, which serve every device."""

from __future__ import annotations

from typing import Any

import catenary.function_hooks

CUDAProfileHook = catenary.function_hooks.ProfileHook
CupyMemoryProfileHook = catenary.function_hooks.MemoryProfileHook
CupyMemoryCumulativeHook = catenary.function_hooks.MemoryProfileHook

__all__ = [*catenary.function_hooks.__all__, "CUDAProfileHook", "CupyMemoryProfileHook"]


def __getattr__(name: str) -> Any:
    return getattr(catenary.function_hooks, name)
