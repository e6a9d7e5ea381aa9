"""The plugin system: the contract (`hookspecs`), the registry, and what they raise.

Importing this package finds and imports no plugin; see `Registry` for when that happens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catenary.errors import (
    AmbiguousNameError as AmbiguousNameError,
    PluginError as PluginError,
    PluginWarning as PluginWarning,
    UnknownNameError as UnknownNameError,
)
from catenary.plugins.kinds import API as API, KINDS as KINDS
from catenary.plugins.records import (
    Entry as Entry,
    ImplementationName as ImplementationName,
    ImplementationRecord as ImplementationRecord,
    PluginRecord as PluginRecord,
)
from catenary.plugins.registry import (
    Registry as Registry,
    module_getattr as module_getattr,
    registry as registry,
)

if TYPE_CHECKING:
    from catenary.plugins.hookspecs import hookimpl as hookimpl

__all__ = [
    "API",
    "KINDS",
    "AmbiguousNameError",
    "Entry",
    "ImplementationName",
    "ImplementationRecord",
    "PluginError",
    "PluginRecord",
    "PluginWarning",
    "Registry",
    "UnknownNameError",
    "hookimpl",
    "module_getattr",
    "registry",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name == "hookimpl":  # brings pluggy, which only plugin modules need
            from catenary.plugins.hookspecs import hookimpl

            return hookimpl
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
