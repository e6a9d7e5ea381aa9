"""`catenary doctor`: versions, devices and accelerators, what is missing and the command that installs it."""

from __future__ import annotations

import argparse
import importlib.metadata
import platform
from collections.abc import Iterator

import numpy as np

from catenary.cli.accelerators import describe_accelerators
from catenary.errors import CatenaryError
from catenary.plugins import registry
from catenary.plugins.messages import problem

#: First-party distribution -> what it is for.
PACKAGES = {
    "catenary-core": "variables, graph, plugins",
    "catenary-functions": "catenary.functions",
    "catenary-links": "catenary.links, catenary.initializers",
    "catenary-optimizers": "catenary.optimizers",
    "catenary-training": "catenary.training, catenary.iterators",
    "catenary-io": "catenary.serializers, catenary.datasets",
    "catenary-testing": "conformance tests for plugin authors",
    "catenary-cupy": "NVIDIA GPUs",
    "catenary-onednn": "faster convolution and RNNs on CPUs",
    "catenary-chainer": "run code written for Chainer",
}


def main(argv: list[str]) -> int:
    """Show versions, devices and accelerators, and what is missing; exit with 1 if a plugin has a problem."""
    argparse.ArgumentParser(prog="catenary doctor", description=main.__doc__).parse_args(argv)
    problems = [text for record in registry.records.values() if (text := problem(record))]
    sections = {
        "System": system_lines(),
        "Packages": package_lines(),
        "Devices": device_lines(),
        "Accelerators": describe_accelerators(),
        "Libraries": library_lines(),
        "Problems": iter(problems or ["none found"]),
    }
    for title, lines in sections.items():
        print(title)
        for line in lines:
            print(f"  {line}")
    return int(bool(problems))


def version_of(distribution: str) -> str:
    """Return the version of an installed distribution, or an empty string."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return ""


def system_lines() -> Iterator[str]:
    """Yield Python, NumPy with its BLAS, and the platform."""
    yield f"Python {platform.python_version()} ({platform.python_implementation()})"
    blas = np.show_config(mode="dicts").get("Build Dependencies", {}).get("blas", {})
    yield f"NumPy {np.__version__}, BLAS {blas.get('name', 'unknown')} {blas.get('version', '')}".rstrip()
    yield f"{platform.platform()}, {platform.machine()}"


def package_lines() -> Iterator[str]:
    """Yield the version of each first-party distribution, or how to install it."""
    width = max(map(len, PACKAGES))
    for name, purpose in PACKAGES.items():
        state = version_of(name) or f"not installed: pip install {name}"
        yield f"{name:{width}}  {state}  ({purpose})"


def device_lines() -> Iterator[str]:
    """Yield each kind of device and whether it can be used."""
    yield "@numpy: ready"
    try:
        names = registry.names("devices")
    except CatenaryError as error:
        yield f"the registry cannot be used: {error}"
        return
    for name in names:
        yield f"@{name}: {_state(name)}"


def library_lines() -> Iterator[str]:
    """Yield what plugins say of the libraries that they use."""
    try:
        names = registry.names("diagnostics")
    except CatenaryError as error:
        yield f"the registry cannot be used: {error}"
        return
    for name in names:
        yield f"{name}: {_description(name)}"
    if not names:
        yield "no plugin uses any"


def _description(name: str) -> str:
    try:
        return str(registry.get("diagnostics", name)())
    except Exception as error:  # a library can fail in any way, and the doctor goes on
        return f"cannot be asked: {error}"


def _state(name: str) -> str:
    try:
        device = registry.get("devices", name)(None)
    except Exception as error:  # a driver can fail in any way, and the doctor goes on
        return f"cannot be used: {error}"
    return f"ready ({device})"
