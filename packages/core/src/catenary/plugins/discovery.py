"""Find the plugins that are installed, without importing any."""

from __future__ import annotations

import importlib.metadata
from importlib.metadata import Distribution, EntryPoint
from typing import NamedTuple

from catenary.plugins.environment import blocked_by, normalize, trace
from catenary.plugins.kinds import GROUP
from catenary.plugins.records import PluginRecord


class Found(NamedTuple):
    """An installed distribution with entry points in our group."""

    record: PluginRecord
    entry_points: tuple[EntryPoint, ...]


def find_installed() -> list[Found]:
    """Return the distributions with plugins, by name; of two copies on `sys.path` the first counts."""
    found: dict[str, Found] = {}
    # Not importlib.metadata.entry_points(): one damaged distribution, of whomever, makes that raise for all.
    for distribution in importlib.metadata.distributions():
        entry_points = _entry_points(distribution)
        if entry_points:
            one = _describe(distribution, entry_points)
            found.setdefault(one.record.distribution, one)
    return [found[name] for name in sorted(found)]


def _entry_points(distribution: Distribution) -> tuple[EntryPoint, ...]:
    try:
        # Most distributions have none of ours: looking is quicker than parsing.
        if f"[{GROUP}]" not in (distribution.read_text("entry_points.txt") or ""):
            return ()
        return tuple(sorted(distribution.entry_points.select(group=GROUP), key=lambda point: point.name))
    except Exception as error:
        trace(f"cannot read the entry points of {_name(distribution, '?')}: {type(error).__name__}: {error}")
        return ()


def _describe(distribution: Distribution, entry_points: tuple[EntryPoint, ...]) -> Found:
    name = _name(distribution, fallback=entry_points[0].value)
    modules = tuple(point.value for point in entry_points)
    record = PluginRecord(name, _version(distribution), modules)
    trace(f"found {record.label} ({', '.join(modules)})")
    variable = blocked_by(name)
    if variable:
        record = PluginRecord(name, record.version, modules, "blocked", f"blocked by {variable}")
    return Found(record, entry_points)


def _name(distribution: Distribution, fallback: str) -> str:
    try:
        return normalize(distribution.metadata["Name"])
    except Exception:  # no metadata, or none with a name
        return normalize(fallback)


def _version(distribution: Distribution) -> str:
    try:
        return distribution.version or "?"
    except Exception:
        return "?"
