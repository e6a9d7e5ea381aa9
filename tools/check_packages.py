"""Rules of the repository that no packaging tool checks:  check_packages.py [WHEEL_DIR]"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
Projects = dict[str, tuple[Path, dict[str, Any]]]


def read_projects() -> Projects:
    """Return distribution name -> (folder, its [project] table)."""
    projects: Projects = {}
    for file in sorted(ROOT.glob("packages/*/pyproject.toml")):
        project = tomllib.loads(file.read_text("utf-8"))["project"]
        projects[canonicalize_name(project["name"])] = (file.parent, project)
    return projects


def requirements(project: dict[str, Any]) -> Iterator[Requirement]:
    """Yield all requirements of a project, those of its extras too."""
    groups = [project["dependencies"], *project.get("optional-dependencies", {}).values()]
    for group in groups:
        yield from map(Requirement, group)


def check_versions(projects: Projects) -> Iterator[str]:
    """A version is its changelog's newest heading, and ranges between packages contain it."""
    for name, (folder, project) in projects.items():
        head = re.search(r"^## \[?v?([^\s\]]+)", (folder / "CHANGELOG.md").read_text("utf-8"), re.M)
        newest = head and head[1]
        if newest != project["version"]:
            yield f"{name}: version {project['version']} is not the newest heading of CHANGELOG.md ({newest})"
        for requirement in requirements(project):
            dependency = canonicalize_name(requirement.name)
            if dependency not in projects:
                continue
            if {s.operator for s in requirement.specifier} != {">=", "<"}:
                yield f"{name}: write {dependency} as >=X.Y,<Z, not {str(requirement)!r}"
            version = projects[dependency][1]["version"]
            if not requirement.specifier.contains(version, prereleases=True):
                yield f"{name}: {str(requirement)!r} excludes {dependency} {version} of this tree"


def check_entries(projects: Projects) -> Iterator[str]:
    """Each package folder has the same entries."""
    for name, (folder, _) in projects.items():
        wanted = ["README.md", "CHANGELOG.md", "LICENSE"]
        if name != "catenary":
            wanted += ["src", "tests"]
        for entry in wanted:
            if not (folder / entry).exists():
                yield f"{name}: {folder.relative_to(ROOT) / entry} is missing"


def facades() -> dict[str, str]:
    """Return subpackage of ``catenary`` -> distribution, read from core's own table."""
    source = (ROOT / "packages/core/src/catenary/_subpackages.py").read_text("utf-8")
    for node in ast.parse(source).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(t, ast.Name) and t.id == "KNOWN" for t in targets):
            return dict(ast.literal_eval(node.value))  # type: ignore[attr-defined]
    raise SystemExit("check_packages: catenary/_subpackages.py has no table KNOWN")


def imported_names(file: Path) -> Iterator[str]:
    """Yield the dotted names that a module imports, ``from a import b`` as ``a`` and ``a.b``."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def provider(name: str, known: dict[str, str], projects: Projects) -> str | None:
    """Return the first-party distribution that a dotted name comes from."""
    first, *rest = name.split(".")
    if first == "catenary":
        return known.get(rest[0], "catenary-core") if rest else "catenary-core"
    distribution = first.removesuffix("_plugin").replace("_", "-")
    return distribution if distribution in projects else None


def check_imports(projects: Projects) -> Iterator[str]:
    """Dependencies point one way: a package imports only what it declares."""
    known = facades()
    facade_files = {ROOT / "packages/core/src/catenary" / f"{name}" for name in known}
    for name, (folder, project) in projects.items():
        allowed = {name} | {canonicalize_name(Requirement(text).name) for text in project["dependencies"]}
        for file in sorted(folder.glob("src/**/*.py")):
            if facade_files & set(file.parents):
                continue
            for imported in sorted(set(imported_names(file))):
                owner = provider(imported, known, projects)
                if owner and owner not in allowed:
                    yield f"{file.relative_to(ROOT)} imports {imported} of {owner}, which {name} does not declare"
                if imported.split(".")[0].startswith("catenary_") and owner not in (None, name):
                    yield f"{file.relative_to(ROOT)} imports {imported}: use the public face of {owner}"


def check_wheels(folder: Path) -> Iterator[str]:
    """Wheels own disjoint files, ship no tests, and are typed."""
    owner: dict[str, str] = {}
    wheels = sorted(folder.glob("*.whl"))
    if not wheels:
        yield f"{folder} holds no wheel"
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            files = [n for n in archive.namelist() if not n.endswith("/") and ".dist-info/" not in n]
        for file in files:
            if file in owner:
                yield f"{file} is in both {owner[file]} and {wheel.name}"
            owner[file] = wheel.name
            if file.split("/")[0] == "catenary" and not wheel.name.startswith("catenary_core-"):
                yield f"{wheel.name} ships {file}: catenary/ belongs to catenary-core"
            if "tests" in file.split("/"):
                yield f"{wheel.name} ships tests: {file}"
        if files and not any(file.endswith("/py.typed") for file in files):
            yield f"{wheel.name} has no py.typed"


def main() -> int:
    projects = read_projects()
    errors = [*check_entries(projects), *check_versions(projects), *check_imports(projects)]
    if len(sys.argv) > 1:
        errors += check_wheels(Path(sys.argv[1]))
    print("\n".join(errors) or f"{len(projects)} packages ok")
    return bool(errors)


if __name__ == "__main__":
    sys.exit(main())
