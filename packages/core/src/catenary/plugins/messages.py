"""The texts that say why a name was not found, or why plugins are ignored."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from catenary.plugins.kinds import KINDS, PROVIDERS
from catenary.plugins.records import Entry, PluginRecord


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Return ``"; did you mean 'Adam'?"`` for the names close to `name`, or an empty string.

    Example:
        >>> did_you_mean("adamm", ["Adam", "SGD"])
        "; did you mean 'Adam'?"
    """
    by_lower = {known.lower(): known for known in names}
    close = [by_lower[match] for match in difflib.get_close_matches(name.lower(), by_lower, n=3, cutoff=0.6)]
    return f"; did you mean {' or '.join(map(repr, close))}?" if close else ""


def singular(kind: str) -> str:
    """Return the word for one object of a kind: ``"optimizer hook"`` for ``"optimizer_hooks"``."""
    return kind[:-1].replace("_", " ")


def unknown_name(kind: str, name: str, names: Iterable[str], records: Iterable[PluginRecord]) -> str:
    """Return the message for a name that no usable plugin gives."""
    records = list(records)
    text = f"no {singular(kind)} named {name!r} is registered{did_you_mean(name, names)}"
    provider = PROVIDERS.get(kind)
    if provider and all(record.distribution != provider for record in records):
        text += f" ({provider} is not installed: pip install {provider})"
    others = [f"{r.label}, {r.status}: {r.error}" for r in records if r.status != "ok"]
    if others:
        text += f" (plugins that are not in use and may give it: {'; '.join(others)})"
    return text


def unusable(kind: str, name: str, record: PluginRecord) -> str:
    """Return the message for a name of a plugin that is not in use."""
    return (
        f"the {singular(kind)} {name!r} is to come from the plugin {record.label}, which is {record.status}: "
        f"{record.error}"
    )


def ambiguous(kind: str, name: str, entries: Iterable[Entry]) -> str:
    """Return the message for a name that several plugins give."""
    qualified = ", ".join(repr(entry.qualified) for entry in entries)
    return f"{name!r} is given by several plugins as {singular(kind)}; use one of {qualified}"


def problem(record: PluginRecord) -> str:
    """Return why a plugin cannot be used as it is, or an empty string."""
    silence = f"to silence this: CATENARY_DISABLE_PLUGINS={record.distribution}"
    if record.status in ("broken", "incompatible"):
        return f"plugin {record.label} is {record.status} and ignored: {record.error} ({silence})"
    return ""


def unknown_hook(hook: str) -> str:
    """Return the message for a hook that this core does not have."""
    close = difflib.get_close_matches(hook.removeprefix("catenary_"), KINDS, n=1)
    advice = f"did you mean 'catenary_{close[0]}'?" if close else "a newer catenary-core may have it"
    return f"unknown hook {hook}; {advice}"


def conflict(entries: tuple[Entry, ...]) -> str:
    """Return the message for an implementation that several third parties give."""
    distributions = [entry.record.distribution for entry in entries]
    return (
        f"the implementation {entries[0].name!r} is given by several plugins ({', '.join(distributions)}), "
        f"and none of them is used; block all but one: CATENARY_DISABLE_PLUGINS={','.join(distributions[1:])}"
    )
