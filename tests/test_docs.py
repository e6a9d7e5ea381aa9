"""The documents say what is so: hooks with their signatures, environment variables, and files that exist."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from catenary.plugins import API, KINDS, hookspecs
from chainer.configuration import IDLE, SHARED

ROOT = Path(__file__).resolve().parent.parent
MIGRATION = (ROOT / "docs" / "migration.md").read_text("utf-8")
PLUGINS = (ROOT / "docs" / "plugins.md").read_text("utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/*/*.md")])


def test_each_hook_is_described_with_its_signature() -> None:
    signatures = [f"{name}{inspect.signature(getattr(hookspecs, name))}".replace("'", "") for name in hooks()]
    assert re.findall(r"^    (catenary_.*)$", PLUGINS, re.M) == signatures


def hooks() -> list[str]:
    """Return the names of the hooks, in the order of the file."""
    return [name for name in vars(hookspecs) if name.startswith("catenary_")]


def test_every_kind_has_a_hook() -> None:
    assert hooks() == [f"catenary_{kind}" for kind in KINDS]


def test_the_number_of_the_api_is_the_one_of_the_core() -> None:
    assert f"This version of the core has {API[0]}.{API[1]}." in PLUGINS


def test_every_environment_variable_is_in_the_table() -> None:
    used = {
        name
        for file in ROOT.glob("packages/*/src/**/*.py")
        for name in re.findall(r"\bCATENARY_[A-Z_]+\b", file.read_text("utf-8"))
    }
    assert set(re.findall(r"^\| `(CATENARY_\w+)", PLUGINS, re.M)) == used - {"CATENARY_API"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_are_named_exist(document: Path) -> None:
    text = document.read_text("utf-8")
    named = re.findall(r"`((?:packages|examples|docs|tests|tools)/[\w./-]*)`", text)
    linked = [document.parent / link for link in re.findall(r"\]\((?!\w+:)([^)#]+)", text)]
    paths = [*((ROOT / name, document.parent / name) for name in named), *((link,) for link in linked)]
    assert [places for places in paths if not any(path.exists() for path in places)] == []


def test_every_setting_of_chainer_is_on_the_page() -> None:
    named = set(re.findall(r"`(\w+)`", MIGRATION.partition("## Settings")[2].partition("## ")[0]))
    assert {*SHARED, *IDLE, "type_check"} - named == {"train"}  # `chainer.config.train` stands in full


@pytest.mark.parametrize(
    "command",
    [
        ["tools/function_reference.py", "--check"],
        ["tools/chainer_names.py", "--check"],
        ["tools/code_per_function.py"],
    ],
)
def test_generated_pages_are_up_to_date_and_functions_are_short(command: list[str]) -> None:
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
