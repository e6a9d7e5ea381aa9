"""Nothing is forgotten: every registered link has a case and a wrong call, and its place in the tables."""

from __future__ import annotations

import importlib
import runpy
from pathlib import Path
from typing import Any

import pytest

import catenary.functions as F
import catenary.links as L
import catenary_links.initializers
from catenary.testing import untested
from catenary_links_plugin import NAMES, catenary_initializers

TOPICS = {
    path: runpy.run_path(str(path))
    for path in sorted(Path(__file__).parent.glob("test_*.py"))
    if path != Path(__file__)
}


def gathered(table: str) -> list[Any]:
    return [row for topic in TOPICS.values() for row in topic.get(table, ())]


def test_every_registered_link_has_a_case() -> None:
    assert untested("links", "catenary-links", gathered("CASES") + gathered("MODELS")) == []


def test_every_registered_link_has_a_wrong_call() -> None:
    assert set(" ".join(NAMES.values()).split()) - {row.name for row in gathered("WRONG")} == set()


def test_every_registered_initializer_has_a_case() -> None:
    assert untested("initializers", "catenary-links", gathered("INITIALIZERS")) == []


@pytest.mark.parametrize("module", NAMES)
def test_the_table_of_the_plugin_is_what_the_modules_define(module: str) -> None:
    found = vars(importlib.import_module(f"catenary_links.{module}"))
    own = [n for n, v in found.items() if getattr(v, "__module__", "") == f"catenary_links.{module}" and n in L.__all__]
    assert sorted(own) == NAMES[module].split()


def test_the_facades_have_every_name() -> None:
    assert sorted(L.__all__) == sorted(" ".join(NAMES.values()).split())
    assert set(catenary_links.initializers.__all__) == {*catenary_initializers(), "Initializer", "generate_array"}


@pytest.mark.parametrize("name", ["TheanoFunction", "CaffeFunction"])
def test_links_for_other_libraries_say_what_to_do(name: str) -> None:
    with pytest.raises(AttributeError, match=f"no attribute '{name}': .* no longer maintained; "):
        getattr(L, name)


def test_functions_of_the_links_are_public() -> None:
    assert {"linear", "lstm", "n_step_lstm"} <= set(F.__all__)
