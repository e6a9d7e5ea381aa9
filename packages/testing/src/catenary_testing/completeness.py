"""Whether every registered object of a distribution has a conformance test."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from catenary.plugins import registry


def untested(kind: str, distribution: str, cases: Iterable[Any]) -> list[str]:
    """Return the registered names of a distribution that no case covers.

    Args:
        kind: A kind of the registry, such as `"functions"`.
        distribution: The distribution that registers them.
        cases: Cases of the kit; each has the object under test as its first field.

    Returns:
        The names without a case, sorted; a build should fail unless this is empty.

    Example:
        >>> from catenary.testing import untested
        >>> untested("functions", "no-such-distribution", [])
        []
    """
    covered = {id(next(iter(vars(case).values()))) for case in cases}
    names = [
        name
        for name, entries in registry.table(kind).items()
        if any(entry.record.distribution == distribution for entry in entries)
    ]
    return sorted(name for name in names if id(registry.get(kind, f"{distribution}:{name}")) not in covered)
