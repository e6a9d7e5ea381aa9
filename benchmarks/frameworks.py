"""The frameworks that are compared: which are here, how they are imported, and on what they run."""

from __future__ import annotations

import datetime
import importlib
import importlib.metadata
import os
import platform
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FRAMEWORKS = ("catenary", "torch", "chainer", "numpy")
VARIANTS = ("by_steps", "torch_fused")  # another way to do a work in Catenary, or in PyTorch


def framework_of(name: str) -> str:
    """Return the framework of a variant; a framework is its own."""
    return "catenary" if name == "by_steps" else name.partition("_")[0]


def installed(name: str) -> bool:
    """Return whether a framework is installed, without importing it."""
    # The distribution, not the module: catenary-chainer has a module `chainer`, too.
    distribution = "catenary-core" if name == "catenary" else name
    try:
        importlib.metadata.distribution(distribution)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def importable(name: str) -> bool:
    """Import a framework and return whether it is there; PyTorch is told to use two threads."""
    if not installed(name):
        return False
    try:
        if name in ("catenary", "chainer"):
            library(name)
        else:
            module = importlib.import_module(name)
            if name == "torch":
                module.set_num_threads(2)
    except Exception:  # Chainer 7 fails in many ways on today's NumPy
        return False
    return True


def library(name: str) -> Any:
    """Return the module `catenary` or `chainer`, whose names are the same, with the parts that the works use."""
    for part in ("functions", "links", "optimizers"):
        importlib.import_module(f"{name}.{part}")
    return importlib.import_module(name)


def serving() -> list[str]:
    """Return the plugins whose implementations of functions may serve calls, such as ``"onednn 0.1.0 (8)"``."""
    from catenary.plugins import registry

    disabled = os.environ.get("CATENARY_DISABLE_IMPLEMENTATIONS", "").split(",")
    found = []
    for record in registry.records.values() if "*" not in disabled else ():
        names = list((record.names.get("implementations") or {}) if record.status == "ok" else {})
        if names and names[0].rpartition(":")[2] not in disabled:
            found.append(f"{record.distribution} {record.version} ({len(names)})")
    return found


def surroundings() -> dict[str, Any]:
    """Return when and on what this process runs: the date, versions, the CPU, threads and plugins."""
    return {
        "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "versions": {"python": platform.python_version(), **dict(versions())},
        "cpu": cpu(),
        "threads": int(os.environ["OMP_NUM_THREADS"]),
        "plugins": serving(),
    }


def versions() -> Iterator[tuple[str, str]]:
    """Yield the frameworks and the packages of Catenary with their versions, sorted."""
    found = {re.sub(r"[-_.]+", "-", d.name).lower(): d.version for d in importlib.metadata.distributions()}
    for name, version in sorted(found.items()):
        if name in FRAMEWORKS or name.startswith("catenary"):
            yield name, version


def cpu() -> str:
    """Return the name of the processor."""
    file = Path("/proc/cpuinfo")
    named = re.search(r"^model name\s*: (.*)$", file.read_text("utf-8"), re.M) if file.exists() else None
    return named[1] if named else platform.processor() or platform.machine()
