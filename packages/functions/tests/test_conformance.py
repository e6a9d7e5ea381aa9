"""Nothing is forgotten: every registered function has a case, a wrong call, and its place in the tables."""

from __future__ import annotations

import importlib
import runpy
from pathlib import Path
from typing import Any

import pytest

import catenary.functions as F
from catenary.testing import untested
from catenary_functions_plugin import NAMES

FAMILIES = {
    path: runpy.run_path(str(path))
    for path in sorted(Path(__file__).parent.glob("test_*.py"))
    if path != Path(__file__)
}


def gathered(table: str) -> list[Any]:
    return [row for family in FAMILIES.values() for row in family.get(table, ())]


def test_every_registered_function_has_a_case() -> None:
    # `forget` has no gradients of higher order, and the others make sparse matrices: they have tests of their own.
    elsewhere = {"forget", "CooMatrix", "to_coo"}
    assert set(untested("functions", "catenary-functions", gathered("CASES"))) - elsewhere == set()


def test_every_registered_function_has_a_wrong_call() -> None:
    assert set(" ".join(NAMES.values()).split()) - {row.name for row in gathered("WRONG")} == set()


@pytest.mark.parametrize("module", NAMES)
def test_the_table_of_the_plugin_is_what_the_modules_export(module: str) -> None:
    assert sorted(importlib.import_module(f"catenary_functions.{module}").__all__) == NAMES[module].split()


def test_the_facade_has_every_name() -> None:
    assert sorted(F.__all__) == sorted(" ".join(NAMES.values()).split())


@pytest.mark.parametrize("module", NAMES)
def test_the_facade_gives_what_the_modules_define(module: str) -> None:
    found = importlib.import_module(f"catenary_functions.{module}")
    for name in NAMES[module].split():  # no module may be named as a function, or it would stand in for it
        assert getattr(F, name) is getattr(found, name)
