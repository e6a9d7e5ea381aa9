"""A step of an optimizer for devices that record steps and replay them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from catenary import Link, Parameter
from catenary.device.repeating import is_recording, refuse_recording


class CapturableStep:
    """One step of an optimizer, which refuses to be recorded if it leaves something on the host that matters later.

    Args:
        optimizer: The optimizer.
        lossfun: What gives the loss.
    """

    def __init__(self, optimizer: Any, lossfun: Callable[..., Any]) -> None:
        self._optimizer = optimizer
        self._lossfun = lossfun

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        if not is_recording():
            self._optimizer.update(self._lossfun, *args, **kwargs)
            return
        before = dict(_state_of(self._optimizer.target))
        self._optimizer.update(self._lossfun, *args, **kwargs)
        for name, value in _state_of(self._optimizer.target):
            if before.get(name) is not value:
                refuse_recording(f"each step changes {name} of the model, which is not an array that stays where it is")


def _state_of(link: Link) -> Iterator[tuple[str, Any]]:
    for path, part in link.namedlinks():
        for name, value in vars(part).items():
            if not isinstance(value, Parameter | Link) and not name.startswith("_"):
                yield f"{path.rstrip('/')}/{name}", value
