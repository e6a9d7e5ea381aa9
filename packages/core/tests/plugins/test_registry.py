from __future__ import annotations

import collections
import os
import subprocess
import sys

import pytest

from catenary.errors import (
    AmbiguousNameError,
    ArgumentError,
    ArgumentTypeError,
    PluginError,
    PluginWarning,
    UnknownNameError,
)
from catenary.plugins import PluginRecord, Registry, module_getattr, registry as the_registry


def test_an_object_is_imported_when_it_is_asked_for_and_not_before(site):
    site.plugin("kx-vision", links={"ResNet": "kx_vision_nets:Nets.ResNet"})
    site.module("kx_vision_nets", "class Nets:\n    class ResNet: pass\n")
    registry = Registry()
    assert registry.names("links") == ("ResNet",)
    assert "kx_vision_nets" not in sys.modules
    found = registry.get("links", "ResNet")
    assert found is sys.modules["kx_vision_nets"].Nets.ResNet
    assert registry.get("links", "ResNet") is found


def test_the_registry_keeps_name_target_distribution_and_version(site):
    site.plugin("kx-vision", version="1.2", links={"ResNet": "kx_vision:ResNet"})
    (entry,) = Registry().table("links")["ResNet"]
    assert (entry.kind, entry.name, entry.target) == ("links", "ResNet", "kx_vision:ResNet")
    assert entry.qualified == "kx-vision:ResNet"
    assert (entry.record.distribution, entry.record.version) == ("kx-vision", "1.2")


def test_first_party_wins_and_the_other_is_found_by_its_qualified_name(site):
    site.plugin("aaa-vision", links={"Linear": "os:getpid"})
    site.plugin("catenary-links", links={"Linear": "os:getcwd"})
    registry = Registry()
    assert registry.get("links", "Linear") is os.getcwd
    assert registry.get("links", "aaa-vision:Linear") is os.getpid
    assert registry.get("links", "Aaa_Vision:Linear") is os.getpid
    assert registry.names("links") == ("Linear",)


def test_a_name_that_begins_with_catenary_makes_no_first_party(site):
    site.plugin("catenary-evil", links={"Linear": "os:getpid"})
    site.plugin("kx-a", links={"Linear": "os:getcwd"})
    with pytest.raises(AmbiguousNameError):
        Registry().get("links", "Linear")


def test_a_name_of_two_third_parties_is_an_error_that_lists_the_qualified_names(site):
    site.plugin("kx-vision2", links={"ResNet": "os:getpid", "B": "os:getpid"})
    site.plugin("kx-vision", links={"ResNet": "os:getcwd"})
    registry = Registry()
    with pytest.raises(AmbiguousNameError) as caught:
        registry.get("links", "ResNet")
    assert str(caught.value) == (
        "'ResNet' is given by several plugins as link; use one of 'kx-vision:ResNet', 'kx-vision2:ResNet'"
    )
    assert isinstance(caught.value, LookupError)
    assert registry.get("links", "kx-vision2:ResNet") is os.getpid
    assert registry.names("links") == ("B", "kx-vision2:ResNet", "kx-vision:ResNet")
    for name in registry.names("links"):
        assert callable(registry.get("links", name))


@pytest.mark.parametrize(
    ("name", "hint"), [("adam", "did you mean 'Adam'?"), ("Adamm", "did you mean 'Adam'?"), ("Foo", "")]
)
def test_an_unknown_name_gives_similar_ones(site, name, hint):
    site.plugin("catenary-optimizers", optimizers={"Adam": "os:getpid", "SGD": "os:getpid"})
    with pytest.raises(UnknownNameError, match=f"^no optimizer named '{name}' is registered") as caught:
        Registry().get("optimizers", name)
    assert str(caught.value).endswith(hint or "is registered")


def test_an_unknown_name_says_which_package_is_not_installed(site):
    with pytest.raises(UnknownNameError, match="pip install catenary-optimizers"):
        Registry().get("optimizers", "Adam")


@pytest.mark.parametrize(("kind", "hint"), [("link", "did you mean 'links'"), ("foo", "kinds: functions,")])
def test_an_unknown_kind_is_an_error(site, kind, hint):
    with pytest.raises(ArgumentError, match=hint):
        Registry().get(kind, "Adam")


@pytest.mark.parametrize("name", [None, 3, ["Adam"]])
def test_a_name_is_a_string(site, name):
    with pytest.raises(ArgumentTypeError, match="expected the name of a link as a str, got"):
        Registry().get("links", name)


