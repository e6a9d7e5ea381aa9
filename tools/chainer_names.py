"""Write `docs/chainer-names.md`: what each name that Chainer 7 documents is here, and how much code that takes.

The paragraph on code stands in the package's README, too.

    python tools/chainer_names.py [--check]

With --check nothing is written; the exit status says whether the two files are up to date.
"""

from __future__ import annotations

import argparse
import ast
import csv
import importlib
import re
import sys
import textwrap
import warnings
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from code_per_function import lines_of

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs/chainer-names.md"
NAMES = ROOT / "packages/chainer/tests/names.tsv"
SOURCE = ROOT / "packages/chainer/src"
README = ROOT / "packages/chainer/README.md"
#: Where names of Catenary are looked for that stand elsewhere than Chainer's did.
HOMES = (
    *("catenary", "catenary.functions", "catenary.links", "catenary.initializers", "catenary.distributions"),
    *("catenary.optimizers", "catenary.optimizer_hooks", "catenary.training", "catenary.training.extensions"),
    *("catenary.training.updaters", "catenary.training.triggers", "catenary.training.extensions.snapshot_writers"),
    *("catenary.iterators", "catenary.dataset", "catenary.datasets", "catenary.serializers", "catenary.link_hooks"),
    *("catenary.function_hooks", "catenary.computational_graph", "catenary.device", "catenary.reporter"),
    *("catenary.datasets.tabular", "catenary.device_resident", "catenary.graph.handle"),
)
SAME, MORE, HERE, GONE = "the same object", "takes older arguments, too", "in `chainer` only", "not available"

HEAD = """\
# Names of Chainer 7

What `import chainer` has for each of the {count} names that Chainer 7 documents, and where to find it under
`import catenary`. This page is written by `python tools/chainer_names.py` from the packages. How to move code is on
the page [From Chainer](migration.md).

| | names |
|---|---|
{counts}

- **{same}**: the name of Chainer and the name of Catenary are one object.
- **{more}**: Catenary's, wrapped so that arguments of Chainer 1 to 6 are accepted with a warning.
- **{here}**: what Catenary does in another way; adapted in the package `catenary-chainer`.
- **{gone}**: the name is there, and raises an error that says why when it is used.

{code}"""

#: Parts of the package, by the first part of a path.
PARTS = {
    "testing": "`testing`",
    "gradient_check.py": "`testing`",
    "utils": "`utils`",
    "backends": "devices",
    "backend.py": "devices",
    "run.py": "`chainer-run`",
}


def resolve(name: str) -> Any:
    """Return what a dotted name stands for, None if there is nothing."""
    path, *parts = name.split(".")
    found: Any = importlib.import_module(path)
    for part in parts:
        path = f"{path}.{part}"
        try:
            found = getattr(found, part) if hasattr(found, part) else importlib.import_module(path)
        except ModuleNotFoundError:
            return None
    return found


@cache
def names_of_catenary() -> dict[int, str]:
    """Return the shortest name of each public object of Catenary."""
    found: dict[int, str] = {}
    for home in HOMES:
        module = resolve(home)
        if module is not None:
            for name in dir(module):
                value = getattr(module, name)
                if not name.startswith("_") and getattr(value, "__module__", "").startswith("catenary"):
                    found.setdefault(id(value), f"{home}.{name}")
    return found


def status(name: str) -> tuple[str, str]:
    """Return what a name of Chainer is here, and the name of Catenary ("" if there is none)."""
    found = resolve(name)
    mirrored = f"catenary{name.removeprefix('chainer')}"
    if found is not None and resolve(mirrored) is found:
        return SAME, mirrored
    if id(found) in names_of_catenary():
        return SAME, names_of_catenary()[id(found)]
    beneath = getattr(found, "__wrapped__", None) or next(iter(getattr(found, "__bases__", ())[::-1]), None)
    if id(beneath) in names_of_catenary() and beneath is not object:
        return MORE, names_of_catenary()[id(beneath)]
    if type(found).__name__ == "Absent" or _only_raises(found):
        return GONE, ""
    return HERE, mirrored if resolve(mirrored) is not None else ""


def _only_raises(found: Any) -> bool:
    """Return whether making an object of a class of this package is documented to fail always."""
    return "NotAvailableError: Always." in (getattr(found, "__doc__", None) or "")


def lines() -> tuple[Counter[str], int]:
    """Return how many lines of the package adapt, by part of it, and how many only name: imports and tables."""
    adapting: Counter[str] = Counter()
    naming = 0
    for path in SOURCE.rglob("*.py"):
        part = PARTS.get(path.relative_to(SOURCE).parts[1], "the rest")
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.Import | ast.ImportFrom) or _is_table(node):
                naming += lines_of(node)
            elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
                adapting[part] += lines_of(node)
    return adapting, naming


def _is_table(node: ast.stmt) -> bool:
    """Return whether a statement gives names to what is there already, without calling anything."""
    return isinstance(node, ast.Assign | ast.AnnAssign) and not any(
        isinstance(part, ast.Call | ast.Lambda | ast.comprehension) for part in ast.walk(node)
    )


def code() -> str:
    """Return the paragraph on code."""
    adapting, naming = lines()
    parts = ", ".join(f"{part} {count}" for part, count in adapting.most_common())
    text = (
        f"Of the package's code, {adapting.total()} lines adapt ({parts}); {naming} only name: imports and tables. "
        "Docstrings, comments and blank lines are not counted (`python tools/chainer_names.py`)."
    )
    return textwrap.fill(text, 120, break_on_hyphens=False)


def page() -> str:
    """Return the text of the page."""
    rows = list(csv.DictReader(NAMES.read_text().splitlines(), delimiter="\t"))
    found = {row["name"]: status(row["name"]) for row in rows}
    counts = Counter(what for what, _ in found.values())
    table = "\n".join(f"| {what} | {counts[what]} |" for what in (SAME, MORE, HERE, GONE))
    text = [HEAD.format(count=len(found), counts=table, code=code(), same=SAME, more=MORE, here=HERE, gone=GONE)]
    section = None
    for row in rows:
        if (row["page"], row["section"]) != section:
            section = row["page"], row["section"]
            text += ["", f"## {row['section']}", "", "| Chainer | Catenary | |", "|---|---|---|"]
        what, today = found[row["name"]]
        text.append(f"| `{row['name']}` | {f'`{today}`' if today else ''} | {'' if what == SAME else what} |")
    return "\n".join(text) + "\n"


def main() -> None:
    """Write the page, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only compare")
    warnings.simplefilter("ignore", DeprecationWarning)
    pages = {
        TARGET: page(),
        README: re.sub(r"^Of the package's code.*\n(.+\n)*", f"{code()}\n", README.read_text(), flags=re.M),
    }
    if not parser.parse_args().check:
        for path, text in pages.items():
            path.write_text(text)
    elif any(not path.exists() or path.read_text() != text for path, text in pages.items()):
        sys.exit("docs/chainer-names.md or the README is not up to date; run: python tools/chainer_names.py")


if __name__ == "__main__":
    main()
