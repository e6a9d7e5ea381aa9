"""The way back to the plain bodies, for what cuDNN refuses only when it is asked."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

from catenary import as_array, disable_implementations
from catenary.errors import PluginWarning
from catenary.types import ArrayModule
from catenary_cupy.cudnn.library import RefusedError

PROVIDER = "cudnn"


def or_plain(function: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a body compute what cuDNN refuses as it is done without cuDNN, and warn once.

    Args:
        function: The declared function that the body serves.
    """

    def complete(body: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(body)
        def either(xp: ArrayModule, *args: Any, **kwargs: Any) -> Any:
            try:
                return body(xp, *args, **kwargs)
            except RefusedError as error:
                _warn(function.__name__, str(error))
            with disable_implementations(PROVIDER):
                return as_array(function(*args, **kwargs))

        return either

    return complete


@functools.lru_cache(256)
def _warn(name: str, reason: str) -> None:
    warnings.warn(f"{name} runs without cuDNN: {reason}", PluginWarning, stacklevel=4)
