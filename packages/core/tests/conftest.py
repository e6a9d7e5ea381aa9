"""Throw-away plugin distributions (a module and a dist-info folder on `sys.path`), and a make-believe device."""

from __future__ import annotations

import importlib
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import catenary
from catenary.device import current
from catenary.plugins import registry

PREAMBLE = 'from catenary.plugins import hookimpl\nCATENARY_API = "1.0"\n'


class PluginSite:
    """A directory that is first on `sys.path` and holds the only distributions that can be found."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def module(self, name: str, source: str) -> None:
        """Write an importable module."""
        (self.root / f"{name}.py").write_text(textwrap.dedent(source))
        importlib.invalidate_caches()

    def plugin(
        self,
        distribution: str,
        body: str = "",
        *,
        version: str = "0.1",
        preamble: str = PREAMBLE,
        entry_points: str = "",
        module: str = "",
        metadata: str | None = None,
        **hooks: object,
    ) -> str:
        """Write a distribution with a plugin module; `links={...}` is what its `catenary_links` returns."""
        # Not the name of a real package's plugin module, which is imported already.
        module = module or distribution.replace("-", "_").replace("catenary_", "mock_") + "_plugin"
        written = "".join(f"\n@hookimpl\ndef catenary_{k}():\n    return {v!r}\n" for k, v in hooks.items())
        self.module(module, preamble + textwrap.dedent(body) + written)
        info = self.root / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        text = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
        (info / "METADATA").write_text(text if metadata is None else metadata)
        (info / "entry_points.txt").write_text(entry_points or f"[catenary]\nplugin = {module}\n")
        return module


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PluginSite]:
    """A place for plugins where none of those installed in the environment is seen."""
    # The registry of the process must have seen what is installed, and pluggy must be imported, before that.
    assert registry.records is not None
    for name in ("DISABLE", "ONLY", "STRICT", "TRACE"):
        monkeypatch.delenv(f"CATENARY_{name}_PLUGINS", raising=False)
    rest = [entry for entry in sys.path if "-packages" not in entry]
    monkeypatch.setattr(sys, "path", [str(tmp_path), *rest])
    yield PluginSite(tmp_path)
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]


class BoardArray:
    """An array of the make-believe device; no NumPy array, and nothing turns it into one by accident."""

    __array_ufunc__ = None

    def __init__(self, values: Any) -> None:
        self.values = np.array(values)
        self.shape, self.dtype, self.ndim = self.values.shape, self.values.dtype, self.values.ndim

    def __setitem__(self, index: Any, new: Any) -> None:
        self.values[index] = new.values if isinstance(new, BoardArray) else new

    def __getattr__(self, name: str) -> Any:  # copy, astype, fill, ...
        if name.startswith("_") or name == "values":
            raise AttributeError(name)
        method = getattr(self.values, name)
        return lambda *args: BoardArray(method(*args)) if name in ("copy", "astype") else method(*args)


class BoardModule:
    """The array module of the make-believe device."""

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any) -> BoardArray:
            plain = (arg.values if isinstance(arg, BoardArray) else arg for arg in args)
            return BoardArray(getattr(np, name)(*plain))

        return call


class BoardDevice(catenary.Device):
    """A device for tests."""

    name = "@board"
    xp = BoardModule()
    supported_array_types = (BoardArray,)

    def send_array(self, array: Any) -> BoardArray:
        return array if isinstance(array, BoardArray) else BoardArray(array)

    def to_host(self, array: BoardArray) -> np.ndarray:
        return array.values


@pytest.fixture
def board() -> Iterator[BoardDevice]:
    """The device ``@board``, opened for one test."""
    device = BoardDevice()
    current.remember(device)
    yield device
    del current.opened["@board"]
    del current._by_type[BoardArray]
