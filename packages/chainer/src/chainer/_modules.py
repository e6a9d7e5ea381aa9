"""The modules of Chainer 7 that have no file here: `chainer.functions.activation.relu`, `chainer.training`, ...

`modules.tsv` says which there were, and the public names that each defined. A module without a file gets these from the
nearest package above it that has them, and others from the module of Catenary at the same place or where they moved.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.resources import files
from types import ModuleType
from typing import Any

PACKAGE = "chainer"
TABLE: dict[str, list[str]] = {
    path: names.split()
    for path, names in (line.split("\t") for line in files(PACKAGE).joinpath("modules.tsv").read_text().splitlines())
}
#: Where older versions had what has moved: module -> the one that has it today.
MOVED = {
    "function": "function_hook",
    "optimizer": "optimizer_hooks",
    "training": "training.triggers",
    "training.extension": "training",
    "training.trigger": "training",
    "training.updater": "training.updaters",
}


class MadeModule(ModuleType):
    """A module whose names are looked up elsewhere when they are asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__all__":
            raise AttributeError(name)
        path = self.__name__.removeprefix(f"{PACKAGE}.")
        if name == "__all__":
            names = TABLE.get(path) or getattr(_mirrored(path), "__all__", [])
            return [name for name in names if hasattr(self, name)]
        if f"{path}.{name}" in TABLE:
            return importlib.import_module(f"{self.__name__}.{name}")
        value = find(path, name)
        setattr(self, name, value)
        return value

    def __dir__(self) -> list[str]:
        here = self.__name__.partition(".")[2]
        below = [path.rpartition(".")[2] for path in TABLE if path.rpartition(".")[0] == here]
        return sorted({*vars(self), *self.__all__, *below})


def find(path: str, name: str) -> Any:
    """Return what a name of a module without a file stands for.

    Args:
        path: The module, below `chainer`.
        name: The name.

    Raises:
        AttributeError: If there is none.
    """
    if path.startswith("training") and name in (older := importlib.import_module(f"{PACKAGE}._training").OLDER):
        return older[name]
    above = path
    while name in TABLE[path] and above:
        above = above.rpartition(".")[0]
        module = importlib.import_module(f"{PACKAGE}.{above}" if above else PACKAGE)
        value = getattr(module, name, None)
        if value is not None and not isinstance(value, ModuleType):
            return value
    mirrored = _mirrored(path)
    if mirrored is not None and hasattr(mirrored, name):
        return getattr(mirrored, name)
    if path in MOVED and hasattr(moved := importlib.import_module(f"{PACKAGE}.{MOVED[path]}"), name):
        return getattr(moved, name)
    raise AttributeError(f"module 'chainer.{path}' has no attribute {name!r}{_why(path, name)}")


def _why(path: str, name: str) -> str:
    """Return why a name is missing that Chainer 7 had, with what stands before it in the message; "" for others."""
    if name not in TABLE[path]:
        return ""
    if not path.startswith("functions."):
        return ": Chainer 7 had it, and nothing stands in its place"
    functions = importlib.import_module(f"{PACKAGE}.functions")
    found = [f"chainer.functions.{n}" for n in TABLE[path] if n.islower() and hasattr(functions, n)]
    return f": it was a part of {' and '.join(found)}, whose nodes have no classes of their own"


def _mirrored(path: str) -> Any:
    """Return the module of Catenary at the same place, None if there is none."""
    found: Any = importlib.import_module("catenary")
    for part in path.split("."):
        found = getattr(found, part, None)
    return found if isinstance(found, ModuleType) else None


class Finder(MetaPathFinder, Loader):
    """Finds the modules of the table that have no file."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> Any:
        if fullname.removeprefix(f"{PACKAGE}.") in TABLE:
            return ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return MadeModule(spec.name, f"{spec.name}, as Chainer 7 had it.")

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is executed: names come when they are asked for."""


def install() -> None:
    """Let `import` find these modules, after those with a file."""
    if not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.append(Finder())
