"""Run the Python blocks of every document: those with >>> as doctests, the others as they stand."""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(
    [ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("packages/*/README.md"), *ROOT.glob("examples/**/*.md")]
)
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def run_block(code: str, names: dict[str, Any], path: Path, line: int) -> None:
    if ">>>" not in code:
        # Without this module's own __future__ imports: a reader who pastes the code has none.
        exec(compile("\n" * (line - 1) + code, str(path), "exec", dont_inherit=True), names)
        return
    test = doctest.DocTestParser().get_doctest(code, names, path.name, str(path), line - 1)
    output: list[str] = []
    # The block's own dictionary is used, so that later blocks see its names.
    test.globs = names
    results = doctest.DocTestRunner(optionflags=FLAGS).run(test, out=output.append, clear_globs=False)
    assert not results.failed, "".join(output)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_document(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = path.read_text("utf-8")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in BLOCK.finditer(text):
        run_block(block[1], names, path, text.count("\n", 0, block.start(1)) + 1)
