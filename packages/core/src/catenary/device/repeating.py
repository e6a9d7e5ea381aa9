"""What a step does on the host, for devices that record a step once and replay it.

A device that replays the work on its arrays (`Device.captured`) does not run the step's Python again. What has to
happen each time nevertheless, such as counting, goes through `each_time`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from catenary.errors import RecordingError

Effect = Callable[[], object]


class _State(threading.local):
    effects: list[Effect] | None = None
    done: int = 0


_state = _State()


def each_time(effect: Effect) -> None:
    """Do something now, and again before each replay if a device is recording the step.

    Args:
        effect: What to do on the host.

    Example:
        >>> from catenary.device.repeating import each_time
        >>> count = []
        >>> each_time(lambda: count.append(1))
        >>> len(count)
        1
    """
    if _state.done:  # a step that could not be recorded is run once more
        _state.done -= 1
        return
    effect()
    if _state.effects is not None:
        _state.effects.append(effect)


def before_replay(effect: Effect) -> None:
    """Have something done before each replay, and not now.

    Args:
        effect: What to do on the host.
    """
    if _state.effects is not None:
        _state.effects.append(effect)


def refuse_recording(reason: str) -> None:
    """Say that what comes now would not be right in a replay.

    Args:
        reason: Why, for the message.

    Raises:
        RecordingError: If a device is recording the step.
    """
    if _state.effects is not None:
        raise RecordingError(reason)


def is_recording() -> bool:
    """Return whether a device is recording a step of this thread."""
    return _state.effects is not None


@contextmanager
def recording() -> Iterator[list[Effect]]:
    """Collect what goes through `each_time` inside a `with` statement, for a device that records a step."""
    effects: list[Effect] = []
    before, _state.effects = _state.effects, effects
    try:
        yield effects
    finally:
        _state.effects = before


@contextmanager
def without_first(count: int) -> Iterator[None]:
    """Leave out the first calls of `each_time` inside a `with` statement: they were done in vain before.

    Args:
        count: How many.
    """
    _state.done = count
    try:
        yield
    finally:
        _state.done = 0
