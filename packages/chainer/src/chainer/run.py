"""Run a script of the past: `chainer-run script.py` or `python -m chainer.run script.py`.

The script runs as under `python`. Where it fails for a reason that is not Chainer's, the error says which: names that
NumPy has removed (`--numpy-aliases` brings them back), and Python 2.
"""

from __future__ import annotations

import argparse
import builtins
import re
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

#: What NumPy called by other names: alias -> what to write. Those that are there again are left as they are.
NUMPY_ALIASES = {
    "bool": "bool",
    "int": "int",
    "float": "float",
    "complex": "complex",
    "object": "object",
    "str": "str",
    "unicode": "str",
    "long": "int",
    "bool8": "np.bool_",
    "int0": "np.intp",
    "uint0": "np.uintp",
    "object0": "np.object_",
    "float_": "np.float64",
    "complex_": "np.complex128",
    "cfloat": "np.complex128",
    "longfloat": "np.longdouble",
    "singlecomplex": "np.complex64",
    "string_": "np.bytes_",
    "unicode_": "np.str_",
    "Inf": "np.inf",
    "Infinity": "np.inf",
    "infty": "np.inf",
    "PINF": "np.inf",
    "NaN": "np.nan",
    "NAN": "np.nan",
    "round_": "np.round",
    "product": "np.prod",
    "cumproduct": "np.cumprod",
    "sometrue": "np.any",
    "alltrue": "np.all",
    "row_stack": "np.vstack",
    "trapz": "np.trapezoid",
    "in1d": "np.isin",
    "mat": "np.asmatrix",
    "rank": "np.ndim",
}
#: Functions of Python 2 -> what Python has in their place.
PYTHON_2_NAMES = {
    "xrange": "range",
    "raw_input": "input",
    "unicode": "str",
    "basestring": "str",
    "unichr": "chr",
    "long": "int",
    "reduce": "functools.reduce",
    "reload": "importlib.reload",
    "execfile": "runpy.run_path",
    "izip": "zip",
    "imap": "map",
    "ifilter": "filter",
}
#: Modules of Python 2 -> where their contents are.
PYTHON_2_MODULES = {
    "cPickle": "pickle",
    "Queue": "queue",
    "StringIO": "io",
    "cStringIO": "io",
    "ConfigParser": "configparser",
    "urllib2": "urllib.request",
    "urlparse": "urllib.parse",
    "commands": "subprocess",
    "copy_reg": "copyreg",
    "Tkinter": "tkinter",
    "__builtin__": "builtins",
    "thread": "threading",
}
#: Methods of Python 2's dictionaries and iterators -> what to write.
PYTHON_2_METHODS = {
    "has_key": "'key in d'",
    "iteritems": "items",
    "iterkeys": "keys",
    "itervalues": "values",
    "next": "next(...)",
}
#: Source that only Python 2 reads -> what it is.
PYTHON_2_SYNTAX = {
    r"print\s+[^=\s(]|print\s*>>": "a print statement",
    r"except\s+[\w.()\s,]+,\s*\w+\s*:": "'except Error, name:'",
    r"raise\s+[\w.]+\s*,": "'raise Error, text'",
    r"exec\s+[^(\s]": "an exec statement",
    r".*\S\s*<>\s*\S": "the operator <>",
    r".*`\w+`": "backquotes",
    r"(.*\W)?0[0-7]+\b": "an octal number without 0o",
    r"""(.*\W)?ur["']""": "a string with ur",
}
TRANSLATE = "translate it once: pip install fissix, then python -m fissix -w {file}"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: The arguments after the program's name; those of the process by default.

    Returns:
        0; a script that fails raises its error.
    """
    parser = argparse.ArgumentParser(prog="chainer-run", description="Run a script that was written for Chainer.")
    parser.add_argument("--numpy-aliases", action="store_true", help="bring back names that NumPy removed: np.float")
    parser.add_argument("script", help="the file to run")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="what the script gets as its own arguments")
    given = parser.parse_args(argv)
    if not Path(given.script).exists():
        parser.error(f"there is no file {given.script!r}")
    if given.numpy_aliases:
        restore_numpy_aliases()
    run(given.script, given.arguments)
    return 0


def run(script: str, arguments: Sequence[str] = ()) -> dict[str, Any]:
    """Run a script as `__main__`; an error of it says what would help.

    Args:
        script: The file.
        arguments: What it finds in `sys.argv[1:]`.

    Returns:
        Its global names.
    """
    sys.argv[:] = [script, *arguments]
    sys.path.insert(0, str(Path(script).resolve().parent))
    try:
        return runpy.run_path(script, run_name="__main__")
    except Exception as error:
        if help_ := hint(error):
            error.add_note(help_)
        raise


def restore_numpy_aliases() -> None:
    """Give NumPy the names of `NUMPY_ALIASES` that it has removed, for this process."""
    for alias, today in NUMPY_ALIASES.items():
        if alias not in vars(np) and not alias.startswith("_"):
            home, name = (np, today[3:]) if today.startswith("np.") else (builtins, today)
            setattr(np, alias, getattr(home, name))


def hint(error: BaseException) -> str | None:
    """Return what would help against an error, None if that is not known.

    Args:
        error: What a script raised.
    """
    match error:
        case SyntaxError():
            return _hint_of_syntax(error)
        case NameError() if error.name in PYTHON_2_NAMES:
            return f"{error.name!r} is of Python 2; write {PYTHON_2_NAMES[error.name]!r}"
        case ModuleNotFoundError() if error.name in PYTHON_2_MODULES:
            return f"the module {error.name!r} is of Python 2; import {PYTHON_2_MODULES[error.name]!r}"
        case ImportError() if found := re.search(r"cannot import name '(\w+)' from 'itertools'", str(error)):
            name = found[1]
            return f"itertools.{name} is of Python 2; write {PYTHON_2_NAMES.get(name, name)!r}"
        case AttributeError() if found := re.match(r"module 'numpy' has no attribute '(\w+)'", str(error)):
            today = NUMPY_ALIASES.get(found[1])
            return (
                today and f"NumPy has removed np.{found[1]}: write {today!r}, or run with chainer-run --numpy-aliases"
            )
        case AttributeError() if error.name in PYTHON_2_METHODS and not isinstance(error.obj, ModuleType):
            return f".{error.name}() is of Python 2; write {PYTHON_2_METHODS[error.name]}"
    return None


def _hint_of_syntax(error: SyntaxError) -> str | None:
    """Return what the line of the error has that only Python 2 reads."""
    how = TRANSLATE.format(file=error.filename)
    if isinstance(error, TabError):
        return f"tabs and spaces are mixed, as only Python 2 allowed; {how}"
    for pattern, what in PYTHON_2_SYNTAX.items():
        if re.match(rf"\s*(?:{pattern})", error.text or ""):
            return f"this is written for Python 2: {what}; {how}"
    return None


if __name__ == "__main__":
    sys.exit(main())
