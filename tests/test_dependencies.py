"""Dependencies between the packages point one way, as in the table of the design."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent

#: What each package may import of the others; a facade of core counts as the package behind it.
NEEDS: dict[str, set[str]] = {
    "core": set(),
    "functions": {"core"},
    "links": {"core", "functions"},
    "optimizers": {"core"},
    "training": {"core"},
    "io": {"core"},
    "testing": {"core"},
    "chainer": {"core", "functions", "links", "optimizers", "training", "io", "testing"},
    "onednn": {"core", "functions"},
    "cupy": {"core", "functions"},
    "catenary": set(),
}
#: What they may import besides the standard library.
THIRD_PARTY: dict[str, set[str]] = {
    "core": {"numpy", "pluggy"},
    "functions": {"numpy"},
    "links": {"numpy"},
    "optimizers": {"numpy"},
    "training": {"numpy", "tqdm", "matplotlib", "tensorboardX", "optuna"},
    "io": {"numpy", "h5py", "safetensors", "filelock", "tqdm"},
    "testing": {"numpy", "pytest", "ml_dtypes", "hypothesis"},
    "chainer": {"numpy", "pytest"},
    "onednn": {"numpy"},
    "cupy": {"numpy", "cupy"},
    "catenary": set(),
}
FACADES = {
    "functions": "functions",
    "distributions": "functions",
    "function_hooks": "functions",
    "links": "links",
    "initializers": "links",
    "link_hooks": "links",
    "optimizers": "optimizers",
    "optimizer_hooks": "optimizers",
    "training": "training",
    "iterators": "training",
    "dataset": "training",
    "serializers": "io",
    "datasets": "io",
    "testing": "testing",
}
#: The facade modules with names of their own, and the modules behind them.
BEHIND = {
    "functions": "catenary_functions",
    "distributions": "catenary_functions.distributions",
    "function_hooks": "catenary_functions.function_hooks",
    "functions.kernels": "catenary_functions.kernels",
    "links": "catenary_links",
    "initializers": "catenary_links.initializers",
    "link_hooks": "catenary_links.link_hooks",
    "optimizers": "catenary_optimizers",
    "optimizer_hooks": "catenary_optimizers.optimizer_hooks",
    "training": "catenary_training",
    "training.extensions": "catenary_training.extensions",
    "training.triggers": "catenary_training.triggers",
    "training.extensions.snapshot_writers": "catenary_training.extensions.snapshot_writers",
    "training.schedules": "catenary_training.schedules",
    "training.updaters": "catenary_training.updaters",
    "iterators": "catenary_training.iterators",
    "dataset": "catenary_training.dataset",
    "serializers": "catenary_io.serializers",
    "datasets": "catenary_io.datasets",
    "testing": "catenary_testing",
}
SOURCES = [(package, file) for package in NEEDS for file in sorted((ROOT / "packages" / package).glob("src/**/*.py"))]


def imported(file: Path) -> set[str]:
    """Return the dotted names that a file imports, also inside of functions and of names from packages."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def package_of(name: str) -> str:
    """Return the package that a dotted name belongs to, or the name of the module of somebody else."""
    top, _, rest = name.partition(".")
    if top == "catenary":
        return FACADES.get(rest.partition(".")[0], "core")
    if top.startswith("catenary_"):
        return top.removeprefix("catenary_").removesuffix("_plugin")
    return "" if top in sys.stdlib_module_names else top


def is_facade(package: str, file: Path) -> bool:
    relative = file.relative_to(ROOT / "packages" / package / "src")
    return package == "core" and relative.name == "__init__.py" and relative.parts[1] in FACADES


def test_every_package_is_in_the_table() -> None:
    assert {path.parent.name for path in ROOT.glob("packages/*/pyproject.toml")} == set(NEEDS)


@pytest.mark.parametrize("package", NEEDS)
def test_imports_point_one_way(package: str) -> None:
    allowed = {"", package} | NEEDS[package] | THIRD_PARTY[package]
    wrong = [
        f"{file.relative_to(ROOT)}: {name}"
        for owner, file in SOURCES
        if owner == package and not is_facade(package, file)
        for name in sorted(imported(file))
        if package_of(name) not in allowed
    ]
    assert wrong == []


def test_a_facade_imports_what_it_is_for_and_nothing_else() -> None:
    facades = [file for package, file in SOURCES if is_facade(package, file)]
    assert len(facades) == len(BEHIND)
    for file in facades:
        names = file.relative_to(ROOT / "packages/core/src/catenary").parent.parts
        assert {package_of(name) for name in imported(file)} - {"", "core"} == {FACADES[names[0]]}


def test_other_packages_are_used_by_their_public_face() -> None:
    wrong = [
        f"{file.relative_to(ROOT)}: {name}"
        for package, file in SOURCES
        if not is_facade(package, file)
        for name in sorted(imported(file))
        if name.startswith("catenary_") and package_of(name) != package
    ]
    assert wrong == []


@pytest.mark.parametrize("facade", BEHIND)
def test_a_facade_gives_what_its_package_says(facade: str) -> None:
    face, behind = importlib.import_module(f"catenary.{facade}"), importlib.import_module(BEHIND[facade])
    assert sorted(face.__all__) == sorted(set(behind.__all__))
    for name in behind.__all__:
        given = getattr(behind, name)
        if not isinstance(given, ModuleType):  # a module behind has a facade of its own
            assert getattr(face, name) is given


LAZY = """
import sys, numpy
before = set(sys.modules)
import catenary
print(*sorted(name for name in set(sys.modules) - before))
"""


def test_importing_core_brings_core_alone() -> None:
    result = subprocess.run([sys.executable, "-c", LAZY], capture_output=True, text=True, check=True)
    brought = {package_of(name) for name in result.stdout.split()} - {""}
    assert brought - {"numpy"} == {"core"}
    assert not set(result.stdout.split()) & {
        "importlib.metadata",
        "catenary.plugins.registry",
        "pluggy",
        "h5py",
        "tqdm",
    }
