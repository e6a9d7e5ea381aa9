"""One seed for all random generators, and their state as plain data for snapshots."""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np

from catenary.device import current
from catenary.errors import ArgumentError


def seed(value: int) -> None:
    """Seed every random generator: those of all devices, NumPy's global one and Python's.

    Args:
        value: A non-negative integer below 2**32.

    Example:
        >>> import catenary
        >>> catenary.seed(0)
    """
    if not isinstance(value, int | np.integer) or not 0 <= value < 2**32:
        raise ArgumentError(f"seed: expected an integer from 0 to 2**32 - 1, got {value!r}")
    current.set_entropy(int(value))
    for device in current.opened.values():
        device.random = None
    np.random.seed(value)  # noqa: NPY002  # the global generator that old code draws from
    random.seed(int(value))


def get_random_state() -> dict[str, str]:
    """Return the state of all generators that `seed` seeds, as JSON text.

    Returns:
        One entry per opened device by its name, and `"numpy"` and `"python"` for the global generators.
    """
    states: dict[str, Any] = {
        name: device.random.bit_generator.state
        for name, device in current.opened.items()
        if hasattr(device.random, "bit_generator")
    }
    states["numpy"] = np.random.get_state(legacy=False)  # noqa: NPY002  # the global generator that old code draws from
    states["python"] = random.getstate()
    return {name: json.dumps(state, default=lambda value: value.tolist()) for name, state in states.items()}


def set_random_state(states: dict[str, str]) -> None:
    """Put the generators back into a state that `get_random_state` returned.

    Devices of the state that are not open here are left out: their numbers cannot be drawn here either.

    Raises:
        ArgumentError: If it is not such a state; then all generators stay as they were.
    """
    before = get_random_state()
    try:
        _put(states)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        _put(before)
        raise ArgumentError(f"set_random_state: expected what get_random_state returned: {error}") from error


def _put(states: dict[str, str]) -> None:
    parsed: dict[str, Any] = {name: json.loads(text) for name, text in states.items()}
    for name, state in parsed.items():
        if name == "numpy":
            np.random.set_state(state)  # noqa: NPY002  # the global generator that old code draws from
        elif name == "python":
            version, internal, gauss = state
            random.setstate((version, tuple(internal), gauss))
        elif name in current.opened:
            current.opened[name].random.bit_generator.state = state
