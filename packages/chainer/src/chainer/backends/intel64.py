"""iDeep is no longer maintained: nothing here is available."""

from __future__ import annotations

from typing import Any

from catenary.errors import NotAvailableError

inputs_all_ready = None


class mdarray:
    """Arrays of iDeep; there are none."""


class Intel64Device:
    """The device of iDeep, which cannot be made any more.

    Raises:
        NotAvailableError: Always.
    """

    def __init__(self) -> None:
        raise NotAvailableError("Intel64Device: iDeep is no longer maintained; use the device '@numpy'")


def is_ideep_available() -> bool:
    """Return False: iDeep is no longer maintained."""
    return False


def check_ideep_available() -> None:
    """Say that iDeep is not there.

    Raises:
        NotAvailableError: Always.
    """
    raise NotAvailableError("intel64: iDeep is no longer maintained; catenary-onednn makes CPUs faster")


def should_use_ideep(level: str) -> bool:
    """Return False: iDeep is no longer maintained.

    Args:
        level: Unused.
    """
    return False


def __getattr__(name: str) -> Any:
    raise AttributeError(f"module 'chainer.backends.intel64' has no attribute {name!r}: iDeep is no longer maintained")
