"""The registry: every name that plugins give, found when first asked for, imported when first used."""

from __future__ import annotations

import importlib
import time
from collections.abc import Mapping
from typing import Any

from catenary.errors import (
    AmbiguousNameError,
    ArgumentError,
    ArgumentTypeError,
    PluginError,
    UnknownNameError,
)
from catenary.plugins import messages
from catenary.plugins.catalog import Catalog
from catenary.plugins.environment import normalize, trace
from catenary.plugins.kinds import KINDS
from catenary.plugins.records import LOCAL, Entry, ImplementationName, ImplementationRecord, PluginRecord
from catenary.plugins.tables import Table, winner


class Registry:
    """Names and objects of all kinds, from every installed plugin.

    Nothing happens until a name is asked for. Then the entry points are read, the light plugin modules
    imported and their hooks called, once; the object behind a name is imported when `get` first returns it.

    Example:
        >>> from catenary.plugins import registry
        >>> registry.register("functions", "twice", lambda x: 2 * x)
        >>> registry.get("functions", "twice")(21)
        42
        >>> registry.unregister("functions", "twice")
    """

    def __init__(self) -> None:
        self._catalog = Catalog()
        self._objects: dict[tuple[str, str], Any] = {}
        self._implementations: dict[str, tuple[ImplementationRecord, ...]] = {}

    @property
    def records(self) -> Mapping[str, PluginRecord]:
        """What is known of each plugin, by distribution; broken and blocked ones among them."""
        return self._catalog.records()

    def table(self, kind: str) -> Table:
        """Return what gives each name of a kind.

        Args:
            kind: One of `catenary.plugins.KINDS`.

        Returns:
            Name -> tuple of entries with `record`, `name`, `target` and `qualified`; first party first, then
            by distribution.

        Raises:
            ArgumentError: If there is no such kind.
            PluginError: In strict mode, if a plugin cannot be used.
        """
        if kind not in KINDS:
            hint = messages.did_you_mean(str(kind), KINDS)
            raise ArgumentError(f"registry: there is no kind {kind!r}{hint} (kinds: {', '.join(KINDS)})")
        return self._catalog.tables().by_kind[kind]

    def names(self, kind: str) -> tuple[str, ...]:
        """Return the names of a kind that `get` takes, sorted.

        A name that several third parties give stands there in its qualified forms.
        """
        found: list[str] = []
        for name, entries in self.table(kind).items():
            found += [name] if winner(entries) else [entry.qualified for entry in entries]
        return tuple(sorted(found))

    def get(self, kind: str, name: str) -> Any:
        """Return the object behind a name, importing it at first.

        Args:
            kind: One of `catenary.plugins.KINDS`.
            name: Its name, or ``"<distribution>:<name>"`` where several plugins give the same name.

        Raises:
            UnknownNameError: If no usable plugin gives the name; the message has similar names.
            AmbiguousNameError: If several third parties give it; the message has the qualified names.
            PluginError: If the plugin that gives it, or the object itself, cannot be imported.
        """
        entry = self.find(kind, name)
        key = (kind, entry.qualified)
        if key not in self._objects:
            self._objects[key] = _import_target(entry)
        return self._objects[key]

    def find(self, kind: str, name: str) -> Entry:
        """Return what is known of a name without importing its object; the errors are those of `get`."""
        if not isinstance(name, str):
            raise ArgumentTypeError(
                f"registry: expected the name of a {messages.singular(kind)} as a str, got {name!r}"
            )
        table = self.table(kind)
        entries = table.get(name, ())
        if not entries:
            distribution, _, bare = name.partition(":")
            wanted = normalize(distribution)
            entries = tuple(e for e in table.get(bare, ()) if e.record.distribution == wanted)
        if not entries:
            raise self._not_found(kind, name, table)
        entry = winner(entries)
        if entry is None:
            raise AmbiguousNameError(messages.ambiguous(kind, name, entries))
        return entry

    def implementations(self, function: str) -> tuple[ImplementationRecord, ...]:
        """Return the registered implementations of a function, sorted by name; often there is none.

        Args:
            function: The name that the function was declared with.

        Example:
            >>> from catenary.plugins import registry
            >>> registry.implementations("no_such_function")
            ()
        """
        known = self._implementations.get(function)
        if known is None:
            entries = self._catalog.tables().implementations.get(function, ())
            known = self._implementations[function] = tuple(self._implementation(e) for e in entries)
        return known

    def register(self, kind: str, name: str, target: Any) -> None:
        """Give a name to an object of the running process, as a plugin called ``local`` would.

        Args:
            kind: One of `catenary.plugins.KINDS`.
            name: Its name. Giving it again replaces the object.
            target: The object, or where it is: ``"package.module:attribute"``.

        Raises:
            ArgumentError: If the name cannot be used or belongs to one of Catenary's own packages.
        """
        from catenary.plugins.loading import check_name, check_target  # brings pluggy

        entries = self.table(kind).get(name, ())
        if entries and entries[0].record.first_party:
            owner = entries[0].record.distribution
            raise ArgumentError(f"registry.register: the name {name!r} belongs to {owner}; choose another")
        try:
            check_name(kind, name)
            where = check_target(name, target) if isinstance(target, str) else f"<{type(target).__name__}>"
        except ValueError as error:
            raise ArgumentError(f"registry.register: {error}") from None
        self._forget(kind, name)
        if not isinstance(target, str):
            self._objects[kind, f"{LOCAL}:{name}"] = target
        self._catalog.change_local(kind, lambda names: {**names, name: where})

    def unregister(self, kind: str, name: str) -> None:
        """Take back a name that `register` gave.

        Raises:
            UnknownNameError: If `register` did not give it.
        """
        if not any(entry.record.distribution == LOCAL for entry in self.table(kind).get(name, ())):
            what = messages.singular(kind)
            raise UnknownNameError(f"registry.unregister: no {what} named {name!r} was registered by hand")
        self._catalog.change_local(kind, lambda names: {n: t for n, t in names.items() if n != name})
        self._forget(kind, name)

    def _forget(self, kind: str, name: str) -> None:
        self._objects.pop((kind, f"{LOCAL}:{name}"), None)
        self._implementations = {}

    def _implementation(self, entry: Entry) -> ImplementationRecord:
        function, device, provider = ImplementationName.parse(entry.name)
        return ImplementationRecord(
            name=entry.name,
            function=function,
            device=device,
            provider=provider,
            distribution=entry.record.distribution,
            version=entry.record.version,
            target=entry.target,
            _registry=self,
        )

    def _not_found(self, kind: str, name: str, table: Table) -> Exception:
        distribution, _, bare = name.rpartition(":")
        unusable = [record for record in self.records.values() if record.status != "ok"]
        for record in unusable:
            if record.distribution == normalize(distribution) or bare in record.names.get(kind, {}):
                failed = PluginError(messages.unusable(kind, name, record))
                failed.__cause__ = record.cause
                return failed
        unknown = UnknownNameError(messages.unknown_name(kind, name, table, self.records.values()))
        unknown.__cause__ = next((record.cause for record in unusable if record.cause), None)
        return unknown


