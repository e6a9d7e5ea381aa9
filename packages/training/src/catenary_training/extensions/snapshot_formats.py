"""How snapshots are saved and loaded: functions of a file and an object, and the formats that have them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from catenary.errors import CatenaryError
from catenary.plugins import registry

#: What saves or loads: a function of a file and an object.
Function = Callable[..., Any]


def find_savefun(savefun: Function | str | None = None) -> Function:
    """Return what saves: a function as it is, that of a registered format, or by default that of `"npz"`.

    Raises:
        UnknownNameError: If no format is registered under the name; the message says what to install.
    """
    if callable(savefun):
        return savefun
    return registry.get("serializers", savefun or "npz").save  # type: ignore[no-any-return]


def find_loadfun(savefun: Function) -> Function | None:
    """Return what loads the files of a function that saves; None if nobody knows."""
    for name in registry.names("serializers"):
        with contextlib.suppress(CatenaryError):  # a format whose plugin is broken is not the one that was given
            found = registry.get("serializers", name)
            if found.save is savefun:
                return found.load  # type: ignore[no-any-return]
    return None
