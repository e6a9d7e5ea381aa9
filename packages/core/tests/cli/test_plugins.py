from __future__ import annotations

import sys

import pytest

from catenary.cli import main
from catenary.plugins import Registry

HEADER = ["distribution", "version", "status", "provides", "error"]


@pytest.fixture
def registry(site, monkeypatch):
    import catenary.cli.plugins  # noqa: F401

    registry = Registry()
    monkeypatch.setattr(sys.modules["catenary.cli.plugins"], "registry", registry)
    return registry


@pytest.fixture
def listing(registry, capsys):
    def run(*arguments):
        status = main(["plugins", *arguments])
        return status, capsys.readouterr().out.splitlines()

    return run


def test_nothing_installed(listing):
    status, lines = listing()
    assert status == 0
    assert lines[0].split() == HEADER
    assert lines[1:] == ["no plugin is installed"]


def test_good_plugins_are_listed_with_what_they_provide(site, listing):
    site.plugin("kx-b", version="1.2", links={"A": "os:A", "B": "os:B"}, optimizer_hooks={"C": "os:C"})
    site.plugin("kx-a")
    status, lines = listing()
    assert status == 0
    assert lines[1].split() == ["kx-a", "0.1", "ok", "-"]
    assert lines[2].rstrip().endswith("2 links, 1 optimizer hook")


@pytest.mark.parametrize(
    ("body", "word", "error"),
    [
        ("import not_there\n", "broken", "ModuleNotFoundError: No module named 'not_there'"),
        ("CATENARY_API = '1.9'\n", "incompatible", "pip install -U catenary-core"),
    ],
)
@pytest.mark.parametrize("strict", ["0", "1"])
def test_bad_plugins_are_shown_with_their_error_and_the_exit_status_is_1(
    site, listing, monkeypatch, body, word, error, strict
):
    monkeypatch.setenv("CATENARY_STRICT_PLUGINS", strict)
    site.plugin("kx-bad", body)
    site.plugin("kx-good", links={"A": "os:A"})
    status, lines = listing()
    assert status == 1
    assert lines[1].split()[:3] == ["kx-bad", "0.1", word]
    assert error in lines[1]
    assert lines[2].split()[:3] == ["kx-good", "0.1", "ok"]


def test_blocked_plugins_are_shown_and_are_no_problem(site, listing, monkeypatch):
    site.plugin("kx-bad", "import not_there\n")
    monkeypatch.setenv("CATENARY_DISABLE_PLUGINS", "kx-bad,kx-absent")
    status, lines = listing()
    assert status == 0
    assert lines[1].split(maxsplit=4)[2:] == ["blocked", "-", "blocked by CATENARY_DISABLE_PLUGINS"]
    assert lines[2] == "note: CATENARY_DISABLE_PLUGINS names 'kx-absent', which is not installed"


def test_shadowed_ambiguous_and_unknown_things_are_shown(site, listing):
    site.plugin("catenary-links", links={"Linear": "os:A"})
    site.plugin("kx-a", links={"Linear": "os:B", "Two": "os:A", "Mine": "os:A"}, schedulers={})
    site.plugin("kx-b", links={"Two": "os:B"})
    site.plugin("kx-c", link={})
    status, lines = listing()
    assert status == 0
    assert "    links.Linear  (shadowed by catenary-links: use 'kx-a:Linear')" in lines
    assert "    links.Two  (given by several plugins: use 'kx-a:Two')" in lines
    assert "    links.Two  (given by several plugins: use 'kx-b:Two')" in lines
    assert "    unknown hook catenary_schedulers; a newer catenary-core may have it" in lines
    assert "    unknown hook catenary_link; did you mean 'catenary_links'?" in lines
    assert not any("Mine" in line for line in lines)


def test_verbose_shows_every_name_and_its_target(site, listing):
    site.plugin("kx-a", links={"Mine": "kx.nets:Mine"}, devices={"kx": "kx.dev:open"})
    _, lines = listing("-v")
    assert lines[2:] == ["    links.Mine -> kx.nets:Mine", "    devices.kx -> kx.dev:open"]


def test_names_registered_by_hand_are_no_plugin(registry, listing):
    registry.register("links", "Mine", dict)
    assert listing()[1][1:] == ["no plugin is installed"]
