"""What the real CuPy has: the table interface.tsv, read."""

from __future__ import annotations

import inspect
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

#: Names that defaults in the table refer to.
_DEFAULTS = {
    "numpy": np,
    "inf": np.inf,
    "streamCaptureModeRelaxed": 2,
    "cudaIpcMemLazyEnablePeerAccess": 1,
    "cudaMemAttachGlobal": 1,
}


class Entry(NamedTuple):
    """One name of CuPy: its kind, its arguments or value, and the types of a ufunc."""

    where: str
    name: str
    kind: str
    text: str
    types: str

    def value(self) -> Any:
        """Return the number or text of a constant."""
        return eval(self.text, {"inf": np.inf, "nan": np.nan}) if self.text else SimpleNamespace()


def _read() -> dict[tuple[str, str], Entry]:
    lines = (Path(__file__).parent.parent / "interface.tsv").read_text().splitlines()[2:]
    rows = (Entry(*line.split("\t")) for line in lines)
    return {(row.where, row.name): row for row in rows}


TABLE = _read()


def entry(where: str, name: str) -> Entry:
    """Return what the table says of a name.

    Raises:
        AttributeError: If CuPy has no such name.
    """
    found = TABLE.get((where, name))
    if found is None:
        raise AttributeError(f"module {where!r} has no attribute {name!r}")
    return found


def names(where: str, *kinds: str) -> list[str]:
    """Return the names of a module or class that are of one of these kinds (all, if none is given)."""
    return [name for (place, name), row in TABLE.items() if place == where and (not kinds or row.kind in kinds)]


@cache
def signature(where: str, name: str) -> inspect.Signature:
    """Return the signature of a function of CuPy."""
    text = entry(where, name).text
    return inspect.signature(eval(f"lambda {'*args, **kwargs' if text == '?' else text}: None", dict(_DEFAULTS)))


def bind(where: str, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> inspect.BoundArguments:
    """Return the arguments by CuPy's names.

    Raises:
        TypeError: If CuPy's function does not take them.
    """
    try:
        return signature(where, name).bind(*args, **kwargs)
    except TypeError as error:
        raise TypeError(f"{where}.{name}: {error}; it takes ({entry(where, name).text})") from None
