"""A few kills for each format; kill_while_saving.py does hundreds."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

KILL: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("kill_while_saving.py")))

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's")


@pytest.mark.parametrize("suffix", KILL["SUFFIXES"])
def test_a_killed_process_leaves_a_whole_file(suffix: str) -> None:
    outcomes = KILL["run"](3, suffix)
    assert set(outcomes) <= {"last", "next"}
