from __future__ import annotations

import importlib
import sys

from catenary.plugins.discovery import find_installed


def records():
    return {found.record.distribution: found.record for found in find_installed()}


def test_nothing_is_found_where_nothing_is_installed(site):
    assert records() == {}


def test_a_plugin_is_found_by_its_distribution_and_not_imported(site):
    module = site.plugin("Kx_Vision", version="1.2", body="raise SystemExit")
    found = records()["kx-vision"]
    assert (found.version, found.entry_points, found.status) == ("1.2", (module,), "ok")
    assert module not in sys.modules


def test_distributions_come_by_name_whatever_the_order_on_the_path(site):
    for name in ("kx-c", "kx-a", "kx-b"):
        site.plugin(name)
    assert list(records()) == ["kx-a", "kx-b", "kx-c"]


def test_two_distributions_may_use_one_entry_point_name(site):
    site.plugin("kx-a")
    site.plugin("kx-b")
    assert [p.name for found in find_installed() for p in found.entry_points] == ["plugin", "plugin"]


def test_entry_points_of_other_groups_are_not_ours(site):
    site.plugin("kx-other", entry_points="[console_scripts]\ncatenary = os:getcwd\n")
    assert records() == {}


def test_several_entry_points_of_one_distribution_are_one_plugin(site):
    site.plugin("kx-two", entry_points="[catenary]\nb = kx_two_b\na = kx_two_a\n")
    assert records()["kx-two"].entry_points == ("kx_two_a", "kx_two_b")


def test_the_first_copy_on_the_path_counts(site, tmp_path, monkeypatch):
    site.plugin("kx-a", version="2.0")
    later = type(site)(tmp_path / "later")
    later.root.mkdir()
    later.plugin("kx-a", version="1.0")
    monkeypatch.setattr(sys, "path", [*sys.path, str(later.root)])
    assert records()["kx-a"].version == "2.0"


def test_damaged_distributions_hide_no_other(site):
    site.plugin("kx-good")
    site.plugin("kx-damaged", entry_points="[catenary]\nthis line is no entry point\n")
    (site.root / "kx_binary-1.dist-info").mkdir()
    (site.root / "kx_binary-1.dist-info" / "entry_points.txt").write_bytes(b"[catenary]\n\xff\xfe = x\n")
    (site.root / "kx_empty-1.dist-info").mkdir()
    importlib.invalidate_caches()
    assert list(records()) == ["kx-good"]


def test_a_distribution_without_metadata_goes_by_the_name_of_its_module(site):
    site.plugin("kx-bare", metadata="", module="kx_bare_module")
    assert records()["kx-bare-module"].version == "?"


def test_blocked_plugins_say_by_what(site, monkeypatch):
    site.plugin("kx-a")
    site.plugin("kx-b")
    monkeypatch.setenv("CATENARY_DISABLE_PLUGINS", "KX_A")
    found = records()
    assert (found["kx-a"].status, found["kx-b"].status) == ("blocked", "ok")
    assert "CATENARY_DISABLE_PLUGINS" in found["kx-a"].error
