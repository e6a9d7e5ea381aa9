"""Programs that people wrote for Chainer 1 to 5 are run line for line, as they stand in `programs`.

A document often shows only pieces: the names that a piece takes for granted are given to it by the test.
"""

from __future__ import annotations

import ast
import contextlib
import io
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np
import pytest

PROGRAMS = Path(__file__).with_name("programs")


class Screen(io.StringIO):
    """Keeps what is printed, and passes for a terminal."""

    def isatty(self) -> bool:
        return True


class Notebook:
    """Runs programs one after another with common names; the value of an expression is printed, as a notebook does.

    Args:
        programs: The folder of the programs.

    Attributes:
        names: What the programs have defined.
    """

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.names: dict[str, Any] = {"__name__": "__main__"}

    def __getitem__(self, name: str) -> Any:
        return self.names[name]

    def run(self, program: str, **given: Any) -> str:
        """Run a program and return what it prints.

        Args:
            program: Its file, without `.py`.
            given: Names that it takes for granted.
        """
        path = self.programs / f"{program}.py"
        self.names.update(given)
        with contextlib.redirect_stdout(Screen()) as printed:
            for statement in ast.parse(path.read_text("utf-8")).body:
                if isinstance(statement, ast.Expr):
                    value = eval(self._compiled(ast.Expression(statement.value), path), self.names)
                    if value is not None:
                        print(repr(value))
                else:
                    exec(self._compiled(ast.Module([statement], []), path), self.names)
        return printed.getvalue()

    def _compiled(self, tree: ast.Expression | ast.Module, path: Path) -> CodeType:
        mode = "eval" if isinstance(tree, ast.Expression) else "exec"
        return compile(tree, str(path), mode, dont_inherit=True)


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Notebook:
    """An empty notebook in an empty folder, with the seed 0."""
    monkeypatch.chdir(tmp_path)
    np.random.seed(0)
    return Notebook(PROGRAMS)
