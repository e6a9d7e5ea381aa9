from __future__ import annotations

import platform
import sys

import numpy as np
import pytest

import catenary.cli.doctor
from catenary.cli import main
from catenary.cli.doctor import PACKAGES
from catenary.plugins import Registry
from catenary.plugins.kinds import FIRST_PARTY


@pytest.fixture
def registry(site, monkeypatch):
    registry = Registry()
    monkeypatch.setattr(catenary.cli.doctor, "registry", registry)
    return registry


@pytest.fixture
def report(registry, capsys):
    def run():
        status = main(["doctor"])
        return status, capsys.readouterr().out.splitlines()

    return run


def test_every_first_party_package_is_looked_for():
    assert set(PACKAGES) == FIRST_PARTY


def test_versions_are_shown_and_all_is_well(report):
    status, lines = report()
    assert status == 0
    assert f"  Python {platform.python_version()} ({platform.python_implementation()})" in lines
    assert any(line.startswith(f"  NumPy {np.__version__}, BLAS ") for line in lines)
    assert lines[-2:] == ["Problems", "  none found"]


def test_packages_are_shown_with_version_or_the_command_that_installs_them(site, report):
    site.plugin("catenary-links", version="7.8")
    _, lines = report()
    assert any(line.split()[:2] == ["catenary-links", "7.8"] for line in lines)
    assert any("not installed: pip install catenary-cupy" in line for line in lines)


def test_devices_are_tried(site, report):
    site.plugin("kx-dev", devices={"good": "kx_dev:good", "bad": "kx_dev:bad", "gone": "kx_dev:gone"})
    site.module("kx_dev", "def good(index): return '@good:0'\ndef bad(index): raise OSError('no board')\n")
    _, lines = report()
    assert "  @numpy: ready" in lines
    assert "  @good: ready (@good:0)" in lines
    assert "  @bad: cannot be used: no board" in lines
    assert any(line.startswith("  @gone: cannot be used: plugin kx-dev 0.1 gives") for line in lines)


def test_without_libraries_the_doctor_says_so(site, report):
    assert "  no plugin uses any" in report()[1]


def test_libraries_are_asked_for(site, report):
    site.plugin("kx-lib", diagnostics={"good": "kx_lib:good", "bad": "kx_lib:bad"})
    site.module("kx_lib", "def good(): return '3.1, /usr/lib/libgood.so'\ndef bad(): raise OSError('no symbol')\n")
    lines = report()[1]
    assert "  good: 3.1, /usr/lib/libgood.so" in lines
    assert "  bad: cannot be asked: no symbol" in lines


@pytest.mark.parametrize("strict", ["0", "1"])
@pytest.mark.filterwarnings("ignore::catenary.errors.PluginWarning")
def test_a_broken_plugin_is_a_problem(site, report, monkeypatch, strict):
    monkeypatch.setenv("CATENARY_STRICT_PLUGINS", strict)
    site.plugin("kx-bad", "import not_there\n")
    status, lines = report()
    assert status == 1
    assert lines[-1].startswith("  plugin kx-bad 0.1 is broken and ignored: ModuleNotFoundError")
    assert any("registry cannot be used" in line for line in lines) is (strict == "1")


def test_the_doctor_has_no_arguments(registry, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["doctor", "--unknown"])
    assert caught.value.code == 2
    assert "catenary.cli.doctor" in sys.modules
