from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points

import pytest

import catenary.cli
from catenary.cli import main
from catenary.plugins import Registry

MODULE = '''
def export(argv):
    """Write the model to a file.

    More about it.
    """
    print("exporting", argv)
    return 7

def silent(argv):
    return 0
'''


@pytest.fixture
def registry(site, monkeypatch):
    registry = Registry()
    monkeypatch.setattr(catenary.cli, "registry", registry)
    return registry


def test_the_console_script_leads_here():
    (script,) = entry_points(group="console_scripts", name="catenary")
    assert script.load() is main


def test_a_plugin_gives_a_command_which_gets_the_rest_of_the_arguments(site, registry, capsys):
    site.plugin("kx-export", commands={"export": "kx_export:export"})
    site.module("kx_export", MODULE)
    assert main(["export", "--to", "x", "-h"]) == 7
    assert capsys.readouterr().out == "exporting ['--to', 'x', '-h']\n"


def test_no_plugin_takes_the_name_of_a_built_in_command(site, registry, capsys):
    site.plugin("kx-export", commands={"doctor": "kx_export:export"})
    site.module("kx_export", MODULE)
    assert main(["doctor"]) == 0
    assert "exporting" not in capsys.readouterr().out


def test_help_lists_all_commands_with_the_first_line_of_their_docstring(site, registry, capsys):
    site.plugin(
        "kx-export",
        commands={"export": "kx_export:export", "silent": "kx_export:silent", "gone": "kx_export:gone"},
    )
    site.module("kx_export", MODULE)
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    assert "  export   Write the model to a file." in lines
    assert "  silent" in [line.rstrip() for line in lines]
    assert any(line.startswith("  gone     (broken) plugin kx-export 0.1 gives") for line in lines)
    assert any(line.startswith("  plugins  list the installed plugins") for line in lines)


def test_no_command_shows_the_help_and_is_a_wrong_call(registry, capsys):
    assert main([]) == 2
    assert "commands:" in capsys.readouterr().out


@pytest.mark.parametrize(("name", "hint"), [("docto", "did you mean 'doctor'?"), ("xport", "mean 'export'?")])
def test_an_unknown_command_is_a_wrong_call_with_similar_names(site, registry, capsys, name, hint):
    site.plugin("kx-export", commands={"export": "kx_export:export"})
    assert main([name]) == 2
    error = capsys.readouterr().err
    assert f"no command named '{name}'" in error
    assert hint in error


def test_a_broken_command_is_an_error_that_names_the_plugin(site, registry, capsys):
    site.plugin("kx-export", commands={"export": "not_there:export"})
    assert main(["export"]) == 1
    assert "catenary export: plugin kx-export 0.1" in capsys.readouterr().err


def test_an_error_inside_a_command_is_one_line_and_no_wrong_call(site, registry, capsys):
    site.plugin("kx-export", commands={"export": "kx_export:export"})
    site.module("kx_export", "from catenary.plugins import registry\ndef export(argv): registry.get('links', '?')\n")
    assert main(["export"]) == 1
    assert capsys.readouterr().err.startswith("catenary export: no link named '?' is registered")


def test_strict_mode_is_an_error_and_no_traceback(site, registry, monkeypatch, capsys):
    site.plugin("kx-bad", "import not_there\n")
    monkeypatch.setenv("CATENARY_STRICT_PLUGINS", "1")
    assert main(["export"]) == 1
    assert "kx-bad 0.1 is broken" in capsys.readouterr().err
    assert main([]) == 2
    assert "plugins cannot be used" in capsys.readouterr().out


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_stops_reading_is_no_traceback(monkeypatch, unbuffered):
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    code = "import sys; from catenary.cli import main; sys.stdin.read(); sys.exit(main(['doctor']))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        process.stdin.close()
        assert process.stderr.read() == b""


def test_the_version_is_that_of_core():
    code = "import sys; from catenary.cli import main; sys.exit(main(['--version']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("catenary-core 0.")
