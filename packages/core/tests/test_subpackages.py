"""What core says about first-party packages that are not installed."""

from __future__ import annotations

import importlib
import sys
from importlib.util import find_spec
from typing import Any

import pytest

import catenary
from catenary import _subpackages
from catenary.errors import CatenaryError, SubpackageNotInstalledError

#: Facade -> top-level package that holds the code.
FACADES = {
    "functions": "catenary_functions",
    "distributions": "catenary_functions",
    "function_hooks": "catenary_functions",
    "functions.kernels": "catenary_functions",
    "links": "catenary_links",
    "initializers": "catenary_links",
    "link_hooks": "catenary_links",
    "optimizers": "catenary_optimizers",
    "optimizer_hooks": "catenary_optimizers",
    "training": "catenary_training",
    "training.extensions": "catenary_training",
    "training.triggers": "catenary_training",
    "training.extensions.snapshot_writers": "catenary_training",
    "training.schedules": "catenary_training",
    "training.updaters": "catenary_training",
    "iterators": "catenary_training",
    "dataset": "catenary_training",
    "serializers": "catenary_io",
    "datasets": "catenary_io",
    "testing": "catenary_testing",
}


class NotThere:
    """A finder that finds nothing of the packages, as if they were not installed."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> None:
        if name in FACADES.values():
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make all packages but core look as if they were not installed."""
    for name in list(sys.modules):
        if name.split(".")[0] in FACADES.values() or name.removeprefix("catenary.") in FACADES:
            monkeypatch.delitem(sys.modules, name)
    for name in FACADES:
        monkeypatch.delitem(vars(catenary), name, raising=False)
    monkeypatch.setattr(sys, "meta_path", [NotThere, *sys.meta_path])


@pytest.mark.parametrize("facade", FACADES)
@pytest.mark.usefixtures("without")
def test_import_says_what_to_install(facade: str) -> None:
    distribution = FACADES[facade].replace("_", "-")
    with pytest.raises(SubpackageNotInstalledError) as error:
        importlib.import_module(f"catenary.{facade}")
    assert f"pip install {distribution}" in str(error.value)
    assert isinstance(error.value, ModuleNotFoundError)
    assert isinstance(error.value, CatenaryError)


@pytest.mark.parametrize("facade", _subpackages.KNOWN)
@pytest.mark.usefixtures("without")
def test_from_import_and_attributes_say_the_same(facade: str) -> None:
    message = f"Install it with:  pip install {_subpackages.KNOWN[facade]}"
    with pytest.raises(SubpackageNotInstalledError, match=message):
        exec(f"from catenary import {facade}")
    with pytest.raises(AttributeError, match=message):
        getattr(catenary, facade)
    assert not hasattr(catenary, facade)


@pytest.mark.usefixtures("without")
def test_pytest_importorskip_skips() -> None:
    with pytest.raises(pytest.skip.Exception):
        pytest.importorskip("catenary.links", exc_type=ImportError)


def test_a_missing_dependency_of_an_installed_package_is_shown_as_it_is() -> None:
    error = ModuleNotFoundError("No module named 'h5py'", name="h5py")
    with pytest.raises(ModuleNotFoundError) as caught:
        _subpackages.reraise_missing(error, "catenary.serializers", "catenary_io")
    assert caught.value is error


def test_facades_and_hints_cover_each_other() -> None:
    assert {name for name in FACADES if "." not in name} == set(_subpackages.KNOWN)
    for name, implementation in FACADES.items():
        if "." not in name:
            assert _subpackages.KNOWN[name] == implementation.replace("_", "-")


@pytest.mark.parametrize("facade", FACADES)
def test_facade_gives_what_its_package_gives(facade: str) -> None:
    if find_spec(FACADES[facade]) is None:
        pytest.skip(f"{FACADES[facade]} is not installed")
    module = importlib.import_module(f"catenary.{facade}")
    assert module.__all__
    assert all(hasattr(module, name) for name in module.__all__)