@pytest.mark.filterwarnings("ignore::catenary.errors.PluginWarning")
def test_asking_for_what_a_broken_plugin_provides_raises_with_the_cause(site):
    site.plugin("kx-a", "@hookimpl\ndef catenary_links(): raise OSError('disk on fire')\n")
    site.plugin("kx-b", "@hookimpl\ndef catenary_triggers(): raise KeyError\n", links={"B": "os:getcwd"})
    registry = Registry()
    with pytest.raises(PluginError, match=r"link 'kx-a:A' .* plugin kx-a 0.1, which is broken: .*fire") as e:
        registry.get("links", "kx-a:A")
    assert isinstance(e.value.__cause__, OSError)
    with pytest.raises(PluginError, match=r"link 'B' is to come from the plugin kx-b 0.1"):
        registry.get("links", "B")
    with pytest.raises(UnknownNameError, match=r"may give it: kx-a 0.1, broken: .*disk on fire") as e2:
        registry.get("links", "Anything")
    assert isinstance(e2.value.__cause__, OSError)


def test_asking_for_what_a_blocked_plugin_provides_says_that_it_is_blocked(site, monkeypatch):
    site.plugin("kx-a", links={"A": "os:getcwd"})
    monkeypatch.setenv("CATENARY_DISABLE_PLUGINS", "*")
    with pytest.raises(PluginError, match=r"kx-a 0.1, which is blocked: blocked by CATENARY_DISABLE_PLUGINS"):
        Registry().get("links", "kx-a:A")
    with pytest.raises(UnknownNameError, match=r"kx-a 0.1, blocked"):
        Registry().get("links", "A")


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("not_there:A", "ModuleNotFoundError: No module named 'not_there'"),
        ("os:Nothing", "AttributeError: .* has no attribute 'Nothing'"),
        ("os:path.Nothing", "AttributeError"),
        ("kx_exits:A", "SystemExit: 3"),
    ],
)
def test_a_target_that_cannot_be_imported_is_an_error_at_that_lookup_only(site, target, error):
    site.plugin("kx-a", version="1.2", links={"A": target, "B": "os:getcwd"})
    site.module("kx_exits", "raise SystemExit(3)")
    registry = Registry()
    message = f"plugin kx-a 1.2 gives the link 'A' as '{target}', which cannot be imported: {error}"
    for _ in range(2):
        with pytest.raises(PluginError, match=message) as caught:
            registry.get("links", "A")
        assert caught.value.__cause__ is not None
    assert registry.get("links", "B") is os.getcwd
    assert registry.records["kx-a"].status == "ok"


# --- implementations ---


def test_implementations_of_a_function_come_sorted_by_name_and_unimported(site):
    site.plugin("kx-fast", version="3", implementations={
        "relu@numpy:zz": "kx_fast:ZZ", "relu@cupy:cudnn": "kx_fast:CUDNN", "tanh@numpy:zz": "kx_fast:TANH",
        "relu@numpy:aa": "kx_fast:AA",
    })  # fmt: skip
    site.module("kx_fast", "AA = object()\n")
    registry = Registry()
    found = registry.implementations("relu")
    assert [one.name for one in found] == ["relu@cupy:cudnn", "relu@numpy:aa", "relu@numpy:zz"]
    one = found[1]
    assert (one.function, one.device, one.provider) == ("relu", "numpy", "aa")
    assert (one.distribution, one.version, one.target) == ("kx-fast", "3", "kx_fast:AA")
    assert "kx_fast" not in sys.modules
    assert one.load() is sys.modules["kx_fast"].AA
    with pytest.raises(PluginError, match="relu@cupy:cudnn"):
        found[0].load()
    assert registry.implementations("sigmoid") == ()


def test_an_implementation_is_found_by_its_name_and_its_qualified_name(site):
    site.plugin("kx-fast", implementations={"relu@numpy:zz": "os:getcwd"})
    registry = Registry()
    assert registry.get("implementations", "relu@numpy:zz") is os.getcwd
    assert registry.get("implementations", "kx-fast:relu@numpy:zz") is os.getcwd


def test_of_two_implementations_of_one_name_first_party_counts(site):
    site.plugin("aaa-fast", implementations={"relu@numpy:onednn": "os:getpid"})
    site.plugin("catenary-onednn", implementations={"relu@numpy:onednn": "os:getcwd"})
    (one,) = Registry().implementations("relu")
    assert (one.distribution, one.load()) == ("catenary-onednn", os.getcwd)


def test_of_two_third_parties_with_one_implementation_name_none_is_used_and_a_warning_says_so(site):
    site.plugin("kx-a", implementations={"relu@numpy:zz": "os:getpid", "tanh@numpy:zz": "os:getpid"})
    site.plugin("kx-b", implementations={"relu@numpy:zz": "os:getcwd"})
    registry = Registry()
    with pytest.warns(PluginWarning, match=r"'relu@numpy:zz' .*\(kx-a, kx-b\).*DISABLE_PLUGINS=kx-b"):
        assert registry.implementations("relu") == ()
    assert len(registry.implementations("tanh")) == 1


# --- by hand ---