def _import_target(entry: Entry) -> Any:
    start = time.perf_counter()
    module, _, path = entry.target.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for attribute in path.split("."):
            found = getattr(found, attribute)
    except (Exception, SystemExit) as error:
        raise PluginError(
            f"plugin {entry.record.label} gives the {messages.singular(entry.kind)} {entry.name!r} as "
            f"{entry.target!r}, which cannot be imported: {type(error).__name__}: {error}"
        ) from error
    spent = (time.perf_counter() - start) * 1e3
    trace(f"looked up {entry.kind} {entry.qualified} at {entry.target} in {spent:.1f} ms")
    return found


registry = Registry()


def module_getattr(module: str, kind: str, name: str) -> Any:
    """Find a name that plugins give; a package's module-level ``__getattr__`` ends here.

    Args:
        module: ``__name__`` of the module that was asked.
        kind: The kind of object that the module holds.
        name: The attribute that it does not have itself.

    Raises:
        AttributeError: If no plugin gives the name.
        AmbiguousNameError: If several do.
        PluginError: If the one that does cannot be imported.
    """
    # Tools ask modules for all sorts of special names; those must not start a search for plugins.
    if name.startswith("_"):
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    try:
        return registry.get(kind, name)
    except UnknownNameError as error:
        raise AttributeError(f"module {module!r} has no attribute {name!r}: {error}") from error.__cause__
