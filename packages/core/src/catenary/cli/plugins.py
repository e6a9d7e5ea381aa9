"""`catenary plugins`: the plugins that are installed, what they give and what is wrong with them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from catenary.plugins import Entry, PluginRecord, registry
from catenary.plugins.environment import listed
from catenary.plugins.messages import singular, unknown_hook
from catenary.plugins.tables import Tables, build_tables, winner

_TITLES = ("distribution", "version", "status", "provides", "error")


def main(argv: list[str]) -> int:
    """List the installed plugins and their problems; exit with 1 if one is broken or incompatible."""
    parser = argparse.ArgumentParser(prog="catenary plugins", description=main.__doc__)
    parser.add_argument("-v", "--verbose", action="store_true", help="show every name and where it leads")
    options = parser.parse_args(argv)
    # The records, not the tables of the registry: those raise in strict mode, and here everything is shown.
    records = [record for record in registry.records.values() if record.entry_points]
    for line in describe(records, options.verbose):
        print(line)
    return int(any(record.status in ("broken", "incompatible") for record in records))


def describe(records: Sequence[PluginRecord], verbose: bool) -> Iterator[str]:
    """Yield the lines of the table.

    Args:
        records: What is known of each plugin.
        verbose: Whether to list each name and its target.
    """
    rows = [_row(record) for record in records]
    widths = [max(map(len, column)) for column in zip(_TITLES, *rows)]
    tables = build_tables(records)
    yield _aligned(_TITLES, widths)
    for row, record in zip(rows, records):
        yield _aligned(row, widths)
        yield from (f"    {line}" for line in _details(record, tables, verbose))
    if not records:
        yield "no plugin is installed"
    for variable in ("CATENARY_DISABLE_PLUGINS", "CATENARY_ONLY_PLUGINS"):
        for name in sorted(listed(variable) - {"*"} - {record.distribution for record in records}):
            yield f"note: {variable} names {name!r}, which is not installed"


def _row(record: PluginRecord) -> tuple[str, ...]:
    counts = [
        f"{len(names)} {singular(kind) if len(names) == 1 else kind.replace('_', ' ')}"
        for kind, names in record.names.items()
        if names
    ]
    provides = ", ".join(counts) if record.status == "ok" and counts else "-"
    return record.distribution, record.version, record.status, provides, record.error


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(f"{text:{width}}" for text, width in zip(row, widths)).rstrip()


def _details(record: PluginRecord, tables: Tables, verbose: bool) -> Iterator[str]:
    yield from map(unknown_hook, record.unknown_hooks)
    for kind, names in record.names.items() if record.status == "ok" else ():
        for name, target in names.items():
            remark = _remark(record, name, tables.by_kind[kind][name])
            if verbose or remark:
                yield f"{kind}.{name}{f' -> {target}' if verbose else ''}{remark}"


def _remark(record: PluginRecord, name: str, entries: tuple[Entry, ...]) -> str:
    """Return what to say where the bare name does not mean this plugin's object."""
    meant = winner(entries)
    if meant is None:
        return f"  (given by several plugins: use '{record.distribution}:{name}')"
    if meant.record is not record:
        return f"  (shadowed by {meant.record.distribution}: use '{record.distribution}:{name}')"
    return ""
