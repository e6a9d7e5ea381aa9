from __future__ import annotations

import importlib
import threading
import warnings

import pytest

from catenary.errors import PluginError, PluginWarning
from catenary.plugins import Registry, loading


def test_each_unusable_plugin_is_warned_of_once_with_the_way_to_block_it(site):
    site.plugin("kx-broken", "import not_there\n", version="0.3")
    site.plugin("kx-new", "CATENARY_API = '1.9'\n")
    registry = Registry()
    with pytest.warns(PluginWarning) as caught:
        registry.names("links")
    broken, incompatible = sorted(str(warning.message) for warning in caught)
    assert broken == (
        "plugin kx-broken 0.3 is broken and ignored: ModuleNotFoundError: No module named 'not_there' "
        "(to silence this: CATENARY_DISABLE_PLUGINS=kx-broken)"
    )
    assert incompatible.startswith("plugin kx-new 0.1 is incompatible and ignored: written for plugin API 1")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        registry.names("links")
        registry.names("optimizers")


def test_a_broken_plugin_breaks_no_other(site):
    site.plugin("kx-a", links={"A": "a:A"})
    site.plugin("kx-b", "import not_there\n")
    site.plugin("kx-c", "@hookimpl\ndef catenary_links(wrong): pass\n")
    site.plugin("kx-d", links={"D": "d:D"})
    with pytest.warns(PluginWarning):
        assert Registry().names("links") == ("A", "D")


def test_blocking_silences_the_warning(site, monkeypatch):
    site.plugin("kx-broken", "import not_there\n")
    monkeypatch.setenv("CATENARY_DISABLE_PLUGINS", "kx-broken")
    assert Registry().names("links") == ()


def test_records_can_be_read_without_warnings_and_in_strict_mode(site, monkeypatch):
    site.plugin("kx-broken", "import not_there\n")
    monkeypatch.setenv("CATENARY_STRICT_PLUGINS", "1")
    assert Registry().records["kx-broken"].status == "broken"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("import not_there\n", "plugin kx-x 0.1 is broken and ignored"),
        ("CATENARY_API = '1.9'\n", "plugin kx-x 0.1 is incompatible and ignored"),
        (
            "@hookimpl\ndef catenary_link(): return {}\n",
            "plugin kx-x 0.1: unknown hook catenary_link; did you mean 'catenary_links'",
        ),
    ],
)
def test_strict_mode_raises_at_every_access(site, monkeypatch, body, error):
    site.plugin("kx-x", body)
    site.plugin("kx-good", links={"A": "os:getcwd"})
    monkeypatch.setenv("CATENARY_STRICT_PLUGINS", "1")
    registry = Registry()
    for _ in range(2):
        with pytest.raises(PluginError, match=error):
            registry.get("links", "A")


def test_strict_mode_accepts_blocked_and_good_plugins(site, monkeypatch):
    site.plugin("kx-x", "import not_there\n")
    site.plugin("kx-good", links={"A": "os:getcwd"})
    monkeypatch.setenv("CATENARY_STRICT_PLUGINS", "1")
    monkeypatch.setenv("CATENARY_DISABLE_PLUGINS", "kx-x")
    assert callable(Registry().get("links", "A"))


def test_a_plugin_module_that_uses_the_registry_is_blamed_and_nobody_else(site):
    site.plugin("kx-good", links={"A": "os:getcwd"})
    site.plugin(
        "kx-heavy",
        """
        import kx_registry
        kx_registry.registry.get("links", "A")
        """,
    )
    site.module("kx_registry", "from catenary.plugins import Registry\nregistry = Registry()\n")
    registry = importlib.import_module("kx_registry").registry
    with pytest.warns(PluginWarning, match="kx-heavy .*while plugin modules are being imported"):
        assert registry.names("links") == ("A",)


def test_many_threads_that_ask_at_once_get_the_same_and_one_warning(site):
    site.plugin(
        "kx-slow",
        """
        import time
        time.sleep(0.05)
        """,
        links={"A": "os:getcwd"},
    )
    site.plugin("kx-broken", "import not_there\n")
    registry = Registry()
    barrier = threading.Barrier(8)
    seen: list[object] = []

    def ask() -> None:
        barrier.wait()
        seen.append(registry.get("links", "A"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=10)
    assert len(seen) == 8
    assert len({id(found) for found in seen}) == 1
    assert len(caught) == 1


def test_the_first_thread_to_finish_publishes_and_a_later_one_takes_that(site, monkeypatch):
    site.plugin("kx-a", links={"A": "os:getcwd"})
    registry = Registry()
    load_plugin = loading.load_plugin

    def slow(found):
        if threading.current_thread() is threading.main_thread():
            other = threading.Thread(target=registry.register, args=("links", "Mine", dict))
            other.start()
            other.join(timeout=10)
        return load_plugin(found)

    monkeypatch.setattr(loading, "load_plugin", slow)
    assert registry.names("links") == ("A", "Mine")


def test_the_lock_is_free_while_plugin_modules_are_imported(site):
    """A plugin module that waits for another thread, which asks the registry too, is no deadlock."""
    site.module("kx_registry", "from catenary.plugins import Registry\nregistry = Registry()\nseen = []\n")
    site.plugin(
        "kx-waits",
        """
        import threading
        import kx_registry

        def ask():
            free = kx_registry.registry._catalog._lock.acquire(timeout=5)
            kx_registry.seen.append(free)
            kx_registry.registry._catalog._lock.release()

        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
        """,
        links={"A": "os:getcwd"},
    )
    module = importlib.import_module("kx_registry")
    assert module.registry.names("links") == ("A",)
    assert module.seen == [True]


def test_tracing_prints_what_is_found_imported_and_looked_up(site, monkeypatch, capsys):
    site.plugin("kx-a", links={"A": "os:getcwd"})
    monkeypatch.setenv("CATENARY_TRACE_PLUGINS", "1")
    Registry().get("links", "A")
    found, imported, looked_up = capsys.readouterr().err.splitlines()
    assert found == "catenary plugins: found kx-a 0.1 (kx_a_plugin)"
    assert imported.startswith("catenary plugins: imported kx_a_plugin of kx-a 0.1 in ")
    assert looked_up.startswith("catenary plugins: looked up links kx-a:A at os:getcwd in ")