def test_an_object_can_be_registered_by_hand_and_replaced_and_taken_back(site):
    registry = Registry()
    registry.register("links", "Mine", dict)
    assert registry.get("links", "Mine") is dict
    assert registry.get("links", "local:Mine") is dict
    registry.register("links", "Mine", "collections:OrderedDict")
    assert registry.get("links", "Mine") is collections.OrderedDict
    assert registry.records["local"].names == {"links": {"Mine": "collections:OrderedDict"}}
    registry.unregister("links", "Mine")
    with pytest.raises(UnknownNameError):
        registry.get("links", "Mine")
    with pytest.raises(UnknownNameError, match="no link named 'Mine' was registered by hand"):
        registry.unregister("links", "Mine")


def test_what_is_registered_by_hand_counts_as_one_more_third_party(site):
    site.plugin("kx-a", links={"A": "os:getcwd"})
    site.plugin("catenary-links", links={"Linear": "os:getcwd"})
    registry = Registry()
    assert registry.get("links", "A") is os.getcwd
    registry.register("links", "A", dict)
    with pytest.raises(AmbiguousNameError, match="'kx-a:A', 'local:A'"):
        registry.get("links", "A")
    with pytest.raises(ArgumentError, match="the name 'Linear' belongs to catenary-links"):
        registry.register("links", "Linear", dict)


def test_an_implementation_can_be_registered_by_hand(site):
    registry = Registry()
    assert registry.implementations("relu") == ()
    registry.register("implementations", "relu@numpy:mine", dict)
    (one,) = registry.implementations("relu")
    assert (one.distribution, one.load()) == ("local", dict)


@pytest.mark.parametrize(
    ("kind", "name", "target", "error"),
    [
        ("links", "a b", dict, "neither colons nor blanks"),
        ("links", "", dict, "neither colons nor blanks"),
        ("links", "A", "no target", "must read 'package.module:attribute'"),
        ("implementations", "relu", dict, "'<function>@<device kind>:<provider>'"),
        ("nothing", "A", dict, "there is no kind 'nothing'"),
    ],
)
def test_what_cannot_be_registered_is_an_error_and_changes_nothing(site, kind, name, target, error):
    registry = Registry()
    with pytest.raises(ArgumentError, match=error):
        registry.register(kind, name, target)
    assert registry.records == {}


def test_the_view_of_the_records_cannot_be_written(site):
    with pytest.raises(TypeError):
        Registry().records["x"] = PluginRecord("x", "1")


# --- names in modules ---


@pytest.fixture
def shared(site, monkeypatch):
    registry = Registry()
    # The package's attribute "registry" is the object; the module of that name is found here.
    monkeypatch.setattr(sys.modules["catenary.plugins.registry"], "registry", registry)
    return registry


def test_a_module_finds_the_names_of_plugins(site, shared):
    site.plugin("kx-a", links={"Theirs": "os:getcwd"})
    assert module_getattr("catenary.links", "links", "Theirs") is os.getcwd


def test_a_name_that_nobody_gives_is_an_attribute_error_with_similar_names(site, shared):
    site.plugin("catenary-links", links={"Linear": "os:getcwd"})
    with pytest.raises(AttributeError, match=r"module 'catenary.links' has no attribute 'Linaer'.*'Linear'"):
        module_getattr("catenary.links", "links", "Linaer")


def test_special_names_start_no_search(site, shared):
    site.plugin("kx-a", "raise SystemExit\n")
    with pytest.raises(AttributeError):
        module_getattr("catenary.links", "links", "__path__")
    assert shared._catalog._tables is None


def test_ambiguous_and_broken_names_keep_their_message_in_from_imports(site, shared):
    site.plugin("kx-a", links={"Two": "os:getcwd", "Bad": "not_there:Bad"})
    site.plugin("kx-b", links={"Two": "os:getcwd"})
    site.module("kx_face", """
        from catenary.plugins import module_getattr
        def __getattr__(name):
            return module_getattr(__name__, "links", name)
    """)  # fmt: skip
    with pytest.raises(AmbiguousNameError, match="'kx-a:Two', 'kx-b:Two'"):
        exec("from kx_face import Two")
    with pytest.raises(PluginError, match="No module named 'not_there'"):
        exec("from kx_face import Bad")


# --- laziness ---

HEAVY = "{'pluggy', 'importlib.metadata', 'h5py', 'matplotlib', 'tqdm'}"


@pytest.mark.parametrize(
    "code", ["import catenary", "import catenary.plugins", "from catenary.plugins import registry"]
)
def test_importing_finds_no_plugin_and_brings_no_machinery(code):
    program = f"{code}; import sys; print(sorted({HEAVY} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_listing_names_imports_no_first_party_package():
    program = (
        "import sys; from catenary.plugins import KINDS, registry; [registry.names(k) for k in KINDS];"
        "print([m for m in sys.modules if m.startswith('catenary_') and not m.endswith('_plugin')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_installed_plugins_are_all_usable():
    assert {r.distribution: r.error for r in the_registry.records.values() if r.error} == {}
