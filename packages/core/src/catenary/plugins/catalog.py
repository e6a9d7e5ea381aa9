"""What is installed: read and imported once, by whichever thread asks first."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from catenary.errors import PluginError, PluginWarning
from catenary.plugins import messages
from catenary.plugins.environment import strict
from catenary.plugins.records import LOCAL, PluginRecord
from catenary.plugins.tables import Tables, build_tables

if TYPE_CHECKING:
    from catenary.plugins.discovery import Found


class Catalog:
    """The records and tables of all plugins; reading them is safe in every thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loading = threading.local()
        self._found: list[Found] | None = None
        self._records: Mapping[str, PluginRecord] = MappingProxyType({})
        self._tables: Tables | None = None
        self._reported = False

    def records(self) -> Mapping[str, PluginRecord]:
        """Return all records by distribution, without a word about broken ones."""
        self._load()
        return self._records

    def tables(self) -> Tables:
        """Return the tables; warn at the first call of plugins that cannot be used.

        Raises:
            PluginError: In strict mode, at every call, instead of the warning.
        """
        tables = self._load()
        if not self._reported:
            self._report(tables)
        return tables

    def change_local(self, kind: str, change: Callable[[Mapping[str, str]], Mapping[str, str]]) -> None:
        """Replace the names of one kind that the user has registered by hand."""
        with self._lock:
            old = self._records.get(LOCAL, PluginRecord(LOCAL, ""))
            local = replace(old, names={**old.names, kind: change(old.names.get(kind, {}))})
            self._publish({**self._records, LOCAL: local})

    def _load(self) -> Tables:
        if self._tables is not None:
            return self._tables
        if getattr(self._loading, "running", False):
            raise PluginError(
                "the registry was asked for a name while plugin modules are being imported: a plugin module "
                "must import nothing of its package and use no registered object"
            )
        from catenary.plugins import discovery, loading  # these bring importlib.metadata and pluggy

        with self._lock:
            if self._found is None:
                self._found = discovery.find_installed()
        # Plugin modules are imported without the lock: a thread that is inside an import may wait for it. Two
        # threads may both come here; they find the same, and the first to finish publishes it.
        self._loading.running = True
        try:
            records = {found.record.distribution: loading.load_plugin(found) for found in self._found}
        finally:
            self._loading.running = False
        with self._lock:
            return self._tables or self._publish(records)

    def _publish(self, records: Mapping[str, PluginRecord]) -> Tables:
        tables = build_tables(records.values())
        self._records = MappingProxyType(dict(records))
        self._tables = tables
        return tables

    def _report(self, tables: Tables) -> None:
        problems = [text for record in self._records.values() if (text := messages.problem(record))]
        problems += [messages.conflict(entries) for entries in tables.conflicts]
        if strict():
            problems += [
                f"plugin {record.label}: {messages.unknown_hook(hook)}"
                for record in self._records.values()
                for hook in record.unknown_hooks
            ]
            if problems:
                raise PluginError("; ".join(problems) + " (CATENARY_STRICT_PLUGINS is on)")
        with self._lock:
            problems = [] if self._reported else problems
            self._reported = True
        for text in problems:
            warnings.warn(text, PluginWarning, stacklevel=4)
