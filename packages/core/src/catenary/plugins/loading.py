"""Import one plugin, check it against the contract and ask its hooks for names.

Whatever goes wrong is the matter of that plugin alone and becomes part of its record.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pluggy

from catenary.plugins import hookspecs
from catenary.plugins.discovery import Found
from catenary.plugins.environment import trace
from catenary.plugins.kinds import API, GROUP, KINDS
from catenary.plugins.records import ImplementationName, PluginRecord

HOOKS = {f"catenary_{kind}": kind for kind in KINDS}

_NAME = re.compile(r"[^\s:]+")
_TARGET = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")

Names = dict[str, dict[str, str]]


class ContractError(Exception):
    """A plugin does not keep to the contract; the text says in what."""


class IncompatibleError(ContractError):
    """A plugin was written for another plugin API."""


def load_plugin(found: Found) -> PluginRecord:
    """Return the record of a plugin after its modules were imported and its hooks called."""
    record = found.record
    if record.status == "blocked":
        return record
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    names: Names = {}
    unknown: list[str] = []
    try:
        for point in found.entry_points:
            plugin = _import(record, point)
            unknown += _register(manager, plugin, name=point.name)
            _collect(manager, plugin, names)
    except IncompatibleError as error:
        return replace(record, status="incompatible", error=str(error))
    except ContractError as error:
        return replace(record, status="broken", error=str(error), cause=error.__cause__ or error, names=names)
    except (Exception, SystemExit) as error:  # SystemExit: a plugin that runs as a script when imported
        text = f"{type(error).__name__}: {error}"
        return replace(record, status="broken", error=text, cause=error, names=names)
    in_order = {kind: names[kind] for kind in KINDS if kind in names}
    return replace(record, names=in_order, unknown_hooks=tuple(sorted(unknown)))


def check_name(kind: str, name: object) -> str:
    """Return `name` if an object of this kind may be called so.

    Raises:
        ValueError: If not; the text says why.
    """
    if not isinstance(name, str):
        raise ValueError(f"a name must be a str, got {name!r}")
    if kind == "implementations":
        ImplementationName.parse(name)
    elif not _NAME.fullmatch(name):
        raise ValueError(f"a name has neither colons nor blanks and is not empty, got {name!r}")
    return name


def check_target(name: str, target: object) -> str:
    """Return `target` if it is written as ``"package.module:attribute"``.

    Raises:
        ValueError: If not; the text says why.
    """
    if not isinstance(target, str) or not _TARGET.fullmatch(target):
        raise ValueError(f"the target of {name!r} must read 'package.module:attribute', got {target!r}")
    return target


def _import(record: PluginRecord, point: Any) -> Any:
    start = time.perf_counter()
    plugin = point.load()
    trace(f"imported {point.value} of {record.label} in {(time.perf_counter() - start) * 1e3:.1f} ms")
    _check_api(record, getattr(plugin, "CATENARY_API", None), point.value)
    return plugin


def _check_api(record: PluginRecord, stated: object, module: str) -> None:
    ours = f"{API[0]}.{API[1]}"
    if stated is None:
        raise ContractError(f'{module} does not state its plugin API: add CATENARY_API = "{ours}"')
    match = re.fullmatch(r"(\d+)\.(\d+)", stated) if isinstance(stated, str) else None
    if match is None:
        raise ContractError(f'CATENARY_API in {module} must be a string such as "{ours}", got {stated!r}')
    wanted = (int(match[1]), int(match[2]))
    if wanted[0] != API[0] or wanted > API:
        upgrade = "catenary-core" if wanted > API else record.distribution
        raise IncompatibleError(
            f"written for plugin API {stated}, this catenary-core has {ours}: pip install -U {upgrade}"
        )


def _register(manager: pluggy.PluginManager, plugin: Any, name: str) -> list[str]:
    """Check the signatures of a plugin's hooks and return the names of those that we do not have."""
    try:
        manager.register(plugin, name=name)
    except pluggy.PluginValidationError as error:
        raise ContractError(f"{type(error).__name__}: {' '.join(str(error).split())}") from error
    callers = {caller.name: caller for caller in manager.get_hookcallers(plugin) or ()}
    for hook in HOOKS:
        if hook not in callers and callable(getattr(plugin, hook, None)):
            raise ContractError(f"{hook} is not marked: write @catenary.hookimpl above it")
    return [name for name, caller in callers.items() if not caller.has_spec()]


def _collect(manager: pluggy.PluginManager, plugin: Any, names: Names) -> None:
    for caller in manager.get_hookcallers(plugin) or ():
        kind = HOOKS.get(caller.name)
        for implementation in caller.get_hookimpls() if kind else ():
            if implementation.plugin is plugin and kind:
                # Not through the hook caller: an exception must stop, and be blamed on, this plugin only.
                _add(names.setdefault(kind, {}), kind, caller.name, implementation.function)


def _add(known: dict[str, str], kind: str, hook: str, function: Any) -> None:
    try:
        returned = function()
    except Exception as error:
        raise ContractError(f"{hook} raised {type(error).__name__}: {error}") from error
    if not isinstance(returned, Mapping):
        got = type(returned).__name__
        raise ContractError(f"{hook} must return a mapping of names to targets, got {got}")
    for name, target in returned.items():
        try:
            name, target = check_name(kind, name), check_target(name, target)
        except ValueError as error:
            raise ContractError(f"{hook}: {error}") from error
        if known.setdefault(name, target) != target:
            raise ContractError(f"{hook}: {name!r} is given twice, as {known[name]!r} and as {target!r}")
