from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

import catenary_training_plugin
from catenary.plugins import registry
from catenary.training import extensions, triggers


@pytest.mark.parametrize(
    ("kind", "hook", "module"),
    [
        ("extensions", catenary_training_plugin.catenary_extensions, extensions),
        ("triggers", catenary_training_plugin.catenary_triggers, triggers),
    ],
)
def test_all_public_names_are_registered(kind, hook, module):
    names = [name for name in module.__all__ if not isinstance(getattr(module, name), ModuleType)]
    assert sorted(hook()) == sorted(names)
    for name in names:
        assert registry.get(kind, name) is getattr(module, name)


def test_names_of_third_parties_are_found_by_the_same_path():
    registry.register("extensions", "Theirs", len)
    registry.register("triggers", "TheirTrigger", len)
    try:
        assert extensions.Theirs is len
        assert triggers.TheirTrigger is len
    finally:
        registry.unregister("extensions", "Theirs")
        registry.unregister("triggers", "TheirTrigger")
    with pytest.raises(AttributeError):
        extensions.Theirs  # noqa: B018


def test_plugin_module_is_light():
    code = "import sys, catenary_training_plugin; print('catenary_training' in sys.modules, 'tqdm' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "False False\n"


def test_public_face():
    import catenary.dataset
    import catenary.iterators
    import catenary.training
    import catenary.training.updaters

    for module in (
        catenary.training,
        catenary.training.updaters,
        catenary.training.extensions,
        catenary.training.triggers,
        catenary.iterators,
        catenary.dataset,
    ):
        assert module.__all__ == sorted(module.__all__, key=lambda name: (not name.isupper(), name.islower(), name))
        for name in module.__all__:
            assert getattr(module, name).__doc__ or name.isupper()


def test_import_brings_no_heavy_library():
    code = "import sys, catenary.training; print([m for m in ('matplotlib', 'pluggy', 'h5py') if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"
