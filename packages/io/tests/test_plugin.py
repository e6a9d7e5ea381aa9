from __future__ import annotations

import subprocess
import sys

import pytest

import catenary.datasets
import catenary.serializers
import catenary_io_plugin
from catenary.plugins import registry


def test_hooks_and_registry_agree() -> None:
    for kind, names in (
        ("serializers", catenary_io_plugin.catenary_serializers()),
        ("datasets", catenary_io_plugin.catenary_datasets()),
    ):
        table = registry.table(kind).items()
        ours = {name for name, entries in table if entries[0].record.distribution == "catenary-io"}
        assert ours == set(names)
        assert all(registry.get(kind, name) is not None for name in names)


def test_data_sets_of_the_hook_are_those_of_the_public_face() -> None:
    for name in catenary_io_plugin.catenary_datasets():
        assert registry.get("datasets", name) is getattr(catenary.datasets, name)


def test_data_sets_of_plugins_are_found() -> None:
    registry.register("datasets", "get_flowers", lambda: [1, 2, 3])
    try:
        assert catenary.datasets.get_flowers() == [1, 2, 3]
    finally:
        registry.unregister("datasets", "get_flowers")
    with pytest.raises(AttributeError, match="get_flowers"):
        _ = catenary.datasets.get_flowers


@pytest.mark.parametrize("module", [catenary.datasets, catenary.serializers])
def test_public_names_exist_and_have_docstrings(module: object) -> None:
    names = module.__all__  # type: ignore[attr-defined]
    assert list(names) == sorted(names)
    assert all(getattr(module, name).__doc__ for name in names)


def test_h5py_is_imported_only_when_used() -> None:
    program = "import sys, catenary.serializers, catenary.datasets; sys.exit('h5py' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
