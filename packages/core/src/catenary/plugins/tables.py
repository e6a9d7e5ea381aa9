"""The tables of names: built once from the records, never changed, so that reading them needs no lock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from catenary.plugins.kinds import KINDS
from catenary.plugins.records import Entry, PluginRecord

#: Name -> what gives it, first party first, then by distribution.
Table = Mapping[str, tuple[Entry, ...]]


class Tables(NamedTuple):
    """All names of all usable plugins."""

    by_kind: Mapping[str, Table]
    #: Function -> the implementations of it that count.
    implementations: Mapping[str, tuple[Entry, ...]]
    #: Implementations of one name from several third parties; none of them counts.
    conflicts: tuple[tuple[Entry, ...], ...]


def build_tables(records: Iterable[PluginRecord]) -> Tables:
    """Sort the names that the usable records give into tables."""
    collected: dict[str, dict[str, list[Entry]]] = {kind: {} for kind in KINDS}
    for record in sorted(records, key=lambda r: (not r.first_party, r.distribution)):
        for kind, names in record.names.items() if record.status == "ok" else ():
            for name, target in names.items():
                collected[kind].setdefault(name, []).append(Entry(record, kind, name, target))
    by_kind = {
        kind: MappingProxyType({name: tuple(table[name]) for name in sorted(table)})
        for kind, table in collected.items()
    }
    implementations: dict[str, list[Entry]] = {}
    conflicts = []
    for name, entries in by_kind["implementations"].items():
        entry = winner(entries)
        if entry is None:
            conflicts.append(entries)
        else:
            implementations.setdefault(name.partition("@")[0], []).append(entry)
    return Tables(
        MappingProxyType(by_kind),
        MappingProxyType({function: tuple(entries) for function, entries in implementations.items()}),
        tuple(conflicts),
    )


def winner(entries: tuple[Entry, ...]) -> Entry | None:
    """Return the entry that an unqualified name means: the only one, or the only one of first party."""
    if len(entries) == 1 or (entries[0].record.first_party and not entries[1].record.first_party):
        return entries[0]
    return None
