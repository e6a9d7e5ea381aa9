"""A hook that names functions in the timeline of a device's profiler."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from catenary import FunctionHook
from catenary_functions.function_hooks.measuring import device_of

__all__ = ["ProfileHook"]


class ProfileHook(FunctionHook):
    """Marks each function as a range in the timeline that the profiler of its device draws.

    On a device without such a profiler, the host among them, it does nothing.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> from catenary.function_hooks import ProfileHook
        >>> with ProfileHook():
        ...     y = F.exp(np.ones(3))
    """

    name = "ProfileHook"

    def __init__(self) -> None:
        self._open: list[AbstractContextManager[Any]] = []

    def deleted(self, function: Any) -> None:
        while self._open:
            self._end()

    def _begin(self, label: str, arrays: tuple[Any, ...]) -> None:
        self._open.append(device_of(arrays).profile_range(label))
        self._open[-1].__enter__()

    def _end(self) -> None:
        self._open.pop().__exit__(None, None, None)

    def forward_preprocess(self, function: Any, in_data: tuple[Any, ...]) -> None:
        self._begin(function.label, in_data)

    def forward_postprocess(self, function: Any, in_data: tuple[Any, ...]) -> None:
        self._end()

    def backward_preprocess(self, function: Any, in_data: tuple[Any, ...], out_grad: tuple[Any, ...]) -> None:
        self._begin(f"Backward {function.label}", (*in_data, *out_grad))

    def backward_postprocess(self, function: Any, in_data: tuple[Any, ...], out_grad: tuple[Any, ...]) -> None:
        self._end()
