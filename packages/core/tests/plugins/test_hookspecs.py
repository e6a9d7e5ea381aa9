from __future__ import annotations

import inspect
import re

import pytest

from catenary.plugins import KINDS, hookspecs
from catenary.plugins.loading import check_name, check_target

HOOKS = {name: f for name, f in vars(hookspecs).items() if inspect.isfunction(f)}


def test_there_is_one_hook_per_kind():
    assert list(HOOKS) == [f"catenary_{kind}" for kind in KINDS]


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_is_typed_documented_and_without_logic(name):
    hook = HOOKS[name]
    assert str(inspect.signature(hook)) == "() -> 'Mapping[str, str]'"
    assert "Returns:" in hook.__doc__
    assert hook() is None


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_in_the_docstring_keeps_to_the_contract(kind):
    example = re.findall(r'``\{"(\S+)": "(\S+)"\}``', HOOKS[f"catenary_{kind}"].__doc__)
    assert len(example) == 1
    name, target = example[0]
    assert check_name(kind, name) == name
    assert check_target(name, target) == target
