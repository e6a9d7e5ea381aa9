"""The `catenary` command: `catenary plugins`, `catenary doctor`, and the commands that plugins give."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from catenary.cli import doctor, plugins
from catenary.errors import CatenaryError
from catenary.plugins import UnknownNameError, registry
from catenary.plugins.messages import unknown_name

#: Built-in commands: name -> (help, main function). No plugin can take their names.
BUILT_IN: dict[str, tuple[str, Callable[[list[str]], int]]] = {
    "plugins": ("list the installed plugins and their problems", plugins.main),
    "doctor": ("show versions, devices and accelerators, and what is missing", doctor.main),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: The arguments after the program's name; those of the process by default.

    Returns:
        The exit status: 0 if all is well, 1 for problems found or an error, 2 for a wrong call.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0].startswith("-"):
        return _top_level(arguments)
    name, rest = arguments[0], arguments[1:]
    try:
        command = _command(name)
    except UnknownNameError as error:
        print(f"catenary: {error}\nrun 'catenary --help' for the list of commands", file=sys.stderr)
        return 2
    except CatenaryError as error:
        print(f"catenary {name}: {error}", file=sys.stderr)
        return 1
    return _run(name, command, rest)


def _run(name: str, command: Callable[[list[str]], int], arguments: list[str]) -> int:
    try:
        status = command(arguments)
        sys.stdout.flush()
        return status
    except CatenaryError as error:
        print(f"catenary {name}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader has seen enough, as in "catenary plugins | head"
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _command(name: str) -> Callable[[list[str]], int]:
    if name in BUILT_IN:
        return BUILT_IN[name][1]
    try:
        command: Callable[[list[str]], int] = registry.get("commands", name)
    except UnknownNameError as error:
        known = [*BUILT_IN, *registry.names("commands")]
        raise UnknownNameError(unknown_name("commands", name, known, registry.records.values())) from error
    return command


def _top_level(arguments: list[str]) -> int:
    """Answer ``catenary``, ``catenary --help`` and ``catenary --version``."""
    parser = argparse.ArgumentParser(
        prog="catenary",
        description="Catenary: define-by-run neural networks in plain Python.",
        usage="catenary [-h] [--version] COMMAND ...",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(["commands:", *_help_lines()]) if set(arguments) <= {"-h", "--help"} else None,
    )
    version = f"catenary-core {doctor.version_of('catenary-core')}"
    parser.add_argument("--version", action="version", version=version)
    parser.parse_args(arguments)
    parser.print_help()
    return 2


def _help_lines() -> list[str]:
    lines = {name: text for name, (text, _) in BUILT_IN.items()}
    try:
        for name in registry.names("commands"):
            lines.setdefault(name, _first_line(name))
    except CatenaryError as error:  # strict mode and a broken plugin
        lines["..."] = f"plugins cannot be used: {error}"
    width = max(map(len, lines))
    return [f"  {name:{width}}  {text}" for name, text in lines.items()]


def _first_line(name: str) -> str:
    try:
        documentation = registry.get("commands", name).__doc__ or ""
    except CatenaryError as error:
        return f"(broken) {error}"
    return str(documentation).strip().partition("\n")[0]
