from __future__ import annotations

import pytest

from catenary.plugins.environment import blocked_by, listed, normalize, strict, trace


@pytest.mark.parametrize("name", ["Kx_Vision", "kx.vision", " KX--vision ", "kx-vision"])
def test_names_of_distributions_are_normalized(name):
    assert normalize(name) == "kx-vision"


def test_a_list_has_commas_and_may_have_blanks(monkeypatch):
    monkeypatch.setenv("CATENARY_DISABLE_PLUGINS", " Kx_A ,, kx.b,")
    assert listed("CATENARY_DISABLE_PLUGINS") == {"kx-a", "kx-b"}


@pytest.mark.parametrize(
    ("disable", "only", "distribution", "variable"),
    [
        ("", "", "kx-a", ""),
        ("kx-a", "", "kx-a", "CATENARY_DISABLE_PLUGINS"),
        ("kx-a", "", "kx-b", ""),
        ("*", "", "kx-b", "CATENARY_DISABLE_PLUGINS"),
        ("*", "", "catenary-links", ""),
        ("catenary-links", "", "catenary-links", "CATENARY_DISABLE_PLUGINS"),
        ("", "kx-a", "kx-a", ""),
        ("", "kx-a", "kx-b", "CATENARY_ONLY_PLUGINS"),
        ("", "kx-a", "catenary-links", ""),
        ("kx-a", "kx-a", "kx-a", "CATENARY_DISABLE_PLUGINS"),
    ],
)
def test_what_blocks_a_distribution(monkeypatch, disable, only, distribution, variable):
    monkeypatch.setenv("CATENARY_DISABLE_PLUGINS", disable)
    monkeypatch.setenv("CATENARY_ONLY_PLUGINS", only)
    assert blocked_by(distribution) == variable


@pytest.mark.parametrize(("value", "on"), [(None, False), ("", False), ("0", False), ("1", True)])
def test_strict_and_trace_are_switched_by_their_variables(monkeypatch, capsys, value, on):
    for variable in ("CATENARY_STRICT_PLUGINS", "CATENARY_TRACE_PLUGINS"):
        if value is None:
            monkeypatch.delenv(variable, raising=False)
        else:
            monkeypatch.setenv(variable, value)
    trace("hello")
    assert strict() is on
    assert capsys.readouterr().err == ("catenary plugins: hello\n" if on else "")
