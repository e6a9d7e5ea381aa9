"""The rules of the repository, and that each of them can fail."""

from __future__ import annotations

import importlib.util
import shutil
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def rules(tmp_path: Path) -> Iterator[ModuleType]:
    """tools/check_packages.py, looking at a copy of the packages."""
    spec = importlib.util.spec_from_file_location("check_packages", ROOT / "tools" / "check_packages.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    ignored = shutil.ignore_patterns("__pycache__", "tests", "*.npz")
    shutil.copytree(ROOT / "packages", tmp_path / "packages", ignore=ignored)
    for package in (tmp_path / "packages").iterdir():
        (package / "tests").mkdir()
    module.ROOT = tmp_path
    yield module
    sys.modules.pop("check_packages", None)


def problems(rules: ModuleType) -> list[str]:
    projects = rules.read_projects()
    return [*rules.check_entries(projects), *rules.check_versions(projects), *rules.check_imports(projects)]


def test_this_tree_keeps_the_rules(rules: ModuleType) -> None:
    assert problems(rules) == []
    assert len(rules.read_projects()) >= 8


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("io/pyproject.toml", 'version = "0.1.0"', 'version = "0.1.1"', "is not the newest heading"),
        ("io/pyproject.toml", '"catenary-core>=0.1,<0.2"', '"catenary-core>=0.1"', "write catenary-core as"),
        ("io/pyproject.toml", '"catenary-core>=0.1,<0.2"', '"catenary-core>=0.2,<0.3"', "excludes catenary-core"),
        ("io/CHANGELOG.md", "## 0.1.0", "## 0.2.0", "is not the newest heading of CHANGELOG.md (0.2.0)"),
    ],
)
def test_versions(rules: ModuleType, file: str, old: str, new: str, message: str) -> None:
    path = rules.ROOT / "packages" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    assert any(message in problem for problem in problems(rules))


@pytest.mark.parametrize(
    ("package", "line", "message"),
    [
        ("optimizers", "import catenary.links as L", "of catenary-links, which catenary-optimizers does not declare"),
        ("optimizers", "from catenary import links", "of catenary-links, which catenary-optimizers does not declare"),
        ("core", "from catenary import functions", "of catenary-functions, which catenary-core does not declare"),
        ("links", "from catenary_functions import relu", "use the public face of catenary-functions"),
    ],
)
def test_imports(rules: ModuleType, package: str, line: str, message: str) -> None:
    name = "catenary" if package == "core" else f"catenary_{package}"
    (rules.ROOT / "packages" / package / "src" / name / "wrong.py").write_text(f"{line}\n")
    assert any(message in problem and "wrong.py" in problem for problem in problems(rules))


def test_entries(rules: ModuleType) -> None:
    (rules.ROOT / "packages" / "io" / "README.md").unlink()
    assert problems(rules) == ["catenary-io: packages/io/README.md is missing"]


def test_wheels(rules: ModuleType, tmp_path: Path) -> None:
    def wheel(name: str, *files: str) -> None:
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for file in files:
                archive.writestr(file, "")

    assert list(rules.check_wheels(tmp_path)) == [f"{tmp_path} holds no wheel"]
    wheel("catenary_core-0.1.0-py3-none-any.whl", "catenary/__init__.py", "catenary/py.typed")
    assert list(rules.check_wheels(tmp_path)) == []
    wheel("catenary_io-0.1.0-py3-none-any.whl", "catenary/__init__.py", "catenary_io/tests/test_x.py")
    assert list(rules.check_wheels(tmp_path)) == [
        "catenary/__init__.py is in both catenary_core-0.1.0-py3-none-any.whl and catenary_io-0.1.0-py3-none-any.whl",
        "catenary_io-0.1.0-py3-none-any.whl ships catenary/__init__.py: catenary/ belongs to catenary-core",
        "catenary_io-0.1.0-py3-none-any.whl ships tests: catenary_io/tests/test_x.py",
        "catenary_io-0.1.0-py3-none-any.whl has no py.typed",
    ]


def test_core_needs_numpy_and_pluggy_alone(rules: ModuleType) -> None:
    _, project = rules.read_projects()["catenary-core"]
    assert project["dependencies"] == ["numpy>=2.0", "pluggy>=1.5"]
