"""Write `docs/functions.md`: every function of `catenary.functions` with its signature and what it does.

    python tools/function_reference.py [--check]

With --check nothing is written; the exit status says whether the file is up to date.
"""

from __future__ import annotations

import argparse
import inspect
import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs/functions.md"
TESTS = ROOT / "packages/functions/tests"

HEAD = """\
# Functions

All functions of `catenary.functions`, by family. Each takes Variables or arrays and returns Variables; each runs on
every device. This page is written by `python tools/function_reference.py` from the docstrings, which say more:
`help(catenary.functions.softmax)`.

**Gradients** have any order, except where a function rounds, compares, counts or measures.

**Half precision.** float16 and bfloat16 inputs of sums, products, softmaxes, normalizations and losses are computed in
float32, and come back in half precision ([decision 0008](decisions/0008-half-precision-in-float32.md)).

**Determinism.** On a device that adds in parallel, the gradients of the functions marked with * (and of some, the
results) add up in no fixed order, so their last digits may differ from run to run. With
`catenary.config.deterministic = True` they raise an error there, with `"warn"` they warn. On the host all functions are
deterministic ([decision 0009](decisions/0009-scattering-in-one-place.md)).
"""


def unordered() -> set[str]:
    """Return the names of the functions that the tests know to depend on the order of additions."""
    cases = [case for path in TESTS.glob("test_*.py") for case in runpy.run_path(str(path)).get("CASES", ())]
    return {case.function.__name__ for case in cases if not case.deterministic}


def page() -> str:
    """Return the text of the page."""
    import catenary.functions as F
    from catenary_functions_plugin import NAMES

    families: dict[str, list[str]] = {}
    for module, names in NAMES.items():
        families.setdefault(module.partition(".")[0], []).extend(names.split())
    marked = unordered()
    lines = [HEAD]
    for family, names in families.items():
        title = inspect.getdoc(sys.modules[f"catenary_functions.{family}"]) or ""
        lines += [f"## {family}", "", title.partition("\n")[0], ""]
        for name in sorted(names):
            function = getattr(F, name)
            does = (inspect.getdoc(function) or "").partition("\n")[0]
            parameters = ", ".join(map(text_of, inspect.signature(function).parameters.values()))
            lines.append(f"- `{name}({parameters})`{' *' if name in marked else ''} {does}")
        lines.append("")
    return "\n".join(lines)


def text_of(parameter: inspect.Parameter) -> str:
    """Return a parameter without its annotation."""
    return str(parameter.replace(annotation=parameter.empty))


def main() -> None:
    """Write the page, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only compare")
    text = page()
    if not parser.parse_args().check:
        TARGET.write_text(text)
    elif not TARGET.exists() or TARGET.read_text() != text:
        sys.exit(f"{TARGET.relative_to(ROOT)} is not up to date; run: python tools/function_reference.py")


if __name__ == "__main__":
    main()
