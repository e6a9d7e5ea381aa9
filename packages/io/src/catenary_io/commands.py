"""The commands `catenary inspect` and `catenary convert`."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping
from typing import Any

from catenary.errors import ArgumentError
from catenary_io.serializers.dictionary import as_folder
from catenary_io.serializers.formats import find_format, open_file, save
from catenary_io.serializers.names import Entries, from_torch, renamed, to_torch
from catenary_io.serializers.stored import StoredArray
from catenary_io.serializers.values import Entry


def inspect(arguments: list[str]) -> int:
    """Show what a file holds: names, shapes, dtypes and sizes

    Args:
        arguments: Those of the command line.
    """
    parser = argparse.ArgumentParser(prog="catenary inspect", description=_first_line(inspect))
    parser.add_argument("file", help="a model or a snapshot in any known format")
    file = parser.parse_args(arguments).file
    kind = find_format(file, "inspect").name
    with open_file(file) as entries:
        found = {name: entries[name] for name in entries}
        total = sum(entry.nbytes for entry in found.values() if entry is not None)
        print(f"{file}: {kind}, {len(found)} entries, {_size(total)} of data, {_size(os.path.getsize(file))} on disk")
        _print_tree(found)
    return 0


def _print_tree(entries: Mapping[str, Entry]) -> None:
    above: list[str] = []
    width = max((2 * name.count("/") + len(name.rpartition("/")[2]) for name in entries), default=0)
    for name in sorted(entries, key=lambda name: name.split("/")):
        *folders, last = name.split("/")
        same = next((i for i, (a, b) in enumerate(zip(above, folders)) if a != b), min(len(above), len(folders)))
        for depth in range(same, len(folders)):
            print(f"{'  ' * depth}{folders[depth]}/")
        above = folders
        print(f"{'  ' * len(folders) + last:{width}}  {_describe(entries[name])}".rstrip())


def _describe(entry: Entry) -> str:
    if entry is None:
        return "None"
    if entry.ndim == 0:
        value = entry.get() if isinstance(entry, StoredArray) else entry
        return f"{value.dtype.name if value.dtype.kind != 'U' else 'str'} {value.item()!r}"
    return f"{entry.dtype} {entry.shape} {_size(entry.nbytes)}"


def _size(count: float) -> str:
    for unit in ("bytes", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.2f} GiB"


def convert(arguments: list[str]) -> int:
    """Write what a file holds in another format, and under other names if asked to

    Args:
        arguments: Those of the command line.

    Raises:
        ArgumentError: If there is nothing below the path, or the names do not fit.
    """
    parser = argparse.ArgumentParser(prog="catenary convert", description=_first_line(convert))
    parser.add_argument("source", help="the file to read")
    parser.add_argument("target", help="the file to write; its suffix says the format")
    parser.add_argument("--path", default="", help="take what is below this path, such as updater/model:main")
    names = parser.add_mutually_exclusive_group()
    names.add_argument("--from-torch", action="store_true", help="the source has the names of a state_dict of PyTorch")
    names.add_argument("--to-torch", action="store_true", help="give the target the names of a state_dict of PyTorch")
    names.add_argument("--names", metavar="JSON", help="a file with an object of old names and new ones")
    options = parser.parse_args(arguments)
    with open_file(options.source) as entries:
        found = _below(entries, options.path)
        if options.from_torch:
            found = from_torch(found)
        elif options.to_torch:
            found = to_torch(found)
        elif options.names:
            found = renamed(found, _read_names(options.names))
        save(options.target, Entries(found))
    print(f"{options.target}: {len(found)} entries")
    return 0


def _below(entries: Mapping[str, Entry], path: str) -> dict[str, Entry]:
    folder = as_folder(path)
    found = {name.removeprefix(folder): entries[name] for name in entries if name.startswith(folder)}
    if not found:
        raise ArgumentError(f"convert: the file has nothing below the path {path!r}")
    return found


def _read_names(file: str) -> dict[str, str]:
    with open(file, encoding="utf-8") as stream:
        try:
            names: Any = json.load(stream)
        except ValueError as error:
            raise ArgumentError(f"convert: {file} is not JSON: {error}") from error
    if not isinstance(names, dict) or not all(isinstance(name, str) for name in names.values()):
        raise ArgumentError(f"convert: {file} must hold one JSON object of old names and new names")
    return names


def _first_line(command: Any) -> str:
    return str(command.__doc__).partition("\n")[0]
