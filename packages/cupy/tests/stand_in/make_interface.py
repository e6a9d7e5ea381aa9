"""Write interface.tsv: which names the real CuPy has, and the arguments of its functions.

Run it with a Python that has CuPy (no GPU is needed), and without the stand-in on its path:

    python -P make_interface.py
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import cupy

MODULES = [
    "cupy",
    "cupy.cuda.runtime",
    "cupy.exceptions",
    "cupy.fft",
    "cupy.lib.stride_tricks",
    "cupy.linalg",
    "cupy.random",
    "cupyx",
    "cupyx.profiler",
    "cupyx.scipy.linalg",
    "cupyx.scipy.special",
]
CLASSES = {
    "cupy.ndarray": cupy.ndarray,
    "cupy.random.Generator": cupy.random.Generator,
    "cupy.random.RandomState": cupy.random.RandomState,
    "cupy.ufunc": cupy.ufunc,
}
#: What a ufunc takes besides its operands; `where` it refuses.
UFUNC_KEYWORDS = ["casting='same_kind'", "dtype=None"]
#: What the signature of a compiled function holds besides the names and defaults of its arguments.
_NUMBERS = "int|bool|str|tuple|bytes|unsigned|Py_ssize_t|size_t|intptr_t|uintmax_t|ptrdiff_t"
C_TYPES = re.compile(rf"\b(?:{_NUMBERS}|_ndarray_base|MemoryKind|MemPoolProps|MemoryPointer) (?=\w)")


def arguments(thing: Any) -> str:
    """Return the arguments of a function as a `def` would spell them, "?" if it does not tell."""
    try:
        found = inspect.signature(thing)
    except (TypeError, ValueError):
        return documented(thing)
    plain = [p.replace(annotation=p.empty, default=default(p.default)) for p in found.parameters.values()]
    return str(inspect.Signature(plain))[1:-1]


class Spelled:
    """A default value that prints as given."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def default(value: Any) -> Any:
    """Return a default value that is printed as an expression."""
    if value is inspect.Parameter.empty or value is None or isinstance(value, bool | int | float | str):
        return value
    if not isinstance(value, type):
        return Spelled("...")
    return Spelled(f"{value.__module__}.{value.__name__}".removeprefix("builtins."))


def documented(thing: Any) -> str:
    """Return the arguments that the first line of a docstring shows."""
    first = (getattr(thing, "__doc__", None) or "").strip().split("\n")[0]
    shown = re.search(r"\w\((.*)\)(?: ->.*)?$", first)
    if not shown:
        return "?"
    text = C_TYPES.sub("", shown[1]).replace("\\*", "*")
    return re.sub(r"^(?:self|cls)(?:, |$)", "", text)


def ufunc_arguments(ufunc: Any) -> str:
    """Return what any ufunc takes; outputs may be positional."""
    names = ["x"] if ufunc.nin == 1 else [f"x{i + 1}" for i in range(ufunc.nin)]
    if ufunc.nout == 1:
        return ", ".join([*names, "/", "out=None", "*", *UFUNC_KEYWORDS])
    outs = [f"out{i + 1}=None" for i in range(ufunc.nout)]
    return ", ".join([*names, *outs, "/", "*", "out=None", *UFUNC_KEYWORDS])


def row(thing: Any) -> tuple[str, str, str]:
    """Return the kind of a thing, its arguments or value, and for ufuncs their types."""
    if isinstance(thing, cupy.ufunc):
        kind = "ufunc at" if thing._scatter_op else "ufunc"
        return kind, ufunc_arguments(thing), " ".join(thing.types)
    if isinstance(thing, type):
        return "class", "", ""
    if inspect.isgetsetdescriptor(thing) or isinstance(thing, property):
        return "attribute", "", ""
    if callable(thing):
        return "function", arguments(thing), ""
    return "value", repr(thing) if isinstance(thing, int | float | str | None) else "", ""


def rows() -> Iterator[tuple[str, ...]]:
    """Yield the rows: where, name, kind, arguments or value, types."""
    for where in MODULES:
        module = importlib.import_module(where)
        for name in sorted(dir(module)):
            thing = getattr(module, name)
            if not name.startswith("_") and not isinstance(thing, ModuleType) and name != "annotations":
                yield (where, name, *row(thing))
    for where, class_ in CLASSES.items():
        for name in sorted(dir(class_)):
            if not name.startswith("_"):
                kind, found, types = row(getattr(class_, name))
                yield where, name, kind, re.sub(r"^self(?:, |$)", "", found), types
            elif where == "cupy.ndarray" and name.startswith("__") and not hasattr(object, name):
                yield where, name, "special", "", ""


if __name__ == "__main__":
    lines = [f"# The interface of CuPy {cupy.__version__}, written by make_interface.py"]
    lines += ["\t".join(("where", "name", "kind", "arguments or value", "types")), *map("\t".join, rows())]
    Path(__file__).with_name("interface.tsv").write_text("\n".join(lines) + "\n")
