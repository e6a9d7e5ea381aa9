"""Print how many lines of code each function of `catenary.functions` takes.

    python tools/code_per_function.py [--all]

Counted are the lines of its definition, of its gradient rules and composed form, and of the private helpers of its
module that it reaches (a helper of several functions counts for each of them); docstrings, comments and blank lines are
not. Functions that core defines (`sum`, `matmul`, ...) are counted there.
"""

from __future__ import annotations

import argparse
import ast
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FUNCTIONS = ROOT / "packages/functions/src"
CORE = ROOT / "packages/core/src/catenary/arithmetic.py"
LIMIT = 10  # lines, in the median

sys.path.insert(0, str(FUNCTIONS))


def lines_of(node: ast.AST) -> int:
    """Return the number of lines of a definition or a statement without docstrings, comments and blank lines."""
    code: set[int] = set()
    documentation: set[int] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(part) is not None:
            text = part.body[0]
            documentation.update(range(text.lineno, (text.end_lineno or text.lineno) + 1))
        if isinstance(part, ast.expr | ast.stmt | ast.arg):
            code.update((part.lineno, part.end_lineno or part.lineno))
    return len(code - documentation)


class Module:
    """The top-level definitions of a module, and the statements that belong to them.

    Args:
        path: Its file.
    """

    def __init__(self, path: Path) -> None:
        self.parts: dict[str, list[ast.stmt]] = {}
        for node in ast.parse(path.read_text()).body:
            for name in owners(node):
                self.parts.setdefault(name, []).append(node)

    def count(self, name: str) -> int:
        """Return the lines of a function with all private helpers that it reaches."""
        reached, waiting = set(), [name]
        while waiting:
            one = waiting.pop()
            if one not in reached and one in self.parts:
                reached.add(one)
                names = (n.id for part in self.parts[one] for n in ast.walk(part) if isinstance(n, ast.Name))
                waiting += [n for n in names if n.startswith("_")]
        return sum(lines_of(part) for one in reached for part in self.parts[one])


def owners(node: ast.stmt) -> list[str]:
    """Return the function that a definition, a rule or a composed form belongs to."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        decorators = (d.func if isinstance(d, ast.Call) else d for d in node.decorator_list)
        attached = [d.value.id for d in decorators if isinstance(d, ast.Attribute) and isinstance(d.value, ast.Name)]
        return [*attached, node.name]
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        target = node.value.func
        return [target.value.id] if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) else []
    if isinstance(node, ast.Assign):
        return [t.id for t in node.targets if isinstance(t, ast.Name) and t.id != "__all__"]
    return []


def counts() -> dict[str, int]:
    """Return the lines of code of every registered function."""
    from catenary_functions_plugin import NAMES

    core = Module(CORE)
    found = {}
    for dotted, names in NAMES.items():
        module = Module(FUNCTIONS / "catenary_functions" / f"{dotted.replace('.', '/')}.py")
        for name in names.split():
            found[name] = (module if name in module.parts else core).count(name)
    return found


def main() -> None:
    """Print the median and the longest functions; fail if the median is above the limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="print every function")
    found = sorted(counts().items(), key=lambda row: row[1])
    for name, lines in found if parser.parse_args().all else found[-10:]:
        print(f"{lines:5}  {name}")
    median = statistics.median(lines for _, lines in found)
    print(f"{len(found)} functions, median {median:g} lines of code, at most {LIMIT} wanted")
    if median > LIMIT or not all(lines for _, lines in found):
        sys.exit("tools/code_per_function.py: the median is above the limit, or a function was not found")


if __name__ == "__main__":
    main()
