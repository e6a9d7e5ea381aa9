"""Every module can be imported first, and importing Catenary stays cheap."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = sorted(path.parent.name for path in ROOT.glob("packages/*/src"))

IMPORT_EACH_ALONE = """
import importlib, sys
import numpy
before = set(sys.modules)
for name in sys.argv[1:]:
    for other in set(sys.modules) - before:
        if other.partition(".")[0].startswith("catenary"):
            del sys.modules[other]
    try:
        importlib.import_module(name)
    except BaseException as error:
        sys.exit(f"{name}: {type(error).__name__}: {error}")
"""
#: What `import catenary` must not bring: what it needs only later, and what only other packages need.
LATER = ["pluggy", "importlib.metadata", "h5py", "matplotlib", "tqdm", "pytest", "catenary_links", "concurrent"]


def modules(package: str) -> list[str]:
    source = ROOT / "packages" / package / "src"
    files = [file.relative_to(source).with_suffix("") for file in source.rglob("*.py")]
    return sorted(".".join(file.parts).removesuffix(".__init__") for file in files if file.name != "__main__")


@pytest.mark.parametrize("package", PACKAGES)
def test_each_module_is_imported_alone(package: str) -> None:
    command = [sys.executable, "-c", IMPORT_EACH_ALONE, *modules(package)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_import_brings_only_what_it_needs() -> None:
    program = f"import sys, catenary; print(*(name for name in {LATER} if name in sys.modules))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.split() == []
