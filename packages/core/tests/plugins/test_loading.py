from __future__ import annotations

import re

import pytest

from catenary.plugins.discovery import find_installed
from catenary.plugins.loading import load_plugin


def load(site):
    (found,) = find_installed()
    return load_plugin(found)


def test_a_good_plugin_gives_its_names(site):
    site.plugin("kx-vision", links={"ResNet": "kx_vision.nets:ResNet"}, functions={"swish": "kx_vision:f"})
    record = load(site)
    assert (record.status, record.error, record.unknown_hooks) == ("ok", "", ())
    assert record.names == {
        "links": {"ResNet": "kx_vision.nets:ResNet"},
        "functions": {"swish": "kx_vision:f"},
    }


def test_a_plugin_may_be_an_object_in_a_module(site):
    site.plugin(
        "kx-class",
        """
        class Plugin:
            CATENARY_API = "1.0"
            @hookimpl
            def catenary_links(self):
                return {"A": "a:A"}
        plugin = Plugin()
        """,
        entry_points="[catenary]\nx = kx_class_plugin:plugin\n",
    )
    assert load(site).names == {"links": {"A": "a:A"}}


def test_several_entry_points_add_up(site):
    site.plugin("kx-two", links={"A": "a:A"}, entry_points="[catenary]\na = kx_two_plugin\nb = kx_two_more\n")
    site.module("kx_two_more", "from kx_two_plugin import hookimpl, CATENARY_API\n"
                "@hookimpl\ndef catenary_links(): return {'B': 'b:B'}\n")  # fmt: skip
    assert load(site).names == {"links": {"A": "a:A", "B": "b:B"}}


LINKS = "@hookimpl\ndef catenary_links(): "


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("import not_there", "ModuleNotFoundError: No module named 'not_there'"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("1 +", "SyntaxError"),
        (LINKS + "raise OSError('disk on fire')", "catenary_links raised OSError: disk on fire"),
        (LINKS + "return ['A']", "catenary_links must return a mapping.*got list"),
        (LINKS + "pass", "catenary_links must return a mapping.*got NoneType"),
        (LINKS + "yield {}", "catenary_links must return a mapping.*got generator"),
        (LINKS + "return {3: 'a:A'}", "catenary_links: a name must be a str, got 3"),
        (LINKS + "return {'a:A': 'a:A'}", "neither colons nor blanks.*got 'a:A'"),
        (LINKS + "return {'A': object}", "target of 'A' must read 'package.module:attribute'"),
        (LINKS + "return {'A': 'a.A'}", "target of 'A' must read.*got 'a.A'"),
        ("@hookimpl\ndef catenary_links(registrar): return {}", "PluginValidationError.*registrar"),
        ("@hookimpl\ndef catenary_implementations(): return {'relu': 'a:A'}", "catenary_implementations: an"),
        ("def catenary_links(): return {}", "catenary_links is not marked: write @catenary.hookimpl above"),
        ("CATENARY_API = '1'", "CATENARY_API in kx_bad_plugin must be a string such as \"1.0\", got '1'"),
        ("CATENARY_API = 1.0", 'must be a string such as "1.0", got 1.0'),
        ("del CATENARY_API", 'kx_bad_plugin does not state its plugin API: add CATENARY_API = "1.0"'),
    ],
)
def test_a_bad_plugin_is_broken_and_says_why(site, body, error):
    site.plugin("kx-bad", body + "\n")
    record = load(site)
    assert record.status == "broken"
    assert record.cause is not None
    assert re.search(error, record.error), record.error


def test_the_cause_of_a_raising_hook_is_its_own_exception(site):
    site.plugin("kx-bad", "@hookimpl\ndef catenary_links(): raise OSError('disk on fire')\n")
    assert isinstance(load(site).cause, OSError)


def test_a_name_given_twice_with_two_targets_is_an_error(site):
    site.plugin("kx-two", links={"A": "a:A"}, entry_points="[catenary]\na = kx_two_plugin\nb = kx_two_more\n")
    site.module("kx_two_more", "from kx_two_plugin import hookimpl, CATENARY_API\n"
                "@hookimpl\ndef catenary_links(): return {'A': 'b:B'}\n")  # fmt: skip
    assert load(site).error == "catenary_links: 'A' is given twice, as 'a:A' and as 'b:B'"


@pytest.mark.parametrize(("stated", "cure"), [("1.7", "catenary-core"), ("2.0", "catenary-core"), ("0.9", "kx-other")])
def test_another_api_number_is_incompatible_and_says_what_to_upgrade(site, stated, cure):
    site.plugin("kx-other", f"CATENARY_API = '{stated}'\n", links={"A": "a:A"})
    record = load(site)
    assert record.status == "incompatible"
    assert record.error == (f"written for plugin API {stated}, this catenary-core has 1.0: pip install -U {cure}")
    assert record.names == {}


def test_hooks_that_this_core_does_not_have_are_kept_in_the_record(site):
    site.plugin("kx-new", links={"A": "a:A"}, schedulers={"B": "b:B"})
    record = load(site)
    assert (record.status, record.unknown_hooks) == ("ok", ("catenary_schedulers",))
    assert record.names == {"links": {"A": "a:A"}}


def test_a_blocked_plugin_is_not_imported(site, monkeypatch):
    site.plugin("kx-bad", "raise RuntimeError\n")
    monkeypatch.setenv("CATENARY_DISABLE_PLUGINS", "kx-bad")
    assert load(site).status == "blocked"
